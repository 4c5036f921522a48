"""When a contact may go: never while a convention needs her, always once all have ended for long enough (R30)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.personnes.conservation import goes_on, is_due, is_near, kept_until
from paqte.domain.statuts.conventions import PROJET, RESILIEE, SIGNEE, Dates, add_years, is_in_force

LONG_AGO = date(2015, 1, 1)
DAYS = st.dates(date(2015, 1, 1), date(2045, 12, 31))


@st.composite
def conventions(draw: st.DrawFn) -> Dates:
    debut = draw(DAYS)
    fin = debut + timedelta(days=draw(st.integers(0, 2_000)))
    statut = draw(st.sampled_from([PROJET, SIGNEE, RESILIEE]))
    ended = debut + timedelta(days=draw(st.integers(0, (fin - debut).days))) if statut == RESILIEE else None
    return Dates(statut, debut, fin, ended)


MANY = st.lists(conventions(), max_size=5)
YEARS = st.integers(1, 10)


def until(*found: Dates, known: date = LONG_AGO, active: date = LONG_AGO, years: int = 2) -> date:
    return kept_until(found, known=known, active=active, years=years)


@given(MANY, conventions(), YEARS, DAYS)
def test_R30_nobody_goes_while_a_convention_runs_or_is_to_come(
    others: list[Dates], one: Dates, years: int, today: date
) -> None:
    if is_in_force(one, today) or one.debut >= today:
        assert not is_due(until(*others, one, years=years), today)


@given(MANY.filter(bool), YEARS)
def test_R30_everybody_goes_the_day_after_the_last_end_is_old_enough(found: list[Dates], years: int) -> None:
    ends = [c.debut if c.statut == PROJET else c.effective_end for c in found]
    last = max([*ends, LONG_AGO])
    kept = until(*found, years=years)
    assert not is_due(kept, add_years(last, years))
    assert is_due(kept, add_years(last, years) + timedelta(days=1))
    assert goes_on(kept) == add_years(last, years) + timedelta(days=1)


@given(MANY, conventions(), YEARS, DAYS)
def test_R30_one_more_convention_never_shortens_the_time(
    found: list[Dates], more: Dates, years: int, seen: date
) -> None:
    assert until(*found, more, years=years) >= until(*found, years=years)
    assert until(*found, more, years=years) <= until(*found, more, years=years + 1)
    assert until(*found, known=seen, years=years) >= add_years(seen, years), "whoever is new starts anew"


@given(st.lists(DAYS, min_size=2, max_size=2), YEARS)
def test_R30_without_any_convention_the_last_activity_counts(days: list[date], years: int) -> None:
    known, active = days
    assert until(known=known, active=active, years=years) == add_years(max(days), years)


@pytest.mark.parametrize(
    ("convention", "kept"),
    [
        (Dates(SIGNEE, date(2021, 1, 1), date(2023, 12, 31)), date(2025, 12, 31)),
        (Dates(SIGNEE, date(2021, 3, 1), date(2024, 2, 29)), date(2026, 3, 1)),
        (Dates(RESILIEE, date(2021, 1, 1), date(2023, 12, 31), date(2022, 6, 30)), date(2024, 6, 30)),
        (Dates(PROJET, date(2021, 1, 1), date(2023, 12, 31)), date(2023, 1, 1)),
    ],
)
def test_R30_the_end_is_the_real_one(convention: Dates, kept: date) -> None:
    assert until(convention) == kept


def test_R30_a_contact_typed_in_after_the_end_is_kept_from_that_day() -> None:
    old = Dates(SIGNEE, date(2015, 1, 1), date(2017, 12, 31))
    assert until(old, known=date(2026, 11, 1)) == date(2028, 11, 1)


def test_R30_a_referent_is_told_ninety_days_before() -> None:
    kept = date(2026, 12, 31)
    assert is_near(kept, date(2026, 10, 3))
    assert not is_near(kept, date(2026, 10, 2))
