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
from datetime import UTC, datetime
from threading import Event
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from paqte.ops import clock
from paqte.ops.health import BASE_UNAVAILABLE
from paqte.scheduling.calendrier import CALENDRIER, Contexte, Travail

log = logging.getLogger(__name__)


def run_forever(app: Flask) -> None:
    """Tick until SIGTERM or SIGINT; the job under way ends first."""
    stopping = Event()
    contexte = Contexte(app.extensions["paqte"], process_name(), clock.now, stopping)
    # One thread: jobs take turns, and stopping falls between two of them.
    scheduler = BlockingScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone=UTC)
    for travail in CALENDRIER:
        scheduler.add_job(
            run_once,
            "interval",
            (app, travail, contexte),
            seconds=travail.secondes,
            id=travail.code,
            next_run_time=datetime.now(UTC),  # noqa: TID251 - APScheduler's own clock, not a moment we keep
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


def run_once(app: Flask, travail: Travail, contexte: Contexte) -> None:
    """One run of a job; whatever goes wrong is told, and the next tick tries again."""
    if contexte.stopping.is_set():
        return
    with app.app_context():
        try:
            done = travail.run(contexte)
        except BASE_UNAVAILABLE as error:
            log.warning(
                "%s : la base ne répond pas (%s), nouvel essai au prochain passage", travail.code, error.args[0]
            )
        except Exception:
            log.exception("%s : échec, nouvel essai au prochain passage", travail.code)
        else:
            if done:
                log.info("%s : %d", travail.code, done)


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
