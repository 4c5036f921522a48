"""When a due job may be taken: once, unless whoever took it fell silent or failed."""

from __future__ import annotations

from datetime import datetime, timedelta

PREVUE = "prevue"
EN_COURS = "en_cours"
FAITE = "faite"
ECHOUEE = "echouee"
ETATS: dict[str, str] = {PREVUE: "Prévue", EN_COURS: "En cours", FAITE: "Faite", ECHOUEE: "Échouée, sera reprise"}

# How a run of a job ended.
BON = "bon"
ECHEC = "echec"
ETATS_TOUR: dict[str, str] = {BON: "Bon", ECHEC: "Échec"}

# Longer than any bilan takes; a process that died leaves its job to another after this.
BAIL = timedelta(minutes=15)
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)


def retry_after(essais: int) -> timedelta:
    """How long a job rests after its n-th failure: one minute, doubled each time, an hour at most."""
    doubled: int = 2 ** min(max(essais - 1, 0), 10)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


def may_take(etat: str, prise_le: datetime | None, finie_le: datetime | None, essais: int, now: datetime) -> bool:
    """Whether a task that is due may be taken: nobody did, its lease ran out, or its last failure has rested.

    A moment as far in the future as it may be in the past was written before the clock stepped back: it holds nothing.
    """
    if etat == FAITE:
        return False
    if etat == PREVUE or prise_le is None:
        return True
    if etat == ECHOUEE:
        return finie_le is None or abs(now - finie_le) >= retry_after(essais)
    return abs(now - prise_le) >= BAIL
