"""The campaigns of départements: dates kept, then settings (R12, R37)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from paqte.domain.calendrier.agenda import Agenda, DatesScellees
from paqte.models import CampagneScellee, db
from paqte.models.mouvement import DATES
from paqte.queries.kept import Subjects, kept
from paqte.queries.reglages.reglages import all_delays


def read_agenda(departement: str) -> Agenda:
    """The campaigns of one département, in two statements, and one when no date moved since."""

    def agenda() -> Agenda:
        return _agendas(departement)(departement)

    return kept(db.session(), departement, "agenda", agenda, Subjects.of(DATES))


def all_agendas() -> Callable[[str], Agenda]:
    """The campaigns of every département at once, in two statements."""
    return _agendas(None)


def _agendas(departement: str | None) -> Callable[[str], Agenda]:
    c = CampagneScellee
    query = select(c.departement_code, c.periode, c.ouverture, c.echeance, c.fermeture, c.publications, c.is_over)
    if departement is not None:
        query = query.where(c.departement_code == departement)
    kept: defaultdict[str, dict[str, DatesScellees]] = defaultdict(dict)
    for code, periode, ouverture, echeance, fermeture, publications, is_over in db.session.execute(query):
        days = {travail: date.fromisoformat(day) for travail, day in json.loads(publications).items()}
        kept[code][periode] = DatesScellees(ouverture, echeance, fermeture, days, is_over)
    delays = all_delays()
    return lambda code: Agenda(delays(code), kept.get(code, {}))
