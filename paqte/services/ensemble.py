"""Several use cases kept together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from paqte.models import db
from paqte.models.base import WRITE


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Every use case called inside becomes part of one transaction of the base, kept whole at the end or not at all.

    For commands alone: it lends its connection to the whole process, and holds the write lock throughout.
    """
    engines = cast(dict[str | None, Any], db.engines)
    engine = engines[None]
    db.session.remove()
    db.session.configure(join_transaction_mode="create_savepoint")
    try:
        with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            # The use cases' own commits then close a savepoint of this transaction, no more.
            engines[None] = connection
            yield
            db.session.remove()
    finally:
        db.session.remove()
        engines[None] = engine
        db.session.configure(join_transaction_mode="conditional_savepoint")
