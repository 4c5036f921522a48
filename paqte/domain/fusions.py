"""Sums made again from those of before: where most stands, what moved alone is added up anew (R20).

What came before tells where to spare work, never what to find: whatever it is, the sum is that of what is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from paqte.domain.consolidation import Cle, Consolidation, Part, fold, merge_all, together

Parts = Mapping[Cle, Part]
_NONE: Parts = {}


class Merged(NamedTuple):
    """A merge, beside what it was made from."""

    given: tuple[Consolidation, ...]
    whole: Consolidation


def merge_again(given: Iterable[Consolidation], former: Merged | None) -> Merged:
    """What `merge_all` makes of these, in the time of what differs from `former`."""
    now = tuple(given)
    if former is None or len(former.given) != len(now):
        return Merged(now, merge_all(now))
    if all(a is b for a, b in zip(now, former.given, strict=True)):
        return former
    codes = dict.fromkeys(code for one in now for code in one.parts)
    return Merged(now, Consolidation({code: _folded(code, now, former) for code in codes}))


def _folded(code: str, now: tuple[Consolidation, ...], former: Merged) -> Parts:
    present = [one.parts.get(code, _NONE) for one in now]
    moved = _moved(present, [one.parts.get(code, _NONE) for one in former.given])
    if moved is None:
        return fold([parts for parts in present if parts is not _NONE])
    known = former.whole.parts[code]
    if not moved:
        return known
    return {**known, **{cle: together(parts[cle] for parts in present if cle in parts) for cle in moved}}


def _moved(present: Sequence[Parts], past: Sequence[Parts]) -> set[Cle] | None:
    """The engagements whose part is another; None where others came or went."""
    moved: set[Cle] = set()
    for now, then in zip(present, past, strict=True):
        if now is then:
            continue
        if now.keys() != then.keys():
            return None
        moved.update(cle for cle, part in now.items() if part is not then[cle])
    return moved
