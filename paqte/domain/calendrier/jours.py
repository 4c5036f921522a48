"""Days on which nobody works, by département: week-ends and holidays (Code du travail, L. 3133-1, L. 3134-13).

Only what the law closes: a custom (Good Friday in the Antilles) is left to each préfecture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from paqte.domain.calendrier.periodes import time_zone

# (month, day).
_EVERYWHERE = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Days from Easter: its Monday, Ascension, Whit Monday.
_MOVING = (1, 39, 50)
_GOOD_FRIDAY = -2
ALSACE_MOSELLE = frozenset({"57", "67", "68"})
# The abolition of slavery, and what the law of each territory adds.
_LOCAL: dict[str, tuple[tuple[int, int], ...]] = {
    **dict.fromkeys(ALSACE_MOSELLE, ((12, 26),)),
    "971": ((5, 27),),
    "972": ((5, 22),),
    "973": ((6, 10),),
    "974": ((12, 20),),
    "976": ((4, 27),),
    "977": ((10, 9),),
    "978": ((5, 28),),
    "986": ((4, 28), (7, 29)),
    "987": ((3, 5),),
    "988": ((9, 24),),
}
_GOOD_FRIDAY_TOO = ALSACE_MOSELLE | {"987"}
# Matari’i took the place of the fête de l’autonomie.
_AUTONOMIE, _MATARII, _MATARII_SINCE = (6, 29), (11, 20), 2025
_SATURDAY = 5
_HOURS = re.compile(r"([0-9]{1,2})\s*(?:h\s*)?[-–à]\s*([0-9]{1,2})\s*h?", re.ASCII)
EXPECTED_HOURS = "Écrivez deux heures entières de la journée, par exemple 8-18."


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * ell) // 433
    month = (h + ell - 7 * m + 90) // 25
    return date(year, month, (h + ell - 7 * m + 33 * month + 19) % 32)


@lru_cache(maxsize=512)
def holidays(year: int, departement: str) -> frozenset[date]:
    """The holidays of a year in a département."""
    return frozenset(_holidays(year, departement))


def _holidays(year: int, departement: str) -> Iterator[date]:
    yield from (date(year, month, day) for month, day in (*_EVERYWHERE, *_LOCAL.get(departement, ())))
    sunday = easter(year)
    moving = (*_MOVING, _GOOD_FRIDAY) if departement in _GOOD_FRIDAY_TOO else _MOVING
    yield from (sunday + timedelta(days=days) for days in moving)
    if departement == "987":
        yield date(year, *(_MATARII if year >= _MATARII_SINCE else _AUTONOMIE))


def is_day_off(day: date, departement: str) -> bool:
    """Whether it is a Saturday, a Sunday or a holiday there."""
    return day.weekday() >= _SATURDAY or day in holidays(day.year, departement)


def working_day(day: date, departement: str) -> date:
    """That day, or the first working one after it."""
    while is_day_off(day, departement):
        day += timedelta(days=1)
    return day


def read_hours(text: str) -> tuple[int, int]:
    """« 8-18 »: from 8 until 18 o'clock, the last not included; ValueError says what is expected."""
    found = _HOURS.fullmatch(text.strip())
    first, last = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 0 <= first < last <= 24:
        raise ValueError(EXPECTED_HOURS)
    return first, last


def is_working_time(moment: datetime, departement: str, hours: tuple[int, int]) -> bool:
    """Whether the moment lies in these hours of a working day, in the legal time of the département (R12)."""
    local = moment.astimezone(time_zone(departement))
    return hours[0] <= local.hour < hours[1] and not is_day_off(local.date(), departement)
