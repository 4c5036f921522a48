"""What a restoration leaves to be confirmed, and the numbers of editions that are never given again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base, Moment
from paqte.models.commun import Identified, code_shape, period_code


class Restauration(Base, Identified):
    """A return to a back-up. Until somebody confirms it, nothing leaves by itself.

    `constat` is a JSON object: what differs from the base that was replaced, and what could not be compared.
    """

    __tablename__ = "restauration"

    quand: Mapped[datetime] = mapped_column(Moment)
    sauvegarde: Mapped[str] = mapped_column(String(255))
    precedente: Mapped[str] = mapped_column(String(255), default="")
    constat: Mapped[str] = mapped_column(Text, default="{}")
    confirmee_le: Mapped[datetime | None] = mapped_column(Moment)


class NumeroEdition(Base, Identified):
    """A number once issued, whose edition this base may no longer hold: the next one is greater."""

    __tablename__ = "numero_edition"
    __table_args__ = (
        UniqueConstraint("departement_code", "genre_document", "periode", "numero", name="uq_numero_edition_numero"),
        code_shape("genre_document"),
        period_code(has_years=True),
        CheckConstraint("numero >= 1", name="numero"),
    )

    departement_code: Mapped[str] = mapped_column(String(3))
    genre_document: Mapped[str] = mapped_column(String(20))
    periode: Mapped[str] = mapped_column(String(7))
    numero: Mapped[int]
