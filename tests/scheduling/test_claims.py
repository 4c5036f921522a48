"""A job is one process's at a time: the row decides, not the clock of either (case 97)."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN
from paqte.domain.statuts.taches import BAIL, EN_COURS, retry_after
from paqte.services.planificateur.taches import Claim, _give_up, claim

DAY = datetime(2026, 7, 30, 6, tzinfo=UTC)
PERIODE = Periode.from_code("2026-S1")
MANY = 10
# One process imports PAQTE; those that it forks read the same pipe, a signal each.
FORKED = """
import os, sys
import paqte.services.editions.editions
from paqte import create_app
create_app({"PAQTE_DATABASE_URL": sys.argv[1], "PAQTE_INSTANCE": sys.argv[2]})  # imports every page
many = int(sys.argv.pop())
for rank in range(many):
    if not os.fork():
        sys.argv.append(str(rank))
        break
else:
    while many:
        os.wait()
        many -= 1
    os._exit(0)
def say(word):
    os.write(1, f"{word}\\n".encode())  # whole: the others write there too
def wait():
    say("pret")
    os.read(0, len("partez\\n"))
"""
CLAIM_ALL = """
from datetime import UTC, datetime
from paqte import create_app
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN
from paqte.services.planificateur.taches import claim
app = create_app({"PAQTE_DATABASE_URL": sys.argv[1], "PAQTE_INSTANCE": sys.argv[2]})
with app.app_context():
    now = datetime(2026, 7, 30, tzinfo=UTC)
    wait()
    for annee in range(2000, 2000 + int(sys.argv[3])):
        periode = Periode(annee, "S", 1)
        taken = claim(travail=BILAN, departement="41", periode=periode, par=sys.argv[4], now=now)
        if taken:
            say(periode.code)
"""


def take(par: str, now: datetime) -> Claim | None:
    return claim(travail=BILAN, departement="41", periode=PERIODE, par=par, now=now)


def test_a_job_is_taken_once(session: Any, in_use: Any) -> None:
    in_use("41", since="2026-S1")
    assert take("a", DAY) is not None
    assert take("b", DAY) is None
    assert take("a", DAY) is None


def test_a_silent_holder_loses_its_job_once_and_cannot_close_it(session: Any, in_use: Any, tasks: Any) -> None:
    in_use("41", since="2026-S1")
    first = take("a", DAY)
    assert first is not None
    assert take("b", DAY + BAIL) is not None
    assert take("c", DAY + BAIL) is None
    _give_up(first, "réveillé trop tard", DAY + BAIL)
    (task,) = tasks()
    assert (task.etat, task.prise_par, task.essais) == (EN_COURS, "b", 2)


def test_a_failed_job_rests_longer_each_time(session: Any, in_use: Any) -> None:
    in_use("41", since="2026-S1")
    now = DAY
    for essais in range(1, 9):
        taken = take("a", now)
        assert taken is not None
        _give_up(taken, "disque plein", now)
        assert take("b", now + retry_after(essais) - timedelta(seconds=1)) is None
        now += retry_after(essais)
    assert retry_after(1) == timedelta(minutes=1)
    assert retry_after(50) == timedelta(hours=1)


def test_four_threads_share_the_jobs_without_taking_one_twice(app: Flask, in_use: Any) -> None:
    in_use("41", since="2026-S1")
    taken: list[tuple[str, str]] = []
    start = threading.Barrier(4)

    def work(name: str) -> None:
        with app.app_context():
            start.wait()
            for annee in range(2000, 2000 + MANY):
                periode = Periode(annee, "S", 1)
                if claim(travail=BILAN, departement="41", periode=periode, par=name, now=DAY):
                    taken.append((periode.code, name))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(code for code, _ in taken) == {f"{annee}-S1": 1 for annee in range(2000, 2000 + MANY)}


@pytest.mark.lent
def test_four_processes_share_the_jobs_without_taking_one_twice(in_use: Any, database_url: str, tmp_path: Any) -> None:
    in_use("41", since="2026-S1")
    codes = at_once([CLAIM_ALL, database_url, str(tmp_path / "instance"), str(MANY)], 4)
    assert Counter(codes) == {f"{annee}-S1": 1 for annee in range(2000, 2000 + MANY)}


def at_once(arguments: list[str], many: int) -> list[str]:
    """Words printed by so many processes that all begin at the same moment; each is given its rank last."""
    code, *given = arguments
    command = [sys.executable, "-c", FORKED + code, *given, str(many)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as children:
        assert children.stdin and children.stdout
        assert [children.stdout.readline() for _ in range(many)] == ["pret\n"] * many
        return children.communicate("partez\n" * many)[0].split()


FREEZE = """
from datetime import UTC, datetime
from paqte import create_app
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.calendrier.periodes import Periode
from tests.editions import freeze_bilan
app = create_app({"PAQTE_DATABASE_URL": sys.argv[1], "PAQTE_INSTANCE": sys.argv[2]})
with app.app_context():
    wait()
    periode, now = Periode(2026, "S", 1), datetime(2026, 7, 30, tzinfo=UTC)
    say(freeze_bilan(actor=PLANIFICATEUR, departement="41", periode=periode, now=now).numero)
"""


@pytest.mark.lent
def test_two_processes_that_issue_the_same_bilan_at_once_give_one_edition(
    in_use: Any, database_url: str, tmp_path: Any
) -> None:
    """A référent's « Produire » and the scheduler, without any claim between them."""
    in_use("41", since="2026-S1")
    assert at_once([FREEZE, database_url, str(tmp_path / "instance")], 3) == ["1", "1", "1"]
