"""What monitoring is told: whether to send requests here, and figures that name nobody."""

from __future__ import annotations

import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from paqte.config import ConfigurationRefused, read_settings
from paqte.models import Tour
from tests.factories import CAMILLE as ACTOR
from tests.fixtures_acteurs import CAMILLE
from tests.ops.test_serveur import GUNICORN

TOKEN = "jeton-de-l-essai-0123456789"
LINE = re.compile(r"^([a-z_]+)(?:\{([^}]*)\})? (\S+)$")
GIVEN = {
    "jeton": {"PAQTE_METRIQUES_JETON": TOKEN},
    "adresses": {"PAQTE_METRIQUES_ADRESSES": "192.0.2.0/24 127.0.0.1"},
    "deux": {"PAQTE_METRIQUES_JETON": TOKEN, "PAQTE_METRIQUES_ADRESSES": "192.0.2.0/24"},
    "rien": {},
    "partie": {"PAQTE_METRIQUES_JETON": TOKEN, "PAQTE_DATABASE_URL": "sqlite:////nulle/part/paqte.sqlite3"},
}


@pytest.fixture
def which() -> str:
    return "jeton"


@pytest.fixture
def given_settings(which: str) -> dict[str, object]:
    return dict(GIVEN[which])


def read(client: Any, token: str = TOKEN, address: str = "127.0.0.1") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.get("/metriques", headers=headers, environ_overrides={"REMOTE_ADDR": address})


def figures(text: str) -> dict[tuple[str, str], float]:
    """By name and labels; read by hand, as the text is specified."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = [LINE.match(line) for line in lines]
    assert all(found), lines
    return {(one[1], one[2] or ""): float(one[3]) for one in found if one}


@pytest.mark.parametrize("which", ["jeton", "adresses", "deux", "rien"])
def test_only_who_the_settings_name_reads_them_and_for_others_there_is_no_such_page(client: Any, which: str) -> None:
    asked = [("", "127.0.0.1"), (TOKEN, "127.0.0.1"), (TOKEN, "192.0.2.7"), (TOKEN[:-1], "192.0.2.7"), ("é", "::1")]
    answers = {"jeton": [404, 200, 200, 404, 404], "adresses": [200, 200, 200, 200, 404]}
    answers |= {"deux": [404, 404, 200, 404, 404], "rien": [404, 404, 404, 404, 404]}
    given = [read(client, token.encode().decode("latin-1"), address) for token, address in asked]
    assert [answer.status_code for answer in given] == answers[which]
    missing = client.get("/nulle-part")
    for answer in given:
        if answer.status_code == 404:
            strip = lambda page: re.sub(r"[0-9a-f]{8,}", "", page.text)  # noqa: E731 - the reference of a page
            assert strip(answer) == strip(missing)


def test_requests_are_counted_by_kind_and_status_and_nobody_is_named(
    client: Any, sign_in: Callable[..., Any], which: str
) -> None:
    before = figures(read(client).text)
    sign_in(CAMILLE).get("/referent/")
    for _ in range(3):
        client.get("/nulle-part/41-Bruno-Marqueur")
    client.open("/", method="MARQUEUR")
    text = read(client).text
    counted = figures(text)
    grown = {key: value - before.get(key, 0) for key, value in counted.items() if key[0] == "paqte_requetes_total"}
    assert grown["paqte_requetes_total", 'genre="inconnu",methode="GET",statut="404"'] == 3
    assert grown["paqte_requetes_total", 'genre="referent",methode="GET",statut="200"'] == 1
    assert counted["paqte_requete_secondes_count", 'genre="referent"'] == 1
    for mark in ("MARQUEUR", "Marqueur", "Bruno", "41", CAMILLE.courriel, ACTOR.nom):
        assert mark not in re.sub(r"(?m) \S+$", "", text), mark


def test_what_the_schedulers_of_all_machines_did_is_told(
    client: Any, session: Any, now: datetime, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paqte.web.commun.public.clock.now", lambda: now)
    row = Tour(travail="taches", commence_le=now, fini_le=now - timedelta(minutes=7), etat="echec", echecs=4)
    row.par, row.prochain_le = "autre-machine:12:abc", now
    session.add(row)
    session.commit()
    told = figures(read(client).text)
    assert told["paqte_travail_age_secondes", 'travail="taches"'] == 420
    assert told["paqte_travail_echecs", 'travail="taches"'] == 4
    assert told["paqte_courriels_en_attente", ""] == 0
    assert told["paqte_base", ""] == 1
    assert told["paqte_disque_libre_octets", 'dossier="instance"'] > 0


@pytest.mark.parametrize("which", ["partie"])
def test_a_base_that_is_away_is_told_and_the_process_is_alive_but_not_ready(client: Any, which: str) -> None:
    assert figures(read(client).text)["paqte_base", ""] == 0
    assert client.get("/vivant").status_code == 200
    assert (client.get("/pret").status_code, client.get("/pret").json) == (503, {"etat": "en panne"})


def test_a_server_whose_base_answers_is_ready(client: Any, which: str) -> None:
    assert (client.get("/pret").status_code, client.get("/pret").json) == (200, {"etat": "ok"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PAQTE_METRIQUES_JETON", "court", "trop faible"),
        ("PAQTE_METRIQUES_JETON", "seize signes et espaces", "trop faible"),
        ("PAQTE_METRIQUES_ADRESSES", "10.0.0.300", "10.1.0.0/24"),
        ("PAQTE_METRIQUES_ADRESSES", "10.0.0.1/24", "10.1.0.0/24"),
    ],
)
def test_a_setting_that_cannot_serve_is_refused(name: str, value: str, said: str, tmp_path: Any) -> None:
    with pytest.raises(ConfigurationRefused, match=said):
        read_settings({"PAQTE_INSTANCE": str(tmp_path), name: value})


@pytest.fixture
def environment(tmp_path: Any, migrated_file: Any) -> dict[str, str]:
    import os
    import shutil

    shutil.copy(migrated_file, tmp_path / "paqte.sqlite3")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    given = {"PAQTE_INSTANCE": str(tmp_path), "PAQTE_PORT": port, "PAQTE_METRIQUES_JETON": TOKEN}
    return os.environ | given | {"TMPDIR": str(tmp_path)}


@pytest.fixture
def address(environment: dict[str, str]) -> Iterator[str]:
    """A server of two processes, as it is served."""
    server = subprocess.Popen(GUNICORN, env=environment)
    where = f"http://127.0.0.1:{environment['PAQTE_PORT']}"
    try:
        for _ in range(300):
            with suppress(OSError):
                urllib.request.urlopen(f"{where}/vivant", timeout=5).close()
                break
            time.sleep(0.1)
        yield where
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.lent
def test_whichever_process_answers_the_requests_of_both_are_told(
    address: str, environment: dict[str, str], tmp_path: Any
) -> None:
    def told() -> float:
        asked = urllib.request.Request(f"{address}/metriques", headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            counted = figures(answer.read().decode())
        return counted["paqte_requetes_total", 'genre="aide",methode="GET",statut="200"']

    for _ in range(40):
        urllib.request.urlopen(f"{address}/aide", timeout=10).close()
    assert [told() for _ in range(10)] == [40.0] * 10
    assert len(list(tmp_path.glob("paqte-mesures-*/counter_*.db"))) >= 1
