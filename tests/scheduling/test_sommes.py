"""The sums of territories, by the scheduler: on their day, once, whoever else is at it; settable (R12, R19, R20)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Departement, EditionTerritoire, Reglage, Tache, db
from paqte.services.editions.national import produce_everywhere
from paqte.services.editions.sommes import issue_somme
from paqte.services.planificateur import due
from paqte.services.planificateur.taches import Workshop, claim, run_due
from paqte.services.reglages import plan_sommes
from paqte.services.transaction import transaction
from tests.architecture.acces.monde import two_regions
from tests.editions import produce_bilan
from tests.factories import a_convention, a_signataire

if TYPE_CHECKING:
    from flask import Flask

S1 = Periode.from_code("2026-S1")
JULY = datetime(2026, 7, 2, 9, tzinfo=UTC)
# 45 days after 30 June, at midnight in Paris.
DAY = datetime(2026, 8, 13, 22, tzinfo=UTC)


@pytest.fixture
def base(app: Flask, accounts: object, tmp_path: Path) -> Workshop:
    """The 41 and the 972 use PAQTE; the 37 has only a name."""
    two_regions(app)
    with app.app_context():
        for code in ("41", "972"):
            a_convention(a_signataire(f"Société {code} (fictif)", code), "S2")
        with transaction(actor=PLANIFICATEUR, now=JULY) as session:
            for code in ("41", "972"):
                session.get_one(Departement, code).premier_semestre = "2026-S1"
    return Workshop("essai", tmp_path, "")


def run(app: Flask, place: Workshop, now: datetime) -> list[str]:
    with app.app_context():
        plan_sommes(now=now)
        done = run_due(use_cases=due.sommes(), place=place, clock=lambda: now)
        return sorted(f"{prise.departement} {prise.periode.code}" for prise, told in done if told.path)


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
