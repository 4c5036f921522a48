"""Who signs: the enterprise (a SIREN) and its local signatory in a département (R2, R3)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event, inspect
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from paqte.domain.saisie.textes import searchable
from paqte.domain.statuts.conventions import CATEGORIES, NATURES
from paqte.models.base import Base
from paqte.models.commun import Dated, Identified, Journaled, one_of

SEARCH_LENGTH = 400


MOST_FORMER = 10
# Compared letter by letter whatever the base's own language is: domain.saisie.textes.french_order says the order.
SEARCHED = String(SEARCH_LENGTH).with_variant(String(SEARCH_LENGTH, collation="C"), "postgresql")


def search_text(nom: str, commune: str | None, identifiant: str, former: str = "") -> str:
    """What the search of a list looks through, and what it is sorted by: the name comes first, former numbers last."""
    return searchable(f"{nom} {commune or ''} {identifiant} {former}".rstrip())[:SEARCH_LENGTH]


def _given_search_text(context: DefaultExecutionContext) -> str:
    row: dict[str, Any] = context.get_current_parameters()
    return search_text(row["nom"], row.get("commune"), row["identifiant"])


class Entreprise(Base, Identified, Journaled, Dated):
    """One SIREN, once in the whole base."""

    __tablename__ = "entreprise"
    __table_args__ = (CheckConstraint("length(siren) = 9", name="siren"),)

    siren: Mapped[str] = mapped_column(String(9), unique=True)


class Signataire(Base, Identified, Journaled, Dated):
    """An enterprise as one département knows it. Names and kind are local: nobody edits another's list."""

    __tablename__ = "signataire"
    __personal__ = frozenset({"notes"})
    __unjournaled__ = frozenset({"anciens_identifiants", "recherche"})
    __table_args__ = (
        UniqueConstraint("departement_code", "identifiant"),
        one_of("nature", NATURES),
        one_of("categorie", CATEGORIES),
        CheckConstraint("length(identifiant) IN (9, 14)", name="identifiant"),
        CheckConstraint("effectif IS NULL OR effectif >= 0", name="effectif"),
        Index("ix_signataire_departement_recherche", "departement_code", "recherche"),
    )

    entreprise_id: Mapped[int] = mapped_column(ForeignKey("entreprise.id"), index=True)
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    identifiant: Mapped[str] = mapped_column(String(14))
    # Those it bore before, the last one last: the journal says when each was left.
    anciens_identifiants: Mapped[str] = mapped_column(String(150), default="", server_default="")
    nom: Mapped[str] = mapped_column(String(200))
    nature: Mapped[str] = mapped_column(String(20))
    categorie: Mapped[str] = mapped_column(String(3), default="")
    naf: Mapped[str] = mapped_column(String(6), default="")
    secteur: Mapped[str] = mapped_column(String(200), default="")
    effectif: Mapped[int | None]
    adresse: Mapped[str] = mapped_column(String(300), default="")
    code_postal: Mapped[str] = mapped_column(String(5), default="")
    commune: Mapped[str] = mapped_column(String(100), default="")
    is_partial_diffusion: Mapped[bool] = mapped_column(default=False)
    is_covered_nationally: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(String(4000), default="")
    relances_suspendues_jusquau: Mapped[date | None]
    recherche: Mapped[str] = mapped_column(SEARCHED, default=_given_search_text)
    version: Mapped[int] = mapped_column(default=1)

    entreprise: Mapped[Entreprise] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}


@event.listens_for(Signataire, "before_update")
def _keep_search_text(_mapper: object, _connection: object, signataire: Signataire) -> None:
    changed = inspect(signataire).attrs.identifiant.history
    if changed.has_changes() and changed.deleted and changed.deleted[0]:
        former = [number for number in signataire.anciens_identifiants.split() if number != changed.deleted[0]]
        kept = [number for number in (*former, changed.deleted[0]) if number != signataire.identifiant]
        signataire.anciens_identifiants = " ".join(kept[-MOST_FORMER:])
    signataire.recherche = search_text(
        signataire.nom, signataire.commune, signataire.identifiant, signataire.anciens_identifiants
    )


class ContactSignataire(Base, Identified, Journaled, Dated):
    """A professional contact of a signatory (R30)."""

    __tablename__ = "contact_signataire"
    __personal__ = frozenset({"nom", "fonction", "courriel", "telephone"})

    signataire_id: Mapped[int] = mapped_column(ForeignKey("signataire.id"), index=True)
    nom: Mapped[str] = mapped_column(String(120))
    fonction: Mapped[str] = mapped_column(String(120), default="")
    courriel: Mapped[str] = mapped_column(String(254), default="")
    telephone: Mapped[str] = mapped_column(String(30), default="")
