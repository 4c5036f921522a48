"""What is kept of the campaigns of a département once their due day is over."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Base
from paqte.models.commun import Identified, period_code


class CampagneScellee(Base, Identified):
    """The dates of one campaign that settings changed later move no more (R37).

    `publications` is the day of each document, by its task, as a JSON object.
    """

    __tablename__ = "campagne_scellee"
    __table_args__ = (UniqueConstraint("departement_code", "periode"), period_code(has_years=True))

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    periode: Mapped[str] = mapped_column(String(7))
    ouverture: Mapped[date]
    echeance: Mapped[date]
    fermeture: Mapped[date | None]
    publications: Mapped[str] = mapped_column(Text)
    is_over: Mapped[bool]
