"""What the scheduler has to do and did: planned tasks, claimed by their unique row, and the last run of each job."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.statuts.taches import ETATS, ETATS_TOUR
from paqte.models.base import Base, Moment
from paqte.models.commun import Identified, one_of


class Tache(Base, Identified):
    """One task for one département and period. Planned with its moment, then claimed: the unique row is the claim.

    `departement_code` is the code of a territory (domain.editions.territoires) for a task of a région or of the nation.

    What is due is read from the index on state and moment, whatever the size.
    """

    __tablename__ = "tache"
    __table_args__ = (
        UniqueConstraint("travail", "departement_code", "periode"),
        one_of("etat", ETATS),
        CheckConstraint("etat = 'prevue' OR prise_le IS NOT NULL", name="prise"),
        Index("ix_tache_etat_due", "etat", "due_le"),
    )

    travail: Mapped[str] = mapped_column(String(40))
    departement_code: Mapped[str] = mapped_column(String(3))
    periode: Mapped[str] = mapped_column(String(7))
    etat: Mapped[str] = mapped_column(String(10))
    due_le: Mapped[datetime] = mapped_column(Moment)
    prise_par: Mapped[str] = mapped_column(String(80), default="")
    prise_le: Mapped[datetime | None] = mapped_column(Moment)
    finie_le: Mapped[datetime | None] = mapped_column(Moment)
    essais: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(String(1000), default="")


class Tour(Base, Identified):
    """The last run of a job of the scheduler, one row a job: when, how it ended, and when it comes back."""

    __tablename__ = "tour"
    __table_args__ = (one_of("etat", ETATS_TOUR),)

    travail: Mapped[str] = mapped_column(String(40), unique=True)
    commence_le: Mapped[datetime] = mapped_column(Moment)
    fini_le: Mapped[datetime] = mapped_column(Moment)
    etat: Mapped[str] = mapped_column(String(10))
    faits: Mapped[int] = mapped_column(default=0)
    echecs: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(String(1000), default="")
    par: Mapped[str] = mapped_column(String(80))
    prochain_le: Mapped[datetime] = mapped_column(Moment)
