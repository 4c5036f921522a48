"""The whole of a base moved from SQLite to PostgreSQL: in one transaction, compared before it is kept and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from paqte.models.base import Base
from paqte.ops.base.damage import BaseRefused
from paqte.ops.base.migration import VERSION_TABLE, upgrade_base
from paqte.ops.base.restore import WITHOUT_DATA
from paqte.ops.base.transfer.rows import compare_rows, copy_rows
from paqte.ops.base.transfer.source import numbers_given, source_path, still_source
from paqte.ops.base.transfer.target import (
    go_on_from,
    hold_alone,
    reached,
    refuse_unfit,
    said_by,
    target_address,
    without_triggers,
)

STILL_EMPTY = "Rien n’a été gardé : la base d’arrivée est sans données, et la base SQLite est intacte."


@dataclass(frozen=True, slots=True)
class Told:
    """A table that is alike in both bases: its rows, and the SHA-256 of their values in the order of keys."""

    table: str
    rows: int
    digest: str


def transfer_base(url: str, target: str, *, now: datetime) -> tuple[tuple[Told, ...], str]:
    """Copy every row of the SQLite base to the PostgreSQL base `target`, and give what was compared, table by table.

    The second part is the address to set from then on, without its password. Keys stay, and so do the numbers given:
    the next of each table is greater. BaseRefused when one of the two bases is not fit, or a row is not the same: then
    the target is left without data, and can be given again. The source is never written.
    """
    path, address = source_path(url), target_address(target)
    with still_source(path) as source, reached(address) as engine:
        try:
            refuse_unfit(engine)
            upgrade_base(address.render_as_string(hide_password=False), backups=None, now=now)
            _copy(source, engine)
        except (SQLAlchemyError, psycopg.Error) as error:
            raise BaseRefused(f"La base d’arrivée n’a pas tout pris : {said_by(error)}. {STILL_EMPTY}") from error
        compared = _read_again(source, engine)
    shown = address.difference_update_query(["password"]).set(password=None if address.password is None else "***")
    return compared, shown.render_as_string(hide_password=True)


def _copy(source: Connection, engine: Engine) -> None:
    """Everything or nothing."""
    with engine.connect() as connection, connection.begin():
        hold_alone(connection)
        try:
            with without_triggers(connection):
                for name in sorted(WITHOUT_DATA - {VERSION_TABLE}):
                    connection.exec_driver_sql(f'DELETE FROM "{name}"')
                for table in Base.metadata.sorted_tables:
                    copy_rows(table, source, connection)
            _compare(source, connection)
        except BaseRefused as error:
            raise BaseRefused(f"{error} {STILL_EMPTY}") from error
        go_on_from(connection, numbers_given(source))


def _compare(source: Connection, target: Connection) -> tuple[Told, ...]:
    return tuple(Told(table.name, *compare_rows(table, source, target)) for table in Base.metadata.sorted_tables)


def _read_again(source: Connection, engine: Engine) -> tuple[Told, ...]:
    """By a second connection, once everything is kept."""
    try:
        with engine.connect() as connection, connection.begin():
            return _compare(source, connection)
    except (SQLAlchemyError, psycopg.Error, BaseRefused) as error:
        said = str(error) if isinstance(error, BaseRefused) else f"{said_by(error)}."
        raise BaseRefused(
            f"La base d’arrivée, relue par une seconde connexion, n’est pas sûre : {said} Ne vous en servez pas : "
            "recommencez sur une base neuve. La base SQLite est intacte."
        ) from error
