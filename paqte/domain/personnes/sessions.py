"""How long links and sessions live, and how often a link may be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from paqte.domain.statuts.pilotage import REGLAGES_SESSIONS, SESSION_INACTIVE, SESSION_TOTALE

LINK_LIFE = timedelta(minutes=10)
# Nobody waits for an invitation in front of her screen: it survives a week-end, and opens once all the same.
INVITATION_LIFE = timedelta(days=3)
ADDRESS_LIFE = timedelta(hours=24)  # to prove a new address
HANDED_LIFE = timedelta(hours=1)  # shown at the command line

WINDOW = timedelta(minutes=15)
PER_ADDRESS = 5
PER_ORIGIN = 20
# A préfecture, a club of companies, behind one address: as many accounts as this hold a session opened there.
SHARED_FROM = 3
PER_SHARED_ORIGIN = 120
# How often a dead link, followed from one origin, leaves a line.
REFUSAL_EVERY = timedelta(minutes=1)

# How long a page left open may be sent again without making the same thing twice.
LONGEST_FORM = timedelta(days=3)
# A list that nobody looked at for a year is opened whole.
HABIT_LIFE = timedelta(days=365)

# Told at the page that long before, and may go on; beyond the longest, once: RGAA 13.1 asks for 20 hours.
TOLD_BEFORE = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=2)
# Two machines never quite agree on the second.
SKEW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class SessionBounded:
    """How long a session stays open: without a request, and in all; the whole may be had once more."""

    idle: timedelta
    longest: timedelta


def bounds_of(role: str, idle: str | None = None, longest: str | None = None) -> SessionBounded:
    """Those of a role: minutes and hours as set, or as shipped where nothing is. A role of nobody has the shortest."""
    minutes = idle or REGLAGES_SESSIONS.get(SESSION_INACTIVE + role, ("30", ""))[0]
    hours = longest or REGLAGES_SESSIONS.get(SESSION_TOTALE + role, ("12", ""))[0]
    return SessionBounded(timedelta(minutes=int(minutes)), timedelta(hours=int(hours)))


def time_left(bounds: SessionBounded, opened: datetime, now: datetime) -> tuple[timedelta, timedelta]:
    """How long a session used at `now` surely lasts: without another request, and however it is used.

    A use is remembered every SEEN_EVERY at most, so that the first may be that much longer in fact.
    """
    return bounds.idle - SEEN_EVERY, bounds.longest - (now - opened)


def is_alive(bounds: SessionBounded, opened: datetime, seen: datetime, now: datetime) -> bool:
    """Whether a session opened and last seen at these moments still counts.

    One of the future does not: the clock stepped back, and nobody knows any more how long it lasts.
    """
    return abs(now - seen) < bounds.idle and -SKEW <= now - opened < bounds.longest
