"""The calendar shows every date of the campaigns in view, and the ends of conventions (R4, R12)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.taches import FAITE
from paqte.models import ContactSignataire, Tache, db
from paqte.queries.suivi.calendrier import YearPage, read_calendar
from paqte.services.reglages.planification import plan_all
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, LONG_AGO, ZOE, a_convention, a_departement, a_signataire

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def planned(session: Any) -> None:
    a_departement()
    plan_all(now=NOW)


def seen(now: datetime = NOW) -> YearPage:
    return read_calendar(actor=CAMILLE, now=now)


def days(code: str) -> dict[date, list[str]]:
    return {j.jour: [p.code for p in j.periodes] for j in seen().jalons if j.code == code}


def test_R12_the_last_the_present_and_the_next_periods_are_in_view() -> None:
    periodes = [c.periode.code for c in seen().campagnes]
    assert periodes == ["2026-T3", "2026-T4", "2027-T1", "2026-S1", "2026-S2", "2027-S1"]


def test_R12_every_kind_of_date_is_shown_once_for_all_its_periods() -> None:
    assert days("ouverture")[date(2027, 1, 4)] == ["2026-T4", "2026-S2"]
    assert days("echeance")[date(2027, 1, 20)] == ["2026-T4", "2026-S2"]
    assert days("relance-3")[date(2027, 1, 18)] == ["2026-T4", "2026-S2"]
    assert days("lecture")[date(2027, 1, 25)] == ["2026-S2"]
    assert days("bilan")[date(2027, 1, 30)] == ["2026-S2"]
    assert days("export")[date(2027, 1, 30)] == ["2026-T4"]
    assert days("fermeture") == {}


def test_R12_what_is_done_says_so_and_what_it_came_to() -> None:
    with transaction(actor=PLANIFICATEUR, now=NOW) as session:
        task = session.query(Tache).filter_by(travail="ouverture", periode="2026-T4").one()
        task.etat, task.prise_le, task.finie_le, task.message = FAITE, NOW, NOW, "7 courriels"
    told = [(j.etat, j.message, [p.code for p in j.periodes]) for j in seen().jalons if j.code == "ouverture"]
    assert ("faite", "7 courriels", ["2026-T4"]) in told and ("prevue", "", ["2026-S2"]) in told


def test_R12_months_begin_with_the_present_one_and_the_past_is_apart() -> None:
    page = seen()
    assert page.mois[0].debut == date(2026, 11, 1) and page.mois[0].jalons == ()
    assert all(m.debut < date(2026, 11, 1) for m in page.passes) and page.passes
    assert page.prochain and page.prochain.jour == date(2027, 1, 4)


def test_R4_ends_of_conventions_are_announced_and_a_renewed_or_ended_one_is_not() -> None:
    company = a_signataire()
    ending = a_convention(company, debut=date(2024, 4, 1), fin=date(2027, 3, 31))
    renewed = a_convention(company, debut=date(2024, 4, 1), fin=date(2027, 3, 31))
    a_convention(company, debut=date(2027, 4, 1), fin=date(2030, 3, 31), precedente_id=renewed)
    left = {"statut": "resiliee", "resiliee_le": date(2026, 1, 31), "motif_resiliation": "Départ"}
    a_convention(company, debut=date(2024, 4, 1), fin=date(2027, 3, 31), **left)
    told = {(j.code, j.jour): [c.id for c in j.conventions] for j in seen().jalons if j.conventions}
    assert told == {
        ("preavis", date(2026, 10, 2)): [ending],
        ("preavis", date(2026, 12, 31)): [ending],
        ("preavis", date(2027, 3, 1)): [ending],
        ("fin", date(2027, 3, 31)): [ending],
    }


def test_R12_a_departement_that_does_not_use_paqte_yet_has_an_empty_calendar() -> None:
    page = read_calendar(actor=ZOE, now=NOW)
    assert page.campagnes == page.jalons == () and page.prochain is None


def test_the_calendar_costs_the_same_whatever_there_is(session: Any) -> None:
    def statements() -> int:
        sent: list[str] = []

        def count(*args: Any) -> None:
            sent.append(args[2])

        event.listen(db.engine, "before_cursor_execute", count)
        seen()
        event.remove(db.engine, "before_cursor_execute", count)
        return len(sent)

    a_contact_soon_erased()
    seen()  # what the dates are made from is read once
    session.rollback()
    before = statements()
    for _ in range(5):
        a_convention(a_signataire(), debut=date(2024, 4, 1), fin=date(2027, 3, 31))
        a_contact_soon_erased()
    assert statements() == before <= 12


def a_contact_soon_erased() -> None:
    signataire = a_signataire()
    a_convention(signataire, debut=date(2022, 1, 1), fin=date(2024, 12, 31))
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as writing:
        writing.add(ContactSignataire(signataire_id=signataire, nom="Marie Petit", created_at=LONG_AGO))


def test_R30_the_days_on_which_contacts_go_are_in_the_calendar(session: Any) -> None:
    a_contact_soon_erased()
    (gone,) = [j for j in seen().jalons if j.code == "effacement"]
    assert (gone.jour, gone.personnes) == (date(2027, 1, 3), ("Menuiserie Val (fictif)",))
