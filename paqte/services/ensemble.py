"""Several use cases kept together or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, cast

from sqlalchemy import create_engine

from paqte.models import db
from paqte.models.base import WRITE


class Rehearsed(Exception):
    """What was done together was only to see: nothing of it is kept."""


@contextmanager
def all_or_nothing() -> Iterator[Any]:
    """Every use case called inside becomes part of one transaction of the base, kept whole at the end or not at all.

    Gives the connection: what is locked through it stays locked, where a use case begins by giving up what its
    session holds.

    It lends its connection to the session of this context alone, and holds the write lock throughout.
    """
    with together(cast(dict[str | None, Any], db.engines)[None]) as connection:
        yield connection


@contextmanager
def rehearsal() -> Iterator[None]:
    """The same use cases, of which nothing is kept: what they refuse and what they would do is what is wanted.

    SQLite lets one write at a time: there it is done on a copy, and nobody waits.
    """
    engine = cast(dict[str | None, Any], db.engines)[None]
    with ExitStack() as stack:
        if engine.dialect.name == "sqlite":
            engine = stack.enter_context(copy_of(engine))
        with suppress(Rehearsed), together(engine):
            yield
            raise Rehearsed


@contextmanager
def together(engine: Any) -> Iterator[Any]:
    """Every use case called inside becomes part of one transaction of this base."""
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin(), lent(connection):
        yield connection


@contextmanager
def lent(connection: Any) -> Iterator[None]:
    """Every use case called inside becomes part of the transaction of this connection."""
    db.session.remove()
    # The use cases' own commits then close a savepoint of this transaction, no more.
    session = cast(Any, db.session(join_transaction_mode="create_savepoint"))
    session.get_bind = lambda *_given, **_named: connection
    try:
        yield
    finally:
        db.session.remove()


@contextmanager
def copy_of(engine: Any) -> Iterator[Any]:
    """The same base in a file of its own, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="paqte-essai-") as folder:
        copied = create_engine(f"sqlite:///{folder}/essai.sqlite3")
        given, taken = engine.raw_connection(), copied.raw_connection()
        try:
            given.driver_connection.backup(taken.driver_connection)
        finally:
            given.close()
            taken.close()
        try:
            yield copied
        finally:
            copied.dispose()
