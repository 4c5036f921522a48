"""Planning: what settings and periods call for becomes rows that wait for their moment (R12).

Doing it again changes nothing; a setting changed moves what nobody has taken yet.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from paqte.domain.calendrier.campagnes import DelaiDocument
from paqte.domain.calendrier.planification import (
    CleTache,
    EcartPrevision,
    Reprises,
    TachePrevue,
    difference,
    once_made,
    wanted_sommes,
    wanted_tasks,
)
from paqte.domain.documents.registre import SOMMES
from paqte.domain.editions.territoires import NATION, PARIS, of_region
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.taches import PREVUE
from paqte.models import Departement, Tache, db
from paqte.queries.reglages.agendas import all_agendas, read_agenda
from paqte.queries.reglages.reglages import read_limits
from paqte.services.reglages.agendas import dates_to_keep, keep_dates
from paqte.services.transaction import transaction


def plan_all(*, now: datetime) -> int:
    """Plan every département that uses PAQTE; gives how many had something to change. Four reads when none has."""
    session = db.session()
    d = Departement
    places = session.execute(select(d.code, d.premier_semestre, d.premiere_complete_le)).all()
    agendas, held = all_agendas(), _tasks_held(session)
    late = [
        code
        for code, first, complete in places
        if dates_to_keep(code, first, agendas(code), now)
        or difference(wanted_tasks(code, first, agendas(code), complete, now), held[code], first, now)
    ]
    session.rollback()
    for code in late:
        with transaction(actor=PLANIFICATEUR, now=now) as writing:
            plan_departement(writing, code, now=now)
    return len(late)


def plan_sommes(*, now: datetime) -> int:
    """Plan the sums of the nation and of each région where a préfecture uses PAQTE; how many had to change."""
    session = db.session()
    d = Departement
    used = select(d.region_code).where(d.premier_semestre.is_not(None)).distinct()
    regions = sorted(of_region(code) for code in session.scalars(used) if code)
    limits = read_limits()
    delais = [DelaiDocument(g.travail, g.rythme, limits[f"{g.travail}_jours"]) for g in SOMMES.values()]
    again = Reprises(limits["somme_reprise_jours"], limits["somme_reprise_duree"])
    held, wanted = _tasks_held(session), wanted_sommes(delais, PARIS, now, again)
    changes = {
        place: difference(once_made(wanted, held[place]), held[place], None, now) for place in (NATION, *regions)
    }
    session.rollback()
    late = {place: change for place, change in changes.items() if change}
    for place, change in late.items():
        # Another planner may be at it this very moment: then it is planned.
        with suppress(IntegrityError), transaction(actor=PLANIFICATEUR, now=now) as writing:
            _apply(writing, place, change)
    return len(late)


def plan_departement(session: Session, departement: str, *, now: datetime) -> None:
    """Bring the planned tasks of a département to what its settings say, in the caller's transaction.

    The dates of what is over are kept on the way, so that no setting moves them afterwards (R37).
    """
    session.flush()
    # Locked: two planners of one département take turns.
    d = Departement
    query = select(d.premier_semestre, d.premiere_complete_le).where(d.code == departement).with_for_update()
    first, complete = session.execute(query).one()
    agenda = read_agenda(departement)
    kept = dates_to_keep(departement, first, agenda, now)
    keep_dates(session, departement, kept)
    wanted = wanted_tasks(departement, first, agenda.holding(kept), complete, now)
    _apply(session, departement, difference(wanted, _tasks_held(session, departement)[departement], first, now))


def _apply(session: Session, departement: str, change: EcartPrevision) -> None:
    if change.missing:
        session.execute(insert(Tache), [_new_row(departement, key, moment) for key, moment in change.missing.items()])
    for key, moment in change.moved.items():
        session.execute(update(Tache).where(Tache.id == key, Tache.etat == PREVUE).values(due_le=moment, message=""))
    if change.dropped:
        session.execute(delete(Tache).where(Tache.id.in_(change.dropped), Tache.etat == PREVUE))


def _new_row(departement: str, key: CleTache, due_le: datetime) -> dict[str, object]:
    travail, periode = key
    return {
        "travail": travail, "departement_code": departement, "periode": periode, "etat": PREVUE, "due_le": due_le,
        "prise_par": "", "essais": 0, "message": "",
    }  # fmt: skip


def _tasks_held(session: Session, departement: str | None = None) -> defaultdict[str, dict[CleTache, TachePrevue]]:
    """The tasks the base holds, by département or territory."""
    t = Tache
    query = select(t.departement_code, t.travail, t.periode, t.id, t.etat, t.due_le, t.message)
    if departement is not None:
        query = query.where(t.departement_code == departement)
    held: defaultdict[str, dict[CleTache, TachePrevue]] = defaultdict(dict)
    for row in session.execute(query):
        held[row.departement_code][(row.travail, row.periode)] = TachePrevue(
            row.id, row.etat, row.due_le, is_postponed=bool(row.message)
        )
    return held
