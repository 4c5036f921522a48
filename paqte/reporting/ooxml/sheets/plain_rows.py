"""Rows of a plain table written under its headings, column by column: what a cell says is worked out once a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, repeat
from typing import Any

from paqte.reporting.ooxml.sheets.references import column_letter
from paqte.reporting.ooxml.sheets.strings import SharedTexts
from paqte.reporting.ooxml.sheets.values import Valeur, shortest

# Rows joined before they leave: a sheet never stands whole in memory.
_TOGETHER = 256


class CellsMade(dict[Any, str]):
    """The cells of one column by what they say: from behind the number of their row to that of the next cell's.

    `shown` gives the number of the look of a value and what the cell holds; a text is always a shared string, never a
    formula. The last cell of a row (`next` 0) ends it.
    """

    def __init__(self, shown: Callable[[Any], tuple[int, Valeur]], strings: SharedTexts, next: int) -> None:
        self._shown, self._strings = shown, strings
        self._end = f'<c r="{column_letter(next)}' if next else "</row>"

    def __missing__(self, said: Any) -> str:
        look, value = self._shown(said)
        if value is None:
            held = "/>"
        elif isinstance(value, str):
            held = f' t="s"><v>{self._strings.rank(value)}</v></c>'
        else:
            held = f"><v>{shortest(value)}</v></c>"
        xml = self[said] = f'" s="{look}"{held}{self._end}'
        return xml


def written_rows(columns: Sequence[Sequence[str]], heights: Sequence[float], first: int) -> Iterator[bytes]:
    """The XML of rows from the row `first` on, some at a time: their columns as CellsMade gives them, in order."""
    numbers = map(str, range(first, first + len(heights)))
    rows = map(str.join, numbers, zip(repeat('<row r="'), map(_begun, heights), *columns, strict=False))
    while joined := "".join(islice(rows, _TOGETHER)):
        yield joined.encode()


@lru_cache(maxsize=256)
def _begun(height: float) -> str:
    return f'" ht="{height:g}" customHeight="1"><c r="A'
