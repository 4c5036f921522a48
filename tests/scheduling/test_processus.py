"""The scheduler as it really runs: processes of their own, at once, stopped (case 97); kills are in test_coups."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from paqte.domain.calendrier.periodes import last_closed, local_date, periodes_between
from paqte.domain.statuts.taches import FAITE
from paqte.models import Tache
from paqte.ops import clock

pytestmark = pytest.mark.lent

# The product's own process, with a lease short enough for a test to outlive it.
SHORT_LEASE = """
import runpy
from datetime import timedelta
import paqte.domain.statuts.taches as taches
taches.BAIL = timedelta(seconds=1)
runpy.run_module("paqte.scheduling", run_name="__main__")
"""
CODES = ("18", "41")


@pytest.fixture
def due(session: Any, in_use: Any, app_settings: dict[str, object]) -> list[tuple[str, str, int]]:
    """Two semesters and the quarters since due in each of two départements, by the real clock; what must come."""
    last = last_closed(local_date(clock.now(), "41"), "S")
    for code in CODES:
        in_use(code, since=last.precedente.code, delai="0")
    quarters = periodes_between(last.precedente.debut, local_date(clock.now(), "41"), "T")[:-1]
    periodes = [last.precedente, last, *quarters]
    return sorted((code, periode.code, 1) for code in CODES for periode in periodes)


@pytest.fixture
def start(app_settings: dict[str, object]) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """`start()` gives a scheduler of the product, already ticking; all are killed at the end."""
    environment = os.environ | {k: str(v) for k, v in app_settings.items() if k.startswith("PAQTE_")}
    children: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", SHORT_LEASE]
        child = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        children.append(child)
        return child

    yield begin
    for child in children:
        child.kill()
        child.communicate()


def wait_until_done(tasks: Callable[[], list[Tache]], expected: int) -> None:
    deadline = time.monotonic() + 300
    while [task.etat for task in tasks()] != [FAITE] * expected:
        assert time.monotonic() < deadline, [(t.departement_code, t.periode, t.etat, t.message) for t in tasks()]
        time.sleep(0.2)


def files_in(reports: Path) -> list[str]:
    """Every internal workbook of a département; each must open. A hidden file is a publication cut short."""
    import openpyxl

    # That of the nation's sum comes when it can: what it rests on is issued here, by four at once.
    seen = [path for code in CODES for path in (reports / code).rglob("*.xlsx") if not path.name.startswith(".")]
    found = sorted(path for path in seen if "publiable" not in path.name)
    for path in found:
        openpyxl.load_workbook(path, read_only=True).close()
    return [str(path.relative_to(reports)) for path in found]


def test_four_schedulers_at_once_give_each_bilan_once(
    due: Any, start: Any, tasks: Any, editions: Any, place: Any
) -> None:
    for _ in range(4):
        start()
    wait_until_done(tasks, len(due))
    assert editions() == due
    assert len(files_in(place.reports)) == len(due)


def wait_for_a_claim(child: subprocess.Popen[str], tasks: Callable[[], list[Tache]]) -> None:
    """Until the process has begun to work, or has nothing left to do."""
    before = [(task.id, task.prise_le) for task in tasks()]
    deadline = time.monotonic() + 30
    while [(task.id, task.prise_le) for task in tasks()] == before and time.monotonic() < deadline:
        if before and all(task.etat == FAITE for task in tasks()):
            return
        time.sleep(0.02)


def test_sigterm_ends_the_process_between_two_jobs(due: Any, start: Any, tasks: Any, editions: Any) -> None:
    child = start()
    wait_for_a_claim(child, tasks)
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=30) == 0
    assert {task.etat for task in tasks()} == {FAITE}
    assert editions() == sorted((t.departement_code, t.periode, 1) for t in tasks())


def test_a_base_of_another_version_is_refused_in_a_sentence(tmp_path: Path, migrated_file: Path) -> None:
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'paqte.sqlite3')}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    environment = os.environ | {"PAQTE_DATABASE_URL": url, "PAQTE_INSTANCE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "paqte.scheduling"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "9999" in done.stderr and "Traceback" not in done.stderr
