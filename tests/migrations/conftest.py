"""Empty bases of both kinds, and a folder of migrations that a test may add steps to."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from paqte.ops.migration import MIGRATIONS


@pytest.fixture
def empty_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a base without any table."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'vide' / 'paqte.sqlite3'}"
        return
    server = request.getfixturevalue("postgres")
    name = f"vide_{uuid.uuid4().hex}"
    engine = create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield server.get_uri(database=name, driver="psycopg")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A copy of the product's migrations."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")))
