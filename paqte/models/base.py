"""The declarative base, the session, and how each engine is set up."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, Numeric, event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import Pool
from sqlalchemy.types import TypeDecorator

from paqte.models.writers import queue_of, turnstile

WRITE = "paqte_write"
# What is worth writing only when nobody else writes: a reader must not wait for it.
HURRIED = "paqte_hurried"
# Reads first, and takes the lock when there is something to write.
LATE = "paqte_late"
TURN = "paqte_turn"
FILE = "paqte_file"
# A request that waits in vain answers within ten seconds all the same.
BUSY_TIMEOUT_MS = 8_000
HURRIED_TIMEOUT_MS = 100

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of PAQTE; plain SQLAlchemy, nothing of Flask."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(metadata=Base.metadata, session_options={"autoflush": False})


class Moment(TypeDecorator[datetime]):
    """An aware moment kept in UTC; SQLite keeps no offset, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("un moment sans fuseau ne se conserve pas")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Quantite(TypeDecorator[Decimal]):
    """An exact figure with at most two decimals, under 10^13 so that SQLite keeps it exactly too."""

    impl = Numeric(15, 2)
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if dialect.name != "sqlite":
            return value
        return int(value) if value == int(value) else float(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else exact(value)

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Numeric(15, 2, asdecimal=False))
        return dialect.type_descriptor(Numeric(15, 2))


def exact(value: int | float | Decimal) -> Decimal:
    """The figure a base gave, without the float's noise and without trailing zeros after the point."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    whole = number.to_integral_value()
    return whole if whole == number else number.normalize()


@event.listens_for(Engine, "do_connect")
def _open_sqlite(dialect: Dialect, record: Any, arguments: Any, options: Any) -> Any:
    """Open an SQLite base, unless a restoration is putting another in its place at this moment: then just after."""
    if dialect.name != "sqlite":
        return None
    path = _file_of(arguments)
    with _no_exchange(path):
        connection = dialect.connect(*arguments, **options)
        try:
            _set_up(connection)
        except BaseException:
            connection.close()
            raise
        if record is not None:
            record.info[FILE] = (path, _identity(path))
        return connection


def read_schema(connection: Any) -> None:
    """Have SQLite read its schema now: sqlite3.DatabaseError when it is damaged, whatever bytes stand in it.

    The driver quotes them in its message, and raises UnicodeDecodeError instead where they are no text.
    """
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except UnicodeDecodeError as error:
        raise sqlite3.DatabaseError("malformed database schema") from error


def _set_up(connection: Any) -> None:
    connection.isolation_level = None
    read_schema(connection)
    # 8 MB of pages kept a connection, where SQLite keeps 2: an index over ten thousand companies then fits.
    for pragma in (
        "journal_mode=WAL",
        "cache_size=-8000",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _file_of(arguments: Any) -> str:
    name = str(arguments[0]) if arguments else ""
    return "" if name in ("", ":memory:") else name


def _identity(path: str) -> tuple[int, int] | None:
    """Which file bears this name now; None when none does."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def _no_exchange(path: str) -> Iterator[None]:
    """ops/base/restore.py holds the folder alone while it puts a base in place."""
    try:
        descriptor = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):  # a share that knows no lock
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _was_replaced(info: Any) -> bool:
    """Whether another file has taken the name of the base since this connection opened it."""
    path, opened = info.get(FILE, ("", None))
    present = _identity(path) if path else None
    return opened is not None and present is not None and present != opened


@event.listens_for(Pool, "checkout")
def _on_checkout(_connection: Any, record: Any, _proxy: Any) -> None:
    """After a restoration, whoever had the former base open is given the new one."""
    if _was_replaced(record.info):
        raise DisconnectionError("la base a été remplacée")


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    """Writers take the lock at once: a deferred transaction that reads then writes fails under WAL."""
    if connection.dialect.name != "sqlite":
        return
    options = connection.get_execution_options()
    if not options.get(WRITE, False) or options.get(LATE, False):
        connection.exec_driver_sql("BEGIN")
    else:
        _take_lock(connection, is_hurried=options.get(HURRIED, False))


def read_then_write(connection: Connection) -> None:
    """End what a LATE transaction reads and take the lock: what it read may have moved meanwhile, its caller looks."""
    connection.exec_driver_sql("COMMIT")
    _take_lock(connection, is_hurried=False)


def is_writing(connection: Connection) -> bool:
    """Whether it holds SQLite's lock."""
    return TURN in connection.info


def _take_lock(connection: Connection, *, is_hurried: bool) -> None:
    path = connection.info.get(FILE, ("", None))[0]
    seconds = (HURRIED_TIMEOUT_MS if is_hurried else BUSY_TIMEOUT_MS) / 1_000
    queue = queue_of(path)
    if not queue.take(seconds):
        raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked: file d’attente"))
    connection.info[TURN] = queue
    try:
        with turnstile(path, seconds) if path else nullcontext():
            if is_hurried:
                _take_lock_at_once(connection)
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        _give_turn(connection.info)
        raise
    if _was_replaced(connection.info):
        # Waited for the lock of a base that has just been replaced: what would be written there would be lost.
        connection.exec_driver_sql("ROLLBACK")
        reason = sqlite3.OperationalError("database is locked: la base vient d’être remplacée")
        raise OperationalError("BEGIN IMMEDIATE", None, reason)


def _take_lock_at_once(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout={HURRIED_TIMEOUT_MS}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


@event.listens_for(Pool, "checkin")
def _on_checkin(_connection: Any, record: Any) -> None:
    """Committed or not, whoever gives its connection back has written: the turn of the next."""
    _give_turn(record.info)


def _give_turn(info: Any) -> None:
    queue = info.pop(TURN, None)
    if queue is not None:
        queue.give()
