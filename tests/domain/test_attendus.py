"""What a signatory owes, derived from its own convention (R5, R11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.attendus import Suivi, covered_periods, owed_indicators
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import PROJET, RESILIEE, RYTHMES, SIGNEE, STATUTS, Dates, is_in_force

THREE_YEARS = Dates(SIGNEE, date(2025, 1, 1), date(2027, 12, 31))


def owed(dates: Dates, rythme: str, window: str) -> list[str]:
    return [p.code for p in covered_periods(dates, rythme, Periode.from_code(window))]


@pytest.mark.parametrize(
    ("rythme", "window", "periodes"),
    [
        ("T", "2026-S1", ["2026-T1", "2026-T2"]),
        ("T", "2026-T2", ["2026-T2"]),
        ("T", "2026", ["2026-T1", "2026-T2", "2026-T3", "2026-T4"]),
        ("S", "2026-S1", ["2026-S1"]),
        ("S", "2026", ["2026-S1", "2026-S2"]),
        ("S", "2026-T1", []),
        ("S", "2026-T2", []),
        ("T", "2024-S2", []),
        ("T", "2028-S1", []),
    ],
)
def test_R11_each_convention_owes_its_own_periods_inside_the_window(
    rythme: str, window: str, periodes: list[str]
) -> None:
    assert owed(THREE_YEARS, rythme, window) == periodes


def test_R11_a_semester_declarant_owes_nothing_in_a_lone_quarter() -> None:
    assert owed(THREE_YEARS, "S", "2026-T2") == []


@pytest.mark.parametrize(
    ("debut", "rythme", "periodes"),
    [
        (date(2026, 6, 30), "T", ["2026-T2"]),  # signed on the last day: that quarter is owed, the one before is not
        (date(2026, 3, 31), "T", ["2026-T1", "2026-T2"]),
        (date(2026, 4, 1), "T", ["2026-T2"]),
        (date(2026, 6, 30), "S", ["2026-S1"]),
        (date(2026, 7, 1), "S", []),
    ],
)
def test_R5_a_convention_begun_inside_a_period_owes_that_period(debut: date, rythme: str, periodes: list[str]) -> None:
    assert owed(Dates(SIGNEE, debut, date(2029, 6, 29)), rythme, "2026-S1") == periodes


@pytest.mark.parametrize(
    ("resiliee_le", "rythme", "periodes"),
    [
        (date(2026, 4, 1), "T", ["2026-T1", "2026-T2"]),
        (date(2026, 3, 31), "T", ["2026-T1"]),
        (date(2026, 1, 1), "S", ["2026-S1"]),
        (date(2025, 12, 31), "S", []),
        (date(2024, 6, 1), "S", []),
    ],
)
def test_R5_a_convention_ended_inside_a_period_owes_that_period_and_none_after(
    resiliee_le: date, rythme: str, periodes: list[str]
) -> None:
    ended = Dates(RESILIEE, date(2025, 1, 1), date(2027, 12, 31), resiliee_le)
    assert owed(ended, rythme, "2026-S1") == periodes


def test_R5_a_draft_owes_nothing() -> None:
    assert owed(Dates(PROJET, date(2025, 1, 1), date(2027, 12, 31)), "T", "2026-S1") == []


def test_R5_the_last_period_is_owed_although_it_outlasts_the_term() -> None:
    assert owed(Dates(SIGNEE, date(2023, 2, 15), date(2026, 2, 14)), "S", "2026-S1") == ["2026-S1"]


@given(
    st.sampled_from(sorted(STATUTS)),
    st.dates(date(2020, 1, 1), date(2027, 1, 1)),
    st.integers(0, 1500),
    st.integers(-30, 1500),
    st.sampled_from(sorted(RYTHMES)),
    st.sampled_from(["2026-T1", "2026-S1", "2025-S2", "2026", "2024-T4"]),
)
def test_R5_R11_a_period_is_owed_exactly_when_it_lies_inside_and_holds_a_day_in_force(
    statut: str, debut: date, length: int, ended: int, rythme: str, window: str
) -> None:
    resiliee_le = debut + timedelta(days=ended) if statut == RESILIEE else None
    dates = Dates(statut, debut, debut + timedelta(days=length), resiliee_le)
    whole = Periode.from_code(window)
    expected = [
        p.code
        for p in whole.parts(rythme)
        if any(is_in_force(dates, p.debut + timedelta(days=n)) for n in range((p.fin - p.debut).days))
    ]
    assert owed(dates, rythme, window) == expected


def test_R5_only_what_the_convention_promises_is_owed() -> None:
    assert owed_indicators(["S2", "X1"], Periode(2026, "S", 1), catalogue()) == ("S2", "X1")
    assert owed_indicators([], Periode(2026, "S", 1), catalogue()) == ()


@pytest.mark.parametrize(
    ("periode", "codes"), [("2024-T4", ("R3", "R3e")), ("2024-S2", ("R3", "R3e")), ("2025-T1", ("R3",))]
)
def test_a_measure_closed_before_the_period_is_not_owed(periode: str, codes: tuple[str, ...]) -> None:
    assert owed_indicators(["R3", "R3e"], Periode.from_code(periode), catalogue()) == codes


def test_what_the_grid_no_longer_knows_is_not_owed() -> None:
    assert owed_indicators(["Z9", "R3"], Periode(2026, "S", 1), catalogue()) == ("R3",)


@given(
    debut=st.dates(date(2023, 1, 1), date(2027, 12, 31)),
    days=st.integers(0, 1500),
    rythme=st.sampled_from(sorted(RYTHMES)),
    statut=st.sampled_from(sorted(STATUTS)),
    codes=st.sets(st.sampled_from([*sorted(catalogue().indicateurs)][:12]), max_size=4),
    depuis=st.dates(date(2023, 1, 1), date(2027, 12, 31)),
    asked=st.dictionaries(
        st.sampled_from(["2025-T1", "2025-S1", "2026-T2", "2026-S2"]), st.none() | st.just(date(2026, 3, 1))
    ),
    asking=st.lists(st.dates(date(2022, 1, 1), date(2030, 12, 31)), min_size=1, max_size=5),
)
def test_what_is_owed_depends_on_the_day_asked_and_never_on_what_was_asked_before(
    debut: date,
    days: int,
    rythme: str,
    statut: str,
    codes: set[str],
    depuis: date,
    asked: dict[str, date | None],
    asking: list[date],
) -> None:
    def fresh() -> Suivi:
        dates = Dates(statut, debut, debut + timedelta(days=days), debut if statut == RESILIEE else None)
        return Suivi(dates, rythme, tuple(sorted(codes)), depuis, asked)

    grid, suivi = catalogue(), fresh()
    for day in (*asking, *asking[::-1]):
        found = suivi.owed_by(day, grid)
        assert found == fresh().owed_by(day, grid)
        own = Periode.containing(day, rythme)
        assert suivi.owes(own, grid) == (own in fresh().owed(own, grid))
        assert [p for p in found if not p.is_closed(day)] == list(found[-1:] if found and found[-1].fin > day else ())


def test_R42_on_the_day_after_its_last_a_period_is_over_and_the_next_is_the_one_to_come() -> None:
    suivi = Suivi(Dates(SIGNEE, date(2026, 1, 1), date(2028, 12, 31)), "T", ("S2",))
    told = {day: [p.code for p in suivi.owed_by(day, catalogue())] for day in (date(2026, 6, 30), date(2026, 7, 1))}
    assert told == {
        date(2026, 6, 30): ["2026-T1", "2026-T2"],
        date(2026, 7, 1): ["2026-T1", "2026-T2", "2026-T3"],
    }


def test_R41_under_another_grid_what_is_owed_is_asked_anew() -> None:
    suivi = Suivi(Dates(SIGNEE, date(2026, 1, 1), date(2028, 12, 31)), "T", ("S2",))
    full, periode = catalogue(), Periode.from_code("2026-T1")
    empty = replace(full, indicateurs={})
    for grid, is_owed in ((full, True), (empty, False), (full, True)):
        assert suivi.owes(periode, grid) is is_owed
        assert bool(suivi.owed_by(date(2026, 7, 1), grid)) is is_owed
