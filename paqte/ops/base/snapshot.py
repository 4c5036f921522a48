"""A dump of PostgreSQL as it is written: read again to its end, its rows counted against those of the base."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import IO, Any

from sqlalchemy.engine import URL

from paqte.ops.base.damage import BackupRefused

COPY, END = b"COPY ", b"\\.\n"
VERSION = "alembic_version"


def write_dump(address: URL, take: Callable[[Any], None]) -> None:
    """Have `take` read the whole dump of a base, as it comes: nothing of it touches the disk here.

    BackupRefused when it does not hold, table by table, as many rows as the base did at that moment.
    """
    with _one_moment(address) as (moment, counted), tempfile.TemporaryFile() as said:
        command = [find_program("pg_dump"), f"--dbname={_without_password(address)}", "--format=custom", "--no-owner"]
        with subprocess.Popen(
            [*command, f"--snapshot={moment}"], env=_environment(address), stdout=subprocess.PIPE, stderr=said
        ) as child:
            assert child.stdout is not None
            try:
                found = _read_twice(child.stdout, take)
            except BaseException:
                child.kill()
                raise
        _refuse_failure("pg_dump", child.returncode, said)
    wrong = next((name for name, rows in counted.items() if found.get(name) != rows), None)
    if wrong is not None:
        raise BackupRefused(
            f"La sauvegarde ne contient pas tout : {found.get(wrong, 0)} lignes de la table {wrong} au lieu de "
            f"{counted[wrong]}. Elle n’est pas gardée ; recommencez."
        )


def count_rows(lines: Iterable[bytes]) -> tuple[dict[str, int], str]:
    """Rows by table, and the version of the base, of a dump read as statements and rows."""
    rows: dict[str, int] = {}
    version, table = "", ""
    for line in lines:
        if not table and line.startswith(COPY):
            table = _table(line)
            rows[table] = 0
        elif table and line == END:
            table = ""
        elif table:
            rows[table] += 1
            version = line.decode().strip() if table == VERSION else version
    return rows, version


def find_program(program: str) -> str:
    """Where a tool of PostgreSQL is; BackupRefused with the remedy."""
    found = shutil.which(program)
    if found is None:
        raise BackupRefused(
            f"La commande {program} est introuvable : installez les outils de PostgreSQL "
            "(Debian, Ubuntu : sudo apt-get install postgresql-client)."
        )
    return found


class TwiceReader:
    """What is read of a dump goes to its second reader too."""

    def __init__(self, dump: IO[bytes], second: IO[bytes]) -> None:
        self.dump, self.second = dump, second

    def read(self, size: int = -1) -> bytes:
        piece = self.dump.read(size)
        self.second.write(piece)
        return piece


def _read_twice(dump: IO[bytes], take: Callable[[Any], None]) -> dict[str, int]:
    """Rows by table of what `take` read, by PostgreSQL's own reader."""
    counted: dict[str, int] = {}
    with tempfile.TemporaryFile() as said:
        command = [find_program("pg_restore"), "--file=-"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said) as child:
            assert child.stdin is not None and child.stdout is not None
            script = child.stdout
            counting = Thread(target=lambda: counted.update(count_rows(iter(script))[0]))
            counting.start()
            try:
                take(TwiceReader(dump, child.stdin))
                child.stdin.close()
            except BaseException:
                child.kill()
                raise
            finally:
                counting.join()
        _refuse_failure("pg_restore", child.returncode, said)
    return counted


@contextmanager
def _one_moment(address: URL) -> Iterator[tuple[str, dict[str, int]]]:
    """A moment of the base that pg_dump can be told to show, and its rows by table at that moment."""
    import psycopg
    from psycopg import sql

    try:
        with psycopg.connect(_without_password(address), password=address.password, connect_timeout=10) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            named = connection.execute("SELECT pg_export_snapshot()").fetchone()
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            counted = {}
            for (table,) in tables.fetchall():
                count = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))
                counted[table] = (connection.execute(count).fetchone() or (0,))[0]
            assert named is not None
            yield named[0], counted
    except psycopg.Error as error:
        said = (str(error).strip().splitlines() or ["sans explication"])[0]
        raise BackupRefused(f"La base n’a pas pu être lue : {said}.") from error


def _without_password(address: URL) -> str:
    """The address without its password: the list of processes shows arguments to everybody."""
    return address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _environment(address: URL) -> dict[str, str]:
    return {**os.environ, "PGPASSWORD": address.password or "", "PGCONNECT_TIMEOUT": "10"}


def _refuse_failure(program: str, code: int, said: IO[bytes]) -> None:
    if code:
        said.seek(0)
        reason = (said.read().decode(errors="replace").strip().splitlines() or ["sans explication"])[-1]
        raise BackupRefused(f"{program} a échoué : {reason}.")


def _table(line: bytes) -> str:
    """The table of « COPY public.departement (code, …) FROM stdin; »."""
    return line.split()[1].decode().rpartition(".")[2].strip('"')
