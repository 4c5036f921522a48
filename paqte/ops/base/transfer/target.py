"""The PostgreSQL base that takes everything in: of UTF-8, writable, without a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from paqte.models.base import Base
from paqte.ops.base.cipher import NOTHING
from paqte.ops.base.damage import WAIT_SECONDS, BaseRefused
from paqte.ops.base.migration import POSTGRES_LOCK, VERSION_TABLE
from paqte.ops.base.restore import WITHOUT_DATA

DRIVER = "postgresql+psycopg"
_ACCEPTED = frozenset({DRIVER, "postgresql", "postgres"})
_CONNECT_SECONDS = 10


def target_address(url: str) -> URL:
    """Where everything goes, as PAQTE_DATABASE_URL names it; BaseRefused for what is no address of PostgreSQL."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        address = None
    if address is None or address.drivername not in _ACCEPTED or not address.database:
        raise BaseRefused(
            "La base d’arrivée doit être une base PostgreSQL : écrivez "
            f"postgresql+psycopg://compte:motdepasse@hote/base. {NOTHING}"
        )
    return address.set(drivername=DRIVER)


@contextmanager
def reached(address: URL) -> Iterator[Engine]:
    """An engine of this task's own, on a base that answers."""
    engine = create_engine(address, poolclass=NullPool, connect_args={"connect_timeout": _CONNECT_SECONDS})
    try:
        with engine.connect():
            pass
    except SQLAlchemyError as error:
        raise BaseRefused(f"La base d’arrivée ne se joint pas : {said_by(error)}. {NOTHING}") from error
    yield engine


def said_by(error: Exception) -> str:
    """The first line of what the driver said, without the statement nor its values."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return (lines or [type(error).__name__])[0].rstrip(".")


def refuse_unfit(engine: Engine) -> None:
    """BaseRefused for a base that could not take everything, or that holds something already."""
    with engine.connect() as connection:
        encoding = connection.scalar(text("SHOW server_encoding"))
        may_create = connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')"))
        if encoding != "UTF8":
            raise BaseRefused(
                f"La base d’arrivée est en {encoding} : faites-la en UTF-8 (createdb --encoding UTF8). {NOTHING}"
            )
        if not may_create:
            raise BaseRefused(
                "Ce compte n’a pas le droit de créer des tables dans la base d’arrivée : qu’il en soit le propriétaire "
                f"(createdb --owner). {NOTHING}"
            )
        refuse_filled(connection)


def refuse_filled(connection: Connection) -> None:
    """BaseRefused unless the base has no table, or those of PAQTE without a row."""
    tables = set(inspect(connection).get_table_names())
    foreign = tables - set(Base.metadata.tables) - {VERSION_TABLE}
    quote = connection.dialect.identifier_preparer.quote_identifier
    for name in sorted(tables - WITHOUT_DATA):
        if name in foreign or connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM {quote(name)})").scalar():
            raise BaseRefused(
                f"La base d’arrivée n’est pas vide (table {name}) : donnez une base neuve (createdb). {NOTHING}"
            )


def hold_alone(connection: Connection) -> None:
    """Until the transaction ends, no step of migration and no PAQTE writes there; still without a row."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRES_LOCK})
    connection.exec_driver_sql(f"LOCK TABLE {VERSION_TABLE} IN EXCLUSIVE MODE")
    refuse_filled(connection)


@contextmanager
def without_triggers(connection: Connection) -> Iterator[None]:
    """What comes is already marked and chained: nothing is noted a second time. References are checked all the same."""
    for table in Base.metadata.sorted_tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
    yield
    for table in Base.metadata.sorted_tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')


def go_on_from(connection: Connection, given: Mapping[str, int]) -> None:
    """The next number of each table comes after the last one given."""
    for name, last in given.items():
        if name in Base.metadata.tables and last > 0:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), {"name": name, "last": last}
            )
