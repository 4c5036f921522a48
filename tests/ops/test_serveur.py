"""The web server by its own command: its settings, and no service from a base of another version."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from paqte.ops.migration import upgrade_base

GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "python:paqte.ops.gunicorn", "paqte:create_app()")


@pytest.fixture
def environment(tmp_path: Path, now: datetime) -> dict[str, str]:
    upgrade_base(f"sqlite:///{tmp_path / 'paqte.sqlite3'}", backups=tmp_path, now=now)
    return os.environ | {"PAQTE_INSTANCE": str(tmp_path), "PAQTE_HOST": "127.0.0.2", "PAQTE_PORT": "5199"}


def test_it_listens_where_the_settings_say(environment: dict[str, str]) -> None:
    shown = subprocess.run([*GUNICORN, "--print-config"], env=environment, capture_output=True, text=True, check=False)
    settings = dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)
    found = {name.strip(): value.strip() for name, value in settings.items()}
    assert found["bind"] == "['127.0.0.2:5199']"
    assert (found["workers"], found["worker_class"]) == ("2", "gthread")


def test_a_base_of_a_newer_version_is_not_served(environment: dict[str, str], tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "paqte.sqlite3") as base:
        base.execute("UPDATE alembic_version SET version_num = '9999'")
    refused = subprocess.run(GUNICORN, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode != 0
    assert "9999" in refused.stderr and "plus récente" in refused.stderr
    assert "Traceback" not in refused.stderr
