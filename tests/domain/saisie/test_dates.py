"""Dates as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.saisie.dates import FIRST_YEAR, LAST_YEAR, read_date

LAST_DAY = date(2026, 12, 31)
DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


@pytest.mark.parametrize(
    "typed",
    [
        "31/12/2026",
        " 31/12/2026 ",
        "31.12.2026",
        "31-12-2026",
        "31 12 2026",
        "31\u00a012\u202f2026",
        "31 / 12 / 2026",
        "2026-12-31",
        "2026/12/31",
        "31 décembre 2026",
        "31 DÉCEMBRE 2026",
        "31 déc. 2026",
        "31 dec 2026",
        "31 de\u0301cembre 2026",
    ],
)
def test_the_same_day_in_every_french_spelling(typed: str) -> None:
    assert read_date(typed) == LAST_DAY


@pytest.mark.parametrize("typed", ["1er janvier 2026", "1 janvier 2026", "1ER janv. 2026", "01/01/2026", "1/1/2026"])
def test_the_first_of_january(typed: str) -> None:
    assert read_date(typed) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("31/12/26", "quatre chiffres"),
        ("31/02/2026", "n’existe pas"),
        ("29/02/2027", "n’existe pas"),
        ("12/31/2026", "n’existe pas"),
        ("00/01/2026", "n’existe pas"),
        ("01/01/1066", "hors de"),
        ("01/01/9999", "hors de"),
        ("31122026", "n’est pas une date"),
        ("31 brumaire 2026", "n’est pas une date"),
        ("demain", "n’est pas une date"),
        ("46387", "n’est pas une date"),
        ("٣١/١٢/٢٠٢٦", "n’est pas une date"),
        ("31/12/2026 10:00", "n’est pas une date"),
        ("31/12/2026\x00", "n’est pas une date"),
        ("2026-W53-4", "n’est pas une date"),
    ],
)
def test_what_is_no_day_is_refused_with_an_example(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        read_date(typed)
    assert "31/12/2026" in str(refused.value)


@given(DAYS)
def test_a_day_written_as_the_pages_show_it_is_read_back(day: date) -> None:
    assert read_date(f"{day:%d/%m/%Y}") == read_date(day.isoformat()) == day


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading(typed: str) -> None:
    try:
        read_date(typed)
    except ValueError as refused:
        assert str(refused).endswith("31/12/2026.")
