"""What an SQLite base and a PostgreSQL one hold, read by their drivers alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url


def opened(url: str) -> Any:
    address = make_url(url).set(drivername="postgresql")
    return psycopg.connect(address.render_as_string(hide_password=False))


def is_alike(kept: Any, found: Any) -> bool:
    """What SQLite keeps of a value, and what PostgreSQL does: each its own way."""
    if kept is None or found is None:
        return kept is found
    if isinstance(found, bool):
        return kept in (0, 1) and bool(kept) is found
    if isinstance(found, Decimal):
        return Decimal(repr(kept)) == found
    if isinstance(found, datetime):
        return bool(datetime.fromisoformat(kept).replace(tzinfo=UTC) == found)
    if isinstance(found, date):
        return bool(kept == found.isoformat())
    return type(kept) is type(found) and kept == found


def assert_every_row_is_alike(path: Path, url: str) -> int:
    """By the two drivers alone, and the tables that the file itself lists; gives how many rows were compared."""
    seen = 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base, opened(url) as other:
        listed = base.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for (table,) in listed.fetchall():
            about = base.execute(f'PRAGMA table_info("{table}")').fetchall()
            columns = ", ".join(f'"{row[1]}"' for row in about)
            place = [rank for rank, row in enumerate(about) if row[5]]
            asked = f'SELECT {columns} FROM "{table}"'
            kept = {tuple(row[rank] for rank in place): row for row in base.execute(asked)}
            found = {tuple(row[rank] for rank in place): row for row in other.execute(asked)}
            assert kept.keys() == found.keys(), table
            for key, row in kept.items():
                odd = [one for one in zip(row, found[key], strict=True) if not is_alike(*one)]
                assert odd == [], (table, key)
            seen += len(kept)
    return seen


def rows_in(url: str) -> int:
    """Of all tables, what a base just made says of itself aside."""
    with opened(url) as base:
        tables = [name for (name,) in base.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        aside = {"alembic_version", "mouvement"}
        return sum(base.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in set(tables) - aside)


def live(folder: Path) -> Path:
    return folder / "instance" / "paqte.sqlite3"


def files_beside(path: Path) -> dict[str, bytes]:
    """The base, and what waits in its journal if anything does."""
    both = (path, path.with_name(f"{path.name}-wal"))
    return {one.name: one.read_bytes() for one in both if one.exists() and one.stat().st_size}
