"""The last run of each job, kept for whoever wants to know that the scheduler lives."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.taches import BON, ECHEC
from paqte.models import Tour, db
from paqte.services.planificateur.failures import in_plain_words
from paqte.services.transaction import transaction

EACH = timedelta(minutes=1)


def record_tour(
    *,
    travail: str,
    par: str,
    commence_le: datetime,
    now: datetime,
    prochain_le: datetime,
    faits: int = 0,
    error: Exception | None = None,
) -> None:
    """Write how a run of a job ended, over the former one; failures in a row are counted."""
    values = {
        "commence_le": commence_le,
        "fini_le": now,
        "etat": ECHEC if error else BON,
        "faits": faits,
        "message": in_plain_words(error)[:1000] if error else "",
        "par": par[:80],
        "prochain_le": prochain_le,
    }
    try:
        _write(travail, values, now)
    except IntegrityError:  # another process wrote the very first run at this moment
        _write(travail, values, now)


def mark_alive(*, travail: str, now: datetime) -> None:
    """Say in the course of a long run that it goes on; once a minute at most."""
    known = db.session.scalar(select(Tour.fini_le).where(Tour.travail == travail))
    if known is None or abs(now - known) < EACH:
        return
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        session.execute(update(Tour).where(Tour.travail == travail).values(fini_le=now))


def _write(travail: str, values: dict[str, object], now: datetime) -> None:
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        tour = session.scalar(select(Tour).where(Tour.travail == travail).with_for_update())
        if tour is None:
            tour = Tour(travail=travail, echecs=0)
            session.add(tour)
        for name, value in values.items():
            setattr(tour, name, value)
        tour.echecs = tour.echecs + 1 if tour.etat == ECHEC else 0
