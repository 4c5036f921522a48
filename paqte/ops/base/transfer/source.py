"""The SQLite base that is moved: sound, of this version, and still as long as it is read. Nothing of it changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from paqte.models.base import Base
from paqte.models.writers import turnstile
from paqte.ops.base.backup import sqlite_path
from paqte.ops.base.cipher import NOTHING
from paqte.ops.base.damage import WAIT_SECONDS, BaseRefused, check_content, open_sqlite, refuse_unreadable, tell
from paqte.ops.base.migration import VERSION_TABLE, numbers

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def source_path(url: str) -> Path:
    """The file of the base to move; BaseRefused when these settings have no SQLite base."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        raise BaseRefused(
            f"La base de ces réglages n’est pas SQLite : c’est une base SQLite qui se transfère. {NOTHING}"
        )
    path = sqlite_path(address)
    if not path.exists():
        raise BaseRefused(f"La base {path} n’existe pas : vérifiez PAQTE_INSTANCE et PAQTE_DATABASE_URL. {NOTHING}")
    return path


@contextmanager
def still_source(path: Path) -> Iterator[Connection]:
    """The base at one moment, which nobody writes in until the block ends.

    BaseRefused when it is damaged, of another version, of another shape, or written by somebody who does not end.
    """
    try:
        with ExitStack() as held:
            _hold(path, held)
            check_content(path)
            with closing(open_sqlite(path, "ro")) as base:
                _refuse_version(base)
                _refuse_shape(base)
            engine = create_engine("sqlite://", creator=lambda: open_sqlite(path, "ro"), poolclass=NullPool)
            connection = held.enter_context(engine.connect())
            connection.begin()
            yield connection
    except sqlite3.Error as error:
        raise BaseRefused(f"{tell(error)} {NOTHING}") from error


def numbers_given(source: Connection) -> dict[str, int]:
    """By table, the last number given, be its row there or not."""
    return {row.name: row.seq for row in source.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")}


def _hold(path: Path, held: ExitStack) -> None:
    """Hold the lock of those who write.

    Where a journal waits beside, whoever closes the base last copies it in: one that only reads cannot.
    """
    refuse_unreadable(path)
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:
        held.enter_context(closing(open_sqlite(path, "ro")))
    base = held.enter_context(closing(open_sqlite(path, "rw")))
    with turnstile(str(path), WAIT_SECONDS):
        base.execute("BEGIN IMMEDIATE")


def _refuse_version(base: sqlite3.Connection) -> None:
    tables = {name for (name,) in base.execute(_TABLES)}
    found = [number for (number,) in base.execute(f"SELECT version_num FROM {VERSION_TABLE}")] if tables else []
    if found != numbers()[-1:]:
        raise BaseRefused(
            f"La base est en version {', '.join(map(str, found)) or 'zéro'} et ce programme en version "
            f"{numbers()[-1]} : lancez d’abord « paqte base migrer » avec la dernière version de PAQTE. {NOTHING}"
        )


def _refuse_shape(base: sqlite3.Connection) -> None:
    """A table or a column that this version does not know would be left behind without a word."""
    known = {f"{name}.{column.name}" for name, table in Base.metadata.tables.items() for column in table.columns} | {
        f"{VERSION_TABLE}.version_num"
    }
    found = {
        f"{name}.{row[1]}"
        for (name,) in base.execute(_TABLES).fetchall()
        for row in base.execute(f'PRAGMA table_info("{name}")')
    }
    for names, why in ((known - found, "manque à la base"), (found - known, "n’est pas de PAQTE")):
        if names:
            raise BaseRefused(f"{min(names)} {why} : elle a été faite ou changée à la main. {NOTHING}")
