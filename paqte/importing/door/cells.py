"""What the door hands over: sheets, rows and cells, each cell as the text a person would have typed in a form.

A number of a workbook becomes « 1234,5 », a day « 30/06/2026 », a share « 50 % »: then the typing of the domain reads
it, the same as what comes from a form or a CSV. What is no value (an error, a formula never calculated) says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

# What a cell holds. A text is what was typed.
TEXT, NUMBER, DAY, BOOLEAN = "", "n", "d", "b"
# And these hold no value at all: their text is what stands in the file.
ERROR, UNCALCULATED, BAD_NUMBER, BAD_DAY, FAR_DAY, ODD = "e", "u", "xn", "xd", "xf", "xo"
_FAULTS = {
    ERROR: "est en erreur",
    BAD_NUMBER: "contient un nombre illisible",
    BAD_DAY: "contient une date illisible",
    FAR_DAY: "contient une date hors du calendrier",
    ODD: "est d’un type inconnu",
}
MOST_TEXT = 32_767
_PLAIN = re.compile(r"-?[0-9]{1,40}", re.ASCII)
# Nearly every other number: nothing to round, no three decimals.
_SHORT = re.compile(r"-?(?:0|[1-9][0-9]{0,11})\.[0-9]{1,2}", re.ASCII)
_FLOAT = re.compile(r"[-+]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,3})?", re.ASCII)
# A workbook computes on fifteen digits; those after them are noise (0,1 + 0,2).
_DIGITS = 15
_LARGEST = 30
# Days of a workbook have no time zone: they are those its author saw.
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY = 2_958_466
_SHOWN = 20


class CellGiven(NamedTuple):
    """A cell as typed. `genre` is TEXT, NUMBER…; `is_formula` says that its value was computed by the spreadsheet."""

    texte: str
    genre: str = TEXT
    is_formula: bool = False

    @property
    def reason(self) -> str:
        """Why it holds no value, as a French sentence to put beside its text; '' for all the others."""
        if self.genre == UNCALCULATED:
            return (
                "La formule de cette cellule n’est pas calculée : ouvrez le fichier, enregistrez-le, puis déposez-le."
            )
        return f"Cette cellule {_FAULTS[self.genre]} : corrigez-la, ou videz-la." if self.genre in _FAULTS else ""

    @property
    def fault(self) -> str:
        """The same where its text is not shown: the sentence quotes it."""
        return self.reason.replace(" :", f" ({self.texte}) :", 1) if self.genre in _FAULTS else self.reason


class RowGiven(NamedTuple):
    """A row that holds something: its number in the sheet, its cells by column (0 is A), whether it is hidden."""

    numero: int
    cells: Mapping[int, CellGiven]
    is_hidden: bool = False


class MergedRange(NamedTuple):
    """Cells shown as one: first and last row (1 is the first), first and last column (0 is A), both inside."""

    top: int
    bottom: int
    left: int
    right: int


class SheetGiven(NamedTuple):
    """A sheet; its rows are decoded as they are asked for, so that a large one takes little room."""

    titre: str
    is_hidden: bool
    merged: tuple[MergedRange, ...]
    lines: Sequence[bytes]

    def rows(self) -> Iterator[RowGiven]:
        """Rows that hold something, from the first."""
        return map(decoded, self.lines)


class WorkbookGiven(NamedTuple):
    """What was handed in: `genre` is xlsx, ods or csv."""

    genre: str
    sheets: tuple[SheetGiven, ...]


def encoded(numero: int, is_hidden: bool, cells: Sequence[Any]) -> bytes:
    """A row on its way out of the child: cells are [column, texte] or [column, texte, genre, is_formula]."""
    return json.dumps([numero, int(is_hidden), cells], separators=(",", ":"), ensure_ascii=True).encode()


def decoded(line: bytes) -> RowGiven:
    """The same, on this side."""
    numero, is_hidden, cells = json.loads(line)
    return RowGiven(numero, {c[0]: CellGiven(c[1], *c[2:]) for c in cells}, bool(is_hidden))


def column_letters(column: int) -> str:
    """0 is A, 26 is AA: as spreadsheets name their columns."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def typed_number(text: str, *, is_percentage: bool = False) -> tuple[str, str]:
    """A number of a file as a person types it, and its genre: 0.30000000000000004 is « 0,3 », 1E3 « 1000 »."""
    if not is_percentage and _PLAIN.fullmatch(text):
        return text, NUMBER
    if not is_percentage and _SHORT.fullmatch(text):
        whole, _, decimals = text.partition(".")
        return (f"{whole},{rest}" if (rest := decimals.rstrip("0")) else whole), NUMBER
    if not _FLOAT.fullmatch(text):
        return text[:_SHOWN], BAD_NUMBER
    number = Decimal(text) * (100 if is_percentage else 1)
    if number and not -_LARGEST < number.adjusted() < _LARGEST:
        return text[:_SHOWN], BAD_NUMBER
    if len(number.as_tuple().digits) > _DIGITS:
        number = Decimal(f"{number:.{_DIGITS - 1}E}")
    whole, _, decimals = format(number, "f").partition(".")
    decimals = decimals.rstrip("0")
    # Three decimals of a number are no thousands: the fourth says so.
    decimals += "0" if len(decimals) == 3 else ""
    typed = f"{whole},{decimals}" if decimals else whole
    return (f"{typed} %" if is_percentage else typed), NUMBER


def typed_day(moment: datetime) -> str:
    """« 30/06/2026 », and the time behind when there is one."""
    day = f"{moment.day:02}/{moment.month:02}/{moment.year:04}"
    return f"{day} {moment:%H:%M:%S}" if (moment.hour or moment.minute or moment.second) else day


def typed_serial(text: str, *, is_1904: bool) -> tuple[str, str]:
    """A day that a workbook keeps as a number of days, as a person types it, and its genre."""
    if not _FLOAT.fullmatch(text):
        return text[:_SHOWN], BAD_NUMBER
    serial = float(text)
    if not 0 <= serial < _LAST_DAY:
        return text[:_SHOWN], FAR_DAY
    seconds = round((serial % 1) * 86_400)
    if serial < 1:
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}", TEXT
    # Workbooks that count from 1900 believe in a 29 February 1900.
    days = int(serial) + (1 if serial < 60 and not is_1904 else 0)
    moment = (_EPOCH_1904 if is_1904 else _EPOCH) + timedelta(days=days, seconds=seconds)
    return typed_day(moment), DAY


def typed_iso(text: str) -> tuple[str, str]:
    """A day written 2026-06-30 or 2026-06-30T12:00:00, as a person types it, and its genre."""
    try:
        moment = datetime.fromisoformat(text.strip()[:19])
    except ValueError:
        return text[:_SHOWN], BAD_DAY
    return typed_day(moment), DAY
