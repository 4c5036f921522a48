"""A signatory's page: who it is, its contacts, its conventions, what it owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode, local_date, periodes_between
from paqte.domain.conventions.signataires import ContactTyped, SignataireTyped, identity
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.domain.statuts.conventions import PROJET
from paqte.domain.statuts.declarations import A_SAISIR, VALIDEE
from paqte.models import ContactSignataire, Convention, Departement, Signataire, db
from paqte.queries.conventions import ConventionBrief, SignataireKnown, find_known, sum_up_conventions
from paqte.queries.declarations import read_followed
from paqte.queries.perimetre import read


class PeriodeUnvalidated(NamedTuple):
    """A closed period for which a convention has no validated declaration yet; one nobody asks for may be typed too."""

    convention_id: int
    numero: str
    periode: Periode
    etat: str
    declaration_id: int | None
    is_owed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatairePage(SignataireTyped):
    """Everything the page shows; `autres` are the other signatories of the same SIREN in the département."""

    id: int
    version: int
    departement: str
    anciens: tuple[str, ...]
    relances_suspendues_jusquau: date | None
    contacts: tuple[ContactTyped, ...]
    conventions: tuple[ConventionBrief, ...]
    passees: tuple[PeriodeUnvalidated, ...]
    autres: tuple[SignataireKnown, ...]

    @property
    def dues(self) -> tuple[PeriodeUnvalidated, ...]:
        """What is asked of it."""
        return tuple(due for due in self.passees if due.is_owed)

    @property
    def libres(self) -> tuple[PeriodeUnvalidated, ...]:
        """What nobody asks of it, and may be typed all the same (R42)."""
        return tuple(due for due in self.passees if not due.is_owed)


def read_signataire(*, actor: Acteur, signataire_id: int, now: datetime) -> SignatairePage:
    """The signatory's page; NotFound alike for one that does not exist and for another département's."""
    s = read(db.session(), Signataire, signataire_id, actor, "Ce signataire")
    day = local_date(now, s.departement_code)
    same = find_known(actor=actor, identifiant=s.identifiant)
    return SignatairePage(
        **identity(s),
        id=s.id,
        version=s.version,
        departement=s.departement_code,
        anciens=tuple(s.anciens_identifiants.split()),
        relances_suspendues_jusquau=s.relances_suspendues_jusquau if _is_to_come(s, day) else None,
        contacts=_contacts(s.id),
        conventions=tuple(reversed(sum_up_conventions([s.id], day).get(s.id, []))),
        passees=_dues(s.id, s.departement_code, day),
        autres=tuple(other for other in same if other.id != s.id and other.departement == s.departement_code),
    )


def _is_to_come(s: Signataire, day: date) -> bool:
    """Whether its reminders are still paused on that day."""
    return s.relances_suspendues_jusquau is not None and s.relances_suspendues_jusquau >= day


def _contacts(signataire_id: int) -> tuple[ContactTyped, ...]:
    c = ContactSignataire
    query = select(c.nom, c.fonction, c.courriel, c.telephone, c.id).where(c.signataire_id == signataire_id)
    return tuple(ContactTyped(*row) for row in db.session.execute(query.order_by(c.id)))


def _dues(signataire_id: int, departement: str, day: date) -> tuple[PeriodeUnvalidated, ...]:
    """Closed periods without a validated declaration that have a question, latest first; a charte has none (R7)."""
    theirs = (Convention.signataire_id == signataire_id, Convention.statut != PROJET)
    start, grid, found = _first_day(departement, day), catalogue(), []
    for one in read_followed(departement, *theirs, actor=PLANIFICATEUR):
        c = one.convention
        periodes = periodes_between(max(c.debut, start), c.dates.effective_end, c.rythme)
        for periode in [p for p in periodes if p.is_closed(day) and one.suivi.asks_something(p, grid)]:
            known = one.declarees.get(periode.code)
            if known is None or known.etat != VALIDEE:
                state, key = (known.etat, known.id) if known else (A_SAISIR, None)
                found.append(PeriodeUnvalidated(c.id, c.numero, periode, state, key, one.suivi.owes(periode, grid)))
    return tuple(sorted(found, key=lambda due: (due.periode.fin, due.numero), reverse=True))


def _first_day(departement: str, day: date) -> date:
    """From when periods are listed: since the préfecture uses PAQTE, and the year before this one all the same.

    Whoever types her first convention in today has last year's results at hand: she must find where they go.
    """
    last_year = date(day.year - 1, 1, 1)
    first = db.session.scalar(select(Departement.premier_semestre).where(Departement.code == departement))
    return min(Periode.from_code(first).debut, last_year) if first else last_year
