"""An attacker who reads every published file: knows who answered, who said zero, what changed, and the rules.

It shares nothing with the product's own way of deciding. `other_values` tries every world, over whole numbers;
`is_computed` does the linear algebra over rationals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

# One unknown: an answer not zero, in one of the states it was published in (contributor, period, figure's rank).
Unknown = tuple[str, str, int]


class Dit(NamedTuple):
    """What a file says of a sum of unknowns: between `least` and `most`, both inside; `most` None for no limit."""

    unknowns: frozenset[Unknown]
    least: int
    most: int | None


def other_values(target: frozenset[Unknown], value: int, said: Sequence[Dit]) -> bool:
    """Whether some other sum of `target` agrees with everything said; each unknown is at least one."""
    concerned = _concerned(target, said)
    unknowns = sorted(target) + sorted({u for d in concerned for u in d.unknowns} - target)
    rows = [_Row(d, unknowns) for d in concerned]
    largest = max([value + 2, 6, *(d.most for d in concerned if d.most is not None)])
    return _search(rows, unknowns, target, value, largest, [], 0)


class _Row:
    """A sum while it is being guessed: how many of its unknowns remain after each rank."""

    def __init__(self, dit: Dit, unknowns: Sequence[Unknown]) -> None:
        self.dit = dit
        self.is_in = [u in dit.unknowns for u in unknowns]
        self.left = [sum(self.is_in[rank:]) for rank in range(len(unknowns) + 1)]
        self.had = 0

    def agrees(self, rank: int, largest: int) -> bool:
        left = self.left[rank]
        is_low_enough = self.dit.most is None or self.had + left <= self.dit.most
        return is_low_enough and self.had + left * largest >= self.dit.least


def _search(
    rows: list[_Row], unknowns: Sequence[Unknown], target: frozenset[Unknown], value: int, largest: int,
    guessed: list[int], asked: int,
) -> bool:  # fmt: skip
    """Every guess of one unknown after the other, those that something said forbids left out at once."""
    rank = len(guessed)
    if rank == len(target) and asked == value:
        return False
    if rank == len(unknowns):
        return True
    mine = [row for row in rows if row.is_in[rank]]
    for count in range(1, largest + 1):
        for row in mine:
            row.had += count
        if all(row.agrees(rank + 1, largest) for row in mine):
            sum_asked = asked + count if rank < len(target) else asked
            if _search(rows, unknowns, target, value, largest, [*guessed, count], sum_asked):
                return True
        for row in mine:
            row.had -= count
    return False


def _concerned(target: frozenset[Unknown], said: Sequence[Dit]) -> list[Dit]:
    """What is said that touches the target, from one sum to the next; the rest cannot matter."""
    known, kept = set(target), list[Dit]()
    while more := [d for d in dict.fromkeys(said) if d not in kept and d.unknowns & known]:
        kept += more
        known |= {u for d in more for u in d.unknowns}
    return kept


def is_computed(target: Mapping[Unknown, int], shown: Iterable[frozenset[Unknown]]) -> bool:
    """Whether adding and subtracting shown sums gives the target: the target is in their row space."""
    rows = [{u: Fraction(1) for u in row} for row in shown]
    rest = {u: Fraction(n) for u, n in target.items()}
    while rows:
        row = rows.pop()
        if not row:
            continue
        pivot = min(row)
        rows = [_without(other, row, pivot) for other in rows]
        rest = _without(rest, row, pivot)
    return not rest


def _without(given: dict[Unknown, Fraction], row: dict[Unknown, Fraction], pivot: Unknown) -> dict[Unknown, Fraction]:
    factor = given.get(pivot, Fraction(0)) / row[pivot]
    reduced = {u: given.get(u, Fraction(0)) - factor * row.get(u, Fraction(0)) for u in given.keys() | row.keys()}
    return {u: n for u, n in reduced.items() if n}
