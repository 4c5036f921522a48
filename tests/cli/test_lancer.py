"""`paqte lancer` as a person lives it: real processes, a real port, a real stop."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.lent

ACCOUNTS = ("Camille", "Bruno", "Inès", "Alix", "Nadia", "Rose", "Zoé")
LANCER = (sys.executable, "-m", "paqte.cli", "lancer")


@dataclass(frozen=True, slots=True)
class Lance:
    """A running `paqte lancer`, the PRÊT line it printed, and the line of each account after it."""

    process: subprocess.Popen[str]
    pret: str
    accounts: tuple[str, ...]

    def children(self) -> list[int]:
        """Process numbers of its children, by the kernel's own list."""
        return [int(n) for n in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path, port: int) -> dict[str, str]:
    given = {"PAQTE_INSTANCE": tmp_path / "instance", "PAQTE_REPORTS": tmp_path / "reports", "PAQTE_PORT": port}
    return os.environ | {name: str(value) for name, value in given.items()}


@pytest.fixture
def launch(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], Lance]]:
    """`launch()` waits for the PRÊT line; whatever still runs at the end is stopped."""
    started: list[subprocess.Popen[str]] = []

    def begin() -> Lance:
        errors = (tmp_path / "erreurs.txt").open("a")
        process = subprocess.Popen(LANCER, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("PRÊT "), (tmp_path / "erreurs.txt").read_text()
        is_shown = environment.get("PAQTE_ENV") != "production"
        accounts = [process.stdout.readline().rstrip("\n") for _ in ACCOUNTS if is_shown]
        return Lance(process, line.rstrip("\n"), tuple(accounts))

    yield begin
    for process in started:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def loaded(environment: dict[str, str], demonstration_file: Path) -> Path:
    """The demonstration is already there, as after a first start."""
    path = Path(environment["PAQTE_INSTANCE"]) / "paqte.sqlite3"
    path.parent.mkdir()
    shutil.copy(demonstration_file, path)
    return path


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def open_page(address: str) -> tuple[int, str]:
    """Follow a link as a browser does, cookies kept."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with browser.open(address, timeout=30) as answer:
        return answer.status, answer.read().decode()


def published(folder: Path) -> list[str]:
    """Of the département: the nation's sums come when they can, before the stop or after the second start."""
    return sorted(path.name for path in (folder / "reports" / "41").rglob("*.*"))


def departements_of_the_sum(environment: dict[str, str]) -> dict[str, list[str]]:
    """Of the last semester, after a start from nothing: who issued a bilan, who sent one, who did neither."""
    issued = "SELECT departement_code FROM edition WHERE genre_document = 'bilan' AND periode = "
    issued += "(SELECT max(periode) FROM edition WHERE genre_document = 'bilan')"
    queries = {
        "bilans": f"SELECT DISTINCT departement_code FROM ({issued}) ORDER BY 1",
        "recus": "SELECT departement_code FROM bilan_recu WHERE periode = (SELECT max(periode) FROM bilan_recu)",
        "suivis": f"SELECT code FROM departement WHERE premier_semestre IS NOT NULL AND code NOT IN ({issued})",
    }
    base = Path(environment["PAQTE_INSTANCE"]) / "paqte.sqlite3"
    with sqlite3.connect(base) as connection:
        return {name: [row[0] for row in connection.execute(query)] for name, query in queries.items()}


def signatories(environment: dict[str, str]) -> list[tuple[str, int]]:
    """How many each département has."""
    query = "SELECT departement_code, count(*) FROM signataire GROUP BY 1 ORDER BY 1"
    with sqlite3.connect(Path(environment["PAQTE_INSTANCE"]) / "paqte.sqlite3") as base:
        return base.execute(query).fetchall()


def test_from_nothing_to_ready_then_stopped_and_started_again(
    launch: Callable[[], Lance], port: int, tmp_path: Path, environment: dict[str, str]
) -> None:
    first = launch()
    address, bilan = first.pret.removeprefix("PRÊT ").split(" | ")
    assert [account.split(",")[0] for account in first.accounts] == list(ACCOUNTS), "a sign-in link a line"
    assert all(re.fullmatch(rf"[^|]+ : {address}/connexion/[\w-]{{43}}", account) for account in first.accounts)
    assert address == f"http://127.0.0.1:{port}"
    path = Path(bilan.removeprefix("bilan : "))
    assert re.fullmatch(r"bilan-paqte_41_\d{4}-S[12]_edition-2\.xlsx", path.name), (
        "a bilan, whatever exports came after it"
    )
    assert path.read_bytes().startswith(b"PK")
    assert path.parts[-3] == "41"
    camille = first.accounts[0]
    link = camille.split(" : ")[1]
    status, page = open_page(link)
    assert status == 200
    assert 'method="post"' in page and "ne fonctionne" not in page, "the link asks to confirm, then opens"
    assert open_page(f"{address}/sante")[0] == 200
    assert departements_of_the_sum(environment) == {"bilans": ["37", "41", "972"], "recus": ["36"], "suivis": ["45"]}

    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(timeout=40) == 0
    assert is_free(port)

    made_first, entered = published(tmp_path), signatories(environment)
    path.unlink()  # as in the folder of another machine
    before = time.monotonic()
    second = launch()
    assert time.monotonic() - before < 60, "a second start loads nothing"
    assert second.pret.split(" | ")[1] == f"bilan : {path}"
    assert signatories(environment) == entered
    with sqlite3.connect(Path(environment["PAQTE_INSTANCE"]) / "paqte.sqlite3") as base:
        bilans = "SELECT count(*), max(numero) FROM edition WHERE departement_code = '41' AND periode LIKE '____-S_'"
        assert base.execute(bilans).fetchone() == (2, 2)
    assert published(tmp_path) == made_first


def test_sigterm_stops_everything(launch: Callable[[], Lance], loaded: Path, port: int) -> None:
    running = launch()
    children = running.children()
    assert len(children) == 2
    running.process.terminate()
    assert running.process.wait(timeout=40) == 0
    assert is_free(port)
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def test_a_second_one_on_the_same_port_is_refused_plainly(
    launch: Callable[[], Lance], loaded: Path, port: int, environment: dict[str, str]
) -> None:
    launch()
    refused = subprocess.run(LANCER, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert re.search(rf"Le port {port} .* est déjà pris.*PAQTE_PORT={port + 1}", refused.stderr)
    assert refused.stdout == ""
    assert not is_free(port)


def test_a_second_one_on_the_same_instance_is_refused_plainly_and_the_first_goes_on(
    launch: Callable[[], Lance], loaded: Path, port: int, environment: dict[str, str]
) -> None:
    running = launch()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        other = probe.getsockname()[1]
    given = environment | {"PAQTE_PORT": str(other)}
    refused = subprocess.run(LANCER, env=given, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr == (
        f"PAQTE tourne déjà sur l’instance {loaded.parent} (processus {running.process.pid}) : arrêtez-le d’abord, "
        "ou donnez un autre dossier par PAQTE_INSTANCE. Rien n’a été modifié.\n"
    )
    assert is_free(other)
    assert running.process.poll() is None
    assert open_page(f"http://127.0.0.1:{port}/sante")[0] == 200


@pytest.mark.parametrize(("rank", "name"), [(0, "serveur web"), (1, "planificateur")])
def test_the_death_of_a_child_is_told_and_stops_the_rest(
    rank: int, name: str, launch: Callable[[], Lance], loaded: Path, port: int, tmp_path: Path
) -> None:
    running = launch()
    os.kill(running.children()[rank], signal.SIGKILL)
    assert running.process.wait(timeout=40) == 1
    assert f"Le {name} s’est arrêté" in (tmp_path / "erreurs.txt").read_text()
    wait_until(lambda: is_free(port))


def test_killed_outright_it_leaves_no_process_behind(launch: Callable[[], Lance], loaded: Path, port: int) -> None:
    running = launch()
    children = running.children()
    running.process.kill()
    running.process.wait()
    wait_until(lambda: is_free(port) and not [c for c in children if Path(f"/proc/{c}").exists()])


def test_production_starts_empty_and_tells_no_account(
    launch: Callable[[], Lance], environment: dict[str, str], port: int
) -> None:
    environment["PAQTE_ENV"] = "production"
    environment["PAQTE_SECRET_KEY"] = "hVvJ1r7Zb0Qm2cXw9eTgLk4sYnPd8uAo"
    running = launch()
    assert (running.pret, running.accounts) == (f"PRÊT http://127.0.0.1:{port}", ())
    with sqlite3.connect(Path(environment["PAQTE_INSTANCE"]) / "paqte.sqlite3") as base:
        assert base.execute("SELECT count(*) FROM utilisateur").fetchone() == (0,)
        assert base.execute("SELECT count(*) FROM departement").fetchone() == (107,)


def test_settings_at_fault_are_told_before_anything_is_done(environment: dict[str, str], tmp_path: Path) -> None:
    environment["PAQTE_SMTP_URL"] = "smtp://hote:vingt"
    refused = subprocess.run(LANCER, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert "PAQTE_SMTP_URL" in refused.stderr and "Traceback" not in refused.stderr
    assert not (tmp_path / "instance" / "paqte.sqlite3").exists()
