"""A step of migration and those who write wait for one another: nothing is written in the shape of before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from paqte import create_app
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Region, db
from paqte.ops.base.damage import OUTDATED, tell
from paqte.ops.base.migration import upgrade_base
from paqte.services.transaction import decided_first, transaction
from tests.migrations.test_interruption import add_step

pytestmark = pytest.mark.lent


@pytest.fixture
def former(empty_url: str, tmp_path: Path, now: datetime) -> Iterator[Any]:
    """The application of the version that the base has, before another comes."""
    upgrade_base(empty_url, backups=None, now=now)
    app = create_app({"PAQTE_DATABASE_URL": empty_url, "PAQTE_INSTANCE": str(tmp_path / "instance")})
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def next_version(empty_url: str, migrations: Path, now: datetime) -> Callable[[], tuple[str, ...]]:
    """`next_version()` brings the base to a version of the tests' own."""
    add_step(migrations, "pass")
    return lambda: upgrade_base(empty_url, backups=None, now=now, migrations=migrations)


def write(app: Any, now: datetime, code: str, begun: Event, go_on: Event, *, is_snapshot: bool = False) -> str:
    """A région written by a transaction that lasts until it is told to go on; gives what came of it."""
    with app.app_context():
        try:
            with transaction(actor=PLANIFICATEUR, now=now, is_snapshot=is_snapshot) as session:
                begun.set()
                assert go_on.wait(30)
                session.add(Region(code=code, nom=code))
        except OperationalError as error:
            return tell(error) or "autre erreur"
        return "écrit"


def regions(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = list(connection.scalars(text("SELECT code FROM region ORDER BY code")))
    engine.dispose()
    return found


@pytest.mark.parametrize("is_snapshot", [False, True])
def test_who_writes_is_waited_for_and_who_comes_after_is_refused(
    former: Any, next_version: Callable[[], tuple[str, ...]], empty_url: str, now: datetime, is_snapshot: bool
) -> None:
    begun, go_on, late, free = Event(), Event(), Event(), Event()
    free.set()
    with ThreadPoolExecutor(3) as hands:
        first = hands.submit(write, former, now, "A", begun, go_on, is_snapshot=is_snapshot)
        assert begun.wait(30)
        step = hands.submit(next_version)
        wait_a_little(step)
        second = hands.submit(write, former, now, "B", late, free, is_snapshot=is_snapshot)
        wait_a_little(second)
        assert not step.done(), "a step began while somebody was writing"
        go_on.set()
        assert (first.result(30), second.result(30)) == ("écrit", OUTDATED)
        assert len(step.result(30)) == 1
    assert regions(empty_url) == ["A"]


def test_who_decides_first_is_refused_when_it_comes_to_write(
    former: Any, next_version: Callable[[], tuple[str, ...]], empty_url: str, now: datetime
) -> None:
    """On SQLite such a use case reads before it has any lock."""

    @decided_first(tries=3)
    def use_case() -> None:
        with transaction(actor=PLANIFICATEUR, now=now, departement="41") as session:
            if not seen:
                seen.append(True)
                if session.get_bind().dialect.name == "sqlite":
                    next_version()
            session.add(Region(code="C", nom="C"))

    seen: list[bool] = []
    with former.app_context():
        if db.engine.dialect.name == "postgresql":
            next_version()
        with pytest.raises(OperationalError) as refused:
            use_case()
    assert tell(refused.value) == OUTDATED
    assert regions(empty_url) == []


def wait_a_little(work: Future[Any]) -> None:
    """Leave it the time to be done, were it not held."""
    deadline = time.monotonic() + 0.7
    while not work.done() and time.monotonic() < deadline:
        time.sleep(0.02)
