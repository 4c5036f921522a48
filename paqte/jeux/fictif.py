"""Identifiers for invented enterprises, that no real one bears or ever will.

In the series 21 to 28 of the public sector, a SIREN is made of the series, then of two digits that are the number of a
département. No département is 96 or 99: INSEE never gives those numbers. Their keys are right, so that the product
treats them as any other.
"""

from __future__ import annotations

from stdnum import luhn

SERIES = tuple(f"{series}{departement}" for departement in ("99", "96") for series in range(21, 29))
PER_SERIES = 10_000
CAPACITY = len(SERIES) * PER_SERIES


def fictitious_siren(rank: int) -> str:
    """The SIREN of the `rank`-th invented enterprise, from 0 to CAPACITY − 1."""
    if not 0 <= rank < CAPACITY:
        raise ValueError(f"{CAPACITY} entreprises inventées au plus")
    series, number = divmod(rank, PER_SERIES)
    base = f"{SERIES[series]}{number:04d}"
    return base + luhn.calc_check_digit(base)


def fictitious_siret(rank: int) -> str:
    """The SIRET of its only establishment."""
    base = f"{fictitious_siren(rank)}0001"
    return base + luhn.calc_check_digit(base)


def is_fictitious(identifiant: str) -> bool:
    """Whether a SIREN or SIRET comes from here."""
    return identifiant.startswith(SERIES)
