"""Engagements of the protocole of Blois whose lever is PAQTE, tracked apart from the CGET bilan (R31)."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Quantite
from paqte.models.commun import Identified, Journaled


class EngagementProtocole(Base, Identified, Journaled):
    __tablename__ = "engagement_protocole"
    __table_args__ = (CheckConstraint("cible IS NULL OR cible BETWEEN 0 AND 100", name="cible"),)

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"), index=True)
    enjeu: Mapped[str] = mapped_column(String(300))
    axe_dijon: Mapped[str] = mapped_column(String(200), default="")
    levier: Mapped[str] = mapped_column(String(200))
    partenaires: Mapped[str] = mapped_column(String(500), default="")
    libelle: Mapped[str] = mapped_column(String(500))
    cible: Mapped[Decimal | None] = mapped_column(Quantite)
    realise: Mapped[Decimal | None] = mapped_column(Quantite)
    commentaire: Mapped[str] = mapped_column(String(2000), default="")
    rang: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
