"""Meetings of a préfecture: with one signatory, with several at once, or with none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from paqte.domain.statuts.rencontres import GENRES
from paqte.models.base import Base
from paqte.models.commun import Dated, Identified, Journaled, one_of
from paqte.models.conventions.entreprise import ContactSignataire


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


def told_by_cards(session: Session, cards: Collection[int]) -> list[RencontreSignataire]:
    """The links, not written yet, of the meetings where one of these cards was with every signatory whose card was.

    A card that goes takes away whose it was: with these, its meetings are still those of its signatory.
    """
    p, c, m = Presence, ContactSignataire, RencontreSignataire
    there = select(p.rencontre_id).where(p.contact_id.in_(sorted(cards)))
    met = select(p.rencontre_id, c.signataire_id).join(c, c.id == p.contact_id).where(p.rencontre_id.in_(there))
    held = select(m.rencontre_id, m.signataire_id).where(m.rencontre_id.in_(there))
    lacking = {(*row,) for row in session.execute(met)} - {(*row,) for row in session.execute(held)}
    return [m(rencontre_id=rencontre, signataire_id=signataire) for rencontre, signataire in sorted(lacking)]
