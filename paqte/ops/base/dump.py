"""A dump of PostgreSQL: read to its end before anything is replaced, then put in place in one transaction."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any

from sqlalchemy.engine import make_url

from paqte.domain.systeme import reason_of
from paqte.ops.base.cipher import NOTHING, decrypt, is_encrypted
from paqte.ops.base.damage import SQLITE_HEADER, BackupRefused
from paqte.ops.base.snapshot import COPY, END, count_rows, find_program

POSTGRES_HEADER = b"PGDMP"
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


def read_dump(source: Path, keys: Sequence[Any] = ()) -> tuple[dict[str, int], str]:
    """Rows by table, and the version of the base; BackupRefused for a file that is no whole dump.

    `keys`: the private keys of an encrypted one, which is never in clear on the disk.
    """
    _refuse_kind(source)
    with _script(source, keys) as lines:
        return count_rows(lines)


def replace_all(url: str, source: Path, keys: Sequence[Any] = ()) -> None:
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
            with _script(source, keys) as lines:
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
        if line.startswith(COPY):
            _run(cursor, pending[:-1])
            pending = []
            with cursor.copy(line) as copy:  # type: ignore[attr-defined]
                for row in lines:
                    if row == END:
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
    if not is_encrypted(source):
        _refuse_start(start, source)


def _refuse_start(start: bytes, source: Path) -> None:
    if start.startswith(SQLITE_HEADER):
        raise BackupRefused(f"Le fichier {source} est une base SQLite, et celle-ci est PostgreSQL. {NOTHING}")
    if not start.startswith(POSTGRES_HEADER):
        raise BackupRefused(f"Le fichier {source} n’est pas une sauvegarde d’une base PostgreSQL de PAQTE. {NOTHING}")


@contextmanager
def _script(source: Path, keys: Sequence[Any]) -> Iterator[Iterator[bytes]]:
    """The dump as statements and rows; BackupRefused when it does not read to its end."""
    is_secret = is_encrypted(source)
    command = [find_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-"]
    command += [] if is_secret else [str(source)]
    given = subprocess.PIPE if is_secret else None
    with subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        out: IO[bytes] | None = child.stdout
        assert out is not None and child.stderr is not None
        opening = Opening(child.stdin, source, keys)
        opening.start()
        try:
            yield iter(out)
            out.read()
        except BaseException:
            # Else whoever writes to it would wait for whoever no longer reads.
            child.kill()
            raise
        finally:
            opening.join()
        said = child.stderr.read().decode(errors="replace").strip().splitlines()
    if opening.refusal is not None:
        raise opening.refusal
    if child.returncode:
        reason = said[-1] if said else "sans explication"
        raise BackupRefused(f"Le fichier {source} est abîmé : {reason}. {NOTHING}")


class Opening(Thread):
    """An encrypted dump opened into `door`, while somebody reads it behind; nothing to do where there is no door."""

    def __init__(self, door: IO[bytes] | None, source: Path, keys: Sequence[Any]) -> None:
        super().__init__()
        self.door, self.source, self.keys = door, source, keys
        self.refusal: BackupRefused | None = None
        self.is_begun = False

    def run(self) -> None:
        try:
            # A reader that stopped says why by itself.
            with suppress(OSError), ExitStack() as closed:
                if self.door is not None:
                    closed.enter_context(self.door)
                    decrypt(self.source, self, self.keys)
        except BackupRefused as error:
            self.refusal = error

    def write(self, piece: bytes) -> int:
        """The next bytes in clear; BackupRefused when the first are those of another kind of base."""
        assert self.door is not None
        if not self.is_begun:
            _refuse_start(piece, self.source)
        self.is_begun = True
        return self.door.write(piece)

    def flush(self) -> None:
        assert self.door is not None
        self.door.flush()
