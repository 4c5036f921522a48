"""A scheduler left in a former version, on a base brought further by another machine, does nothing and says why."""

from __future__ import annotations

from datetime import UTC, datetime
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
    assert [record.getMessage() for record in caplog.records if OUTDATED in record.getMessage()] == [
        f"{travaux.TACHES} : {OUTDATED}"
    ]
