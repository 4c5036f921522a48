"""When a mail that failed is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.statuts.courriels import EN_ATTENTE, ENVOYE, ETATS, MAX_ESSAIS, REFUSE, SANS_OBJET, next_try

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NIGHT_OF_THE_CHANGE = datetime(2026, 10, 25, 0, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("essais", "minutes"), [(0, 0.5), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 64), (8, 120), (9, 120)]
)
def test_each_failure_doubles_the_wait_up_to_two_hours(essais: int, minutes: float) -> None:
    assert next_try(NOW, essais) == NOW + timedelta(minutes=minutes)


@given(st.integers(0, 10**9))
def test_however_often_it_failed_a_mail_waits_two_hours_at_most(essais: int) -> None:
    assert timedelta(seconds=30) <= next_try(NOW, essais) - NOW <= timedelta(hours=2)


def test_waits_never_shorten() -> None:
    waits = [next_try(NOW, n) for n in range(MAX_ESSAIS + 1)]
    assert all(before <= after for before, after in pairwise(waits))


def test_the_change_of_hour_shortens_no_wait() -> None:
    assert next_try(NIGHT_OF_THE_CHANGE, 8) - NIGHT_OF_THE_CHANGE == timedelta(hours=2)


def test_a_mail_server_away_for_a_long_week_end_loses_no_mail() -> None:
    moment = NOW
    for essais in range(1, MAX_ESSAIS):
        moment = next_try(moment, essais)
    assert moment - NOW > timedelta(days=3)


def test_a_mail_waits_is_sent_is_refused_or_has_lost_its_reason() -> None:
    assert set(ETATS) == {EN_ATTENTE, ENVOYE, REFUSE, SANS_OBJET}
