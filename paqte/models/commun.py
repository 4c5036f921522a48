"""What several tables share: identifiers, version, who and when, checks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Table
from sqlalchemy.orm import Mapped, mapped_column

from paqte.models.base import Moment


class Identified:
    """A table with a plain integer key, never given twice: the journal names things by it.

    SQLite gives the number of a deleted row again unless it is told to remember the last.
    """

    id: Mapped[int] = mapped_column(primary_key=True)

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        table = getattr(cls, "__table__", None)
        if isinstance(table, Table):
            table.dialect_options["sqlite"]["autoincrement"] = True


class Journaled:
    """A table whose every change leaves a journal line (written by services/journal.py).

    `__personal__` columns belong to a person: their words stand beside the line, where they may be erased (R30).
    """

    __unjournaled__: frozenset[str] = frozenset()
    __personal__: frozenset[str] = frozenset()


class Dated:
    """When a row came."""

    created_at: Mapped[datetime] = mapped_column(Moment, nullable=False)


def one_of(column: str, codes: object) -> CheckConstraint:
    """A named check that a column holds one of these codes."""
    listed = ", ".join(f"'{code}'" for code in sorted(codes))  # type: ignore[call-overload]
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def code_shape(column: str) -> CheckConstraint:
    """A named check that a column holds a code: which ones there are, the registry of documents says."""
    return CheckConstraint(f"{column} <> '' AND {column} = lower({column})", name=column)


def period_code(column: str = "periode", *, has_years: bool = False) -> CheckConstraint:
    """A named check that a column holds a quarter or a semester; where documents stand, a year too."""
    years = f" OR {column} LIKE '____'" if has_years else ""
    return CheckConstraint(f"{column} LIKE '____-T_' OR {column} LIKE '____-S_'{years}", name=column)
