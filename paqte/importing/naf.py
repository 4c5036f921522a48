"""What a code of activity means: the sub-classes of the NAF rév. 2 (INSEE), shipped in paqte/donnees."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


def activity_of(naf: str) -> str:
    """« Travaux de menuiserie bois et PVC » for 43.32A; '' for a code that is none."""
    return _activities().get(naf, "")


@cache
def _activities() -> dict[str, str]:
    path = Path(__file__).resolve().parent.parent / "donnees" / "naf.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["libelle"] for row in csv.DictReader(file)}
