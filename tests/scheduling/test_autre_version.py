"""A scheduler left in a former version, on a base brought further by another machine, does nothing and says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select, text

from paqte.domain.calendrier import travaux
from paqte.models import Tour, db
from paqte.ops.base.damage import OUTDATED
from paqte.ops.base.migration import numbers
from paqte.scheduling.calendrier import TravailCall, TravailContext
from paqte.scheduling.runner import run_once

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_it_does_nothing_until_it_is_of_the_version_of_the_base(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    contexte, done = TravailContext(app.extensions["paqte"], "essai", lambda: TEN, Event()), []
    job = TravailCall(travaux.TACHES, lambda _: len(done.append(1) or done))
    for number, times in (("9999", 0), (numbers()[-1], 1)):
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": number})
        run_once(app, job, contexte)
        with app.app_context():
            assert (len(done), len(db.session.scalars(select(Tour.id)).all())) == (times, times)
    assert told(caplog) == 1


def told(caplog: pytest.LogCaptureFixture) -> int:
    return [record.getMessage() for record in caplog.records].count(OUTDATED)


def test_it_says_so_once_a_minute_for_all_its_jobs_and_again_after_a_change(
    app: Any, caplog: pytest.LogCaptureFixture
) -> None:
    moments = [TEN]
    contexte = TravailContext(app.extensions["paqte"], "essai", lambda: moments[-1], Event())
    jobs = [TravailCall(code, lambda _: 0) for code in (travaux.TACHES, travaux.COURRIELS)]

    def passes(number: str, seconds: int) -> None:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": number})
        moments.append(TEN + timedelta(seconds=seconds))
        for job in jobs:
            run_once(app, job, contexte)

    for seconds in range(0, 60, 5):
        passes("9999", seconds)
    assert told(caplog) == 1
    passes("9999", 61)
    assert told(caplog) == 2
    passes(numbers()[-1], 66)
    passes("9999", 71)
    assert told(caplog) == 3
    passes("9999", 10)
    assert told(caplog) == 4, "the clock stepped back"
