"""Working days, hours and holidays of each département (R12)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from dateutil.easter import easter as independent

from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.campagnes import Delais
from paqte.domain.calendrier.jours import easter, holidays, is_day_off, is_working_time, read_hours, working_day
from paqte.domain.calendrier.periodes import Periode

DELAIS = Delais(ouverture=0, echeance=20, relances=(-3, 3, 10), fermeture=20, lecture=7, territoire="41")


def test_easter_is_that_of_another_program_for_three_centuries() -> None:
    assert [easter(year) for year in range(1900, 2201)] == [independent(year) for year in range(1900, 2201)]


def test_the_holidays_of_2027_are_those_of_the_calendar() -> None:
    assert sorted(holidays(2027, "41")) == [
        date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 1), date(2027, 5, 6), date(2027, 5, 8), date(2027, 5, 17),
        date(2027, 7, 14), date(2027, 8, 15), date(2027, 11, 1), date(2027, 11, 11), date(2027, 12, 25),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("departement", "day"),
    [
        ("67", date(2026, 4, 3)), ("68", date(2025, 12, 26)), ("57", date(2025, 12, 26)), ("971", date(2026, 5, 27)),
        ("972", date(2026, 5, 22)), ("973", date(2026, 6, 10)), ("974", date(2027, 12, 20)), ("976", date(2026, 4, 27)),
        ("977", date(2026, 10, 9)), ("978", date(2026, 5, 28)), ("988", date(2026, 9, 24)),
    ],
)  # fmt: skip
def test_a_day_of_one_territory_is_worked_elsewhere(departement: str, day: date) -> None:
    assert is_day_off(day, departement) and not is_day_off(day, "41")


def test_a_long_weekend_is_crossed_whole() -> None:
    assert working_day(date(2026, 12, 25), "41") == date(2026, 12, 28)
    assert working_day(date(2025, 12, 25), "41") == date(2025, 12, 26)
    assert working_day(date(2025, 12, 25), "67") == date(2025, 12, 29)
    assert working_day(date(2026, 5, 22), "972") == date(2026, 5, 26), "22 May, the week-end, Whit Monday"


def test_R12_a_due_date_on_easter_sunday_stays_and_its_reminders_leave_on_working_days() -> None:
    one = Agenda(DELAIS).campagne(Periode.from_code("2025-T1"))
    assert one.echeance == date(2025, 4, 20)
    assert one.taches() == {
        "ouverture": date(2025, 4, 1), "relance-3": date(2025, 4, 17), "relance+3": date(2025, 4, 23),
        "relance+10": date(2025, 4, 30),
    }  # fmt: skip


def test_R12_the_opening_of_new_year_s_day_is_told_the_day_after() -> None:
    one = Agenda(DELAIS).campagne(Periode.from_code("2025-T4"))
    assert one.ouverture == date(2026, 1, 1) and one.taches()["ouverture"] == date(2026, 1, 2)


def test_R12_hours_are_those_of_the_territory_on_both_sides_of_midnight() -> None:
    friday = datetime(2026, 10, 16, 21, 0, tzinfo=UTC)  # 23 h in Blois, 17 h in Fort-de-France, Saturday in Nouméa
    assert not is_working_time(friday, "41", (8, 18))
    assert is_working_time(friday, "972", (8, 18))
    assert not is_working_time(friday, "988", (0, 24))
    assert is_working_time(datetime(2026, 10, 16, 6, 0, tzinfo=UTC), "41", (8, 18))
    assert not is_working_time(datetime(2026, 10, 16, 5, 59, tzinfo=UTC), "41", (8, 18))
    assert not is_working_time(datetime(2026, 10, 16, 16, 0, tzinfo=UTC), "41", (8, 18))


@pytest.mark.parametrize("text", ["", "8", "18-8", "8-8", "8-25", "-1-8", "8h30-18", "٨-١٨"])
def test_hours_that_are_none_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="deux heures entières"):
        read_hours(text)


def test_hours_are_read_as_people_write_them() -> None:
    assert read_hours("8-18") == read_hours(" 8 h – 18 h ") == read_hours("8h à 18h") == (8, 18)
