"""Comparing a column with a key that may be missing: no key meets no row.

SQLAlchemy writes `column == None` as `IS NULL`, which would meet every row that has no key either: a contact without
an account would be told every journal line without an author.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import false


def bears(column: Any, key: object) -> Any:
    """Condition that keeps the rows whose column holds this key; none of them when there is no key."""
    return false() if key is None else column == key


def bears_text(column: Any, key: object) -> Any:
    """As `bears`, for a column that holds keys as text."""
    return false() if key is None else column == str(key)
