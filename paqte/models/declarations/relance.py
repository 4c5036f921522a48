"""Who was reminded of what, and who was told that a convention ends: written before the mail, so never twice."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.statuts.declarations import ETATS
from paqte.models.base import Base
from paqte.models.commun import Dated, Identified, one_of, period_code


class Relance(Base, Identified, Dated):
    """One reminder to one person: at most one a day, whatever she owes."""

    __tablename__ = "relance"
    __table_args__ = (UniqueConstraint("utilisateur_id", "jour"),)

    utilisateur_id: Mapped[int] = mapped_column(ForeignKey("utilisateur.id"))
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"), index=True)
    jour: Mapped[date]
    etape: Mapped[str] = mapped_column(String(20))
    courriel_id: Mapped[int] = mapped_column(ForeignKey("courriel.id"))


class RelanceLigne(Base, Identified):
    """One declaration that a reminder spoke of, and its state at that moment."""

    __tablename__ = "relance_ligne"
    __table_args__ = (
        UniqueConstraint("relance_id", "convention_id", "periode"),
        one_of("etat", ETATS),
        period_code(),
    )

    relance_id: Mapped[int] = mapped_column(ForeignKey("relance.id"))
    convention_id: Mapped[int] = mapped_column(ForeignKey("convention.id"), index=True)
    periode: Mapped[str] = mapped_column(String(7))
    etat: Mapped[str] = mapped_column(String(12))


class AvisEcheance(Base, Identified, Dated):
    """The référent was told once that this convention ends on `fin`, `seuil` days before."""

    __tablename__ = "avis_echeance"
    __table_args__ = (
        UniqueConstraint("convention_id", "seuil", "fin"),
        CheckConstraint("seuil > 0", name="seuil"),
    )

    convention_id: Mapped[int] = mapped_column(ForeignKey("convention.id"))
    seuil: Mapped[int]
    fin: Mapped[date]
