"""The back-ups of a folder, encrypted or not: one each night, the last one, those whose time is over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from paqte.config import Settings
from paqte.domain.erreurs import Refused
from paqte.domain.systeme import reason_of
from paqte.ops.base.backup import save_base
from paqte.ops.base.damage import BackupRefused

# Those of migrations and restorations have names of their own, and stay.
_NAME = re.compile(r"paqte-(\d{8}-\d{6})(?:-\d+)?\.(?:sqlite3|pgdump)(?:\.age)?", re.ASCII)
# Three in the morning in Paris in winter, four in summer.
NIGHT = 2


def save_by_night(*, settings: Settings, now: datetime) -> int:
    """Save the base once a day, from two o'clock UTC on, and remove what is too old; gives how many were made.

    A night missed is made up for at the next run. Refused, with what to do, when the back-up cannot be made.
    """
    folder = settings.sauvegarde_dossier
    if folder is None:
        return 0
    last = last_saved(folder, now)
    if last is not None and last >= _last_night(now):
        return 0
    try:
        save_base(settings.database_url, folder, now, keys=settings.sauvegarde_cles)
        remove_old(folder, now, settings.sauvegarde_jours)
    except BackupRefused as error:
        raise Refused(str(error)) from error
    return 1


def _last_night(now: datetime) -> datetime:
    tonight = now.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return tonight if now >= tonight else tonight - timedelta(days=1)


def last_saved(folder: Path, now: datetime) -> datetime | None:
    """When the last back-up of a folder was made, in UTC, by its name; None when there is none, or no folder.

    One of the future says nothing of now: the clock stepped back since.
    """
    try:
        return max((moment for moment, _ in _saved(folder) if moment <= now), default=None)
    except OSError:
        return None


def remove_old(folder: Path, now: datetime, days: int) -> int:
    """Remove the back-ups older than `days`, the last one always kept; gives how many. BackupRefused."""
    try:
        former = sorted(_saved(folder))[:-1]
        gone = [path for moment, path in former if moment < now - timedelta(days=days)]
        for path in gone:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise BackupRefused(
            f"Les anciennes sauvegardes de {folder} n’ont pas pu être ôtées : {reason_of(error)}."
        ) from error
    return len(gone)


def _saved(folder: Path) -> Iterator[tuple[datetime, Path]]:
    for path in folder.iterdir() if folder.is_dir() else ():
        found = _NAME.fullmatch(path.name)
        if found:
            try:
                moment = datetime.strptime(f"{found[1]}+0000", "%Y%m%d-%H%M%S%z")
            except ValueError:  # a day that is none
                continue
            yield moment, path
