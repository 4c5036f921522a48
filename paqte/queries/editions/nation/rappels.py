"""Référents whose bilan is awaited: who is reminded, on which day, and who is not and why (R12).

One function for the forecast and for the sending, as for companies.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from paqte.domain.calendrier.campagnes import on_working_day, rappel_code
from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.calendrier.planification import WORTH_A_MAIL
from paqte.domain.editions.territoires import PARIS
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.conventions import SEMESTRE
from paqte.models import Relance, Utilisateur, db
from paqte.queries.editions.nation.retards import BilanAwaited, list_awaited
from paqte.queries.perimetre import is_referent_of
from paqte.queries.reglages import read_rappels


class ReferentAwaited(NamedTuple):
    """A référent to remind; `is_done` when she was written to that day, or for this very step."""

    utilisateur_id: int
    nom: str
    courriel: str
    is_done: bool


class RelanceAwaited(NamedTuple):
    """A reminder of a département: its step, its day, its people; nobody where none has an open account."""

    attendu: BilanAwaited
    periode: Periode
    etape: str
    jours: int
    jour: date
    personnes: tuple[ReferentAwaited, ...]


def coming_rappels(*, now: datetime, periode: Periode | None = None) -> list[RelanceAwaited]:
    """The steps of now and to come for a semester, the last that is over without one, by day then by département.

    A step of more than a week ago is no longer one; what is left to the référent to produce has none (R43).
    """
    window = periode or last_closed(local_date(now, PARIS), SEMESTRE)
    awaited = list_awaited(actor=PLANIFICATEUR, periode=window, now=now)
    found = [step for one in awaited if not one.departement.is_left for step in _steps(one, window, now)]
    return sorted(found, key=lambda step: (step.jour, step.attendu.departement.code, step.jours))


def rappels_due(*, now: datetime, departement: str = "", periode: Periode | None = None) -> list[RelanceAwaited]:
    """Those whose day has come, the last of each département alone."""
    last: dict[str, RelanceAwaited] = {}
    for step in coming_rappels(now=now, periode=periode):
        code = step.attendu.departement.code
        if departement in ("", code) and step.jour <= local_date(now, code):
            last[code] = step
    return list(last.values())


def _steps(awaited: BilanAwaited, periode: Periode, now: datetime) -> Iterator[RelanceAwaited]:
    place = awaited.departement
    today = local_date(now, place.code)
    for days in read_rappels():
        day = on_working_day(place.due_le + timedelta(days=days), place.code)
        if day + WORTH_A_MAIL >= today:
            etape = rappel_code(days, periode)
            people = tuple(_people(place.code, etape, max(day, today)))
            yield RelanceAwaited(awaited, periode, etape, days, day, people)


def _people(departement: str, etape: str, day: date) -> Iterator[ReferentAwaited]:
    u, r = Utilisateur, Relance
    query = select(u.id, u.nom, u.courriel).where(is_referent_of(departement), u.is_active).order_by(u.id)
    rows = db.session.execute(query).all()
    same_step = and_(r.departement_code == departement, r.etape == etape)
    told = select(r.utilisateur_id).where(r.utilisateur_id.in_([row.id for row in rows]), or_(r.jour == day, same_step))
    done = set(db.session.scalars(told))
    yield from (ReferentAwaited(*row, row.id in done) for row in rows)
