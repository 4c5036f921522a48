"""Two machines started at the same moment on a base that holds nothing yet."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.ops.machines.machine import free_ports, machines

pytestmark = [pytest.mark.lent, pytest.mark.long]


@pytest.fixture
def empty_url(postgres: Any) -> Iterator[str]:
    """A PostgreSQL base without any table."""
    name = f"vide_{uuid.uuid4().hex}"
    engine = create_engine(postgres.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield postgres.get_uri(database=name, driver="psycopg")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def test_two_machines_started_at_once_make_one_base_and_both_serve(tmp_path: Path, empty_url: str) -> None:
    with machines(tmp_path, empty_url) as two:
        started = [
            machine.start(sys.executable, "-m", "paqte.cli", "lancer", PAQTE_PORT=str(port))
            for machine, port in zip(two, free_ports(2), strict=True)
        ]
        said = [child.stdout.readline() if child.stdout else "" for child in started]
    assert [line.startswith("PRÊT ") for line in said] == [True, True], [
        (machine.folder / "erreurs.txt").read_text() for machine in two
    ]
