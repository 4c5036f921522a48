"""Two processes that remind at once send one mail a person; a step missed for more than a week sends none (case 97)."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import ENTREPRISE
from paqte.models import Courriel, Relance, Tache, db
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels.relances import remind
from paqte.services.planificateur.due import courriels
from paqte.services.planificateur.taches import Workshop, run_due
from paqte.services.reglages.planification import plan_all
from tests.factories import CAMILLE, a_convention, a_signataire
from tests.services.maison import T3

SITE = "https://paqte.exemple.fr"
DAY = datetime(2026, 10, 17, 6, 0, tzinfo=UTC)
PEOPLE = 6


@pytest.fixture
def people(app: Flask) -> None:
    with app.app_context():
        for rank in range(PEOPLE):
            key = a_signataire(f"Atelier {rank} (fictif)")
            a_convention(key, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
            invite_user(
                actor=CAMILLE,
                role=ENTREPRISE,
                courriel=f"a{rank}@val.test",
                nom=f"Personne {rank}",
                signataires=[key],
                base_url=SITE,
                now=DAY,
                by_mail=False,
            )


def test_two_that_remind_at_once_send_one_mail_a_person(app: Flask, people: None) -> None:
    start, sent = threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            start.wait()
            sent.append(remind(departement="41", periode=T3, etape="relance-3", now=DAY, base_url=SITE))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert sum(sent) == PEOPLE == db.session.scalar(select(func.count()).select_from(Relance))
        query = select(Courriel.destinataire, func.count()).where(Courriel.motif == "relance")
        assert dict(db.session.execute(query.group_by(Courriel.destinataire)).all()) == {
            f"a{rank}@val.test": 1 for rank in range(PEOPLE)
        }


def test_the_scheduler_does_each_step_on_its_day_and_none_that_is_long_past(
    app: Flask, people: None, tmp_path: Path
) -> None:
    def run(now: datetime) -> None:
        place = Workshop("essai", tmp_path, SITE)
        mails = dict.fromkeys(("ouverture", "relance", "lecture"), courriels)
        run_due(use_cases=mails, place=place, clock=lambda: now)

    def told() -> dict[str, str]:
        query = select(Tache.travail, Tache.message).where(Tache.periode == "2026-T3", Tache.etat == "faite")
        db.session.rollback()
        return dict(db.session.execute(query).all())

    with app.app_context():
        plan_all(now=datetime(2026, 9, 25, tzinfo=UTC))
        run(datetime(2026, 10, 1, 6, tzinfo=UTC))
        assert told() == {"ouverture": "6 courriels"}
        # Off for weeks: the steps of the 5th, 17th and 20th days are over, that of the 30th is recent enough.
        run(datetime(2026, 10, 31, 6, tzinfo=UTC))
        assert told()["relance-15"].startswith("Sans objet") and told()["relance-3"].startswith("Sans objet")
        assert told()["relance+10"] in ("6 courriels", "Aucun courriel : rien n’attendait")
        sent = db.session.scalar(select(func.count()).select_from(Courriel).where(Courriel.motif == "relance"))
        assert sent == PEOPLE, "of two steps found on one day, one mail a person"
        run(datetime(2026, 10, 31, 6, tzinfo=UTC) + timedelta(hours=1))
        assert db.session.scalar(select(func.count()).select_from(Relance)) == 2 * PEOPLE


def test_R12_a_quarter_lived_day_by_day_gives_each_step_once_and_in_order(
    app: Flask, people: None, tmp_path: Path
) -> None:
    mails = dict.fromkeys(("ouverture", "relance", "lecture"), courriels)
    with app.app_context():
        day = datetime(2026, 9, 25, 6, tzinfo=UTC)
        while day < datetime(2026, 11, 10, tzinfo=UTC):
            now = day
            plan_all(now=now)
            for _ in range(2):
                run_due(use_cases=mails, place=Workshop("essai", tmp_path, SITE), clock=lambda now=now: now)
            day += timedelta(days=1)
        rows = db.session.execute(
            select(Relance.jour, Relance.etape, func.count()).group_by(Relance.jour, Relance.etape)
        )
        assert sorted(rows.all()) == [
            (date(2026, 10, 1), "ouverture", PEOPLE),
            (date(2026, 10, 5), "relance-15", PEOPLE),
            (date(2026, 10, 19), "relance-3", PEOPLE),
            (date(2026, 10, 23), "relance+3", PEOPLE),
            (date(2026, 10, 30), "relance+10", PEOPLE),
        ]
