"""Whether the base answers, and at which version of the schema."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from paqte.models.base import BUSY_TIMEOUT_MS, db
from paqte.ops.base.backup import sqlite_path
from paqte.ops.base.damage import OTHER_VERSION, BaseRefused, check_content
from paqte.ops.base.migration import VERSION_TABLE, numbers

# The base is away, locked for longer than its time-out, or has no connection left: worth trying again.
BASE_UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout)
BASE_ERROR = SQLAlchemyError
DBAPI_ERROR = DBAPIError


_ASKED = f"SELECT version_num FROM {VERSION_TABLE}"


@dataclass(frozen=True, slots=True)
class Health:
    """`schema`: the version found, '' when none; `is_known`: this program knows that version."""

    answers: bool
    schema: str
    is_known: bool

    @property
    def is_good(self) -> bool:
        return self.answers and self.is_known


def check_base() -> Health:
    """Ask the base for its version of the schema; never raises."""
    try:
        found = db.session.scalar(text("SELECT version_num FROM alembic_version")) or ""
    except BASE_UNAVAILABLE:
        db.session.rollback()
        return Health(_base_answers(), "", False)
    except SQLAlchemyError:
        db.session.rollback()
        return Health(True, "", False)
    return Health(True, found, found in known_versions())


def is_outdated() -> bool:
    """Whether the base is of another version than this program: one that goes on reading it may trip over anything."""
    db.session.rollback()
    found = check_base()
    return bool(found.schema) and not found.is_known


def hold_version(connection: Connection) -> None:
    """Keep the base at the version of this program until its transaction ends; OperationalError when it has another.

    A step of migration waits for whoever writes, and whoever writes waits for it, so that nothing is written in the
    shape of one version while another has come.
    """
    if connection.dialect.name == "postgresql":
        # Before anything is read: a transaction of one moment then sees the base as it is once this lock is had, which
        # bars steps of migration alone. They are waited for as long as a busy base is.
        connection.exec_driver_sql(
            f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}; LOCK TABLE {VERSION_TABLE} IN ROW SHARE MODE; "
            "SET LOCAL lock_timeout = DEFAULT"
        )
    found = connection.exec_driver_sql(_ASKED).scalar()
    if found not in known_versions():
        raise OperationalError(_ASKED, None, BaseRefused(f"la base est d’{OTHER_VERSION} ({found}) que ce programme"))


def damage_in(url: str) -> str | None:
    """What is damaged in an SQLite base, in a sentence; None when it is sound, or PostgreSQL's own to check."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return None
    try:
        check_content(sqlite_path(address))
    except BaseRefused as error:
        return str(error)
    return None


def _base_answers() -> bool:
    """SQLite says "no such table" as it says "no such file": ask for less."""
    try:
        return bool(db.session.scalar(text("SELECT 1")) == 1)
    except SQLAlchemyError:
        db.session.rollback()
        return False


@cache
def known_versions() -> frozenset[str]:
    """The last version of the migrations that come with this program."""
    return frozenset(numbers()[-1:])
