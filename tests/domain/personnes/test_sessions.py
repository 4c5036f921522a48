"""How long a session lives."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from paqte.domain.personnes.acteurs import ADMIN, ENTREPRISE, NATIONAL, REFERENT
from paqte.domain.personnes.sessions import is_alive


@pytest.mark.parametrize("role", [REFERENT, ADMIN])
def test_a_referent_or_an_administrator_is_signed_out_after_30_idle_minutes(role: str, now: datetime) -> None:
    opened = now - timedelta(hours=2)
    assert is_alive(role, opened, now - timedelta(minutes=29), now)
    assert not is_alive(role, opened, now - timedelta(minutes=30), now)


@pytest.mark.parametrize("role", [ENTREPRISE, NATIONAL])
def test_others_stay_signed_in_for_12_hours(role: str, now: datetime) -> None:
    opened = now - timedelta(hours=11, minutes=59)
    assert is_alive(role, opened, opened, now)
    assert not is_alive(role, opened - timedelta(minutes=1), opened, now)


def test_a_referent_who_never_stops_signs_in_again_after_12_hours(now: datetime) -> None:
    assert not is_alive(REFERENT, now - timedelta(hours=12), now, now)


@pytest.mark.parametrize("role", [ADMIN, REFERENT, ENTREPRISE, NATIONAL])
def test_a_session_opened_in_the_future_is_not_alive(role: str, now: datetime) -> None:
    assert not is_alive(role, now + timedelta(minutes=1), now, now)
    assert not is_alive(role, now + timedelta(hours=2), now + timedelta(hours=2), now)


def test_a_session_seen_far_in_the_future_has_been_idle_for_an_unknown_time(now: datetime) -> None:
    opened = now - timedelta(minutes=5)
    assert not is_alive(REFERENT, opened, now + timedelta(hours=2), now)
    assert is_alive(REFERENT, opened, now + timedelta(seconds=20), now), "a correction of some seconds ends nothing"
