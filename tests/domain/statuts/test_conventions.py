"""The life of a convention (R1–R7)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.statuts.conventions import (
    A_RENOUVELER,
    A_VENIR,
    CATEGORIES,
    DISPOSITIFS,
    ECHUE,
    EN_COURS,
    EN_VIGUEUR,
    ETATS,
    NATURES,
    PARTIAL_SIZES,
    PROJET,
    RENOUVELEE,
    RESILIEE,
    RYTHMES,
    SIGNEE,
    STATUTS,
    TRANSITIONS,
    Dates,
    add_years,
    date_errors,
    date_warnings,
    etat,
    fin_triennale,
    is_in_force,
    years_of,
)
from tests.domain.phrases import is_french_sentence

days = st.dates(date(2015, 1, 1), date(2040, 12, 31))
DEBUT, FIN = date(2024, 1, 1), date(2026, 12, 31)


@st.composite
def conventions(draw: st.DrawFn) -> Dates:
    """Any convention a base may hold, an end before its start or after its term included."""
    debut = draw(days)
    dernier_jour = debut + timedelta(days=draw(st.integers(0, 1500)))
    statut = draw(st.sampled_from(sorted(STATUTS)))
    resiliee_le = debut + timedelta(days=draw(st.integers(-60, 1600))) if statut == RESILIEE else None
    return Dates(statut, debut, dernier_jour, resiliee_le, draw(st.booleans()))


def days_around(dates: Dates) -> list[date]:
    """Every day from a month before to half a year after anything happens."""
    first = min(dates.debut, dates.resiliee_le or dates.debut) - timedelta(days=30)
    last = max(dates.dernier_jour, dates.resiliee_le or dates.dernier_jour) + timedelta(days=180)
    return [first + timedelta(days=n) for n in range((last - first).days)]


@pytest.mark.parametrize(
    ("debut", "fin"),
    [
        (date(2024, 1, 1), date(2026, 12, 31)),
        (date(2023, 6, 15), date(2026, 6, 14)),
        (date(2020, 2, 29), date(2023, 2, 28)),
        (date(2028, 2, 29), date(2031, 2, 28)),
        (date(2021, 3, 1), date(2024, 2, 29)),
        (date(2021, 2, 28), date(2024, 2, 27)),
        (date(2020, 3, 1), date(2023, 2, 28)),
        (date(2096, 2, 29), date(2099, 2, 28)),
    ],
)
def test_R1_a_convention_ends_three_years_later_less_one_day(debut: date, fin: date) -> None:
    assert fin_triennale(debut) == fin


def test_R1_a_convention_starting_29_february_ends_28_february() -> None:
    assert fin_triennale(date(2020, 2, 29)) == date(2023, 2, 28)


def test_R1_a_convention_may_end_on_29_february() -> None:
    assert fin_triennale(date(2021, 3, 1)) == date(2024, 2, 29)


@given(days)
def test_R1_a_convention_signed_the_day_after_begins_where_the_former_ended(debut: date) -> None:
    assert fin_triennale(debut) + timedelta(days=1) == add_years(debut, 3)
    assert 1094 <= (fin_triennale(debut) - debut).days <= 1095


@given(days, st.integers(0, 10))
def test_a_same_day_some_years_later_keeps_its_day_but_29_february(day: date, years: int) -> None:
    later = add_years(day, years)
    assert later.year == day.year + years
    if (day.month, day.day) != (2, 29):
        assert (later.month, later.day) == (day.month, day.day)
    else:
        assert (later.month, later.day) in ((2, 29), (3, 1))


def test_R1_the_usual_length_raises_no_warning() -> None:
    assert date_warnings(date(2020, 2, 29), date(2023, 2, 28), date(2020, 2, 10)) == []


@pytest.mark.parametrize("fin", [date(2026, 12, 30), date(2027, 1, 1), date(2024, 12, 31)])
def test_R1_another_length_is_allowed_with_a_warning_that_says_the_usual_end(fin: date) -> None:
    (warning,) = date_warnings(DEBUT, fin, None)
    assert "31/12/2026" in warning
    assert is_french_sentence(warning)
    assert date_errors(DEBUT, fin) == {}


def test_a_signature_after_the_start_is_allowed_with_a_warning() -> None:
    (warning,) = date_warnings(DEBUT, FIN, date(2024, 1, 2))
    assert is_french_sentence(warning)
    assert date_warnings(DEBUT, FIN, DEBUT) == []


@pytest.mark.parametrize(
    ("debut", "dernier_jour", "field"),
    [
        (None, FIN, "debut"),
        (None, None, "debut"),
        (DEBUT, date(2023, 12, 31), "fin"),
        (date(2009, 12, 31), None, "debut"),
        (date(2101, 1, 1), None, "debut"),
        (date(9999, 12, 31), None, "debut"),
        (date(9999, 1, 1), date(9999, 12, 31), "debut"),
        (DEBUT, date(2034, 1, 2), "fin"),
        (DEBUT, date.max, "fin"),
    ],
)
def test_impossible_dates_are_refused_beside_their_field(debut: date, dernier_jour: date, field: str) -> None:
    errors = date_errors(debut, dernier_jour)
    assert list(errors) == [field]
    assert is_french_sentence(errors[field])


@pytest.mark.parametrize("dernier_jour", [None, DEBUT, FIN, date(2034, 1, 1)])
def test_possible_dates_are_accepted(dernier_jour: date | None) -> None:
    assert date_errors(DEBUT, dernier_jour) == {}


@pytest.mark.parametrize("debut", [date(2010, 1, 1), date(2100, 12, 31)])
def test_the_first_and_the_last_year_of_the_paqte_are_inside(debut: date) -> None:
    assert date_errors(debut, None) == {}


SIGNED = Dates(SIGNEE, DEBUT, FIN)
RENEWED = Dates(SIGNEE, DEBUT, FIN, is_renewed=True)
DRAFT = Dates(PROJET, DEBUT, FIN)
ENDED = Dates(RESILIEE, DEBUT, FIN, date(2025, 3, 15))
ENDED_RENEWED = Dates(RESILIEE, DEBUT, FIN, date(2025, 3, 15), is_renewed=True)
ENDED_BEFORE = Dates(RESILIEE, DEBUT, FIN, date(2023, 12, 1))
ENDED_LATE = Dates(RESILIEE, DEBUT, FIN, date(2027, 5, 1))
SHORT = Dates(SIGNEE, DEBUT, date(2024, 3, 31))


@pytest.mark.parametrize(
    ("dates", "day", "state"),
    [
        (DRAFT, date(2023, 12, 31), PROJET),
        (DRAFT, date(2025, 1, 1), PROJET),
        (DRAFT, date(2030, 1, 1), PROJET),
        (SIGNED, date(2023, 12, 31), A_VENIR),
        (SIGNED, date(2024, 1, 1), EN_COURS),
        (SIGNED, date(2026, 7, 3), EN_COURS),
        (SIGNED, date(2026, 7, 4), A_RENOUVELER),  # 180 days before 31 December
        (SIGNED, date(2026, 12, 31), A_RENOUVELER),
        (SIGNED, date(2027, 1, 1), ECHUE),
        (RENEWED, date(2023, 12, 31), A_VENIR),
        (RENEWED, date(2026, 7, 4), EN_COURS),
        (RENEWED, date(2026, 12, 31), EN_COURS),
        (RENEWED, date(2027, 1, 1), RENOUVELEE),
        (ENDED, date(2023, 12, 31), A_VENIR),
        (ENDED, date(2025, 3, 15), EN_COURS),  # the day of the early end is the last one in force
        (ENDED, date(2025, 3, 16), RESILIEE),
        (ENDED, date(2030, 1, 1), RESILIEE),
        (ENDED_RENEWED, date(2025, 3, 15), EN_COURS),
        (ENDED_RENEWED, date(2027, 1, 1), RESILIEE),
        (ENDED_BEFORE, date(2023, 12, 1), A_VENIR),
        (ENDED_BEFORE, date(2023, 12, 2), RESILIEE),
        (ENDED_BEFORE, date(2024, 1, 1), RESILIEE),
        (ENDED_LATE, date(2026, 12, 31), EN_COURS),
        (ENDED_LATE, date(2027, 1, 1), RESILIEE),
        (SHORT, date(2023, 12, 31), A_VENIR),
        (SHORT, date(2024, 1, 1), A_RENOUVELER),
    ],
)
def test_R4_the_running_state_follows_from_the_dates(dates: Dates, day: date, state: str) -> None:
    assert etat(dates, day) == state


ORDER = {PROJET: 0, A_VENIR: 0, EN_COURS: 1, A_RENOUVELER: 2, ECHUE: 3, RENOUVELEE: 3, RESILIEE: 3}


@given(conventions())
def test_R4_each_day_has_one_state_and_none_comes_back(dates: Dates) -> None:
    states = [etat(dates, day) for day in days_around(dates)]
    assert set(states) <= set(ETATS)
    assert all(ORDER[before] <= ORDER[after] for before, after in pairwise(states))


@given(conventions(), st.integers(0, 2000))
def test_R4_a_convention_is_in_force_exactly_when_its_state_says_so(dates: Dates, n: int) -> None:
    around = days_around(dates)
    day = around[n % len(around)]
    assert is_in_force(dates, day) == (etat(dates, day) in EN_VIGUEUR)


@given(conventions())
def test_R4_a_signed_convention_binds_from_its_first_to_its_last_day(dates: Dates) -> None:
    bound = [day for day in days_around(dates) if is_in_force(dates, day)]
    if dates.statut == PROJET or dates.effective_end < dates.debut:
        assert bound == []
    else:
        assert (bound[0], bound[-1]) == (dates.debut, dates.effective_end)
        assert len(bound) == (dates.effective_end - dates.debut).days + 1


@pytest.mark.parametrize(
    ("dates", "end"),
    [
        (SIGNED, FIN),
        (ENDED, date(2025, 3, 15)),
        (ENDED_LATE, FIN),
        (Dates(SIGNEE, DEBUT, FIN, date(2025, 3, 15)), FIN),
        (Dates(RESILIEE, DEBUT, FIN), FIN),
    ],
)
def test_R4_only_an_early_end_shortens_a_convention(dates: Dates, end: date) -> None:
    assert dates.effective_end == end


def test_R4_a_renewed_convention_is_never_to_be_renewed() -> None:
    assert A_RENOUVELER not in {etat(RENEWED, day) for day in days_around(RENEWED)}


def test_R4_stored_states_have_a_way_and_running_ones_are_never_stored() -> None:
    assert {PROJET, *TRANSITIONS.values()} == set(STATUTS)
    assert {state for state, _ in TRANSITIONS} <= set(STATUTS)
    assert set(STATUTS).isdisjoint({A_VENIR, EN_COURS, A_RENOUVELER, ECHUE, RENOUVELEE})
    assert set(ETATS) == {PROJET, A_VENIR, EN_COURS, A_RENOUVELER, ECHUE, RENOUVELEE, RESILIEE}


def test_R2_the_four_kinds_of_signatory_are_distinct() -> None:
    assert set(NATURES) == {"entreprise", "reseau", "employeur_public", "association"}
    assert len(set(NATURES.values())) == 4


def test_R5_only_small_companies_keep_some_of_the_axes() -> None:
    assert {"TPE", "PME"} == PARTIAL_SIZES
    assert set(CATEGORIES) > PARTIAL_SIZES


def test_R7_R8_R11_dispositifs_and_rhythms_are_those_of_the_circulars() -> None:
    assert set(DISPOSITIFS) == {"paqte", "charte", "plan_10000"}
    assert set(RYTHMES) == {"T", "S"}


@pytest.mark.parametrize(
    ("debut", "dernier_jour", "years"),
    [
        (DEBUT, FIN, 3),
        (DEBUT, DEBUT, 1),
        (DEBUT, date(2024, 12, 31), 1),
        (DEBUT, date(2025, 1, 1), 2),
        (DEBUT, date(2027, 1, 1), 4),
        (date(2020, 2, 29), date(2023, 2, 28), 3),
        (date(2020, 2, 29), date(2021, 2, 28), 1),
        (date(2020, 2, 29), date(2021, 3, 1), 2),
        (date(2021, 3, 1), date(2024, 2, 29), 3),
    ],
)
def test_R6_annual_objectives_cover_every_year_begun(debut: date, dernier_jour: date, years: int) -> None:
    assert years_of(debut, dernier_jour) == years


@given(days)
def test_R6_a_usual_convention_has_three_years(debut: date) -> None:
    assert years_of(debut, fin_triennale(debut)) == 3
