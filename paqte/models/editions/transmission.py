"""Editions that a person transmitted: when, to whom, which file (R40). Nothing of it is ever changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.editions.transmissions import MOYENS
from paqte.domain.secret import DIFFUSIONS
from paqte.models.base import Base, Moment
from paqte.models.commun import Dated, Identified, Journaled, one_of


class Transmission(Base, Identified, Journaled, Dated):
    """One file of an edition on its way to one address. `courriel_id` is its mail, None when it went another way.

    `transmise_le` is when the gesture was made, or the day that the person says of another way.
    """

    __tablename__ = "transmission"
    __unjournaled__ = frozenset({"courriel_id"})
    __personal__ = frozenset({"destinataire"})
    __table_args__ = (
        one_of("diffusion", DIFFUSIONS),
        one_of("moyen", MOYENS),
        CheckConstraint("destinataire <> ''", name="destinataire"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    destinataire: Mapped[str] = mapped_column(String(254))
    diffusion: Mapped[str] = mapped_column(String(10))
    moyen: Mapped[str] = mapped_column(String(10))
    par: Mapped[str] = mapped_column(String(120))
    transmise_le: Mapped[datetime] = mapped_column(Moment)
    courriel_id: Mapped[int | None] = mapped_column(index=True)
