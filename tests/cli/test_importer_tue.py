"""`paqte importer` in processes of its own, killed at any moment or started twice: all of a file, or nothing of it.

A nursery process imports the product once and forks a command in a few milliseconds, so that what is killed is work and
not a start.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.models import Entreprise, Journal, Signataire
from paqte.queries.journal import check_chain
from tests.factories import a_departement, a_siret
from tests.importing.door.tableurs import a_csv

pytestmark = pytest.mark.lent

KILLS, ROWS = 20, 30
# What ends says so by a file beside the one it took: whoever was killed has none.
NURSERY = """
import os, signal, sys
from paqte import create_app
from paqte.cli.commandes import paqte
from paqte.cli.socle.sortie import run
create_app()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
quiet = os.open(os.devnull, os.O_WRONLY)
for line in iter(sys.stdin.readline, ""):
    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(quiet, 1), os.dup2(quiet, 2), sys.stdin.close()
        file = line.strip()
        code = run(paqte, ["importer", "entreprises", file, "--departement", "41", "--appliquer"])
        with open(f"{file}.{os.getpid()}", "w") as told:
            told.write(str(code))
        os._exit(0)
    print(pid, flush=True)
"""


@pytest.fixture
def start(session: Any, app_settings: dict[str, object]) -> Iterator[Callable[[Path], int]]:
    """`start(file)` gives the number of a process that takes this file; all are killed at the end."""
    a_departement("41")
    environment = os.environ | {k: str(v) for k, v in app_settings.items() if k.startswith("PAQTE_")}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    nursery = subprocess.Popen([sys.executable, "-c", NURSERY], env=environment, text=True, **pipes)
    assert nursery.stdin and nursery.stdout
    born: list[int] = []

    def fork(file: Path) -> int:
        assert nursery.stdin and nursery.stdout
        nursery.stdin.write(f"{file}\n")
        nursery.stdin.flush()
        born.append(int(nursery.stdout.readline()))
        return born[-1]

    yield fork
    for pid in born:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    nursery.kill()
    nursery.communicate()


def a_file(folder: Path, rank: int) -> Path:
    """So many companies that no other file names."""
    names = [[f"Usine {rank}-{n} (fictif)", a_siret(1_000 + ROWS * rank + n), "Blois"] for n in range(ROWS)]
    path = folder / f"{rank}.csv"
    path.write_bytes(a_csv([["Raison sociale", "SIRET", "Commune"], *names]))
    return path


def ended(file: Path, pids: Sequence[int]) -> list[str]:
    """What each process said of its end, once there is one."""
    told = [file.with_name(f"{file.name}.{pid}") for pid in pids]
    while not all(one.exists() and one.read_text() for one in told):
        assert any(alive(pid) for pid in pids) or all(one.exists() for one in told), "un processus a disparu"
        time.sleep(0.02)
    return [one.read_text() for one in told]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kept(session: Any, rank: int) -> tuple[int, int, int]:
    """Signatories of a file, companies, and the lines of their journal."""
    session.rollback()
    named = select(Signataire.id).where(Signataire.nom.like(f"Usine {rank}-%"))
    ids = list(session.scalars(named))
    counted = select(func.count(Entreprise.id)).join(Signataire).where(Signataire.id.in_(ids))
    lines = select(func.count(Journal.id)).where(Journal.objet == "signataire", Journal.objet_id.in_(map(str, ids)))
    return len(ids), session.scalar(counted), session.scalar(lines)


def test_killed_at_any_moment_a_command_leaves_all_or_nothing(start: Any, session: Any, tmp_path: Path) -> None:
    chance = random.Random(12)
    whole = a_file(tmp_path, 0)
    began = time.monotonic()
    assert ended(whole, [start(whole)]) == ["0"]
    length = time.monotonic() - began
    everything = kept(session, 0)
    assert everything[:2] == (ROWS, ROWS)
    files = {rank: a_file(tmp_path, rank) for rank in range(1, KILLS + 1)}
    for rank, file in files.items():
        pid = start(file)
        time.sleep(chance.uniform(0, length))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        while alive(pid):
            time.sleep(0.01)
        assert kept(session, rank) in ((0, 0, 0), everything), rank
    last = files[KILLS]
    assert ended(last, [start(last)]) == ["0"]
    assert kept(session, KILLS) == everything
    assert check_chain().fautes == ()


def test_two_commands_at_once_on_the_same_file_give_one(start: Any, session: Any, tmp_path: Path) -> None:
    file = a_file(tmp_path, 0)
    assert set(ended(file, [start(file), start(file)])) <= {"0", "1"}
    counts = kept(session, 0)
    assert ended(file, [start(file)]) == ["0"]
    assert (kept(session, 0), counts[:2]) == (counts, (ROWS, ROWS))
    assert check_chain().fautes == ()
