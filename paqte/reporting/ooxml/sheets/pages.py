"""Where pages end on a sheet that readers do not scale: no heading left alone at the foot of a page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
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
    next_room = (room - repeated) * _CAUTION
    breaks: list[int] = []
    first_room = room * _CAUTION
    for stretch in _stretches(_groups(bands, next_room), forced):
        breaks += _evenly(stretch, first_room, next_room)
        first_room = 0.0
    return breaks[:-1]


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


class _PagesPrinted(NamedTuple):
    """The best way to lay groups down to one: how many pages, what is left empty on them, where the last begins."""

    pages: int
    vide: float
    debut: int


def _evenly(groups: Sequence[list[PrintedRow]], first_room: float, next_room: float) -> list[int]:
    """The last row of each page that holds these groups; `first_room` is 0 where the first begins with headings too."""
    heights = [sum(band.hauteur for band in group) for group in groups]
    laid = [_PagesPrinted(0, 0.0, 0)]
    for end in range(1, len(groups) + 1):
        ways, taken = [], 0.0
        for begin in range(end - 1, -1, -1):
            taken += heights[begin]
            room = first_room if first_room and not begin else next_room - groups[begin][0].rappel
            if taken > max(room, first_room) and begin < end - 1:
                break
            if taken > room and begin < end - 1:  # the first page may hold more: a beginning farther up may fit
                continue
            before = laid[begin]
            empty = _emptiness(1 - taken / room, is_last=end == len(groups))
            ways.append(_PagesPrinted(before.pages + 1, before.vide + empty, begin))
        laid.append(min(ways))
    ends, end = [], len(groups)
    while end:
        ends.append(groups[end - 1][-1].rang)
        end = laid[end].debut
    return ends[::-1]


def _emptiness(share: float, *, is_last: bool) -> float:
    """How much the empty share of a page is felt: one hole more than two halves of it. The last page may be short."""
    return max(0.0, share - (_SHORT if is_last else 0.0)) ** 2


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
