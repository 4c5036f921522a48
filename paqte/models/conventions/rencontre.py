"""Meetings of a préfecture: with one signatory, with several at once, or with none."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from paqte.domain.statuts.rencontres import GENRES
from paqte.models.base import Base
from paqte.models.commun import Dated, Identified, Journaled, one_of


class Rencontre(Base, Identified, Journaled, Dated):
    """A comité de pilotage, a visit, a call: what was decided and promised, and when they meet again.

    No document reads it, and nothing of it is in a figure. Its texts may name somebody: the journal keeps them apart.
    """

    __tablename__ = "rencontre"
    __personal__ = frozenset({"objet", "decisions", "promesses"})
    __table_args__ = (
        one_of("genre", GENRES),
        Index("ix_rencontre_departement_date", "departement_code", "date"),
    )

    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    # Before `date`, which hides the type of that name from what follows it.
    prochaine_le: Mapped[date | None]
    date: Mapped[date]
    genre: Mapped[str] = mapped_column(String(12))
    objet: Mapped[str] = mapped_column(String(200), default="")
    decisions: Mapped[str] = mapped_column(String(4000), default="")
    promesses: Mapped[str] = mapped_column(String(4000), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class RencontreSignataire(Base, Identified, Journaled):
    """A signatory met, and what was decided with it or promised by it alone."""

    __tablename__ = "rencontre_signataire"
    __personal__ = frozenset({"decisions", "promesses"})
    __table_args__ = (UniqueConstraint("rencontre_id", "signataire_id"),)

    rencontre_id: Mapped[int] = mapped_column(ForeignKey("rencontre.id"))
    signataire_id: Mapped[int] = mapped_column(ForeignKey("signataire.id"), index=True)
    decisions: Mapped[str] = mapped_column(String(4000), default="")
    promesses: Mapped[str] = mapped_column(String(4000), default="")


class Presence(Base, Identified):
    """Somebody who was there. `contact_id` is the card the name was taken from, by which it is erased (R30).

    The card may be gone since: no key of the base holds it, and its number is never given again. The journal says
    which cards and how many others, never a name.
    """

    __tablename__ = "presence"

    rencontre_id: Mapped[int] = mapped_column(ForeignKey("rencontre.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(index=True)
    nom: Mapped[str] = mapped_column(String(120))
