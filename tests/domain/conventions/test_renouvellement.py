"""A renewed convention starts from what was achieved in the last twelve months that are over (R6, R13)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from paqte.domain.consolidation import Fait
from paqte.domain.conventions.renouvellement import Promesse, Reprise, carried_references
from paqte.domain.indicateurs.catalogue import catalogue

GRID = catalogue()
TODAY = date(2026, 11, 22)


def told(code: str, periode: str, valeur: int | None = None, den: int | None = None, reponse: str = "nombre") -> Fait:
    num = valeur if den is not None else None
    return Fait("41", 1, 1, 1, code, hash(periode), periode, reponse, None if den is not None else valeur, num, den)


def reprise(code: str, *faits: Fait, reference: int | None = None, rythme: str = "T", fin: date = TODAY) -> Reprise:
    former = None if reference is None else Decimal(reference)
    return carried_references([Promesse(1, code, former)], faits, rythme, TODAY, GRID, fin=fin)


def carried(code: str, *faits: Fait, reference: int | None = None, rythme: str = "T") -> Decimal | None:
    return reprise(code, *faits, reference=reference, rythme=rythme).references[1]


def test_R6_a_flow_is_its_sum_over_the_last_four_quarters_that_are_over() -> None:
    quarters = ["2025-T3", "2025-T4", "2026-T1", "2026-T2", "2026-T3", "2026-T4"]
    faits = [told("S2", code, value) for code, value in zip(quarters, (100, 1, 2, 3, 4, 100), strict=True)]
    assert carried("S2", *faits) == 10
    window = reprise("S2", *faits)
    assert (window.du, window.au) == (date(2025, 10, 1), date(2026, 9, 30))


def test_R11_a_semester_counts_when_it_lies_wholly_inside() -> None:
    inside = [told("S2", code, value) for code, value in (("2025-T4", 1), ("2026-S1", 7), ("2026-T3", 2))]
    assert carried("S2", told("S2", "2025-S1", 50), *inside) == 10


@pytest.mark.parametrize("missing", range(4))
def test_R13_a_flow_that_was_not_told_for_the_whole_year_is_no_reference(missing: int) -> None:
    """One quarter of four, 3 pupils, became « 3 in twelve months », to be beaten by whoever takes in 10 a year."""
    quarters = ["2025-T4", "2026-T1", "2026-T2", "2026-T3"]
    given = [told("S2", code, 3) for code in quarters]
    hole = told("S2", quarters[missing], reponse="manquante")
    for faits in (given[:missing] + given[missing + 1 :], [*given[:missing], hole, *given[missing + 1 :]]):
        found = reprise("S2", *faits, reference=8)
        assert (found.references[1], found.realisees, found.partielles) == (8, (), (1,))
    assert reprise("S2", *given, reference=8).references[1] == 12
    assert reprise("S2", reference=8).partielles == (), "nothing was told: nothing is partial"


def test_R6_the_year_of_a_convention_that_ended_months_ago_is_its_own_last_one() -> None:
    """Ended on 31 March: the two quarters since are not its own, and half a year was called a year."""
    codes = ["2025-T1", "2025-T2", "2025-T3", "2025-T4", "2026-T1"]
    faits = [told("S2", code, 10**rank) for rank, code in enumerate(codes)]
    found = reprise("S2", *faits, fin=date(2026, 3, 31))
    assert found.references[1] == 11110
    assert (found.du, found.au) == (date(2025, 4, 1), date(2026, 3, 31))


def test_R11_of_a_semester_declarant_the_last_twelve_months_are_its_last_two_semesters() -> None:
    """In November, those that end with the third quarter would hold one semester: half a year called a year."""
    faits = [told("S2", code, value) for code, value in (("2025-S1", 100), ("2025-S2", 50), ("2026-S1", 7))]
    assert carried("S2", *faits, rythme="S") == 57
    window = reprise("S2", *faits, rythme="S")
    assert (window.du, window.au) == (date(2025, 7, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("today", "others", "expected"),
    [
        (date(2026, 2, 1), (), 6),  # the twelve months are the year
        (date(2026, 2, 1), (("2025-S1", 0),), 6),
        (date(2026, 8, 1), (("2026-S1", 3),), 8),  # 6 of the year and 3 of the semester after it: eighteen months
        (date(2026, 8, 1), (), 8),
    ],
)
def test_R11_a_year_told_at_once_is_a_reference_where_the_twelve_months_are_that_year(
    today: date, others: tuple[tuple[str, int], ...], expected: int
) -> None:
    """« 2025 : 6 » on the second semester was a hole in the first, then nine in « twelve months »."""
    faits = [told("S2", "2025-S2", 6), *(told("S2", code, value) for code, value in others)]
    former = [Promesse(1, "S2", Decimal(8))]
    found = carried_references(
        former, faits, "S", today, GRID, fin=date(2027, 12, 31), annees={(faits[0].engagement, "2025-S2")}
    )
    assert (found.references[1], found.partielles) == (expected, () if expected == 6 else (1,))


def test_R14_a_ratio_is_the_sum_of_its_numerators_over_that_of_its_denominators() -> None:
    assert carried("S2p", told("S2p", "2026-T1", 1, 4), told("S2p", "2026-T2", 5, 6)) == 60


def test_a_stock_keeps_its_last_value() -> None:
    assert carried("A1", told("A1", "2026-T1", 9), told("A1", "2026-T3", 5)) == 5


def test_R13_a_confirmed_zero_is_a_reference_and_a_missing_answer_is_none() -> None:
    year = ["2025-T4", "2026-T1", "2026-T2", "2026-T3"]
    assert carried("S2", *(told("S2", code, reponse="neant") for code in year), reference=8) == 0
    assert carried("S2", told("S2", "2026-T1", reponse="manquante"), reference=8) == 8
    assert carried("S2", reference=None) is None


@pytest.mark.parametrize("code", ["X1", "ZZ9"])
def test_R5_a_free_commitment_and_an_unknown_one_keep_the_reference_they_had(code: str) -> None:
    assert carried(code, told(code, "2026-T1", 4), reference=3) == 3
