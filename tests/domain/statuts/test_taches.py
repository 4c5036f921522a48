"""When a due job may be taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.statuts.taches import BAIL, ECHOUEE, EN_COURS, ETATS, FAITE, PREVUE, may_take, retry_after

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("essais", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (10**6, 60)]
)
def test_each_failure_doubles_the_rest_up_to_an_hour(essais: int, minutes: int) -> None:
    assert retry_after(essais) == timedelta(minutes=minutes)


@given(st.integers(0, 100), st.timedeltas(timedelta(0), timedelta(days=3650)))
def test_a_job_done_is_never_taken_again(essais: int, later: timedelta) -> None:
    assert not may_take(FAITE, NOW, NOW, essais, NOW + later)


def test_a_job_under_way_is_its_holder_s_until_the_lease_runs_out() -> None:
    assert not may_take(EN_COURS, NOW, None, 1, NOW)
    assert not may_take(EN_COURS, NOW, None, 1, NOW + BAIL - INSTANT)
    assert may_take(EN_COURS, NOW, None, 1, NOW + BAIL)


def test_a_job_that_failed_rests_before_it_is_taken_again() -> None:
    ended = NOW + timedelta(minutes=5)
    assert not may_take(ECHOUEE, NOW, ended, 2, ended + timedelta(minutes=2) - INSTANT)
    assert may_take(ECHOUEE, NOW, ended, 2, ended + timedelta(minutes=2))
    assert may_take(ECHOUEE, NOW, None, 2, NOW)


def test_a_clock_put_back_a_little_takes_no_job_from_its_holder_and_a_lot_does_not_block_it() -> None:
    assert not may_take(EN_COURS, NOW, None, 1, NOW - timedelta(minutes=14))
    assert may_take(EN_COURS, NOW, None, 1, NOW - timedelta(minutes=15))


def test_a_task_waits_is_under_way_done_or_failed() -> None:
    assert set(ETATS) == {PREVUE, EN_COURS, FAITE, ECHOUEE}


def test_a_task_that_waits_may_be_taken_by_whoever_comes_first() -> None:
    assert may_take(PREVUE, None, None, 0, NOW)
