"""How long a session lives."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from paqte.domain.personnes.acteurs import ADMIN, ENTREPRISE, NATIONAL, REFERENT
from paqte.domain.personnes.sessions import bounds_of, is_alive


@pytest.mark.parametrize("role", [REFERENT, ADMIN])
def test_a_referent_or_an_administrator_is_signed_out_after_30_idle_minutes(role: str, now: datetime) -> None:
    opened = now - timedelta(hours=2)
    assert is_alive(bounds_of(role), opened, now - timedelta(minutes=29), now)
    assert not is_alive(bounds_of(role), opened, now - timedelta(minutes=30), now)


@pytest.mark.parametrize("role", [ENTREPRISE, NATIONAL])
def test_others_stay_signed_in_for_12_hours(role: str, now: datetime) -> None:
    opened = now - timedelta(hours=11, minutes=59)
    assert is_alive(bounds_of(role), opened, opened, now)
    assert not is_alive(bounds_of(role), opened - timedelta(minutes=1), opened, now)


def test_a_referent_who_never_stops_signs_in_again_after_12_hours(now: datetime) -> None:
    assert not is_alive(bounds_of(REFERENT), now - timedelta(hours=12), now, now)


@pytest.mark.parametrize("role", [ADMIN, REFERENT, ENTREPRISE, NATIONAL])
def test_a_session_opened_in_the_future_is_not_alive(role: str, now: datetime) -> None:
    assert not is_alive(bounds_of(role), now + timedelta(minutes=1), now, now)
    assert not is_alive(bounds_of(role), now + timedelta(hours=2), now + timedelta(hours=2), now)


def test_a_session_seen_far_in_the_future_has_been_idle_for_an_unknown_time(now: datetime) -> None:
    opened = now - timedelta(minutes=5)
    assert not is_alive(bounds_of(REFERENT), opened, now + timedelta(hours=2), now)
    assert is_alive(bounds_of(REFERENT), opened, now + timedelta(seconds=20), now), (
        "a correction of some seconds ends nothing"
    )


def test_what_is_set_for_a_role_counts_instead_of_what_is_shipped(now: datetime) -> None:
    bounds = bounds_of(ENTREPRISE, "45", "2")
    assert is_alive(bounds, now - timedelta(hours=1, minutes=59), now - timedelta(minutes=44), now)
    assert not is_alive(bounds, now - timedelta(hours=1), now - timedelta(minutes=45), now)
    assert not is_alive(bounds, now - timedelta(hours=2), now, now)
    assert bounds_of(ENTREPRISE, None, "2").idle == timedelta(hours=12)
