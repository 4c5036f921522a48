"""Empty bases of both kinds, and a folder of migrations that a test may add steps to."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine

from paqte.ops.base.migration import MIGRATIONS, upgrade_base


@pytest.fixture
def empty_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Address of a base without any table."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path / 'vide' / 'paqte.sqlite3'}"
    address: str = request.getfixturevalue("empty_postgres")
    return address


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A copy of the product's migrations."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def base_before(empty_url: str, migrations: Path, tmp_path: Path, now: datetime) -> Callable[[str], Engine]:
    """A function that gives the engine of a base as it stood before a step, named by its file."""

    def made(step: str) -> Engine:
        for path in sorted((migrations / "versions").glob("0*.py")):
            if path.stem >= step:
                path.unlink()
        upgrade_base(empty_url, backups=tmp_path / "s", now=now, migrations=migrations)
        return create_engine(empty_url)

    return made


def insert(base: Connection, table: str, **values: Any) -> int:
    """Puts a row of before, as its table then was: what is not said and must be is empty. Gives its key, if any."""
    reflected = Table(table, MetaData(), autoload_with=base)
    empty: dict[type, Any] = {
        str: "",
        int: 0,
        bool: False,
        date: date(2020, 1, 1),
        datetime: datetime(2020, 1, 1, tzinfo=UTC),
    }
    for column in reflected.columns:
        is_needed = not column.nullable and not column.primary_key and column.server_default is None
        if is_needed and column.name not in values:
            values[column.name] = empty[column.type.python_type]
    return base.execute(reflected.insert().values(**values)).inserted_primary_key[0]  # type: ignore[index]
