"""How answers add up: owed, given, and given in time. Figures add up in consolidation.py; these count who answered."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from operator import add
from typing import Generic, NamedTuple, TypeVar

from paqte.domain.consolidation import NOTHING, Cle, Consolidation, Part, percent
from paqte.domain.fusions import Parts, moved_in

Group = TypeVar("Group", bound=Hashable)


class Completude(NamedTuple):
    """Answers owed, given, and given in time (R13)."""

    dus: int = 0
    repondus: int = 0
    a_temps: int = 0

    @property
    def completude(self) -> Decimal | None:
        """Answered over owed, in percent; None when nothing is owed: neither 0 nor 100."""
        return percent(self.repondus, self.dus)

    @property
    def ponctualite(self) -> Decimal | None:
        """Answered in time over owed, in percent; None when nothing is owed."""
        return percent(self.a_temps, self.dus)


def completeness(
    given: Consolidation, in_time: Consolidation, groups: Callable[[str, Cle], Iterable[Group]]
) -> dict[Group, Completude]:
    """How many answers were owed, given, and given in time, in each group that a part counts in.

    `in_time` consolidates the facts sent in time; a part's groups come from its indicator and its key. What nobody
    owed counts nowhere, even answered.
    """
    return completeness_again(given, in_time, groups, None).groupes


class CompletudeCounted(NamedTuple, Generic[Group]):
    """What was counted, beside what it was counted from."""

    given: Consolidation
    in_time: Consolidation
    groupes: dict[Group, Completude]


def completeness_again(
    given: Consolidation,
    in_time: Consolidation,
    groups: Callable[[str, Cle], Iterable[Group]],
    former: CompletudeCounted[Group] | None,
) -> CompletudeCounted[Group]:
    """The same, an engagement of which nothing moved not being counted again; `former` counted in the same groups."""
    counts = {group: list(count) for group, count in former.groupes.items()} if former else {}
    past = (former.given, former.in_time) if former else (Consolidation(), Consolidation())
    for code in dict.fromkeys((*given.parts, *past[0].parts)):
        now, then = (given.of(code), in_time.of(code)), (past[0].of(code), past[1].of(code))
        if now[0] is then[0] and now[1] is then[1]:
            continue
        for cle in _those_moved(now, then):
            parts, had = (now[0].get(cle), now[1].get(cle)), (then[0].get(cle), then[1].get(cle))
            if parts[0] is had[0] and parts[1] is had[1]:
                continue
            moved = [one - other for one, other in zip(_owed_and_given(*parts), _owed_and_given(*had), strict=True)]
            if any(moved):
                for group in groups(code, cle):
                    count = counts.setdefault(group, [0, 0, 0])
                    count[:] = map(add, count, moved)
    return CompletudeCounted(given, in_time, {group: Completude(*count) for group, count in counts.items() if count[0]})


def _those_moved(now: tuple[Parts, Parts], then: tuple[Parts, Parts]) -> Iterable[Cle]:
    """The engagements that may count otherwise: those whose parts moved, all where others came or went."""
    owed, punctual = moved_in(now[0], then[0]), moved_in(now[1], then[1])
    return {**then[0], **now[0]} if owed is None or punctual is None else {*owed, *punctual}


def _owed_and_given(part: Part | None, punctual: Part | None) -> tuple[int, int, int]:
    """What one engagement owed, gave, and gave in time."""
    if part is None or not part.dues:
        return 0, 0, 0
    answered = min(part.repondues, part.dues)
    return part.dues, answered, min((punctual or NOTHING).repondues, answered)
