"""Companies that signed no convention yet: how far each is, whom to call, when it was last met."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from paqte.domain.conventions.demarches import A_CONTACTER, ETATS, ORDRE, REFUSE, possible_acts
from paqte.domain.conventions.signataires import ContactTyped
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import search_words, searchable
from paqte.domain.statuts.conventions import PROJET
from paqte.models import Convention, Demarche, Signataire, db
from paqte.queries.conventions.rencontres import last_met
from paqte.queries.conventions.signataires import list_contacts
from paqte.queries.perimetre import writable


class DemarcheShown(NamedTuple):
    """How far a company is; `version` None as long as nobody said it."""

    etat: str = A_CONTACTER
    motif: str = ""
    depuis: date | None = None
    version: int | None = None

    @property
    def libelle(self) -> str:
        return ETATS[self.etat]

    @property
    def actes(self) -> dict[str, str]:
        """What may be done next."""
        return possible_acts(self.etat)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProspectListed:
    """A company in the list. `rencontre` is the day it was last met or called."""

    id: int
    nom: str
    identifiant: str
    commune: str
    demarche: DemarcheShown
    contacts: tuple[ContactTyped, ...]
    rencontre: date | None


@dataclass(frozen=True, slots=True)
class ProspectsSought:
    """What the list is narrowed to; '' asks for nothing."""

    etat: str = ""
    q: str = ""

    def keeps(self, one: ProspectListed) -> bool:
        people = " ".join(f"{c.nom} {c.fonction}" for c in one.contacts)
        told = searchable(f"{one.nom} {one.commune} {one.identifiant} {one.demarche.motif} {people}")
        return self.etat in ("", one.demarche.etat) and all(word in told for word in search_words(self.q))


def list_prospects(
    *, actor: Acteur, departement: str, now: datetime, filtre: ProspectsSought = ProspectsSought()
) -> list[ProspectListed]:
    """Those of the département, to be contacted first, then by name. Four statements.

    One that the nation follows signs nothing here: it stands in the list only when somebody said how far it is.
    """
    s, d = Signataire, Demarche
    query = (
        select(s.id, s.nom, s.identifiant, s.commune, d.etat, d.motif, d.depuis, d.version)
        .outerjoin(d, d.signataire_id == s.id)
        .where(writable(s, actor), s.departement_code == departement, ~has_signed())
        .where(~s.is_covered_nationally | d.id.is_not(None))
        .order_by(s.recherche, s.id)
    )
    rows = db.session.execute(query).all()
    cards = list_contacts(actor=actor)
    met = last_met(actor=actor, signataires=[row.id for row in rows], now=now, departement=departement)
    found = [
        ProspectListed(
            id=row.id,
            nom=row.nom,
            identifiant=row.identifiant,
            commune=row.commune,
            demarche=_demarche_of(row),
            contacts=tuple(cards.get(row.id, ())),
            rencontre=met.get(row.id),
        )
        for row in rows
    ]
    return sorted((one for one in found if filtre.keeps(one)), key=lambda one: ORDRE.index(one.demarche.etat))


def read_prospect(*, actor: Acteur, signataire_id: int) -> DemarcheShown | None:
    """How far a company is; None when it signed, and for whoever may not know."""
    s, d = Signataire, Demarche
    query = select(d.etat, d.motif, d.depuis, d.version).select_from(s).outerjoin(d, d.signataire_id == s.id)
    row = db.session.execute(query.where(s.id == signataire_id, writable(s, actor), ~has_signed())).first()
    return None if row is None else _demarche_of(row)


def have_declined(session: Session, signataires: Collection[int]) -> dict[int, str]:
    """Those of these that refused and signed nothing: nobody writes to them any more. Key and name."""
    s, d = Signataire, Demarche
    query = select(s.id, s.nom).join(d, d.signataire_id == s.id)
    rows = session.execute(query.where(s.id.in_(list(signataires)), d.etat == REFUSE, ~has_signed()).order_by(s.id))
    return {row.id: row.nom for row in rows}


def has_signed() -> Any:
    """Whether a signatory has a convention that was signed, even one that is over."""
    c = Convention
    return exists(c.id).where(c.signataire_id == Signataire.id, c.statut != PROJET)


def _demarche_of(row: Any) -> DemarcheShown:
    return DemarcheShown() if row.etat is None else DemarcheShown(row.etat, row.motif, row.depuis, row.version)
