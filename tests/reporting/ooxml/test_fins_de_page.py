"""Where pages end is the best of every way to cut the rows, tried one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from paqte.reporting.ooxml.sheets.pages import PrintedRow, page_breaks

ROOM, REPEATED = 100.0, 12.0
heights = st.lists(st.integers(5, 60).map(float), min_size=1, max_size=9)


def ways(count: int) -> Iterator[tuple[int, ...]]:
    """Every choice of rows after which a page ends, the last left out."""
    for pages in range(count):
        yield from combinations(range(count - 1), pages)


def felt(given: list[float], ends: tuple[int, ...]) -> tuple[int, float] | None:
    """How many pages, and the squares of what is left empty on them; None when a page does not hold its rows."""
    empty, begin = 0.0, 0
    for rank, end in enumerate((*ends, len(given) - 1)):
        room = (ROOM if rank == 0 else ROOM - REPEATED) * 0.98
        share = 1 - sum(given[begin : end + 1]) / room
        if share < 0:
            return None
        empty += max(0.0, share - (0.7 if end == len(given) - 1 else 0.0)) ** 2
        begin = end + 1
    return len(ends) + 1, empty


@given(heights)
def test_pages_end_where_fewest_are_needed_and_each_is_as_full_as_the_next(given: list[float]) -> None:
    rows = [PrintedRow(rank, height, liee=False) for rank, height in enumerate(given)]
    found = felt(given, tuple(page_breaks(rows, ROOM, REPEATED)))
    best = min(one for one in (felt(given, ends) for ends in ways(len(given))) if one is not None)
    assert found is not None and found[0] == best[0] and abs(found[1] - best[1]) < 1e-9
