"""Quarters, semesters and years in the legal time of a département (R11, R12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.calendrier.periodes import FUSEAUX, Periode, last_closed, local_date, periodes_between, time_zone
from tests.domain.phrases import is_french_sentence

GENRES = ("T", "S", "A")
OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/Guadeloupe",
    "978": "America/Guadeloupe",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
DEPARTEMENTS = ("41", "01", "2A", "2B", "75", "95", *OVERSEAS)

years = st.integers(1960, 2150)
days = st.dates(date(1960, 1, 1), date(2150, 12, 31))
periodes = st.builds(
    lambda annee, code: Periode(annee, code[0], int(code[1])),
    years,
    st.sampled_from(["T1", "T2", "T3", "T4", "S1", "S2", "A1"]),
)
nearby = periodes.filter(lambda p: 2000 <= p.annee <= 2100)


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("annee", [2019, 2024, 2026, 2100])
def test_R12_a_year_is_parted_whole_by_its_periods(annee: int, genre: str) -> None:
    year = Periode(annee, "A", 1)
    parts = year.parts(genre)
    assert len(parts) == {"T": 4, "S": 2, "A": 1}[genre]
    assert parts[0].debut == date(annee, 1, 1)
    assert parts[-1].fin == date(annee + 1, 1, 1)
    assert all(before.fin == after.debut for before, after in pairwise(parts))


def test_R11_a_semester_is_parted_by_two_quarters_and_a_quarter_has_no_semester() -> None:
    assert Periode(2026, "S", 2).parts("T") == (Periode(2026, "T", 3), Periode(2026, "T", 4))
    assert Periode(2026, "T", 3).parts("S") == ()


@given(days, st.sampled_from(GENRES))
def test_R12_each_day_lies_in_one_period_of_a_kind_half_open(day: date, genre: str) -> None:
    periode = Periode.containing(day, genre)
    assert periode.debut <= day < periode.fin
    assert not periode.suivante.debut <= day
    assert not day < periode.precedente.fin


@given(periodes)
def test_the_one_after_and_the_one_before_undo_each_other(periode: Periode) -> None:
    assert periode.suivante.precedente == periode == periode.precedente.suivante
    assert periode.suivante.debut == periode.fin
    assert periode.dernier_jour + timedelta(days=1) == periode.fin


@given(periodes)
def test_the_same_period_a_year_before_has_the_same_place(periode: Periode) -> None:
    before = periode.un_an_avant
    assert (before.annee, before.genre, before.numero) == (periode.annee - 1, periode.genre, periode.numero)


@pytest.mark.parametrize(
    ("code", "debut", "dernier_jour", "libelle"),
    [
        ("2026-S1", date(2026, 1, 1), date(2026, 6, 30), "1er semestre 2026"),
        ("2026-S2", date(2026, 7, 1), date(2026, 12, 31), "2e semestre 2026"),
        ("2026-T1", date(2026, 1, 1), date(2026, 3, 31), "1er trimestre 2026"),
        ("2026-T2", date(2026, 4, 1), date(2026, 6, 30), "2e trimestre 2026"),
        ("2026-T3", date(2026, 7, 1), date(2026, 9, 30), "3e trimestre 2026"),
        ("2026-T4", date(2026, 10, 1), date(2026, 12, 31), "4e trimestre 2026"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "année 2026"),
    ],
)
def test_R12_periods_are_civil(code: str, debut: date, dernier_jour: date, libelle: str) -> None:
    periode = Periode.from_code(code)
    assert (periode.debut, periode.dernier_jour, periode.libelle) == (debut, dernier_jour, libelle)


@pytest.mark.parametrize(("annee", "length"), [(2023, 90), (2024, 91), (2100, 90), (2000, 91)])
def test_the_first_quarter_of_a_leap_year_has_91_days(annee: int, length: int) -> None:
    quarter = Periode(annee, "T", 1)
    assert (quarter.fin - quarter.debut).days == length
    assert Periode.containing(date(annee, 2, 28) + timedelta(days=1), "T") == quarter


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2020, 12, 31), date(2015, 12, 28)])
def test_iso_week_53_shifts_no_day_into_the_next_year(day: date) -> None:
    assert day.isocalendar().week == 53
    assert Periode.containing(day, "T").code == f"{day.year}-T4"


@given(periodes)
def test_a_code_is_read_back_the_same_and_is_short_ascii(periode: Periode) -> None:
    assert Periode.from_code(periode.code) == periode
    assert periode.code.isascii()
    assert len(periode.code) <= 7


@pytest.mark.parametrize(
    "code",
    [
        "",
        "2026-S3",
        "2026-T5",
        "2026-T0",
        "2026-S0",
        "2026-A1",
        "2026-s1",
        "2026S1",
        "S1 2026",
        "26-S1",
        "2026-S1 ",
        "2026-S1\n",
        " 2026",
        "2026-",
        "٢٠٢٦-S1",
        "２０２６-T1",
        "1900-S1",
        "1949-T4",
        "2201",
        "9999-S2",
        "0000-T1",
        "-2026",
        "2026-S1-T1",
    ],
)
def test_a_code_that_is_no_period_is_refused_in_french(code: str) -> None:
    with pytest.raises(ValueError, match="n’est pas une période : écrivez par exemple 2026-S1") as refusal:
        Periode.from_code(code)
    assert is_french_sentence(str(refusal.value))


@given(st.text() | st.from_regex(r"[0-9]{4}(-[TSA][0-9])?", fullmatch=True))
def test_any_code_is_a_period_with_its_neighbours_or_a_french_sentence(code: str) -> None:
    try:
        periode = Periode.from_code(code)
    except ValueError as refusal:
        assert is_french_sentence(str(refusal))
    else:
        assert periode.code == code
        assert periode.un_an_avant.fin <= periode.debut == periode.precedente.fin
        assert periode.suivante.fin > periode.fin


@pytest.mark.parametrize("code", ["1950-T1", "2200-S2", "2200"])
def test_the_first_and_the_last_year_are_read(code: str) -> None:
    assert Periode.from_code(code).code == code


@pytest.mark.parametrize("annee", [1899, 3000])
def test_no_period_is_made_outside_the_years_dates_can_hold(annee: int) -> None:
    with pytest.raises(ValueError, match="hors bornes"):
        Periode(annee, "T", 1)


@pytest.mark.parametrize("annee", [1900, 2999])
def test_the_outermost_periods_have_a_first_and_a_last_day(annee: int) -> None:
    assert Periode(annee, "S", 1).debut == date(annee, 1, 1)
    assert Periode(annee, "T", 4).dernier_jour == date(annee, 12, 31)


@pytest.mark.parametrize(("genre", "numero"), [("T", 0), ("T", 5), ("S", 3), ("A", 2), ("M", 1), ("", 1)])
def test_no_impossible_period_can_be_made(genre: str, numero: int) -> None:
    with pytest.raises(ValueError, match="impossible"):
        Periode(2026, genre, numero)


def test_R12_overseas_departements_have_their_own_legal_time() -> None:
    assert FUSEAUX == OVERSEAS
    assert {time_zone(code).key for code in ("01", "2A", "41", "75", "95")} == {"Europe/Paris"}


@pytest.mark.parametrize(
    ("departement", "moment", "day"),
    [
        # 30 June 22:00 in Fort-de-France is still the first semester, although 1 July has come in Paris (case 102).
        ("972", datetime(2026, 7, 1, 2, 0, tzinfo=UTC), date(2026, 6, 30)),
        ("41", datetime(2026, 7, 1, 2, 0, tzinfo=UTC), date(2026, 7, 1)),
        ("971", datetime(2026, 7, 1, 3, 59, tzinfo=UTC), date(2026, 6, 30)),
        ("973", datetime(2026, 7, 1, 2, 59, tzinfo=UTC), date(2026, 6, 30)),
        ("973", datetime(2026, 7, 1, 3, 0, tzinfo=UTC), date(2026, 7, 1)),
        ("974", datetime(2026, 6, 30, 20, 0, tzinfo=UTC), date(2026, 7, 1)),
        ("974", datetime(2026, 6, 30, 19, 59, tzinfo=UTC), date(2026, 6, 30)),
        ("976", datetime(2026, 6, 30, 21, 0, tzinfo=UTC), date(2026, 7, 1)),
        ("988", datetime(2026, 6, 30, 13, 0, tzinfo=UTC), date(2026, 7, 1)),
        ("987", datetime(2026, 7, 1, 9, 59, tzinfo=UTC), date(2026, 6, 30)),
        # Paris, either side of the two boundaries of case 101, summer and winter time.
        ("41", datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        ("41", datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
        ("41", datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        ("41", datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_R12_the_civil_day_is_that_of_the_departement(departement: str, moment: datetime, day: date) -> None:
    assert local_date(moment, departement) == day


def test_R12_a_moment_given_in_any_zone_falls_on_the_same_day() -> None:
    moment = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
    elsewhere = moment.astimezone(ZoneInfo("Asia/Tokyo"))
    assert local_date(elsewhere, "972") == local_date(moment, "972") == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("departement", "start", "end"),
    [
        ("41", datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("972", datetime(2026, 1, 1, 4, tzinfo=UTC), datetime(2026, 7, 1, 4, tzinfo=UTC)),
        ("974", datetime(2025, 12, 31, 20, tzinfo=UTC), datetime(2026, 6, 30, 20, tzinfo=UTC)),
        ("975", datetime(2026, 1, 1, 3, tzinfo=UTC), datetime(2026, 7, 1, 2, tzinfo=UTC)),
    ],
)
def test_R12_a_semester_begins_and_ends_at_local_midnight(departement: str, start: datetime, end: datetime) -> None:
    assert Periode(2026, "S", 1).bounds(departement) == (start, end)


@given(nearby, st.sampled_from(DEPARTEMENTS))
def test_R12_bounds_hold_the_period_and_nothing_else_across_the_changes_of_hour(p: Periode, departement: str) -> None:
    start, end = p.bounds(departement)
    instant = timedelta(microseconds=1)
    assert local_date(start, departement) == p.debut
    assert local_date(start - instant, departement) == p.debut - timedelta(days=1)
    assert local_date(end - instant, departement) == p.dernier_jour
    assert local_date(end, departement) == p.fin
    assert end == p.suivante.bounds(departement)[0]


@pytest.mark.parametrize(
    "moment", [datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)]
)
def test_the_night_of_a_change_of_hour_is_one_day(moment: datetime) -> None:
    hours = [moment + timedelta(hours=n) for n in range(0, 22)]
    assert {local_date(hour, "41") for hour in hours} == {moment.date()}


@given(nearby, nearby)
def test_R11_a_period_contains_another_when_all_its_days_are_inside(mine: Periode, other: Periode) -> None:
    inside = mine.debut <= other.debut and other.dernier_jour <= mine.dernier_jour
    assert mine.contains(other) == inside


@given(nearby, days, st.integers(0, 2000))
def test_a_period_overlaps_dates_that_share_a_day_with_it(periode: Periode, debut: date, length: int) -> None:
    dernier_jour = debut + timedelta(days=length)
    shared = max(debut, periode.debut) <= min(dernier_jour, periode.dernier_jour)
    assert periode.overlaps(debut, dernier_jour) == shared


@pytest.mark.parametrize(
    ("debut", "dernier_jour", "shared"),
    [
        (date(2026, 6, 30), date(2027, 1, 1), True),
        (date(2026, 7, 1), date(2027, 1, 1), False),
        (date(2025, 1, 1), date(2026, 1, 1), True),
        (date(2025, 1, 1), date(2025, 12, 31), False),
    ],
)
def test_a_single_shared_day_is_an_overlap(debut: date, dernier_jour: date, shared: bool) -> None:
    assert Periode(2026, "S", 1).overlaps(debut, dernier_jour) is shared


def test_periods_between_two_dates_stop_with_the_last_day() -> None:
    assert [p.code for p in periodes_between(date(2026, 3, 31), date(2026, 6, 30), "T")] == ["2026-T1", "2026-T2"]
    assert [p.code for p in periodes_between(date(2026, 3, 31), date(2026, 7, 1), "S")] == ["2026-S1", "2026-S2"]
    assert periodes_between(date(2026, 7, 1), date(2026, 6, 30), "T") == ()


@given(days, st.integers(-400, 1500), st.sampled_from(GENRES))
def test_periods_between_two_dates_are_those_holding_one_of_their_days(debut: date, length: int, genre: str) -> None:
    dernier_jour = debut + timedelta(days=length)
    listed = periodes_between(debut, dernier_jour, genre)
    held = {Periode.containing(debut + timedelta(days=n), genre) for n in range(length + 1)}
    assert set(listed) == held
    assert list(listed) == sorted(listed, key=lambda p: p.debut)


@given(days, st.sampled_from(GENRES))
def test_the_last_closed_period_ended_on_that_day_or_before(day: date, genre: str) -> None:
    closed = last_closed(day, genre)
    assert closed.is_closed(day)
    assert not closed.suivante.is_closed(day)


def test_a_period_is_closed_on_the_day_after_its_last() -> None:
    semester = Periode(2026, "S", 1)
    assert not semester.is_closed(date(2026, 6, 30))
    assert semester.is_closed(date(2026, 7, 1))
    assert last_closed(date(2026, 7, 1), "S") == semester
