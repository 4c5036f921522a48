"""How answers add up: owed, given, and given in time. Figures add up in consolidation.py; these count who answered."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from typing import NamedTuple, TypeVar

from paqte.domain.consolidation import NOTHING, Cle, Consolidation, percent

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
    counts: dict[Group, list[int]] = {}
    for code, parts in given.parts.items():
        punctual = in_time.of(code)
        for cle, part in parts.items():
            if not part.dues:
                continue
            answered = min(part.repondues, part.dues)
            timely = min(punctual.get(cle, NOTHING).repondues, answered)
            for group in groups(code, cle):
                count = counts.setdefault(group, [0, 0, 0])
                count[0] += part.dues
                count[1] += answered
                count[2] += timely
    return {group: Completude(*count) for group, count in counts.items()}
