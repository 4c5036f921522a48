"""The secret addresses by which a référent's own programs read the dates of a département."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Identified


class FeedKept(Base, Identified):
    """An address of one account in one département: only its hash is kept. `lu_le` is when it was last read."""

    __tablename__ = "flux_agenda"
    __table_args__ = (UniqueConstraint("utilisateur_id", "departement_code"),)

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"))
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    empreinte: Mapped[str] = mapped_column(String(64), unique=True)
    cree_le: Mapped[datetime] = mapped_column(Moment)
    lu_le: Mapped[datetime | None] = mapped_column(Moment)


class FeedDate(Base, Identified):
    """What an address gave of one date, so that the next reading says what changed and what is called off.

    No word of it is kept: `empreinte` is the hash of what was said, `rang` how many times it changed.
    """

    __tablename__ = "flux_date"
    __table_args__ = (UniqueConstraint("flux_id", "cle"), CheckConstraint("rang >= 0", name="rang"))

    flux_id: Mapped[int] = mapped_column(ForeignKey("flux_agenda.id"))
    cle: Mapped[str] = mapped_column(String(60))
    jour: Mapped[date]
    rang: Mapped[int]
    empreinte: Mapped[str] = mapped_column(String(64))
    change_le: Mapped[datetime] = mapped_column(Moment)
    annule_le: Mapped[datetime | None] = mapped_column(Moment)
