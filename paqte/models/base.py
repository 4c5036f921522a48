"""The declarative base, the session, and how each engine is set up."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, Numeric, event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

WRITE = "paqte_write"
# What is worth writing only when nobody else writes: a reader must not wait for it.
HURRIED = "paqte_hurried"
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


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, _record: object) -> None:
    if "sqlite" not in type(connection).__module__:
        return
    connection.isolation_level = None
    # 8 MB of pages kept a connection, where SQLite keeps 2: an index over ten thousand companies then fits.
    for pragma in (
        "journal_mode=WAL",
        "cache_size=-8000",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    """Writers take the lock at once: a deferred transaction that reads then writes fails under WAL."""
    if connection.dialect.name != "sqlite":
        return
    options = connection.get_execution_options()
    if not options.get(WRITE, False):
        connection.exec_driver_sql("BEGIN")
    elif options.get(HURRIED, False):
        _take_lock_at_once(connection)
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _take_lock_at_once(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout={HURRIED_TIMEOUT_MS}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
