"""Planned tasks in the base: written once, moved with the settings, read by one statement (R12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.taches import FAITE, PREVUE
from paqte.models import Departement, Reglage, Tache, db
from paqte.queries.planificateur.taches import due_tasks
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.reglages.planification import plan_all
from paqte.services.reglages.reglages import save_settings
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_departement

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def planned(session: Any) -> None:
    a_departement("41")
    plan_all(now=NOW)


def moment(session: Any, travail: str, periode: str) -> datetime | None:
    session.rollback()
    return session.scalar(select(Tache.due_le).where(Tache.travail == travail, Tache.periode == periode))


def test_planning_twice_changes_nothing(planned: None) -> None:
    assert plan_all(now=NOW) == 0
    assert plan_all(now=NOW + timedelta(minutes=30)) == 0


def test_R12_the_bilans_missed_since_the_first_semester_are_due_in_order(planned: None) -> None:
    due = [periode.code for travail, _, periode in due_tasks(now=NOW) if travail == "bilan"]
    assert due == ["2025-S1", "2025-S2", "2026-S1"]


def test_R12_a_setting_saved_moves_at_once_what_nobody_has_taken(planned: None, session: Any) -> None:
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        taken = writing.scalars(select(Tache).where(Tache.travail == "bilan", Tache.periode == "2026-S1")).one()
        taken.etat, taken.prise_le = FAITE, NOW
    done = moment(session, "bilan", "2026-S1")
    save_settings(
        actor=CAMILLE,
        now=NOW,
        departement="41",
        version=version_of(read_settings("41")),
        values={"bilan_delai_jours": "45"},
    )
    assert moment(session, "bilan", "2026-S2") == datetime(2027, 2, 13, 23, tzinfo=UTC)
    assert moment(session, "bilan", "2026-S1") == done


def test_R12_a_reminder_that_the_settings_drop_is_no_longer_planned(planned: None, session: Any) -> None:
    assert moment(session, "relance+10", "2026-T4") is not None
    with transaction(actor=CAMILLE, now=NOW) as writing:
        writing.add(Reglage(departement_code=None, cle="relances_jours", valeur="-3"))
    assert plan_all(now=NOW) == 1
    assert moment(session, "relance+10", "2026-T4") is None
    assert moment(session, "relance-3", "2026-T4") is not None


def test_a_departement_that_stops_using_paqte_has_nothing_left_to_come(planned: None, session: Any) -> None:
    with transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.get_one(Departement, "41").premier_semestre = None
    assert plan_all(now=NOW) == 1
    session.rollback()
    coming = select(Tache.id).where(Tache.etat == PREVUE, Tache.due_le > NOW)
    assert session.scalars(coming).all() == []


def test_deciding_what_is_due_costs_one_statement_and_reads_the_index(planned: None, session: Any) -> None:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert due_tasks(now=NOW)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    (statement,) = [s for s in statements if not s.startswith("BEGIN")]
    assert "tache.etat IN" in statement and "tache.due_le <=" in statement
    if session.get_bind().dialect.name == "sqlite":
        plan = session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM tache WHERE etat IN ('prevue', 'echouee') AND due_le <= '2026-11-22'"
        )
        assert "ix_tache_etat_due" in str(plan.all())


def test_a_period_is_named_by_its_code(planned: None) -> None:
    assert all(isinstance(periode, Periode) for _, _, periode in due_tasks(now=NOW))
