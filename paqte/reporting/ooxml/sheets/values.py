"""What a cell holds, and how numbers and days are written in one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from math import isfinite

# What a cell holds once written: nothing, a text, or a number (a percentage is a fraction, a date a serial).
Valeur = str | int | Decimal | None

_EPOCH = date(1899, 12, 30)
# A spreadsheet computes on fifteen digits: those after them are noise. From there on they would no longer reach cents.
_DIGITS, _CENTS = 15, 1e13
# Before that day the two calendars that spreadsheets know disagree: older dates stay text.
_FIRST = date(1900, 3, 1)


def number_text(value: int | Decimal) -> str:
    """A number as a workbook writes it, plain and exact."""
    text = str(value)
    # Rarely so; to ask for it of every number would take four times as long.
    return format(value, "f") if "E" in text else text


def shortest(value: int | Decimal) -> str:
    """The same number without the zeros that end its decimals: programs that hand over what is written say 0.96."""
    text = number_text(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def digits(value: str | int | Decimal) -> str:
    """The number that a cell keeps, whichever program saved it: 0.85299999999999998 is 0.853.

    To fifteen digits, and to the cent at least: a greater one has all those that a workbook can keep of it.
    ValueError for what is no finite number.
    """
    number = float(value)
    if not isfinite(number):
        raise ValueError(value)
    return f"{number:.{_DIGITS}g}" if abs(number) < _CENTS else repr(number)


def kept_number(value: str | Decimal) -> Decimal:
    """The same, to be computed with, written plainly."""
    return Decimal(format(Decimal(digits(value)).normalize(), "f"))


def fraction(percentage: Decimal) -> Decimal:
    """A percentage (0–100) as the fraction that a % format shows."""
    return percentage.scaleb(-2)


@lru_cache(maxsize=1024)
def read_date(iso: str) -> date | None:
    """The day of an ISO date or moment; None for anything else, "2026-03" included."""
    try:
        return date.fromisoformat(iso) if len(iso) <= 10 else datetime.fromisoformat(iso).date()
    except ValueError:
        return None


def date_value(iso: str) -> Valeur:
    """The serial number of a date; what is not a date stays the text it is."""
    day = read_date(iso)
    return (day - _EPOCH).days if day and day >= _FIRST else iso or None


def date_from_serial(serial: Decimal) -> str:
    """ISO text of a serial number."""
    return date.fromordinal(_EPOCH.toordinal() + int(serial)).isoformat()
