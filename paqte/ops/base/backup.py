"""Back-up of the base: whole or not at all, while the application runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from paqte.domain.systeme import reason_of
from paqte.ops.base.damage import check_content, damage_of, damaged, open_sqlite, refuse_unreadable, tell
from paqte.ops.fichiers import remove_leftovers

POSTGRES_HEADER = b"PGDMP"
# Longer than any back-up lasts; its folder may be shared by several machines.
ONE_HOUR = timedelta(hours=1)


class BackupRefused(Exception):
    """The back-up or the restoration could not be made; the message is a French sentence, nothing was changed."""


def save_base(url: str, folder: Path, now: datetime, prefix: str = "paqte") -> Path:
    """A copy of the whole base in `folder`, consistent even while people write, checked before it has its name."""
    address = make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = free_name(folder, f"{prefix}-{now:%Y%m%d-%H%M%S}", ".sqlite3" if is_sqlite else ".pgdump")
        remove_leftovers(folder, now, since=ONE_HOUR)
        aside = target.with_name(f".{target.name}.{os.getpid()}.en-cours")
        aside.unlink(missing_ok=True)
        make_private(aside)
    except OSError as error:
        raise BackupRefused(f"Le dossier {folder} ne reçoit pas la sauvegarde : {reason_of(error)}.") from error
    try:
        (_copy_sqlite if is_sqlite else _dump_postgres)(address, aside)
        flush(aside)
        aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)
    return target


def sqlite_path(address: URL) -> Path:
    """The file of an SQLite base."""
    return Path(address.database or "")


def make_private(path: Path) -> None:
    """An empty file that its owner alone reads, for a base or a back-up to fill; one already there stays as it is.

    Names and addresses are in it, and the usual mask would let everybody on the machine read it (R30). A folder that
    takes no file is for whoever writes there next to tell.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    target = folder / f"{stem}{suffix}"
    rank = 2
    while target.exists():
        target = folder / f"{stem}-{rank}{suffix}"
        rank += 1
    return target


def _copy_sqlite(address: URL, target: Path) -> None:
    """VACUUM INTO reads in one transaction: a plain copy of a live base loses what is in its journal."""
    live = sqlite_path(address)
    refuse_unreadable(live)
    try:
        with closing(open_sqlite(live, "rw")) as base:
            base.execute("VACUUM INTO ?", (str(target),))
        # The copy holds what the base holds, damage included: a back-up nobody can rely on is refused.
        check_content(target, what=f"La base {live}")
    except sqlite3.Error as error:
        why = damage_of(error)
        if why:
            raise damaged(f"La base {live}", why) from error
        raise BackupRefused(f"La base n’a pas pu être copiée dans {target.parent}. {tell(error)}") from error


def _dump_postgres(address: URL, target: Path) -> None:
    _run_postgres("pg_dump", address, "--format=custom", "--no-owner", f"--file={target}")


def find_program(program: str) -> str:
    """Where a tool of PostgreSQL is; BackupRefused with the remedy."""
    found = shutil.which(program)
    if found is None:
        raise BackupRefused(
            f"La commande {program} est introuvable : installez les outils de PostgreSQL "
            "(Debian, Ubuntu : sudo apt-get install postgresql-client)."
        )
    return found


def _run_postgres(program: str, address: URL, *arguments: str) -> None:
    """The password goes through the environment: the list of processes shows arguments to everybody."""
    found = find_program(program)
    plain = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, "PGPASSWORD": address.password or "", "PGCONNECT_TIMEOUT": "10"}
    command = [found, f"--dbname={plain}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["sans explication"])[-1]
        raise BackupRefused(f"{program} a échoué : {reason}.")


def flush(path: Path) -> None:
    """Down to the disk, the name included, before anybody relies on it."""
    for place in (path, path.parent):
        with suppress(PermissionError):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
