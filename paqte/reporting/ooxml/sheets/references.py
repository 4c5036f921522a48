"""References of cells (A1, $B$3:$D$9, 'Ma feuille'!$1:$1) and how they move when tables grow."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_SHEET = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!"
# Quoted text is matched first, so that what looks like a reference inside it stays as it is.
_REFERENCE = re.compile(
    r'"(?:[^"]|"")*"'
    rf"|(?<![\w.$])(?P<sheet>{_SHEET})?(?P<first>\$?[A-Z]{{1,3}}\$?\d+|\$?\d+(?=:\$?\d))"
    r"(?::(?P<last>\$?[A-Z]{1,3}\$?\d+|\$?\d+))?(?![\w.(!])"
)
_END = re.compile(r"(\$?[A-Z]{0,3}\$?)(\d+)")
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")


class CellRange(NamedTuple):
    """A rectangle of cells: first and last rows and columns, from 1."""

    haut: int
    gauche: int
    bas: int
    droite: int

    @property
    def ref(self) -> str:
        """The rectangle written as "B3:D9", or "B3" for one cell."""
        first, last = f"{column_letter(self.gauche)}{self.haut}", f"{column_letter(self.droite)}{self.bas}"
        return first if first == last else f"{first}:{last}"

    @property
    def absolute(self) -> str:
        """The rectangle written as "$B$3:$D$9"."""
        return ":".join(f"${column_letter(c)}${r}" for r, c in ((self.haut, self.gauche), (self.bas, self.droite)))


@dataclass(frozen=True, slots=True)
class Growth:
    """A table's model rows, from `haut` to `bas`, that become `lignes` rows."""

    haut: int
    bas: int
    lignes: int


class Displacement:
    """Where the rows of one sheet go, once each table has its rows."""

    def __init__(self, pousses: list[Growth]) -> None:
        self._pousses = sorted(pousses, key=lambda p: p.haut)
        self._starts = [p.haut for p in self._pousses]
        self._shifts = [0]
        for p in self._pousses:
            self._shifts.append(self._shifts[-1] + p.lignes - (p.bas - p.haut + 1))

    def row(self, row: int, is_end: bool = False) -> int:
        """New place of a row. A model row goes to the first row of its table, or to the last when it ends a range."""
        rank = bisect_right(self._starts, row)
        if rank and row <= self._pousses[rank - 1].bas:
            grown, shift = self._pousses[rank - 1], self._shifts[rank - 1]
            return grown.haut + shift + (grown.lignes - 1 if is_end else 0)
        return row + self._shifts[rank]

    def plage(self, plage: CellRange) -> CellRange:
        """New place of a rectangle: it takes in all the rows of the tables it covered."""
        return CellRange(self.row(plage.haut), plage.gauche, self.row(plage.bas, is_end=True), plage.droite)


@lru_cache(maxsize=4096)
def column_letter(column: int) -> str:
    """1 -> "A", 28 -> "AB"."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=4096)
def column_number(letters: str) -> int:
    """ "A" -> 1, "AB" -> 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def parse_range(ref: str) -> CellRange:
    """The rectangle that "B3", "$B$3:$D$9" or "Feuille!$B$3" names; ValueError for anything else."""
    match = _AREA.fullmatch(ref.rsplit("!", 1)[-1])
    if not match:
        raise ValueError(ref)
    left, top, right, bottom = match.groups()
    return CellRange(int(top), column_number(left), int(bottom or top), column_number(right or left))


def sheet_of(reference: str) -> str:
    """Title of the sheet that a reference names, or "" when it names none."""
    if "!" not in reference:
        return ""
    title = reference.rsplit("!", 1)[0]
    return title[1:-1].replace("''", "'") if title.startswith("'") else title


def shift_formula(formula: str, shifts: Mapping[str, Displacement], sheet: str = "") -> str:
    """The formula with its references moved; those without a sheet belong to `sheet`."""

    def moved(match: re.Match[str]) -> str:
        if not match["first"]:
            return match[0]
        shift = shifts.get(sheet_of(match["sheet"]) if match["sheet"] else sheet)
        return match[0] if shift is None else (match["sheet"] or "") + _moved(match, shift.row)

    return _REFERENCE.sub(moved, formula)


def _moved(match: re.Match[str], row: Callable[[int, bool], int]) -> str:
    def end(text: str, is_end: bool) -> str:
        return _END.sub(lambda m: f"{m[1]}{row(int(m[2]), is_end)}", text)

    last = match["last"]
    return end(match["first"], False) + (f":{end(last, True)}" if last else "")


def shift_refs(refs: str, shift: Displacement) -> str:
    """The list of ranges of a `ref` or `sqref` attribute, moved; whole columns stay."""
    return " ".join(_shift_ref(ref, shift) for ref in refs.split(" "))


def _shift_ref(ref: str, shift: Displacement) -> str:
    try:
        return shift.plage(parse_range(ref)).ref
    except ValueError:
        return ref
