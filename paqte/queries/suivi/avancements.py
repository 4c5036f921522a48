"""Where each signatory of a département stands, from the sums that are kept: no answer is read anew (R20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.assemblage.donnees import ConventionLue
from paqte.domain.attendus import Echeance, echeances
from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.consolidation import Consolidation
from paqte.domain.conventions.avancement import SILENCE, ObjectifAwaited, ProgressVerdict, expected_share, verdict_of
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import A_VENIR, ANNEE, EN_VIGUEUR, PROJET, etat
from paqte.models import Declaration, Signataire, db
from paqte.queries.conventions import read_conventions
from paqte.queries.courriels import ContactToCall, contacts_to_call, last_reminders
from paqte.queries.kept import kept
from paqte.queries.perimetre import readable, require_readable_departement
from paqte.queries.reglages import read_agenda
from paqte.queries.sommes import read_answers
from paqte.queries.suivi.entreprise_chiffres import told_for_a_year


def read_verdicts(*, actor: Acteur, departement: str, now: datetime) -> Mapping[int, ProgressVerdict]:
    """By signatory bound by a convention today that promises something, or late for one that is over.

    NotFound for another's département.

    A few statements, and one when nothing moved since.
    """
    require_readable_departement(actor, departement)
    today = local_date(now, departement)
    return kept(db.session(), departement, ("avancements", today), lambda: dict(_verdicts(departement, today)))


class SignataireAwaited(NamedTuple):
    """One to call: why, who answers the telephone, and the day of the last reminder, None when none was sent."""

    id: int
    nom: str
    verdict: ProgressVerdict
    contacts: tuple[ContactToCall, ...]
    relance: date | None


def read_calls(*, actor: Acteur, departement: str, now: datetime) -> list[SignataireAwaited]:
    """Whom to call today: those that never sent something due, the silent first, then the longest awaited.

    Four statements beside those of `read_verdicts`. NotFound for another's département.
    """
    verdicts = read_verdicts(actor=actor, departement=departement, now=now)
    late = {key: one for key, one in verdicts.items() if one.en_retard}
    query = select(Signataire.id, Signataire.nom, Signataire.recherche).where(Signataire.id.in_(list(late)))
    rows = db.session.execute(query.where(readable(Signataire, actor)).order_by(Signataire.id)).all()
    cards, reminded = contacts_to_call(list(late)), last_reminders(list(late), departement)
    by_name = sorted(rows, key=lambda row: (row.recherche, row.id))
    found = [
        SignataireAwaited(row.id, row.nom, late[row.id], cards.get(row.id, ()), reminded.get(row.id)) for row in by_name
    ]
    return sorted(found, key=lambda one: (one.verdict.code != SILENCE, one.verdict.depuis or date.max))


def _verdicts(departement: str, today: date) -> Iterator[tuple[int, ProgressVerdict]]:
    session = db.session()
    agenda, states, sums = read_agenda(departement), _states(departement), read_answers(session, departement).over(None)
    asked: defaultdict[int, list[list[Echeance]]] = defaultdict(list)
    flows: defaultdict[int, list[ObjectifAwaited]] = defaultdict(list)
    over: defaultdict[int, list[Echeance]] = defaultdict(list)
    years: defaultdict[int, set[Periode]] = defaultdict(set)
    for engagement, code in told_for_a_year(Declaration.departement_code == departement):
        years[engagement].add(Periode.containing(Periode.from_code(code).debut, ANNEE))
    for c in read_conventions(session, departement):
        if not c.engagements or (state := etat(c.dates, today)) in (PROJET, A_VENIR):
            continue
        own = list(echeances(c.suivi, states.get(c.id, {}), agenda=agenda, today=today, grid=catalogue()))
        if state in EN_VIGUEUR:
            asked[c.signataire_id].append(own)
            flows[c.signataire_id] += _flows(c, own, sums, years)
        elif late := [e for e in own if e.is_late]:
            over[c.signataire_id] += late
    for key in dict.fromkeys((*asked, *over)):
        yield key, verdict_of(asked.get(key, ()), flows.get(key, ()), over.get(key, ()))


def _flows(
    c: ConventionLue, own: list[Echeance], sums: Consolidation, years: Mapping[int, set[Periode]]
) -> Iterator[ObjectifAwaited]:
    for e in c.engagements:
        i = catalogue().indicateurs.get(e.indicateur)
        if i is None or e.cible is None or not (i.traits.is_summable and i.traits.adds_years):
            continue
        part = sums.of(i.code).get(c.cle(e))
        counted = (one for one in own if i.is_valid_during(one.periode.debut, one.periode.fin))
        expected = expected_share(c.dates, counted, e.par_annee, years.get(e.id, ()))
        yield ObjectifAwaited(e.libelle or i.libelle, None if part is None else part.somme, e.cible, expected)


def _states(departement: str) -> dict[int, dict[str, str]]:
    """State of each declaration, by convention then code of period."""
    d = Declaration
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    query = select(d.convention_id, d.periode, d.etat).where(d.departement_code == departement).order_by(d.id)
    for convention, periode, state in db.session.execute(query):
        found[convention][periode] = state
    return found
