"""An attacker who reasons with bounds: whole numbers, « < 5 », what a shown total says of its largest part (R23).

It shares nothing with the product: intervals narrowed until nothing moves, then guesses, the likeliest first. It finds
a number when no other world says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.domain.assemblage.diffusion.attaques.attaquant import Dit, Unknown

Intervals = dict[Unknown, tuple[int, int]]
# Beyond what is true, how far the attacker looks for another world.
BEYOND = 12
PATIENCE = 4000


def said_by_total(parts: Sequence[frozenset[Unknown]], total: int) -> list[Dit]:
    """What a total over the département says by being shown: its sum, and that nobody makes more than 85 % of it."""
    return [Dit(frozenset().union(*parts), total, total), *(Dit(part, 1, 85 * total // 100) for part in parts)]


def is_found(target: frozenset[Unknown], said: Sequence[Dit], truth: Mapping[Unknown, int]) -> bool:
    """Whether the sum of `target` can only be what it is; each unknown is a whole number, one at least."""
    value, most = sum(truth[u] for u in target), sum(truth.values()) + BEYOND
    intervals = dict.fromkeys(truth, (1, most))
    others = (Dit(target, 1, value - 1), Dit(target, value + 1, None))
    return not any(_search(dict(intervals), _subtracted([*said, other]), truth, [PATIENCE]) for other in others)


def _subtracted(said: Sequence[Dit]) -> list[Dit]:
    """What is said, and of each sum within another what remains of the larger one."""
    found = list(said)
    for large in said:
        for small in said:
            if small.unknowns < large.unknowns and (small.most is not None or large.most is not None):
                least = 1 if small.most is None else large.least - small.most
                most = None if large.most is None else large.most - small.least
                found.append(Dit(large.unknowns - small.unknowns, least, most))
    return list(dict.fromkeys(found))


def _search(intervals: Intervals, said: Sequence[Dit], truth: Mapping[Unknown, int], left: list[int]) -> bool:
    """Whether some world inside these intervals agrees: what is true, moved as little as it must, else by guesses."""
    left[0] -= 1
    if left[0] < 0:
        raise AssertionError("this world asks too much of the attacker")
    if not _narrowed(intervals, said):
        return False
    world = {u: min(max(truth[u], low), high) for u, (low, high) in intervals.items()}
    denied = next((dit for dit in said if not _agrees(dit, sum(world[u] for u in dit.unknowns))), None)
    if denied is None:
        return True
    open_ones = (u for u in denied.unknowns if intervals[u][0] < intervals[u][1])
    guessed = min(open_ones, key=lambda u: (intervals[u][1] - intervals[u][0], u))
    (low, high), near = intervals[guessed], world[guessed]
    return any(
        _search({**intervals, guessed: part}, said, truth, left)
        for part in ((near, near), (low, near - 1), (near + 1, high))
        if part[0] <= part[1]
    )


def _agrees(dit: Dit, total: int) -> bool:
    return dit.least <= total and (dit.most is None or total <= dit.most)


def _narrowed(intervals: Intervals, said: Sequence[Dit]) -> bool:
    """Narrow every interval by every sum until nothing moves; False when some sum cannot be."""
    is_moving = True
    while is_moving:
        is_moving = False
        for dit in said:
            lowest = sum(intervals[u][0] for u in dit.unknowns)
            highest = sum(intervals[u][1] for u in dit.unknowns)
            most = highest if dit.most is None else dit.most
            if lowest > most or highest < dit.least:
                return False
            for u in dit.unknowns:
                low, high = intervals[u]
                narrow = max(low, dit.least - (highest - high)), min(high, most - (lowest - low))
                if narrow != (low, high):
                    intervals[u], is_moving = narrow, True
                    lowest, highest = lowest + narrow[0] - low, highest + narrow[1] - high
    return True
