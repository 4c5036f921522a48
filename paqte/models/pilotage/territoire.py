"""Where: régions, départements, priority districts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base
from paqte.models.commun import Identified, Journaled, one_of


class Region(Base):
    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    nom: Mapped[str] = mapped_column(String(80))


class Departement(Base, Journaled):
    """A département; `premier_semestre` set means that its préfecture uses PAQTE since then.

    `premiere_complete_le` is the day it had its first signed convention with an engagement: what was over by then is
    proposed, never produced by itself (R43).
    """

    __tablename__ = "departement"
    __table_args__ = (CheckConstraint("length(code) IN (2, 3)", name="code"),)

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    nom: Mapped[str] = mapped_column(String(80))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    prefecture: Mapped[str] = mapped_column(String(80), default="")
    premier_semestre: Mapped[str | None] = mapped_column(String(7))
    premiere_complete_le: Mapped[date | None]


class College(Base, Identified, Journaled):
    """A collège of priority education: where one studies, apart from where one lives (R25).

    `au` is the day from which the ministry's list no longer names it.
    """

    __tablename__ = "college"
    __table_args__ = (one_of("classement", ("REP", "REP+")),)

    code: Mapped[str] = mapped_column(String(8), unique=True)
    nom: Mapped[str] = mapped_column(String(120))
    classement: Mapped[str] = mapped_column(String(4))
    commune: Mapped[str] = mapped_column(String(100), default="")
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"), index=True)
    au: Mapped[date | None]


class Qpv(Base, Identified, Journaled):
    """A priority district of a generation, dated (R25)."""

    __tablename__ = "qpv"
    __table_args__ = (
        CheckConstraint("generation IN (2015, 2024)", name="generation"),
        CheckConstraint("au IS NULL OR au >= du", name="dates"),
    )

    code: Mapped[str] = mapped_column(String(10), unique=True)
    nom: Mapped[str] = mapped_column(String(200))
    communes: Mapped[str] = mapped_column(String(500), default="")
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"), index=True)
    generation: Mapped[int]
    du: Mapped[date]
    au: Mapped[date | None]
