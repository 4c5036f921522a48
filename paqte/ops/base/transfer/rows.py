"""The rows of a table: copied by the types of its columns, then compared as each base's own driver gives them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, LargeBinary, Numeric, String, Table, select

from paqte.models.base import Moment
from paqte.ops.base.damage import BaseRefused

# Rows asked of PostgreSQL at once: few where each may hold a file.
_ROWS, _ROWS_WITH_FILES = 2_000, 10
_LARGEST = {BigInteger: 2**63 - 1, Integer: 2**31 - 1}


def copy_rows(table: Table, source: Connection, target: Connection) -> None:
    """Every row, by one COPY; BaseRefused, with table and key, for a value that PostgreSQL cannot hold."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    with _driver(target).cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in _typed_rows(table, source):
            _refuse_unfit(table, row)
            copy.write_row(tuple(row))


def compare_rows(table: Table, source: Connection, target: Connection) -> tuple[int, str]:
    """How many rows, and the SHA-256 of their values in the order of keys.

    BaseRefused, with table and key, at the first that is not alike.
    """
    digest, count = hashlib.sha256(), 0
    kinds = [column.type for column in table.columns]
    for ours, theirs in zip_longest(_of_sqlite(table, source), _of_postgres(table, target)):
        here, there = _plain(kinds, ours), _plain(kinds, theirs)
        if here != there:
            raise BaseRefused(_difference(table, here, there))
        digest.update(repr(here).encode("utf-8", "surrogatepass"))
        count += 1
    return count, digest.hexdigest()


def _typed_rows(table: Table, source: Connection) -> Iterator[Any]:
    try:
        yield from source.execution_options(stream_results=True).execute(select(table))
    except (TypeError, ValueError) as error:
        raise BaseRefused(f"Table {table.name} : une valeur n’est pas de la sorte de sa colonne ({error}).") from error


def _of_sqlite(table: Table, source: Connection) -> Iterator[Sequence[Any]]:
    return iter(_driver(source).execute(_question(table, "")))


def _of_postgres(table: Table, target: Connection) -> Iterator[Sequence[Any]]:
    with _driver(target).cursor(name="relecture") as cursor:
        has_files = any(isinstance(column.type, LargeBinary) for column in table.columns)
        cursor.itersize = _ROWS_WITH_FILES if has_files else _ROWS
        # The order of bytes, which is SQLite's.
        cursor.execute(_question(table, ' COLLATE "C"'))
        yield from cursor


def _question(table: Table, collation: str) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    keys = ", ".join(
        f'"{column.name}"{collation if isinstance(column.type, String) else ""}' for column in table.primary_key
    )
    return f'SELECT {names} FROM "{table.name}" ORDER BY {keys}'


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _plain(kinds: Sequence[Any], row: Sequence[Any] | None) -> list[object] | None:
    return None if row is None else [_value(kind, value) for kind, value in zip(kinds, row, strict=True)]


def _value(kind: Any, value: Any) -> object:
    """One writing of a value for both bases: SQLite has neither dates, nor moments, nor exact numbers of its own."""
    if value is None:
        return None
    if isinstance(kind, (Integer, Boolean, Numeric)) or isinstance(getattr(kind, "impl", None), Numeric):
        exact = Decimal(value) if isinstance(value, int) else Decimal(str(value))
        return f"{exact.normalize():f}"
    if isinstance(kind, Moment):
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None).isoformat()
    if isinstance(kind, LargeBinary):
        return bytes(value)
    return value if isinstance(value, (str, bytes)) else str(value)


def _difference(table: Table, here: list[object] | None, there: list[object] | None) -> str:
    names = [column.name for column in table.columns]
    row = here or there or []
    key = ", ".join(str(row[names.index(column.name)]) for column in table.primary_key)
    if here is None or there is None:
        what = "est dans la base d’arrivée seule" if here is None else "n’est pas dans la base d’arrivée"
    else:
        what = (
            f"n’a pas la même valeur (colonne {next(n for n, a, b in zip(names, here, there, strict=True) if a != b)})"
        )
    return f"Table {table.name}, ligne {key} : elle {what}."


def _refuse_unfit(table: Table, row: Any) -> None:
    for column, value in zip(table.columns, row, strict=True):
        why = _why_unfit(column, value)
        if why:
            key = ", ".join(str(row._mapping[one]) for one in table.primary_key)
            raise BaseRefused(
                f"Table {table.name}, ligne {key}, colonne {column.name} : {why}, ce que PostgreSQL n’admet pas."
            )


def _why_unfit(column: Column[Any], value: Any) -> str:
    if isinstance(value, str):
        if "\0" in value:
            return "un texte contient un caractère nul"
        longest = getattr(column.type, "length", None)
        return f"un texte a plus de {longest} caractères" if longest and len(value) > longest else ""
    largest = next((most for kind, most in _LARGEST.items() if isinstance(column.type, kind)), None)
    if largest is not None and isinstance(value, int) and not -largest <= value <= largest:
        return "un nombre est trop grand"
    return ""
