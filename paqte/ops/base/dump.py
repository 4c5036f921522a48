"""A dump of PostgreSQL: read to its end before anything is replaced, then put in place in one transaction."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy.engine import make_url

from paqte.domain.systeme import reason_of
from paqte.ops.base.backup import POSTGRES_HEADER, BackupRefused, find_program
from paqte.ops.base.damage import SQLITE_HEADER

NOTHING = "Rien n’a été modifié."
_COPY, _END = b"COPY ", b"\\.\n"
# Everything PAQTE made there goes first: what a newer version added would else stay beside the older tables.
_EMPTY = """
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT tablename AS n FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', r.n);
  END LOOP;
  FOR r IN SELECT p.oid::regprocedure AS n FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', r.n);
  END LOOP;
END $$
"""


def read_dump(source: Path) -> tuple[dict[str, int], str]:
    """Rows by table, and the version of the base; BackupRefused for a file that is no whole dump."""
    _refuse_kind(source)
    rows: dict[str, int] = {}
    version, table = "", ""
    with _script(source) as lines:
        for line in lines:
            if not table and line.startswith(_COPY):
                table = _table(line)
                rows[table] = 0
            elif table and line == _END:
                table = ""
            elif table:
                rows[table] += 1
                version = line.decode().strip() if table == "alembic_version" else version
    return rows, version


def replace_all(url: str, source: Path) -> None:
    """Everything of the base replaced by what the dump holds, or nothing."""
    import psycopg

    address = make_url(url).set(drivername="postgresql")
    try:
        with (
            psycopg.connect(address.render_as_string(hide_password=False)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("SET lock_timeout = '30s'")
            cursor.execute(_EMPTY)
            with _script(source) as lines:
                _play(cursor, lines)
    except psycopg.Error as error:
        said = (str(error).strip().splitlines() or ["sans explication"])[0]
        raise BackupRefused(f"La sauvegarde {source} n’a pas pu être remise : {said}. {NOTHING}") from error


def _play(cursor: object, lines: Iterator[bytes]) -> None:
    """Run the statements as they come, and pour in the rows between COPY and its end."""
    pending: list[bytes] = []
    for line in lines:
        if line.startswith((b"\\restrict", b"\\unrestrict")):
            continue
        pending.append(line)
        if line.startswith(_COPY):
            _run(cursor, pending[:-1])
            pending = []
            with cursor.copy(line) as copy:  # type: ignore[attr-defined]
                for row in lines:
                    if row == _END:
                        break
                    copy.write(row)
    _run(cursor, pending)


def _run(cursor: object, statements: list[bytes]) -> None:
    script = b"".join(statements)
    if script.strip():
        cursor.execute(script)  # type: ignore[attr-defined]


def _refuse_kind(source: Path) -> None:
    try:
        if source.is_dir():
            raise BackupRefused(f"{source} est un dossier, non une sauvegarde. {NOTHING}")
        with source.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise BackupRefused(f"Le fichier {source} ne se lit pas : {reason_of(error)}. {NOTHING}") from error
    if start == SQLITE_HEADER:
        raise BackupRefused(f"Le fichier {source} est une base SQLite, et celle-ci est PostgreSQL. {NOTHING}")
    if not start.startswith(POSTGRES_HEADER):
        raise BackupRefused(f"Le fichier {source} n’est pas une sauvegarde d’une base PostgreSQL de PAQTE. {NOTHING}")


@contextmanager
def _script(source: Path) -> Iterator[Iterator[bytes]]:
    """The dump as statements and rows; BackupRefused when it does not read to its end."""
    command = [find_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(source)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        out: IO[bytes] | None = child.stdout
        assert out is not None and child.stderr is not None
        yield iter(out)
        out.read()
        said = child.stderr.read().decode(errors="replace").strip().splitlines()
    if child.returncode:
        reason = said[-1] if said else "sans explication"
        raise BackupRefused(f"Le fichier {source} est abîmé : {reason}. {NOTHING}")


def _table(line: bytes) -> str:
    """The table of « COPY public.departement (code, …) FROM stdin; »."""
    return line.split()[1].decode().rpartition(".")[2].strip('"')
