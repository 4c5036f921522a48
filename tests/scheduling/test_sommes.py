"""The sums of territories, by the scheduler: on their day, once, whoever else is at it; settable (R12, R19, R20)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.somme import SommeSemestre
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import EditionTerritoire, NumeroEdition, Reglage, Tache, db
from paqte.services.editions.national import produce_everywhere
from paqte.services.editions.sommes import NothingToSum, issue_somme
from paqte.services.planificateur import due
from paqte.services.planificateur.taches import Claim, TacheDone, Workshop, claim, run_due
from paqte.services.reglages import plan_sommes
from paqte.services.transaction import transaction
from tests.editions import freeze_bilan, produce_bilan

if TYPE_CHECKING:
    from flask import Flask

S1 = Periode.from_code("2026-S1")
JULY = datetime(2026, 7, 2, 9, tzinfo=UTC)
# 45 days after 30 June, at midnight in Paris.
DAY = datetime(2026, 8, 13, 22, tzinfo=UTC)


@pytest.fixture
def base(two_in_use: None, tmp_path: Path) -> Workshop:
    return Workshop("essai", tmp_path, "")


def tick(app: Flask, place: Workshop, now: datetime) -> list[tuple[Claim, TacheDone]]:
    """What a scheduler that looks at that moment does of the sums."""
    with app.app_context():
        plan_sommes(now=now)
        return run_due(use_cases=due.sommes(), place=place, clock=lambda: now)


def run(app: Flask, place: Workshop, now: datetime) -> list[str]:
    return sorted(f"{prise.departement} {prise.periode.code}" for prise, told in tick(app, place, now) if told.path)


def editions(app: Flask) -> list[tuple[str, str, int]]:
    with app.app_context():
        e = EditionTerritoire
        found = db.session.execute(select(e.territoire, e.periode, e.numero).order_by(e.id)).all()
        return sorted(tuple(row) for row in found)


def issue_bilans(app: Flask, place: Workshop, now: datetime) -> None:
    with app.app_context():
        list(produce_everywhere(actor=PLANIFICATEUR, periode=S1, reports=place.reports, now=now))


def moment(app: Flask) -> datetime:
    with app.app_context():
        t = Tache
        query = select(t.due_le).where(t.travail == "somme_bilans", t.departement_code == "FR", t.periode == "2026-S1")
        found = db.session.scalar(query)
        assert found is not None
        return found


def test_R12_each_territory_is_summed_on_its_day_and_once(app: Flask, base: Workshop) -> None:
    issue_bilans(app, base, JULY)
    assert run(app, base, DAY - timedelta(minutes=1)) == []
    assert moment(app) == DAY
    assert run(app, base, DAY) == ["FR 2026-S1", "R02 2026-S1", "R24 2026-S1"]
    assert run(app, base, DAY + timedelta(days=3)) == []
    assert editions(app) == [("FR", "2026-S1", 1), ("R02", "2026-S1", 1), ("R24", "2026-S1", 1)]
    assert sorted(path.name for path in base.reports.glob("FR/2026-S1/*")) == [
        "somme-bilans-paqte_FR_2026-S1_edition-1.xlsx",
        "somme-bilans-paqte_FR_2026-S1_edition-1_publiable.xlsx",
    ]


def test_R12_a_claim_that_another_holds_is_not_taken(app: Flask, base: Workshop) -> None:
    issue_bilans(app, base, JULY)
    with app.app_context():
        plan_sommes(now=DAY)
        assert claim(travail="somme_bilans", departement="FR", periode=S1, par="un autre", now=DAY) is not None
    assert run(app, base, DAY) == ["R02 2026-S1", "R24 2026-S1"]


def test_R13_where_nobody_has_issued_anything_it_waits_and_is_made_afterwards(app: Flask, base: Workshop) -> None:
    run(app, base, DAY)
    assert editions(app) == []
    issue_bilans(app, base, DAY)
    run(app, base, DAY + timedelta(days=2))
    assert editions(app) == [("FR", "2026-S1", 1), ("R02", "2026-S1", 1), ("R24", "2026-S1", 1)]


def test_R12_its_day_follows_the_setting(app: Flask, base: Workshop) -> None:
    run(app, base, JULY)
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=JULY) as session:
        session.add(Reglage(departement_code=None, cle="somme_bilans_jours", valeur="60"))
    run(app, base, JULY)
    assert moment(app) == DAY + timedelta(days=15)


def test_R19_the_number_of_a_sum_that_no_folder_holds_is_not_given_again(app: Flask, base: Workshop) -> None:
    given = {"actor": PLANIFICATEUR, "periode": S1, "now": JULY}
    with app.app_context():
        for rank, departement in enumerate(("41", "972"), 1):
            produce_bilan(departement=departement, reports=base.reports, **given)
            assert issue_somme(territoire="FR", **given).numero == rank, departement
            assert issue_somme(territoire="FR", **given).numero == rank, "the same again is the same edition"


def test_R19_a_number_given_before_a_return_to_a_back_up_is_not_given_again_for_the_same_period_alone(
    app: Flask, base: Workshop
) -> None:
    given = {"actor": PLANIFICATEUR, "periode": S1, "now": JULY}
    with app.app_context():
        known = {"departement_code": "FR", "genre_document": "somme_bilans"}
        with transaction(actor=PLANIFICATEUR, now=JULY) as session:
            session.add(NumeroEdition(periode="2025-S2", numero=9, **known))
            session.add(NumeroEdition(periode="2026-S1", numero=4, **known))
            session.add(NumeroEdition(periode="2026-S1", numero=30, **{**known, "departement_code": "R24"}))
        produce_bilan(departement="41", reports=base.reports, **given)
        assert issue_somme(territoire="FR", **given).numero == 5


def numbers(app: Flask, territoire: str) -> list[int]:
    return [numero for code, _, numero in editions(app) if code == territoire]


def issue_one(app: Flask, code: str, now: datetime) -> None:
    with app.app_context():
        freeze_bilan(actor=PLANIFICATEUR, departement=code, periode=S1, now=now)


def set_to(app: Flask, now: datetime, **values: int) -> None:
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=now) as session:
        for cle, valeur in values.items():
            session.add(Reglage(departement_code=None, cle=cle, valeur=str(valeur)))


def test_R12_a_sum_that_waits_is_asked_once_a_day_however_often_it_is_planned(app: Flask, base: Workshop) -> None:
    """Seen red: planning moved it back to its day each hour, and it was asked each hour."""
    asked = [
        (hour, prise.departement)
        for hour in range(60)
        for prise, _ in tick(app, base, DAY + timedelta(hours=hour))
        if prise.travail == "somme_bilans"
    ]
    assert asked == [(hour, place) for hour in (0, 24, 48) for place in ("FR", "R02", "R24")]


def test_R12_a_sum_that_waits_still_follows_its_setting(app: Flask, base: Workshop) -> None:
    tick(app, base, DAY)
    set_to(app, DAY, somme_bilans_jours=60)
    tick(app, base, DAY + timedelta(hours=1))
    assert moment(app) == DAY + timedelta(days=15)


def test_R19_a_bilan_that_comes_later_is_in_the_next_edition(app: Flask, base: Workshop) -> None:
    """Seen red: only a person made the next edition."""
    issue_one(app, "41", JULY)
    assert run(app, base, DAY) == ["FR 2026-S1", "R24 2026-S1"]
    issue_one(app, "972", DAY + timedelta(days=10))
    assert run(app, base, DAY + timedelta(days=11)) == ["R02 2026-S1"]
    assert run(app, base, DAY + timedelta(days=29)) == []
    assert run(app, base, DAY + timedelta(days=30)) == ["FR 2026-S1"]
    for day in (60, 61, 90, 120, 150, 170):
        assert run(app, base, DAY + timedelta(days=day)) == []
    assert (numbers(app, "FR"), numbers(app, "R02"), numbers(app, "R24")) == ([1, 2], [1], [1])
    with app.app_context():
        last = db.session.scalars(select(EditionTerritoire).filter_by(territoire="FR", numero=2)).one()
        assert SommeSemestre.from_json(last.contenu).ecarts


def told(app: Flask, place: Workshop, now: datetime) -> list[str]:
    done = tick(app, place, now)
    return sorted(f"{prise.departement} {prise.travail} {said.phrase}" for prise, said in done if prise.periode == S1)


def test_R19_a_scheduler_that_was_away_looks_once_for_all_the_days_it_missed(app: Flask, base: Workshop) -> None:
    issue_one(app, "41", JULY)
    run(app, base, DAY)
    assert told(app, base, DAY + timedelta(days=100)) == [
        "FR somme_bilans+90 Rien n’a changé depuis l’édition 1",
        "R02 somme_bilans En attente : Rien à additionner : aucun département n’a produit le document du 1er semestre "
        "2026.",
        "R24 somme_bilans+90 Rien n’a changé depuis l’édition 1",
    ]


def test_R19_a_sum_made_once_and_of_which_nothing_is_left_is_not_asked_again_each_day(
    app: Flask, base: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing_left(*_: object, **__: object) -> TacheDone:
        raise NothingToSum("aucun département")

    monkeypatch.setattr(due, "_somme_produced", nothing_left)
    monkeypatch.setattr(due, "issued_sommes", lambda **_: [1])
    first, again = (
        due._somme_done(Claim(1, travail, "R24", S1, DAY, "moi", DAY), base)
        for travail in ("somme_bilans", "somme_bilans+30")
    )
    assert (first.until, again.until) == (DAY + timedelta(days=1), None)
    assert first.phrase == again.phrase == "En attente : aucun département"


def test_R19_a_clock_set_back_makes_no_edition_twice(app: Flask, base: Workshop) -> None:
    issue_one(app, "41", JULY)
    for days in (0, 31, -20, 5, 31, 62, 40, 62):
        run(app, base, DAY + timedelta(days=days))
    assert (numbers(app, "FR"), numbers(app, "R24")) == ([1], [1])


def test_R12_how_often_and_how_long_a_sum_is_made_again_are_settings(app: Flask, base: Workshop) -> None:
    set_to(app, JULY, somme_reprise_jours=7, somme_reprise_duree=14)
    issue_one(app, "41", JULY)
    run(app, base, DAY)
    found = [len(told(app, base, DAY + timedelta(days=day))) for day in (6, 7, 8, 14, 15, 30)]
    assert found[1] == found[3] == 3 and found[0] == found[2] == found[4] == found[5] == 1


def test_R12_no_sum_is_made_again_where_the_setting_says_never(app: Flask, base: Workshop) -> None:
    set_to(app, JULY, somme_reprise_jours=0)
    issue_one(app, "41", JULY)
    run(app, base, DAY)
    issue_one(app, "972", DAY)
    assert [run(app, base, DAY + timedelta(days=day)) for day in (30, 60, 90)] == [["R02 2026-S1"], [], []]
    assert numbers(app, "FR") == [1]


def test_R19_what_was_never_made_is_not_planned_to_be_made_again(app: Flask, base: Workshop) -> None:
    """A sum that waits, one of before the installation, one to come."""
    issue_one(app, "41", JULY)
    for days in (-40, 0, 1):
        run(app, base, DAY + timedelta(days=days))
    with app.app_context():
        planned = db.session.execute(select(Tache.departement_code, Tache.travail, Tache.periode)).all()
    again = {tuple(row) for row in planned if "+" in row.travail}
    assert again == {(place, "somme_bilans+30", "2026-S1") for place in ("FR", "R24")}
