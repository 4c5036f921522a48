"""Jobs of the scheduler: those taken, those to take up again."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.taches import FAITE, may_take
from paqte.models import Tache, db


class TacheLue(NamedTuple):
    """A task as lists show it; moments are aware."""

    travail: str
    departement: str
    periode: str
    etat: str
    prise_par: str
    prise_le: datetime | None
    finie_le: datetime | None
    essais: int
    message: str


def list_tasks() -> list[TacheLue]:
    """Every job ever taken, the latest first."""
    t = Tache
    query = select(
        t.travail, t.departement_code, t.periode, t.etat, t.prise_par, t.prise_le, t.finie_le, t.essais, t.message
    ).order_by(t.prise_le.desc(), t.id.desc())
    return [TacheLue(*row) for row in db.session.execute(query)]


def unfinished(*, travail: str, now: datetime) -> list[tuple[str, str]]:
    """(département, period code) of the jobs begun that may be taken up again, the oldest period first."""
    t = Tache
    query = select(t.departement_code, t.periode, t.etat, t.prise_le, t.finie_le, t.essais).where(
        t.travail == travail, t.etat != FAITE
    )
    return [
        (row.departement_code, row.periode)
        for row in db.session.execute(query.order_by(t.periode, t.departement_code))
        if may_take(row.etat, row.prise_le, row.finie_le, row.essais, now)
    ]
