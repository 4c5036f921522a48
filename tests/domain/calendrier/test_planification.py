"""What is planned, moved and dropped follows from settings and periods alone (R12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.campagnes import DelaiDocument, Delais
from paqte.domain.calendrier.periodes import FUSEAUX, Periode, local_date
from paqte.domain.calendrier.planification import (
    HORIZON,
    WORTH_A_MAIL,
    TachePrevue,
    begins,
    difference,
    is_worth_a_mail,
    wanted_tasks,
)
from paqte.domain.statuts.taches import FAITE, PREVUE

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
# Every period planned here is over since the département has complete conventions.
LONG_AGO = date(2020, 1, 1)
DOCUMENTS = (DelaiDocument("bilan", "S", 30), DelaiDocument("export", "T", 30))
OWED = frozenset({"bilan", "export"})
DELAIS = Delais(ouverture=0, echeance=20, relances=(-15, -3, 3, 10), fermeture=None, lecture=7, publications=DOCUMENTS)
delais = st.builds(
    Delais,
    ouverture=st.integers(0, 30),
    echeance=st.integers(1, 120),
    relances=st.lists(st.integers(-60, 60), max_size=5, unique=True).map(lambda days: tuple(sorted(days))),
    fermeture=st.none() | st.integers(0, 200),
    lecture=st.integers(0, 60),
    publications=st.tuples(
        st.builds(DelaiDocument, st.just("bilan"), st.just("S"), st.integers(0, 200), st.just("")),
        st.builds(DelaiDocument, st.just("export"), st.just("T"), st.integers(0, 200), st.just("")),
    ),
)
moments = st.integers(0, 9 * 365 * 24).map(lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
places = st.sampled_from(["41", *FUSEAUX])


def test_R12_a_departement_that_does_not_use_paqte_plans_nothing() -> None:
    assert wanted_tasks("41", None, Agenda(DELAIS), LONG_AGO, NOW) == {}


def test_R12_every_bilan_and_export_owed_since_the_first_semester_is_planned_whatever_the_time_off() -> None:
    wanted = wanted_tasks("41", "2024-S1", Agenda(DELAIS), LONG_AGO, NOW)
    bilans = sorted(periode for travail, periode in wanted if travail == "bilan")
    assert bilans == ["2024-S1", "2024-S2", "2025-S1", "2025-S2", "2026-S1", "2026-S2", "2027-S1"]
    assert len([1 for travail, _ in wanted if travail == "export"]) == 15


def test_R12_a_task_is_due_when_its_day_begins_where_the_departement_is() -> None:
    assert begins(date(2026, 7, 30), "972").astimezone(UTC) == datetime(2026, 7, 30, 4, tzinfo=UTC)
    assert begins(date(2026, 7, 30), "974").astimezone(UTC) == datetime(2026, 7, 29, 20, tzinfo=UTC)
    assert begins(date(2027, 3, 28), "41").astimezone(UTC) == datetime(2027, 3, 27, 23, tzinfo=UTC)


@given(delais, moments, places, st.sampled_from(["2024-S1", "2026-S2", "2030-S1"]))
def test_R12_mails_are_planned_only_where_they_still_make_sense(
    settings: Delais, now: datetime, departement: str, first: str
) -> None:
    today = local_date(now, departement)
    for (travail, periode), due in wanted_tasks(departement, first, Agenda(settings), LONG_AGO, now).items():
        assert Periode.from_code(periode).fin <= today + HORIZON
        assert travail in OWED or local_date(due, departement) >= today - WORTH_A_MAIL
        assert travail in OWED or is_worth_a_mail(due, now)


@given(delais, delais, moments, places)
def test_R12_applying_what_differs_gives_what_is_wanted_and_then_nothing_differs(
    before: Delais, after: Delais, now: datetime, departement: str
) -> None:
    held = _applied({}, wanted_tasks(departement, "2024-S1", Agenda(before), LONG_AGO, now), now)
    changed = _applied(held, wanted_tasks(departement, "2024-S1", Agenda(after), LONG_AGO, now), now)
    wanted = wanted_tasks(departement, "2024-S1", Agenda(after), LONG_AGO, now)
    assert {key: task.due_le for key, task in changed.items() if key in wanted} == wanted
    assert not difference(wanted, changed, "2024-S1", now)


@given(delais, delais, moments)
def test_R12_what_was_taken_never_moves(before: Delais, after: Delais, now: datetime) -> None:
    wanted = wanted_tasks("41", "2024-S1", Agenda(before), LONG_AGO, now)
    taken = {key: TachePrevue(rank, FAITE, due) for rank, (key, due) in enumerate(wanted.items())}
    change = difference(wanted_tasks("41", "2024-S1", Agenda(after), LONG_AGO, now), taken, "2024-S1", now)
    assert not change.moved
    assert change.dropped == ()


def test_R12_a_prefecture_that_begins_later_no_longer_owes_the_bilans_before() -> None:
    before = _applied({}, wanted_tasks("41", "2024-S1", Agenda(DELAIS), LONG_AGO, NOW), NOW)
    after = _applied(before, wanted_tasks("41", "2026-S1", Agenda(DELAIS), LONG_AGO, NOW), NOW, "2026-S1")
    assert min(periode for travail, periode in after if travail == "bilan") == "2026-S1"
    assert min(periode for travail, periode in after if travail == "export") == "2026-T1"


def test_a_mail_missed_for_a_week_is_kept_for_the_record_and_no_longer_worth_sending() -> None:
    due = NOW - timedelta(days=60)
    held = {("relance-3", "2026-T3"): TachePrevue(1, PREVUE, due)}
    assert difference({}, held, "2026-S1", NOW).dropped == ()
    assert difference({}, held, "2026-S2", NOW).dropped == ()
    assert difference({}, held, "2027-S1", NOW).dropped == (1,)
    assert not is_worth_a_mail(due, NOW)


def _applied(
    held: dict[tuple[str, str], TachePrevue],
    wanted: dict[tuple[str, str], datetime],
    now: datetime,
    first: str = "2024-S1",
) -> dict[tuple[str, str], TachePrevue]:
    """What the base would hold after the change."""
    change = difference(wanted, held, first, now)
    kept = {key: task for key, task in held.items() if task.id not in change.dropped}
    kept = {key: task._replace(due_le=change.moved.get(task.id, task.due_le)) for key, task in kept.items()}
    first = 1 + max((task.id for task in held.values()), default=0)
    added = {key: TachePrevue(first + n, PREVUE, due) for n, (key, due) in enumerate(change.missing.items())}
    return kept | added
