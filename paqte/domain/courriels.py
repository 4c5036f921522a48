"""The life of a mail in the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

EN_ATTENTE = "en_attente"
ENVOYE = "envoye"
REFUSE = "refuse"
ETATS: dict[str, str] = {EN_ATTENTE: "En attente", ENVOYE: "Envoyé", REFUSE: "Refusé"}

MAX_ESSAIS = 12
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=2)


def next_try(now: datetime, essais: int) -> datetime:
    """When to try again after `essais` failures: 30 s doubled each time, two hours at most."""
    doubled: int = 2 ** min(essais, 12)
    return now + min(_FIRST_WAIT * doubled, _LONGEST_WAIT)
