"""The scheduler's process: it ticks, the truth is in the base.

Nothing is remembered between two ticks: what is due is asked of the base each time, so days off, a restart or a
change of hour neither lose a job nor run it twice.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from flask import Flask

from paqte.ops import clock
from paqte.ops.base.damage import OUTDATED, tell
from paqte.ops.health import damage_in, is_outdated
from paqte.scheduling.cadence import Cadence
from paqte.scheduling.calendrier import CALENDRIER, TravailCall, TravailContext
from paqte.services.planificateur.passes import record_tour

log = logging.getLogger(__name__)
QUIET = timedelta(minutes=1)


def run_forever(app: Flask) -> None:
    """Tick until SIGTERM or SIGINT; the job under way ends first."""
    stopping = Event()
    contexte = TravailContext(app.extensions["paqte"], process_name(), clock.now, stopping)
    scheduler = Cadence()
    start = datetime.now(UTC)  # noqa: TID251 - APScheduler's own clock, not a moment we keep
    for rank, travail in enumerate(CALENDRIER):
        scheduler.add_job(
            run_once,
            "interval",
            (app, travail, contexte),
            seconds=travail.secondes,
            id=travail.code,
            # The first time in the order of the table: what is due is planned before it is done.
            next_run_time=start + timedelta(milliseconds=rank),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    _stop_on_signal(stopping)
    log.info("planificateur %s en route : %s", contexte.nom, ", ".join(t.code for t in CALENDRIER))
    try:
        scheduler.start()
    except SystemExit:
        scheduler.shutdown(wait=True)
    log.info("planificateur %s arrêté", contexte.nom)


def run_once(app: Flask, travail: TravailCall, contexte: TravailContext) -> None:
    """One run of a job; whatever goes wrong is told, and the next tick tries again."""
    if contexte.stopping.is_set():
        return
    begun, done, failure = contexte.clock(), 0, None
    with app.app_context():
        # Whoever runs PAQTE is bringing its machines to another version, one after the other.
        if is_outdated():
            _say_outdated(contexte)
            return
        contexte.notes.pop(OUTDATED, None)
        try:
            done = travail.run(contexte)
        except Exception as error:
            failure = error
            told = tell(error) or _damage_behind(error, app)
            if told is None:
                log.exception("%s : échec, nouvel essai au prochain passage", travail.code)
            else:
                log.warning("%s : %s", travail.code, told)
        else:
            if done:
                log.info("%s : %d", travail.code, done)
        _record(travail, contexte, begun, done, failure)


def _say_outdated(contexte: TravailContext) -> None:
    """Once a minute for all the jobs together: a machine may wait a whole night for its new version."""
    now, told = contexte.clock(), contexte.notes.get(OUTDATED)
    if told is None or not told <= now < told + QUIET:
        log.warning("%s", OUTDATED)
        contexte.notes[OUTDATED] = now


def _record(
    travail: TravailCall, contexte: TravailContext, begun: datetime, done: int, failure: Exception | None
) -> None:
    """Keep how it went; an idle run is written once a minute, so that a tick each five seconds costs no write."""
    now = contexte.clock()
    known = contexte.notes.get(travail.code)
    # A note of the future is no note: the clock stepped back, and a scheduler that writes nothing passes for dead.
    if not done and failure is None and known is not None and known <= now < known + QUIET:
        return
    try:
        record_tour(
            travail=travail.code,
            par=contexte.nom,
            commence_le=begun,
            now=now,
            prochain_le=begun + timedelta(seconds=travail.secondes),
            faits=done,
            error=failure,
        )
    except Exception as error:
        if tell(error) is None:
            raise
        log.warning("%s : son passage n’a pas pu être noté, la base ne répond pas", travail.code)
        return
    if failure is None:
        contexte.notes[travail.code] = now
    else:
        contexte.notes.pop(travail.code, None)


def _damage_behind(error: Exception, app: Flask) -> str | None:
    """What is damaged in the base, when a value that it gave made no sense; None for a fault of ours."""
    is_of_a_value = isinstance(error, (ValueError, TypeError, LookupError))
    return damage_in(app.extensions["paqte"].database_url) if is_of_a_value else None


def process_name() -> str:
    """Which process took a job: host, number, and a draw for the containers that share both."""
    return f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(3)}"


def _stop_on_signal(stopping: Event) -> None:
    def stop(_number: int, _frame: Any) -> None:
        if not stopping.is_set():
            stopping.set()
            raise SystemExit

    handler: Callable[[int, Any], None] = stop
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
