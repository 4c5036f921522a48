"""The journal: who, when, what, before, after. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Identified


class Journal(Base, Identified):
    """One act on one thing. `avant` and `apres` are JSON objects of the columns that changed."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_objet", "objet", "objet_id"),
        Index("ix_journal_departement_quand", "departement_code", "quand"),
    )

    quand: Mapped[datetime] = mapped_column(Moment)
    utilisateur_id: Mapped[int | None]
    qui: Mapped[str] = mapped_column(String(120))
    acte: Mapped[str] = mapped_column(String(40))
    objet: Mapped[str] = mapped_column(String(40))
    objet_id: Mapped[str] = mapped_column(String(40), default="")
    departement_code: Mapped[str | None] = mapped_column(String(3))
    avant: Mapped[str] = mapped_column(Text, default="{}")
    apres: Mapped[str] = mapped_column(Text, default="{}")
