"""Counts for monitoring: of the whole installation, of nobody and of no département."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from paqte.domain.statuts.courriels import EN_ATTENTE
from paqte.models import Courriel, Tache, Tour, db


def last_passages() -> list[tuple[str, datetime, int]]:
    """(job, end of its last run, failures in a row), by job."""
    query = select(Tour.travail, Tour.fini_le, Tour.echecs).order_by(Tour.travail)
    return [(row.travail, row.fini_le, row.echecs) for row in db.session.execute(query)]


def count_tasks() -> dict[str, int]:
    """How many tasks of the scheduler there are in each state."""
    query = select(Tache.etat, func.count().label("nombre")).group_by(Tache.etat)
    return dict(sorted((row.etat, row.nombre) for row in db.session.execute(query)))


def waiting_mails() -> tuple[int, datetime | None]:
    """How many mails wait to leave, and since when the first of them does."""
    query = select(func.count(), func.min(Courriel.cree_le)).where(Courriel.etat == EN_ATTENTE)
    number, oldest = db.session.execute(query).one()
    return number, oldest
