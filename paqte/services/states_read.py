"""What a transaction has read of an SQLite base before it took the lock, and whether that has moved since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, inspect
from sqlalchemy.orm import Session

from paqte.models.mouvement import COMMUN

# A draft is in no document: what changes of another one is nobody else's affair, and of this one its version tells.
_ANSWERS = ("declaration", "realisation", "avertissement")
_MARKS = "SELECT departement_code, jeton FROM mouvement"
_LAST_LINE = "SELECT COALESCE(MAX(id), 0) FROM journal"
_LINES = f"SELECT DISTINCT departement_code FROM journal WHERE id > ? AND objet NOT IN {_ANSWERS}"


class StateShown(NamedTuple):
    """A state of the base: SQLite's own number of what others commit, the marks of each département, the last line."""

    version: int
    marks: frozenset[tuple[str, int]]
    line: int
    departement: str | None


def what_is_read(connection: Connection, departement: str | None) -> StateShown:
    """The state that this transaction sees, whatever others write meanwhile."""
    marks = _rows_of_base(connection, _MARKS)
    line = int(connection.exec_driver_sql(_LAST_LINE).scalar_one())
    return StateShown(_data_version(connection), frozenset(marks), line, departement)


def has_moved(session: Session, connection: Connection, read: StateShown) -> bool:
    """Whether something that documents read, or that the journal tells, has moved for whom this session has read.

    That is its département and whose rows it holds; when neither says, everybody. Of the rows that it changes each
    bears its version, which the writing itself looks at.
    """
    if _data_version(connection) == read.version:
        return False
    moved = {code for code, _ in read.marks ^ frozenset(_rows_of_base(connection, _MARKS))}
    moved |= {code for (code,) in _rows_of_base(connection, _LINES, (read.line,)) if code}
    own = _departements(session) | ({read.departement} if read.departement else set())
    return COMMUN in moved or not moved.isdisjoint(own or moved)


def _departements(session: Session) -> set[str]:
    """Whose rows this session holds: what is loaded, nothing is asked of the base."""
    everything: Iterable[Any] = (*session.identity_map.values(), *session.new)
    return {code for one in everything if (code := inspect(one).dict.get("departement_code"))}


def _data_version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


def _rows_of_base(connection: Connection, statement: str, given: tuple[int, ...] = ()) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(statement, given)]
