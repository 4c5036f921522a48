"""When a due job may be taken: once, unless whoever took it fell silent or failed."""

from __future__ import annotations

from datetime import datetime, timedelta

EN_COURS = "en_cours"
FAITE = "faite"
ECHOUEE = "echouee"
ETATS: dict[str, str] = {EN_COURS: "En cours", FAITE: "Faite", ECHOUEE: "Échouée, sera reprise"}

# Longer than any bilan takes; a process that died leaves its job to another after this.
BAIL = timedelta(minutes=15)
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)


def retry_after(essais: int) -> timedelta:
    """How long a job rests after its n-th failure: one minute, doubled each time, an hour at most."""
    doubled: int = 2 ** min(max(essais - 1, 0), 10)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


def may_take(etat: str, prise_le: datetime, finie_le: datetime | None, essais: int, now: datetime) -> bool:
    """Whether a job already known may be taken again: its lease ran out, or its last failure has rested."""
    if etat == FAITE:
        return False
    if etat == ECHOUEE:
        return finie_le is None or now >= finie_le + retry_after(essais)
    return now >= prise_le + BAIL
