"""How long the people of a signatory are kept, and when they go (R30)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from paqte.domain.statuts.conventions import PROJET, Dates, add_years

LEAST_YEARS, MOST_YEARS = 1, 10
# A référent is told this long before: time to call, and to renew the convention if it must be.
NOTICE = timedelta(days=90)


def end_of_need(dates: Dates) -> date:
    """The last day a convention needs its contacts: an early end counts, a later one than its term does not.

    A projet never signed never ran: it needs them until the day it was to begin.
    """
    return dates.debut if dates.statut == PROJET else dates.effective_end


def kept_until(conventions: Iterable[Dates], *, known: date, active: date, years: int) -> date:
    """The last day a person is kept: so many years after the last convention of her signatories has ended (R30).

    Without any convention, after she was last `active`. Whoever became `known` after the end starts anew: a contact
    typed in to prepare the next convention does not go the same night.
    """
    ends = [end_of_need(dates) for dates in conventions]
    return add_years(max([known, *(ends or [active])]), years)


def goes_on(until: date) -> date:
    """The day on which a person kept until then is erased."""
    return until + timedelta(days=1)


def is_due(until: date, today: date) -> bool:
    """Whether she is to be erased on that day."""
    return today >= goes_on(until)


def is_near(until: date, today: date) -> bool:
    """Whether the référent is told that she will be."""
    return goes_on(until) <= today + NOTICE
