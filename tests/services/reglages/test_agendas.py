"""A setting changed today moves nothing of the past: due dates, completeness, punctuality, reminders (R37)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.completude import Completude
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import ADMIN, Acteur
from paqte.models import CampagneScellee
from paqte.queries.declarations.completude import read_completeness
from paqte.queries.declarations.listes.declarations import owed_declarations
from paqte.queries.reglages.agendas import read_agenda
from paqte.queries.reglages.reglages import read_national, read_settings, version_of
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from paqte.services.reglages.planification import plan_all
from paqte.services.reglages.reglages import save_national_settings, save_settings
from tests.editions import list_quarters
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire, engagement_of

ALIX = Acteur(9, "Alix Roy", ADMIN, None)
T3, T4, S1 = (Periode.from_code(code) for code in ("2026-T3", "2026-T4", "2026-S1"))
SENT = datetime(2026, 10, 15, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.fixture
def answered_in_time(session: Any) -> int:
    """T3 of 2026 answered on the 15th of October: five days before its due date."""
    convention = a_convention(a_signataire(), "S2")
    key = open_declaration(actor=CAMILLE, now=SENT, convention_id=convention, periode=T3)
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(4))})
    submit_and_validate(actor=CAMILLE, now=SENT, declaration_id=key, version=1, saisie=saisie)
    return key


def own(now: datetime, **values: str) -> Any:
    return save_settings(
        actor=CAMILLE, now=now, departement="41", version=version_of(read_settings("41")), values=values
    )


def national(now: datetime, **values: str) -> Any:
    return save_national_settings(actor=ALIX, now=now, version=version_of(read_national()), values=values)


@pytest.mark.parametrize("save", [own, national])
@pytest.mark.parametrize("has_run", [False, True])
def test_R37_a_shorter_delay_makes_no_former_answer_late(answered_in_time: int, save: Any, has_run: bool) -> None:
    if has_run:
        plan_all(now=NOW)
    save(NOW, declaration_delai_jours="10", export_delai_jours="90")
    page = read_completeness(actor=CAMILLE, periode=T3)
    assert (page.echeance, page.ensemble) == (date(2026, 10, 20), Completude(1, 1, 1))
    (line,) = owed_declarations(actor=CAMILLE, departement="41", periodes=[T3], now=NOW).lignes
    assert line.limite == date(2026, 10, 20)
    due = {row.periode.code: row.due_le for row in list_quarters(actor=CAMILLE, now=NOW)}
    assert (due["2026-T3"], due["2026-T4"]) == (date(2026, 10, 30), date(2027, 3, 31))
    assert read_agenda("41").campagne(T4).echeance == date(2027, 1, 10)


def test_R37_a_longer_delay_forgives_no_former_lateness(answered_in_time: int) -> None:
    own(NOW, declaration_delai_jours="10")
    own(NOW, declaration_delai_jours="60")
    assert read_agenda("41").campagne(T3).echeance == date(2026, 10, 20)
    assert read_agenda("41").campagne(S1).echeance == date(2026, 7, 20)


def test_R37_a_closing_set_today_closes_no_former_period(answered_in_time: int) -> None:
    own(NOW, fermeture_delai_jours="25")
    assert read_agenda("41").campagne(T3).fermeture is None
    assert read_agenda("41").campagne(T4).fermeture == date(2027, 1, 25)


def test_R37_a_setting_says_what_it_moves_of_the_periods_under_way(answered_in_time: int) -> None:
    moved = own(NOW, declaration_delai_jours="10").deplacees
    assert [(m.libelle, m.periode.code, m.avant, m.apres) for m in moved] == [
        ("échéance", "2026-T4", date(2027, 1, 20), date(2027, 1, 10)),
        ("échéance", "2026-S2", date(2027, 1, 20), date(2027, 1, 10)),
    ]
    assert own(NOW, lecture_jours="5").deplacees == ()


def test_R37_the_open_campaign_keeps_a_due_date_that_would_be_over(answered_in_time: int) -> None:
    suites = own(SENT, declaration_delai_jours="10")
    assert [(p.code, dates.echeance) for p, dates in suites.gardees] == [("2026-T3", date(2026, 10, 20))]
    assert read_completeness(actor=CAMILLE, periode=T3).ensemble == Completude(1, 1, 1)
    own(SENT, declaration_delai_jours="25")
    assert read_agenda("41").campagne(T3).echeance == date(2026, 10, 25)
    assert read_agenda("41").campagne(S1).echeance == date(2026, 7, 20), "one that is over stays as it was"


def test_R37_what_the_nation_sets_moves_nothing_of_a_departement_that_has_its_own(answered_in_time: int) -> None:
    a_departement("972")
    own(NOW, declaration_delai_jours="15")
    found = national(NOW, declaration_delai_jours="12")
    assert set(found) == {"972"}
    assert read_agenda("41").campagne(T4).echeance == date(2027, 1, 15)
    assert read_agenda("972").campagne(T3).echeance == date(2026, 10, 20)


def test_R37_a_campaign_that_a_departement_follows_again_stays_spared_elsewhere(answered_in_time: int) -> None:
    a_departement("972")
    national(SENT, declaration_delai_jours="10")
    own(SENT, declaration_delai_jours="25")
    found = [read_agenda(code).campagne(T3).echeance for code in ("41", "972")]
    assert found == [date(2026, 10, 25), date(2026, 10, 20)]


def test_R37_the_scheduler_writes_each_campaign_once_and_then_nothing(answered_in_time: int, session: Any) -> None:
    assert plan_all(now=NOW) == 1
    assert plan_all(now=NOW) == 0
    session.rollback()
    c = CampagneScellee
    rows = session.execute(select(c.periode, c.is_over).where(c.departement_code == "41").order_by(c.periode)).all()
    assert rows == [(code, True) for code in (
        "2025-S1", "2025-S2", "2025-T1", "2025-T2", "2025-T3", "2025-T4", "2026-S1", "2026-T1", "2026-T2", "2026-T3",
    )]  # fmt: skip
