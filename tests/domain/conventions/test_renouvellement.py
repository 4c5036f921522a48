"""A renewed convention starts from what was achieved in the last twelve months that are over (R6, R13)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from paqte.domain.consolidation import Fait
from paqte.domain.conventions.renouvellement import Promesse, carried_references
from paqte.domain.indicateurs.catalogue import catalogue

GRID = catalogue()
TODAY = date(2026, 11, 22)


def told(code: str, periode: str, valeur: int | None = None, den: int | None = None, reponse: str = "nombre") -> Fait:
    num = valeur if den is not None else None
    return Fait("41", 1, 1, 1, code, hash(periode), periode, reponse, None if den is not None else valeur, num, den)


def carried(code: str, *faits: Fait, reference: int | None = None, rythme: str = "T") -> Decimal | None:
    former = None if reference is None else Decimal(reference)
    return carried_references([Promesse(1, code, former)], faits, rythme, TODAY, GRID).references[1]


def test_R6_a_flow_is_its_sum_over_the_last_four_quarters_that_are_over() -> None:
    quarters = ["2025-T3", "2025-T4", "2026-T1", "2026-T2", "2026-T3", "2026-T4"]
    faits = [told("S2", code, value) for code, value in zip(quarters, (100, 1, 2, 3, 4, 100), strict=True)]
    assert carried("S2", *faits) == 10
    window = carried_references([Promesse(1, "S2", None)], faits, "T", TODAY, GRID)
    assert (window.du, window.au) == (date(2025, 10, 1), date(2026, 9, 30))


def test_R11_a_semester_counts_when_it_lies_wholly_inside() -> None:
    assert carried("S2", told("S2", "2025-S2", 50), told("S2", "2026-S1", 7)) == 7


def test_R11_of_a_semester_declarant_the_last_twelve_months_are_its_last_two_semesters() -> None:
    """In November, those that end with the third quarter would hold one semester: half a year called a year."""
    faits = [told("S2", code, value) for code, value in (("2025-S1", 100), ("2025-S2", 50), ("2026-S1", 7))]
    assert carried("S2", *faits, rythme="S") == 57
    window = carried_references([Promesse(1, "S2", None)], faits, "S", TODAY, GRID)
    assert (window.du, window.au) == (date(2025, 7, 1), date(2026, 6, 30))


def test_R14_a_ratio_is_the_sum_of_its_numerators_over_that_of_its_denominators() -> None:
    assert carried("S2p", told("S2p", "2026-T1", 1, 4), told("S2p", "2026-T2", 5, 6)) == 60


def test_a_stock_keeps_its_last_value() -> None:
    assert carried("A1", told("A1", "2026-T1", 9), told("A1", "2026-T3", 5)) == 5


def test_R13_a_confirmed_zero_is_a_reference_and_a_missing_answer_is_none() -> None:
    assert carried("S2", told("S2", "2026-T1", reponse="neant"), reference=8) == 0
    assert carried("S2", told("S2", "2026-T1", reponse="manquante"), reference=8) == 8
    assert carried("S2", reference=None) is None


@pytest.mark.parametrize("code", ["X1", "ZZ9"])
def test_R5_a_free_commitment_and_an_unknown_one_keep_the_reference_they_had(code: str) -> None:
    assert carried(code, told(code, "2026-T1", 4), reference=3) == 3
