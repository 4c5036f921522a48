"""Tasks of the scheduler: what is due now, what was done, what comes; and the last run of each job."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.calendrier.travaux import TACHES
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.taches import ECHOUEE, EN_COURS, PREVUE, may_take
from paqte.models import Tache, Tour, db
from paqte.queries.perimetre import operable

SHOWN = 50


class TacheLue(NamedTuple):
    """A task as lists show it; moments are aware."""

    id: int
    travail: str
    departement: str
    periode: str
    etat: str
    due_le: datetime
    prise_par: str
    prise_le: datetime | None
    finie_le: datetime | None
    essais: int
    message: str


class TourLu(NamedTuple):
    """The last run of a job; moments are aware."""

    travail: str
    commence_le: datetime
    fini_le: datetime
    etat: str
    faits: int
    echecs: int
    message: str
    par: str
    prochain_le: datetime


def due_tasks(*, now: datetime) -> list[tuple[str, str, Periode]]:
    """(task, département, period) of what may be taken now, the longest due first: one read of the index."""
    t = Tache
    query = select(t.travail, t.departement_code, t.periode, t.etat, t.due_le, t.prise_le, t.finie_le, t.essais).where(
        t.etat.in_((PREVUE, EN_COURS, ECHOUEE)), t.due_le <= now
    )
    due = [row for row in db.session.execute(query) if may_take(row.etat, row.prise_le, row.finie_le, row.essais, now)]
    due.sort(key=lambda row: (row.due_le, Periode.from_code(row.periode).fin, row.departement_code, row.travail))
    return [(row.travail, row.departement_code, Periode.from_code(row.periode)) for row in due]


def list_tasks(*, actor: Acteur, limit: int | None = SHOWN) -> list[TacheLue]:
    """Tasks taken, the latest first; every failure comes before them."""
    query = _tasks(actor).where(Tache.etat != PREVUE)
    order = (Tache.etat != ECHOUEE, Tache.prise_le.desc(), Tache.id.desc())
    return [TacheLue(*row) for row in db.session.execute(query.order_by(*order).limit(limit))]


def coming_tasks(*, actor: Acteur, limit: int | None = SHOWN) -> list[TacheLue]:
    """Tasks that wait for their day, the nearest first."""
    query = (
        _tasks(actor)
        .where(Tache.etat == PREVUE)
        .order_by(Tache.due_le, Tache.departement_code, Tache.travail, Tache.id)
    )
    return [TacheLue(*row) for row in db.session.execute(query.limit(limit))]


def count_failed(*, actor: Acteur) -> int:
    """How many tasks have failed and wait to be tried again."""
    query = select(func.count()).select_from(Tache).where(operable(Tache, actor), Tache.etat == ECHOUEE)
    return db.session.scalar(query) or 0


def list_tours() -> list[TourLu]:
    """The last run of each job, by code."""
    columns = [getattr(Tour, name) for name in TourLu._fields]
    return [TourLu(*row) for row in db.session.execute(select(*columns).order_by(Tour.travail))]


def last_passage() -> datetime | None:
    """When the scheduler last looked for due tasks, None when it never did: the sign that it lives."""
    return db.session.scalar(select(Tour.fini_le).where(Tour.travail == TACHES))


def _tasks(actor: Acteur) -> Any:
    t = Tache
    return select(
        t.id, t.travail, t.departement_code, t.periode, t.etat, t.due_le, t.prise_par, t.prise_le, t.finie_le,
        t.essais, t.message,
    ).where(operable(t, actor))  # fmt: skip
