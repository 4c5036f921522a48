"""Bringing a base to the version of the code: one transaction a migration, after a back-up."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from paqte.models.base import WRITE, Base
from paqte.ops.base.backup import make_private, save_base, sqlite_path
from paqte.ops.base.damage import WAY_OUT, BaseDamaged, BaseRefused, refuse_unreadable, tell
from paqte.ops.base.mouvements import drop_marks, is_marked, put_marks

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"
VERSION_TABLE = "alembic_version"
# Two processes that start at once take turns; the number is PAQTE's own.
POSTGRES_LOCK = 41_2019


def upgrade_base(
    url: str, *, backups: Path | None, now: datetime, migrations: Path = MIGRATIONS, keys: Sequence[str] = ()
) -> tuple[str, ...]:
    """Run the migrations that the base lacks and give their numbers, oldest first; creates an empty base.

    An SQLite base that already holds something is saved into `backups` first (None: it is a copy already), for the
    holders of these public `keys` when there are any. A migration
    is whole or absent, whatever stops it. Raises BaseRefused for a base of a newer version or one that PAQTE did not
    make.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        _make_whole(sqlite_path(address))
    with _engine(url) as engine:
        current, missing = _standing(engine, migrations)
        if missing and current and backups is not None and engine.dialect.name == "sqlite":
            save_base(url, backups, now, prefix=f"avant-migration-{missing[-1]}", keys=keys)
        script = _read_steps(migrations) if missing else None
        done = tuple(number for number in missing if _apply(engine, script, number))
        if migrations == MIGRATIONS:
            _mark(engine)
        return done


def _make_whole(path: Path) -> None:
    """Where there is no file, a base without tables, there at once.

    A file of 0 byte would be judged lost by whoever starts meanwhile, or after this process was killed.
    """
    # A disk that allows none of it is left to the ordinary way, which tells what is wrong; another process may have
    # been quicker.
    with suppress(OSError, sqlite3.Error):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".naissance-") as folder:
            aside = Path(folder) / path.name
            make_private(aside)
            with closing(sqlite3.connect(aside)) as base:
                base.execute("PRAGMA journal_mode=WAL")
            path.hardlink_to(aside)


def check_base(url: str, migrations: Path = MIGRATIONS) -> str:
    """The number of the base's version; BaseRefused when it is not the one of this code."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not sqlite_path(address).exists():
        raise BaseRefused(f"La base {address.database} n’existe pas encore : lancez « paqte base migrer ».")
    with _engine(url) as engine:
        current, missing = _standing(engine, migrations)
    if missing:
        raise BaseRefused(
            f"La base est en version {current or 'zéro'} et l’application en version {missing[-1]} : "
            "lancez « paqte base migrer »."
        )
    return current or ""


def is_empty(url: str) -> bool:
    """Whether there is no base yet, or one without any table."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not sqlite_path(address).exists():
        return True
    with _engine(url) as engine:
        return not inspect(engine).get_table_names()


def numbers(migrations: Path = MIGRATIONS) -> list[str]:
    """The versions this code knows, oldest first: its files bear them, 0001_….py."""
    return sorted(path.name[:4] for path in (migrations / "versions").glob("[0-9]*.py"))


def _standing(engine: Engine, migrations: Path) -> tuple[str | None, list[str]]:
    """The base's version, None when it is empty, and those it lacks; BaseRefused when this code does not know it."""
    known = numbers(migrations)
    with engine.connect() as connection:
        # Tables before version: another process may be creating both between the two reads.
        tables = set(inspect(connection).get_table_names())
        has_tables = bool(tables - {VERSION_TABLE})
        current = _version(connection)
    if current is None and has_tables:
        raise BaseRefused(
            "La base contient des tables mais pas de numéro de version : elle ne vient pas de PAQTE. "
            "Vérifiez PAQTE_DATABASE_URL. Rien n’a été modifié."
        )
    if current is not None and current not in known:
        raise BaseRefused(
            f"La base est en version {current}, que cette application (version {known[-1]}) ne connaît pas : "
            "installez une version plus récente de PAQTE. Rien n’a été modifié."
        )
    lost = sorted(set(Base.metadata.tables) - tables) if current == known[-1] and migrations == MIGRATIONS else []
    if lost:
        raise BaseDamaged(f"La base est abîmée : sa table {lost[0]} manque. {WAY_OUT}")
    return current, known[known.index(current) + 1 :] if current else known


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
    return found


def _read_steps(migrations: Path) -> Any:
    """Every step of the folder, read once: asked of each anew, they took a third of the time of a new base."""
    # Imported for a change of version alone: it costs half a second, which every start would pay.
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(migrations))


def _apply(engine: Engine, script: Any, number: str) -> bool:
    """One step in one transaction; False when another process made it meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Altering a table rebuilds it; the references are checked before the commit instead. Asked of the driver
            # itself, because inside a transaction this setting is ignored without a word.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.execution_options(**{WRITE: True}).begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRES_LOCK})
                _await_writers(connection)
            given = _numbers_given(connection)
            drop_marks(connection)
            done = _run(connection, script, number)
            _keep_numbers(connection, given)
            _check_references(connection)
        return done


def _await_writers(connection: Connection) -> None:
    """Wait for those who write in the former version, and keep the next waiting until this step is over
    (ops/health.py: hold_version); whoever only reads goes on.
    """
    if inspect(connection).has_table(VERSION_TABLE):
        connection.exec_driver_sql(f"LOCK TABLE {VERSION_TABLE} IN EXCLUSIVE MODE")


def _mark(engine: Engine) -> None:
    """Have the base mark what moves, as this version asks; one that does already is only read."""
    with engine.connect() as connection:
        if is_marked(connection):
            return
    with engine.connect() as connection, connection.execution_options(**{WRITE: True}).begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRES_LOCK})
        put_marks(connection)


def _run(connection: Connection, script: Any, number: str) -> bool:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    if _version(connection) != script.get_revision(number).down_revision:
        return False

    def steps(current: Any, _context: Any) -> Any:
        return script._upgrade_revs(number, current)

    context = MigrationContext.configure(connection, opts={"fn": steps, "target_metadata": Base.metadata})
    with Operations.context(context):
        context.run_migrations()
    return True


def _numbers_given(connection: Connection) -> dict[str, int]:
    """The last number given in each table of an SQLite base, be its row there or not."""
    if connection.dialect.name != "sqlite" or not inspect(connection).has_table("sqlite_sequence"):
        return {}
    rows = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
    return {row.name: row.seq for row in rows}


def _keep_numbers(connection: Connection, given: Mapping[str, int]) -> None:
    """A table rebuilt by a step takes its last number from the rows that are left: put back what was given before."""
    now = _numbers_given(connection)
    for name, last in given.items():
        if name in now and now[name] < last:
            connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (last, name))
        elif name not in now and inspect(connection).has_table(name):
            connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, last))


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken:
        raise BaseRefused(f"Une référence de la table {broken[0]} ne mène nulle part : la migration est abandonnée.")


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    """An engine of this task's own, its folder made when the base is a file."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        sqlite_path(address).parent.mkdir(parents=True, exist_ok=True)
        refuse_unreadable(sqlite_path(address))
        make_private(sqlite_path(address))
    engine = create_engine(url)
    try:
        yield engine
    except SQLAlchemyError as error:
        sentence = tell(error)
        if sentence is None:
            raise
        raise BaseRefused(sentence) from error
    finally:
        engine.dispose()
