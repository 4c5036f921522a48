"""Rows of a plain table written under its headings: each cell a value and the number of its look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from paqte.reporting.ooxml.sheets.references import column_letter
from paqte.reporting.ooxml.sheets.strings import SharedTexts
from paqte.reporting.ooxml.sheets.values import Valeur, shortest

# Rows joined before they leave: a sheet never stands whole in memory.
_TOGETHER = 256


class PlainRow(NamedTuple):
    """A row to write: its height in points, the look of each cell and what it holds."""

    hauteur: float
    looks: Sequence[int]
    valeurs: Sequence[Valeur]


def written_rows(rows: Iterable[PlainRow], first: int, strings: SharedTexts) -> Iterator[bytes]:
    """Their XML, from the row `first` on, some rows at a time; a text is always a shared string, never a formula."""
    shapes: dict[tuple[object, ...], str] = {}
    joined: list[str] = []
    for number, row in enumerate(rows, start=first):
        held = [strings.rank(v) if isinstance(v, str) else v if v is None else shortest(v) for v in row.valeurs]
        kinds = tuple([None if v is None else isinstance(v, str) for v in row.valeurs])
        shape = shapes.get((*row.looks, kinds))
        if shape is None:
            shape = shapes[*row.looks, kinds] = _shape(row.looks, kinds)
        joined.append(shape.format(*[v for v in held if v is not None], n=number, h=row.hauteur))
        if len(joined) == _TOGETHER:
            yield "".join(joined).encode()
            joined.clear()
    yield "".join(joined).encode()


def _shape(looks: Sequence[int], kinds: Sequence[bool | None]) -> str:
    """A row of cells of these looks, empty (None), of text (True) or of numbers, its values left to be put in."""
    cells = []
    for rank, (look, kind) in enumerate(zip(looks, kinds, strict=True), start=1):
        start = f'<c r="{column_letter(rank)}{{n}}" s="{look}"'
        text = ' t="s"' if kind else ""
        cells.append(f"{start}/>" if kind is None else f"{start}{text}><v>{{}}</v></c>")
    return '<row r="{n}" ht="{h:g}" customHeight="1">' + "".join(cells) + "</row>"
