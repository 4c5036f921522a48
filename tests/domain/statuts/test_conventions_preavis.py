"""The nearest threshold before the end of a convention, and no other (R4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.statuts.conventions import reached

FIN = date(2026, 12, 31)
thresholds = st.lists(st.integers(1, 365), min_size=1, max_size=6, unique=True)


@pytest.mark.parametrize(
    ("left", "said"), [(181, None), (180, 180), (91, 180), (90, 90), (31, 90), (30, 30), (0, 30), (-1, None)]
)
def test_R4_a_convention_is_told_of_at_180_90_and_30_days(left: int, said: int | None) -> None:
    assert reached(FIN, FIN - timedelta(days=left), (180, 90, 30)) == said


@given(thresholds, st.integers(-10, 400))
def test_R4_what_is_reached_only_comes_nearer_as_days_pass(given_days: list[int], left: int) -> None:
    today = FIN - timedelta(days=left)
    now, tomorrow = (reached(FIN, day, given_days) for day in (today, today + timedelta(days=1)))
    if now is not None and tomorrow is not None:
        assert tomorrow <= now
    assert (now is None) == (left < 0 or left > max(given_days))
