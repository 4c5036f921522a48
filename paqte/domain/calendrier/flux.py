"""What a program of calendars is told of a date, and what it is told when the date changes or is called off."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import NamedTuple

# How long a date called off is still told as such: a program left closed for a holiday learns it all the same.
TOLD_CALLED_OFF = timedelta(days=60)
# A program asks every few hours; several devices of one person ask at once.
READS = 30
# Of addresses that open nothing, from one origin.
MISSES = 20
CALLED_OFF = "Annulé"


class DateTold(NamedTuple):
    """One date. `cle` names it for as long as it is told; `objet` and `numero` are the page about it."""

    cle: str
    jour: date
    titre: str
    texte: str = ""
    objet: str = "calendrier"
    numero: int | None = None

    @property
    def empreinte(self) -> str:
        """The hash of all that is said of it: another one when anything of it changes."""
        told = "\0".join((self.jour.isoformat(), self.titre, self.texte))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


class FeedEntry(NamedTuple):
    """A date as the file tells it: how many times it changed, when it last did, and whether it is called off."""

    date: DateTold
    rang: int
    change_le: datetime
    is_called_off: bool = False
