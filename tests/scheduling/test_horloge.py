"""The clock steps back: the scheduler goes on, and what watches it is not fooled."""

from __future__ import annotations

import logging.config
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import time_machine
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import select

from paqte.domain.calendrier import travaux
from paqte.domain.statuts.courriels import EN_ATTENTE, ENVOYE, Message
from paqte.domain.statuts.taches import ECHOUEE, EN_COURS, may_take
from paqte.models import Courriel, Tour
from paqte.ops.logging import configuration
from paqte.scheduling.cadence import LONGEST_SLEEP, Cadence
from paqte.scheduling.calendrier import TravailCall, TravailContext
from paqte.scheduling.runner import run_once
from paqte.services.courriels.boite import queue_mail
from paqte.services.courriels.courriels import send_due
from paqte.services.planificateur.passes import mark_alive, record_tour
from paqte.services.planificateur.verification import check_installation
from paqte.services.transaction import transaction
from tests.factories import CAMILLE

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_a_clock_set_back_two_hours_does_not_silence_the_scheduler() -> None:
    ran = Event()
    with time_machine.travel(TEN, tick=True) as clock:
        cadence = Cadence()
        cadence._event = Event()
        for name, seconds in (("courriels", 5), ("menage", 3600)):
            cadence.add_job(ran.set if name == "courriels" else (lambda: None), "interval", seconds=seconds, id=name)
        BaseScheduler.start(cadence)
        assert cadence._process_jobs() <= LONGEST_SLEEP
        assert not ran.is_set()
        clock.move_to(TEN - timedelta(hours=2))
        assert cadence._process_jobs() <= LONGEST_SLEEP
        assert ran.wait(5), "it does not wait for ten o’clock to come back"
        hours = {job.id: job.next_run_time for job in cadence.get_jobs()}
        assert max(hours.values()) <= TEN - timedelta(hours=1) + timedelta(seconds=5)
        cadence.shutdown()


def test_the_scheduler_never_sleeps_long_even_with_nothing_to_do() -> None:
    cadence = Cadence()
    assert cadence._process_jobs() == LONGEST_SLEEP == 5


@pytest.fixture
def contexte(app: Any) -> TravailContext:
    moments = [TEN, TEN, TEN - timedelta(hours=2), TEN - timedelta(hours=2)]
    return TravailContext(app.extensions["paqte"], "essai", lambda: moments.pop(0), Event())


def test_an_idle_run_after_the_clock_stepped_back_is_written_down(app: Any, contexte: TravailContext) -> None:
    job = TravailCall(travaux.TACHES, lambda _: 0)
    run_once(app, job, contexte)
    run_once(app, job, contexte)
    with app.app_context():
        from paqte.models import db

        assert db.session.scalar(select(Tour.fini_le)) == TEN - timedelta(hours=2)


def test_a_value_that_makes_no_sense_is_told_as_damage_by_a_job(
    app: Any, contexte: TravailContext, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A trace in the log tells nobody what to do; a fault of ours keeps its own."""
    monkeypatch.setattr("paqte.scheduling.runner.damage_in", lambda url: "Une date est illisible.")
    run_once(app, TravailCall(travaux.TACHES, lambda _: date.fromisoformat("hier").year), contexte)
    (told,) = [r for r in caplog.records if r.name == "paqte.scheduling.runner"]
    assert (told.levelname, told.getMessage(), told.exc_info) == ("WARNING", "taches : Une date est illisible.", None)
    monkeypatch.setattr("paqte.scheduling.runner.damage_in", lambda url: None)
    run_once(app, TravailCall(travaux.TACHES, lambda _: date.fromisoformat("hier").year), contexte)
    assert caplog.records[-1].exc_info is not None


@pytest.mark.parametrize(
    ("age", "is_silent"),
    [
        (timedelta(0), False),
        (timedelta(minutes=5), False),
        (timedelta(minutes=5, seconds=1), True),
        (timedelta(hours=-2), True),
        (timedelta(minutes=-1), False),
    ],
)
def test_the_age_of_the_last_run_is_watched_by_sante_and_verifier(
    app: Any, client: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, age: timedelta, is_silent: bool
) -> None:
    monkeypatch.setattr("paqte.web.commun.public.clock.now", lambda: now)
    with app.app_context():
        record_tour(travail=travaux.TACHES, par="essai", commence_le=now - age, now=now - age, prochain_le=now - age)
        checks = check_installation(app.extensions["paqte"], now=now)
        found = {check.sujet: check for check in checks}["planificateur"]
    answer = client.get("/sante")
    assert found.is_good is not is_silent, found.phrase
    assert answer.json["planificateur"] is not is_silent
    assert answer.status_code == (503 if is_silent else 200)
    assert answer.json["etat"] == ("en panne" if is_silent else "ok")


def test_a_clock_that_stepped_back_is_told_as_such(app: Any, now: datetime) -> None:
    with app.app_context():
        later = now + timedelta(hours=2)
        record_tour(travail=travaux.TACHES, par="essai", commence_le=later, now=later, prochain_le=later)
        (found,) = [c for c in check_installation(app.extensions["paqte"], now=now) if c.sujet == "planificateur"]
    assert "une heure à venir de 2 h" in found.phrase and "l’horloge a reculé" in found.phrase


@pytest.mark.parametrize(("is_production", "good"), [(True, False), (False, True)])
def test_a_scheduler_that_never_passed_is_a_fault_in_production(
    app: Any, now: datetime, is_production: bool, good: bool
) -> None:
    settings = replace(app.extensions["paqte"], env="production" if is_production else "demonstration")
    with app.app_context():
        found = {c.sujet: c for c in check_installation(settings, now=now, is_thorough=False)}
    assert found["planificateur"].is_good is good


def test_a_folder_that_is_not_there_yet_is_made_with_those_above_it(app: Any, now: datetime, tmp_path: Path) -> None:
    wanted = tmp_path / "srv" / "paqte" / "reports"
    settings = replace(app.extensions["paqte"], reports=wanted)
    with app.app_context():
        found = {c.sujet: c for c in check_installation(settings, now=now, is_thorough=False)}
    assert (found["dossier des bilans"].is_good, list(wanted.iterdir())) == (True, [])
    assert found["dossier des bilans"].phrase.startswith(f"{wanted}, ")


def test_a_long_run_says_that_it_goes_on(session: Any, now: datetime) -> None:
    record_tour(travail=travaux.TACHES, par="essai", commence_le=now, now=now, prochain_le=now)
    later = now + timedelta(minutes=7)
    mark_alive(travail=travaux.TACHES, now=later)
    assert session.scalar(select(Tour.fini_le)) == later


@pytest.mark.parametrize("etat", [EN_COURS, ECHOUEE])
def test_a_claim_of_the_future_holds_nobody_back(etat: str, now: datetime) -> None:
    later = now + timedelta(hours=2)
    assert may_take(etat, later, later, 1, now)
    assert not may_take(etat, now + timedelta(seconds=30), now + timedelta(seconds=30), 1, now)


def test_a_mail_queued_before_the_clock_stepped_back_leaves_at_once_and_once(session: Any, now: datetime) -> None:
    left: list[Message] = []
    with transaction(actor=CAMILLE, now=now) as writing:
        queue_mail(
            writing, Message("bruno@exemple.fr", "Bonjour", "Texte"), motif="relance", now=now + timedelta(hours=2)
        )
    assert send_due(transport=left.append, now=now) == 1
    assert send_due(transport=left.append, now=now) == 0
    assert [m.destinataire for m in left] == ["bruno@exemple.fr"]
    assert session.scalar(select(Courriel.etat)) == ENVOYE


def test_a_mail_put_off_before_the_clock_stepped_back_waits_two_hours_at_most(session: Any, now: datetime) -> None:
    with transaction(actor=CAMILLE, now=now) as writing:
        mail = queue_mail(
            writing, Message("bruno@exemple.fr", "Bonjour", "Texte"), motif="relance", now=now - timedelta(days=1)
        )
        mail.essais, mail.prochain_essai = 9, now + timedelta(hours=3, minutes=50)
    left: list[Message] = []
    assert send_due(transport=left.append, now=now) == 1
    with transaction(actor=CAMILLE, now=now) as writing:
        mail = writing.get(Courriel, 1)
        mail.etat, mail.prochain_essai = EN_ATTENTE, now + timedelta(hours=1)
    assert send_due(transport=left.append, now=now) == 0


def test_the_ticks_of_the_scheduler_write_nothing_to_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(configuration(is_verbose=True))
    try:
        done = Event()
        cadence = Cadence()
        cadence._event = Event()
        cadence.add_job(done.set, "interval", seconds=3600, id="courriels", next_run_time=TEN, misfire_grace_time=None)
        BaseScheduler.start(cadence)
        cadence._process_jobs()
        assert done.wait(5)
        cadence.shutdown()
    finally:
        logging.config.dictConfig(configuration(is_verbose=False))
    assert capsys.readouterr().err == ""
