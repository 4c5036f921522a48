"""Four schedulers under fifty random kills: one final file for each period, all of them whole.

The cases of acceptance 91 and 97; over two hundred periods in the long run (pytest -m long), over as many as fifty
kills need here: what comes after the last kill is work that nobody disturbs. A nursery process imports the product
once and forks a scheduler in a few milliseconds, so that what is killed is work and not a start.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.statuts.taches import FAITE
from paqte.models import Courriel, Edition, EditionTerritoire, Tache
from paqte.ops import clock
from paqte.services.reglages.planification import plan_all

pytestmark = pytest.mark.lent

SCHEDULERS, KILLS = 4, 50
ENOUGH, MANY = 72, 200
STALL = 120  # seconds
NURSERY = """
import os, signal, sys
from datetime import timedelta
import paqte.domain.statuts.taches as taches
import paqte.scheduling.__main__ as scheduling
import paqte.reporting.remplissage.classeur, openpyxl
from paqte import create_app
create_app()  # imports every page, which each of those forked would import again
taches.BAIL = timedelta(seconds=1)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in iter(sys.stdin.readline, ""):
    pid = os.fork()
    if not pid:
        sys.stdin.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        scheduling.main()
        os._exit(0)
    print(pid, flush=True)
"""


@pytest.fixture
def owe(session: Any, in_use: Any) -> Callable[[int], int]:
    """`owe(72)`: départements that owe, together, so many bilans and exports at least; gives how many."""
    return lambda least: _owe(session, in_use, least)


def _owe(session: Any, in_use: Any, least: int) -> int:
    last = last_closed(local_date(clock.now(), "41"), "S")
    first = last
    for _ in range(11):
        first = first.precedente
    for rank in range(10, 10 + _places(least, 12)):
        in_use(f"{rank}", since=first.code, delai="0")
    plan_all(now=clock.now())
    wanted = select(func.count()).where(Tache.travail.in_(PUBLISHED), Tache.due_le <= clock.now())
    count: int = session.scalar(wanted)
    session.rollback()
    assert count >= least
    return count


PUBLISHED = sorted(genre.travail for genre in DOCUMENTS.values())


def _places(least: int, semesters: int) -> int:
    """How many départements make so many tasks, a semester having one bilan and two exports."""
    each = semesters * sum({"bilan": 1, "export": 2}[code] for code in PUBLISHED)
    return -(-least // each)


@pytest.fixture
def start(app_settings: dict[str, object]) -> Iterator[Callable[[], int]]:
    """`start()` gives the number of a scheduler's process just forked; all are killed at the end."""
    environment = os.environ | {k: str(v) for k, v in app_settings.items() if k.startswith("PAQTE_")}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    nursery = subprocess.Popen([sys.executable, "-c", NURSERY], env=environment, text=True, **pipes)
    assert nursery.stdin and nursery.stdout
    born: list[int] = []

    def fork() -> int:
        assert nursery.stdin and nursery.stdout
        nursery.stdin.write("un\n")
        nursery.stdin.flush()
        born.append(int(nursery.stdout.readline()))
        return born[-1]

    yield fork
    for pid in born:
        kill(pid)
    nursery.kill()
    nursery.communicate()


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def remaining(session: Any) -> int:
    """How many publications are still to be done."""
    session.rollback()
    waiting = select(func.count()).where(Tache.travail.in_(PUBLISHED), Tache.due_le <= clock.now(), Tache.etat != FAITE)
    count: int = session.scalar(waiting)
    return count


def test_four_schedulers_under_fifty_kills_give_each_period_one_whole_file(
    owe: Callable[[int], int], start: Callable[[], int], session: Any, place: Any
) -> None:
    _survive(owe(ENOUGH), start, session, place, longest=0.12)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_four_schedulers_under_fifty_kills_give_each_of_two_hundred_periods_one_whole_file(
    owe: Callable[[int], int], start: Callable[[], int], session: Any, place: Any
) -> None:
    _survive(owe(MANY), start, session, place, longest=0.25)


def _survive(due: int, start: Callable[[], int], session: Any, place: Any, longest: float) -> None:
    """Kill at random until KILLS, so many seconds at the longest from one to the next; then everything is there."""
    chance, living, kills = random.Random(91), [start() for _ in range(SCHEDULERS)], 0
    before, moved = due, time.monotonic()
    while left := remaining(session):
        if left < before:
            before, moved = left, time.monotonic()
        # Not how long it all takes, which is the machine's affair: whether it still goes on.
        assert time.monotonic() < moved + STALL, f"{left} tâches n’avancent plus après {kills} coups"
        time.sleep(chance.uniform(0.02, longest))
        if kills < KILLS:
            kill(living.pop(chance.randrange(len(living))))
            living.append(start())
            kills += 1
    assert kills >= KILLS, "the work ended before the kills did"
    numbers = select(Edition.departement_code, Edition.periode, Edition.numero)
    editions = [tuple(row) for row in session.execute(numbers)]
    assert len(editions) == due
    assert {numero for *_, numero in editions} == {1}
    assert_whole(place.reports, {(d, p) for d, p, _ in editions}, sums_issued(session))
    told = Counter(session.scalars(select(Courriel.texte).where(Courriel.motif.in_(PUBLISHED))))
    assert all(times == 1 for times in told.values())


def visible(reports: Path) -> list[Path]:
    """Files people see; a hidden one is a publication cut short."""
    return sorted(path for path in reports.rglob("*") if path.is_file() and not path.name.startswith("."))


def folder_of(path: Path) -> tuple[str, str]:
    return path.parent.parent.name, path.parent.name


def sums_issued(session: Any) -> set[tuple[str, str]]:
    """The sums of territories that came meanwhile, of what was issued by then: each once too."""
    e = EditionTerritoire
    issued = [tuple(row) for row in session.execute(select(e.territoire, e.periode, e.numero))]
    assert {numero for *_, numero in issued} <= {1}
    return {(territoire, periode) for territoire, periode, _ in issued}


def assert_whole(reports: Path, due: set[tuple[str, str]], sums: set[tuple[str, str]]) -> None:
    """One internal workbook a period, one at most a sum, nothing else, and every workbook opens."""
    assert due <= set(map(folder_of, visible(reports))) <= due | sums
    workbooks = [path for path in visible(reports) if path.suffix == ".xlsx"]
    for path in workbooks:
        assert CalamineWorkbook.from_path(path).sheet_names
    internal = Counter(folder_of(path) for path in workbooks if "publiable" not in path.name)
    assert set(internal.values()) == {1}
    assert due <= internal.keys()
