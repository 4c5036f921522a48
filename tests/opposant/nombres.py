"""Exact numbers: what an answer is worth, sums that may be absent, and how a figure is shown (R13, R33)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

from tests.opposant.monde import Reponse


def taken(r: Reponse) -> Fraction:
    return Fraction(0) if r.sorte == "neant" else Fraction(r.valeur or 0)


def greatest(values: dict[tuple[str, int], Fraction]) -> dict[str, Fraction]:
    """One a signatory: the greater (R32)."""
    found: dict[str, Fraction] = {}
    for (name, _), value in values.items():
        found[name] = max(value, found.get(name, value))
    return found


def rounded(value: Fraction, places: int) -> Decimal:
    """Half up, as a figure is shown (R33)."""
    return Decimal(floor(value * 10**places + Fraction(1, 2))) / 10**places


def added(values: list[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) if values else None


def percent(upper: Fraction | None, lower: Fraction | None) -> Fraction | None:
    return None if upper is None or not lower else upper * 100 / lower
