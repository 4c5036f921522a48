"""The web server by its own command: its settings, and no service from a base of another version."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from paqte import create_app
from paqte.models import db
from paqte.web.app import MOST_THREADS

pytestmark = pytest.mark.lent

GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "python:paqte.ops.gunicorn", "paqte:create_app()")


@pytest.fixture
def environment(tmp_path: Path, migrated_file: Path) -> dict[str, str]:
    shutil.copy(migrated_file, tmp_path / "paqte.sqlite3")
    return os.environ | {"PAQTE_INSTANCE": str(tmp_path), "PAQTE_HOST": "127.0.0.2", "PAQTE_PORT": "5199"}


def test_it_listens_where_the_settings_say(environment: dict[str, str]) -> None:
    shown = subprocess.run([*GUNICORN, "--print-config"], env=environment, capture_output=True, text=True, check=False)
    settings = dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)
    found = {name.strip(): value.strip() for name, value in settings.items()}
    assert found["bind"] == "['127.0.0.2:5199']"
    assert (found["workers"], found["threads"]) == ("2", str(MOST_THREADS))
    assert (found["header_map"], found["forwarder_headers"]) == ("refuse", "[]")


def test_a_base_of_a_newer_version_is_not_served(environment: dict[str, str], tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "paqte.sqlite3") as base:
        base.execute("UPDATE alembic_version SET version_num = '9999'")
    refused = subprocess.run(GUNICORN, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode != 0
    assert "9999" in refused.stderr and "plus récente" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.fixture
def one_worker(environment: dict[str, str]) -> Iterator[int]:
    """The port of a server of one process, so that nothing depends on which one takes a connection."""
    with socket.create_server(("127.0.0.2", 0)) as free:
        port = free.getsockname()[1]
    given = environment | {"PAQTE_PORT": str(port)}
    server = subprocess.Popen([*GUNICORN, "--workers", "1", "--graceful-timeout", "1"], env=given)
    try:
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.2", port)):
                break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def test_forty_uploads_that_never_end_leave_room_for_everybody_else(one_worker: int) -> None:
    head = (
        f"POST /connexion HTTP/1.1\r\nHost: 127.0.0.1:{one_worker}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    )
    with ExitStack() as uploads:
        for _ in range(40):
            upload = uploads.enter_context(socket.create_connection(("127.0.0.2", one_worker)))
            upload.sendall(f"{head}Content-Length: 5000000\r\n\r\n--x\r\n".encode())
        time.sleep(0.5)
        asked = urllib.request.Request(f"http://127.0.0.2:{one_worker}/sante", headers={"Host": "127.0.0.1"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert answer.status == 200


def test_every_thread_may_have_its_connection_to_sqlite_at_once(environment: dict[str, str], tmp_path: Path) -> None:
    app = create_app({"PAQTE_ENV": "demonstration", "PAQTE_INSTANCE": str(tmp_path)})
    with app.app_context(), ExitStack() as held:
        for _ in range(MOST_THREADS):
            held.enter_context(db.engine.connect())
