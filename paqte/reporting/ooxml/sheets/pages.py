"""Where pages end on a sheet that readers do not scale: no heading left alone at the foot of a page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

# Printers and readers round row heights each in their own way: a page is taken to hold a little less.
_CAUTION = 0.98
# The last page of a sheet may leave this share empty; below, it takes some rows of the page before it.
_SHORT = 0.7


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
    """Rows after which a page ends, `forced` ones included: as few pages as can be, each as full as the next.

    What is left at the foot of a page, before a drawing that does not fit there, is shared among the pages before it.
    `room` is the height of a page in points, `repeated` that of the rows printed again on the next ones.
    """
    return list(_breaks(tuple(bands), room, repeated, frozenset(forced)))


# The two versions of an edition mostly lay the same rows down: two sheets each.
@lru_cache(maxsize=4)
def _breaks(bands: tuple[PrintedRow, ...], room: float, repeated: float, forced: frozenset[int]) -> tuple[int, ...]:
    next_room = (room - repeated) * _CAUTION
    breaks: list[int] = []
    first_room = room * _CAUTION
    for stretch in _stretches(_groups(bands, next_room), forced):
        breaks += _evenly(stretch, first_room, next_room)
        first_room = 0.0
    return tuple(breaks[:-1])


def _stretches(groups: Iterable[list[PrintedRow]], forced: Collection[int]) -> Iterator[list[list[PrintedRow]]]:
    """What lies between two forced ends."""
    stretch: list[list[PrintedRow]] = []
    for group in groups:
        stretch.append(group)
        if group[-1].rang in forced:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


# The best way to lay groups down to one: how many pages, what is left empty on them, where the last begins.
_PagesLaid = tuple[int, float, int]


def _evenly(groups: Sequence[list[PrintedRow]], first_room: float, next_room: float) -> list[int]:
    """The last row of each page that holds these groups; `first_room` is 0 where the first begins with headings too."""
    heights = [sum(band.hauteur for band in group) for group in groups]
    rooms = [next_room - group[0].rappel for group in groups]
    if first_room:
        rooms[0] = first_room
    laid: list[_PagesLaid] = [(0, 0.0, 0)]
    for end in range(1, len(groups) + 1):
        laid.append(_best_until(end, laid, heights, rooms, first_room))
    ends, end = [], len(groups)
    while end:
        ends.append(groups[end - 1][-1].rang)
        end = laid[end][2]
    return ends[::-1]


def _best_until(
    end: int, laid: Sequence[_PagesLaid], heights: Sequence[float], rooms: Sequence[float], first_room: float
) -> _PagesLaid:
    """Of every place where the page that ends there may begin, the best; thousands are tried for a sheet.

    One hole is felt more than two halves of it. The last page may be short.
    """
    best, taken, last = None, 0.0, end - 1
    spared = _SHORT if end == len(heights) else 0.0
    for begin in range(last, -1, -1):
        taken += heights[begin]
        room = rooms[begin]
        if taken > room and begin < last:
            if taken > first_room:
                break
            continue  # the first page may hold more: a beginning farther up may fit
        before = laid[begin]
        empty = 1 - taken / room - spared
        way = (before[0] + 1, before[1] + empty * empty if empty > 0 else before[1], begin)
        if best is None or way < best:
            best = way
    assert best is not None
    return best


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
