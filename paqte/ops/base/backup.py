"""Back-up of the base: whole or not at all, while the application runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url

from paqte.domain.systeme import reason_of
from paqte.ops.base.cipher import SUFFIX, encrypt
from paqte.ops.base.damage import (
    BackupRefused,
    check_content,
    damage_of,
    damaged,
    open_sqlite,
    refuse_unreadable,
    tell,
)
from paqte.ops.base.snapshot import write_dump
from paqte.ops.fichiers import remove_leftovers

# Longer than any back-up lasts; its folder may be shared by several machines.
ONE_HOUR = timedelta(hours=1)


def save_base(url: str, folder: Path, now: datetime, prefix: str = "paqte", keys: Sequence[str] = ()) -> Path:
    """A copy of the whole base in `folder`, consistent even while people write, checked before it has its name.

    With public `keys`, only the holder of a private one opens it, and no clear copy is ever in that folder.
    """
    address = make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    suffix = (".sqlite3" if is_sqlite else ".pgdump") + (SUFFIX if keys else "")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = free_name(folder, f"{prefix}-{now:%Y%m%d-%H%M%S}", suffix)
        remove_leftovers(folder, now, since=ONE_HOUR)
        aside = target.with_name(f".{target.name}.{os.getpid()}.en-cours")
        aside.unlink(missing_ok=True)
        make_private(aside)
    except OSError as error:
        raise BackupRefused(f"Le dossier {folder} ne reçoit pas la sauvegarde : {reason_of(error)}.") from error
    try:
        if not is_sqlite:
            write_dump(address, lambda dump: _keep_dump(dump, aside, keys))
        elif keys:
            _encrypt_sqlite(address, aside, keys, now)
        else:
            _copy_sqlite(address, aside)
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


def _encrypt_sqlite(address: URL, target: Path, keys: Sequence[str], now: datetime) -> None:
    """The clear copy lies beside the base, which is no less clear, until it is checked; then it has no name any more.

    Left there by a kill, it goes with the next back-up.
    """
    live = sqlite_path(address)
    remove_leftovers(live.parent, now)
    clear = live.with_name(f".{live.name}.{os.getpid()}.en-cours")
    try:
        make_private(clear)
        _copy_sqlite(address, clear)
        with clear.open("rb") as copy:
            clear.unlink()
            encrypt(copy, target, keys)
    except OSError as error:
        raise BackupRefused(f"La base n’a pas pu être copiée dans {live.parent} : {reason_of(error)}.") from error
    finally:
        clear.unlink(missing_ok=True)


def _keep_dump(dump: Any, target: Path, keys: Sequence[str]) -> None:
    if keys:
        encrypt(dump, target, keys)
        return
    try:
        with target.open("wb") as file:
            shutil.copyfileobj(dump, file)
    except OSError as error:
        said = reason_of(error)
        raise BackupRefused(f"La sauvegarde n’a pas pu être écrite dans {target.parent} : {said}.") from error


def flush(path: Path) -> None:
    """Down to the disk, the name included, before anybody relies on it."""
    for place in (path, path.parent):
        with suppress(PermissionError):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
