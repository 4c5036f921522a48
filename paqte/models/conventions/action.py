"""Concrete actions told in a bilan, without any beneficiary's name (R29)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from paqte.models.base import Base
from paqte.models.commun import Dated, Identified, Journaled
from paqte.models.conventions.entreprise import Signataire


class Action(Base, Identified, Journaled, Dated):
    """A concrete example; only those proof-read (`is_proofread`) enter a bilan (R29)."""

    __tablename__ = "action"
    __table_args__ = (
        CheckConstraint("beneficiaires IS NULL OR beneficiaires >= 0", name="beneficiaires"),
        Index("ix_action_departement_date", "departement_code", "date"),
    )

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    signataire_id: Mapped[int | None] = mapped_column(ForeignKey("signataire.id"), index=True)
    date: Mapped[date]
    axe: Mapped[str] = mapped_column(String(20))
    titre: Mapped[str] = mapped_column(String(200))
    texte: Mapped[str] = mapped_column(String(8000))
    lieu: Mapped[str] = mapped_column(String(200), default="")
    qpv_id: Mapped[int | None] = mapped_column(ForeignKey("qpv.id"))
    beneficiaires: Mapped[int | None]
    is_proofread: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    signataire: Mapped[Signataire | None] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}
