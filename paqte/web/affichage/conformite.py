"""How far the application keeps to the RGAA, read from the very list of its criteria: docs/accessibilite.md."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from paqte.web.affichage.guides import source_of

LIST = "accessibilite"
_STATE = "conforme|non conforme|non applicable"
_LINE = re.compile(rf"^\| (\d+\.\d+) \| ([^|]+) \| ({_STATE}) \| [^|]+ \| ([^|]*) \|$", re.M)
_KEPT, _FAILED = "conforme", "non conforme"


@dataclass(frozen=True, slots=True)
class Conformity:
    """Numbers of criteria; `manquent` names those not kept, `machine` counts those that only a tool looked at."""

    conformes: int
    applicables: int
    total: int
    machine: int
    manquent: tuple[tuple[str, str], ...]

    @property
    def taux(self) -> int:
        """Criteria kept in a hundred applicable, rounded down: 100 is said of all of them alone."""
        return 100 * self.conformes // self.applicables


@cache
def read_conformity() -> Conformity | None:
    """What the list says; None where it is not installed."""
    text = source_of(LIST)
    lines = _LINE.findall(text)
    count = Counter(state for _, _, state, _ in lines)
    applicable = count[_KEPT] + count[_FAILED]
    if not applicable:
        return None
    missing = tuple((number, name) for number, name, state, _ in lines if state == _FAILED)
    seen_by_machine = sum(state == _KEPT and by.strip() == "machine" for _, _, state, by in lines)
    return Conformity(count[_KEPT], applicable, len(lines), seen_by_machine, missing)
