"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

# `.paqte.sqlite3.4242.restauration-wal`: what the process 4242 was writing.
_ASIDE = re.compile(r"\..+\.(\d+)\.(?:restauration|en-cours)(?:-wal|-shm|-journal|-tour)?", re.ASCII)


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`, in place of what was there; the former file stays whole until then. Raises OSError.

    Read by its owner alone: what commands write is internal.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.en-cours")
    try:
        with open(aside, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def remove_leftovers(folder: Path, now: datetime, since: timedelta = timedelta(0)) -> None:
    """Remove what killed writers left in a folder, and did not touch `since`: whole copies of the base (R30).

    A folder that several machines share needs a delay: the process of another is not seen from here.
    """
    for path in folder.glob(".*") if folder.is_dir() else ():
        found = _ASIDE.fullmatch(path.name)
        with suppress(OSError):
            is_old = not since or path.stat().st_mtime <= (now - since).timestamp()
            if found and is_old and not _is_alive(int(found[1])):
                path.unlink()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
