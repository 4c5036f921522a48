"""The disk is watched before it fills: /sante, `paqte verifier`, the scheduler, the administrator's home page."""

from __future__ import annotations

import shutil
from pathlib import Path

from paqte.config import Settings
from paqte.domain.erreurs import Refused
from paqte.queries.reglages import read_limits

_MO = 1024 * 1024


def refuse_full_disk(settings: Settings) -> str:
    """How much is free where the base and the bilans lie; Refused, with what to do, below the threshold set."""
    least = read_limits()["disque_alerte_mo"]
    free = {
        place: shutil.disk_usage(place).free // _MO for place in map(_existing, (settings.instance, settings.reports))
    }
    place, left = min(free.items(), key=lambda item: item[1])
    if left < least:
        raise Refused(
            f"il reste {left} Mo libres sur le disque de {place}, sous le seuil de {least} Mo : libérez de la place "
            "avant qu’il ne soit plein, ou changez le réglage « disque_alerte_mo »."
        )
    return f"{left} Mo libres, seuil {least} Mo."


def is_disk_low(settings: Settings) -> bool:
    """Whether an alarm is due; a disk that does not say is another check's matter."""
    try:
        refuse_full_disk(settings)
    except Refused:
        return True
    except OSError:
        return False
    return False


def _existing(folder: Path) -> Path:
    """The folder, or what it will be made in."""
    return next(place for place in (folder, *folder.parents) if place.exists())
