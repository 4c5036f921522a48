"""Where pages end on a sheet that readers do not scale: no heading left alone at the foot of a page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

# Printers and readers round row heights each in their own way: a page is taken to hold a little less.
_CAUTION = 0.98


class PrintedRow(NamedTuple):
    """A printed row: its number, its height in points, and whether it must stay with the next one.

    `rappel` is the height of the headings that are written again above it where a page begins with it.
    """

    rang: int
    hauteur: float
    liee: bool
    rappel: float = 0.0


def page_breaks(
    bands: Sequence[PrintedRow], room: float, repeated: float = 0.0, forced: Collection[int] = ()
) -> list[int]:
    """Rows after which a page ends, `forced` ones included.

    `room` is the height of a page in points, `repeated` that of the rows printed again on the next ones.
    """
    breaks: list[int] = []
    left = room * _CAUTION
    next_room = (room - repeated) * _CAUTION
    before = 0
    for group in _groups(bands, next_room):
        needed = sum(b.hauteur for b in group)
        if before and (needed > left or before in forced):
            breaks.append(before)
            left = next_room - group[0].rappel
        left -= needed
        before = group[-1].rang
    return breaks


def _groups(bands: Sequence[PrintedRow], room: float) -> Iterator[list[PrintedRow]]:
    """Rows that stay together; a group taller than a page is cut where the page is full."""
    group: list[PrintedRow] = []
    height = 0.0
    for band in bands:
        if group and height + band.hauteur > room - group[0].rappel:
            yield group
            group, height = [], 0.0
        group.append(band)
        height += band.hauteur
        if not band.liee:
            yield group
            group, height = [], 0.0
    if group:
        yield group
