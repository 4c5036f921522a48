"""References follow the rows: ranges take in what grew, quoted text and whole columns stay."""

from __future__ import annotations

import pytest

from paqte.reporting.ooxml.sheets.references import (
    CellRange,
    Displacement,
    Growth,
    parse_range,
    shift_formula,
    shift_refs,
)

pytestmark = pytest.mark.lent

# Rows 5 to 8 of Bilan become 10 rows; row 20 none; row 2 of "L'été" three.
SHIFTS = {"Bilan": Displacement([Growth(5, 8, 10), Growth(20, 20, 0)]), "L'été": Displacement([Growth(2, 2, 3)])}


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("Bilan!$A$5:$B$8", "Bilan!$A$5:$B$14"),
        ("Bilan!$A$4:$B$30", "Bilan!$A$4:$B$35"),
        ("Bilan!$1:$4", "Bilan!$1:$4"),
        ("$9:$9", "$15:$15"),
        ("Bilan!$A:$B", "Bilan!$A:$B"),
        ("A9+SUM(A9:A30)", "A15+SUM(A15:A35)"),
        ("'L''été'!$A$3", "'L''été'!$A$5"),
        ("Autre!A9", "Autre!A9"),
        ('"A9"&A9', '"A9"&A15'),
        ("LOG10(A9)", "LOG10(A15)"),
        ("TAUX_A9", "TAUX_A9"),
        ("Bilan!$A$1:$C$30,Bilan!$1:$2", "Bilan!$A$1:$C$35,Bilan!$1:$2"),
    ],
)
def test_a_formula_follows_the_rows(formula: str, moved: str) -> None:
    assert shift_formula(formula, SHIFTS, "Bilan") == moved


def test_lists_of_ranges_follow_the_rows() -> None:
    assert shift_refs("A5:C8 D9 A:A", SHIFTS["Bilan"]) == "A5:C14 D15 A:A"


def test_a_table_left_without_any_row_draws_up_what_is_below() -> None:
    assert SHIFTS["Bilan"].row(21) == 26


def test_a_range_is_read_and_written_back() -> None:
    assert parse_range("'Ma feuille'!$B$3:$AD$9") == CellRange(3, 2, 9, 30)
    assert CellRange(3, 2, 9, 30).ref == "B3:AD9"
    assert CellRange(3, 2, 3, 2).ref == "B3"
