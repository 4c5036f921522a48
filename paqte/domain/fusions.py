"""Sums made again from those of before: where most stands, what moved alone is added up anew (R20).

What came before tells where to spare work, never what to find: whatever it is, the sum is that of what is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from paqte.domain.consolidation import (
    NO_KEYS,
    Cle,
    Consolidation,
    Counted,
    Part,
    Total,
    counted,
    fold,
    merge_all,
    together,
    total_of,
)
from paqte.domain.indicateurs.genres import genre_of

Parts = Mapping[Cle, Part]
_NONE: Parts = {}


class PartsMade(dict[Cle, Part]):
    """Parts of the same engagements as others, and which of them were put in the place of theirs.

    Whoever saw the others then sees what moved without holding each part against its own. `own` names these parts,
    `since` those that they come from; nothing of the former ones is held.
    """

    __slots__ = ("moved", "own", "since")

    def __init__(self, former: Parts, moved: Parts) -> None:
        super().__init__({**former, **moved})
        self.own = object()
        self.since = former.own if isinstance(former, PartsMade) else None
        self.moved = frozenset(moved)


Signatory = tuple[str, int]


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
    known = former.whole.parts.get(code, _NONE)
    if not moved:
        return known
    return PartsMade(known, {cle: together(parts[cle] for parts in present if cle in parts) for cle in moved})


def _moved(present: Sequence[Parts], past: Sequence[Parts]) -> set[Cle] | None:
    """The engagements whose part is another; None where others came or went."""
    moved: set[Cle] = set()
    for now, then in zip(present, past, strict=True):
        other = moved_in(now, then)
        if other is None:
            return None
        moved.update(other)
    return moved


def moved_in(now: Parts, then: Parts) -> Collection[Cle] | None:
    """The engagements whose part is another than it was; None where others came or went."""
    if now is then:
        return ()
    if isinstance(now, PartsMade) and isinstance(then, PartsMade) and now.since is then.own:
        return now.moved
    if now.keys() != then.keys():
        return None
    return [cle for cle, part in now.items() if part is not then[cle]]


class ConsolidationKept(NamedTuple):
    """The parts that some of `those` keep, beside the sum they were taken from."""

    one: Consolidation
    those: frozenset[int]
    found: Consolidation


def sift_again(
    one: Consolidation,
    those: frozenset[int],
    holds: Callable[[Cle, Part, frozenset[int]], bool],
    former: ConsolidationKept | None,
) -> ConsolidationKept:
    """The parts of a sum that `holds` keeps; of those that it was asked about before, it is not asked again."""
    past = former if former is not None and those == former.those else None
    if past is not None and one is past.one:
        return past

    def kept(code: str, parts: Parts) -> Parts:
        moved = None if past is None else _moved([parts], [past.one.parts.get(code, _NONE)])
        if past is None or moved is None:
            return {cle: part for cle, part in parts.items() if holds(cle, part, those)}
        known = past.found.parts.get(code, _NONE)
        if not moved:
            return known
        held = {cle: parts[cle] for cle in moved if holds(cle, parts[cle], those)}
        if all((cle in held) is (cle in known) for cle in moved):
            return PartsMade(known, held) if held else known
        return {cle: part for cle, part in {**known, **held}.items() if cle in held or cle not in moved}

    return ConsolidationKept(one, those, Consolidation({code: kept(code, parts) for code, parts in one.parts.items()}))


class TotalMade(NamedTuple):
    """A figure, beside what it was made from: the parts of one indicator, and what each signatory counts for.

    `whose` holds the keys of each signatory.
    """

    parts: Parts
    genre: str
    whose: Mapping[Signatory, Sequence[Cle]]
    counts: Mapping[Signatory, Counted]
    total: Total


def total_again(parts: Parts, genre: str, former: TotalMade | None) -> TotalMade:
    """What `total` makes of the parts of one indicator; a signatory of which none moved is not counted again."""
    if former is not None and genre == former.genre and parts is former.parts:
        return former
    moved = None if former is None else _moved([parts], [former.parts])
    if former is None or moved is None:
        whose: defaultdict[Signatory, list[Cle]] = defaultdict(list)
        for cle in parts:
            whose[cle[:2]].append(cle)
        return _total_made(parts, genre, whose, whose, {}, behind=NO_KEYS)
    behind = former.total.declarations if _is_behind_still(parts, genre, former, moved) else NO_KEYS
    return _total_made(parts, genre, former.whose, {cle[:2] for cle in moved}, former.counts, behind=behind)


def _is_behind_still(parts: Parts, genre: str, former: TotalMade, moved: Iterable[Cle]) -> bool:
    """Whether a figure is made of the declarations that it was: of what is said once, another may stand now (R32)."""
    is_alike = genre == former.genre and not genre_of(genre).is_said_once
    return is_alike and all(parts[cle].declarations == former.parts[cle].declarations for cle in moved)


def _total_made(
    parts: Parts,
    genre: str,
    whose: Mapping[Signatory, Sequence[Cle]],
    anew: Iterable[Signatory],
    known: Mapping[Signatory, Counted],
    *,
    behind: frozenset[int],
) -> TotalMade:
    counts = {**known, **{who: counted([parts[cle] for cle in whose[who]]) for who in anew}}
    return TotalMade(parts, genre, whose, counts, total_of(parts, genre, counts.values(), behind))
