"""The page of the scheduler's tasks: whether it lives, what failed and why, and « Relancer »."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import select

from paqte.config.settings import PRODUCTION
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.taches import ECHOUEE, FAITE, may_take
from paqte.models import Departement, Tache, db
from paqte.services.planificateur.passes import record_tour
from paqte.services.reglages.planification import plan_all
from paqte.services.transaction import transaction
from tests.fixtures_acteurs import ALIX, CAMILLE, NADIA, ZOE, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FULL = "Écriture impossible, reports/41 : le disque est plein : libérez de la place."
SHOWN = FULL.replace(" :", "\u00a0:")
Enter = Callable[..., "FlaskClient"]


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def failed(app: Flask, sign_in: Enter) -> int:
    """The bilan of the 41 failed; that of the 972 was done."""
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
        given = {"travail": "bilan", "periode": "2026-S1", "due_le": NOW, "prise_le": NOW, "finie_le": NOW, "essais": 3}
        tache = Tache(departement_code="41", etat=ECHOUEE, message=FULL, **given)
        session.add_all([tache, Tache(departement_code="972", etat=FAITE, message="Édition 1", **given)])
        session.flush()
        return tache.id


def passed(app: Flask, when: datetime, **more: Any) -> None:
    with app.app_context():
        record_tour(
            travail="taches", par="essai", commence_le=when, now=when, prochain_le=when + timedelta(minutes=1), **more
        )


def test_a_scheduler_that_never_ran_is_awaited_in_production_alone_by_every_page(
    app: Flask, sign_in: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tasks, the home of administrators and the verification tell one thing: elsewhere, it may be about to run."""
    camille, alix = sign_in(CAMILLE), sign_in(ALIX)
    pages = [("/taches/", alix), ("/taches/", camille), ("/admin/", alix)]
    assert all("jamais passé" in who.get("/taches/").text for who in (camille, alix))
    assert not any("ne tourne pas" in who.get(page).text for page, who in pages)
    assert not any(_is_faulty(alix.get(page).text) for page in ("/admin/", "/admin/verification"))
    monkeypatch.setitem(app.extensions, "paqte", replace(app.extensions["paqte"], env=PRODUCTION))
    assert all("Le planificateur ne tourne pas" in who.get(page).text for page, who in pages)
    assert "prévenez l’administrateur" in camille.get("/taches/").text.replace("\u00a0", " ")
    assert "paqte scheduler" in alix.get("/taches/").text
    assert all(_is_faulty(alix.get(page).text) for page in ("/admin/", "/admin/verification"))


def _is_faulty(page: str) -> bool:
    """Whether the line of the scheduler asks to be mended."""
    return any("Planificateur</th>" in row and "À corriger" in row for row in page.split("<tr"))


def test_a_scheduler_that_passes_is_not_said_dead_and_one_that_stopped_is(app: Flask, sign_in: Enter) -> None:
    passed(app, NOW - timedelta(minutes=2))
    assert "ne tourne pas" not in sign_in(CAMILLE).get("/taches/").text
    passed(app, NOW - timedelta(hours=2))
    page = sign_in(CAMILLE).get("/taches/").text
    assert "ne tourne pas" in page
    assert "22 novembre 2026 à 8" in page


def test_a_job_that_fails_says_why_and_how_often(app: Flask, sign_in: Enter) -> None:
    for _ in range(3):
        passed(app, NOW, error=OSError(28, "No space left on device", "reports/41"))
    page = sign_in(ALIX).get("/taches/").text
    assert "3\u00a0fois de suite" in page
    assert "le disque est plein : libérez de la place" in page.replace("\u00a0", " ")


def test_each_sees_the_tasks_of_her_departement_and_the_administrator_all(failed: int, sign_in: Enter) -> None:
    assert SHOWN in sign_in(CAMILLE).get("/taches/").text
    assert "Édition 1" not in sign_in(CAMILLE).get("/taches/").text
    zoe = sign_in(ZOE).get("/taches/").text
    assert "Édition 1" in zoe
    assert SHOWN not in zoe
    everything = sign_in(ALIX).get("/taches/").text
    assert SHOWN in everything and "Édition 1" in everything
    assert sign_in(NADIA).get("/taches/").status_code == 403


def test_a_failed_task_relaunched_may_be_taken_at_once(app: Flask, failed: int, sign_in: Enter) -> None:
    answer = post(sign_in(CAMILLE), f"/taches/{failed}/relancer", {}, page="/taches/", follow_redirects=True)
    assert "sera reprise dans la minute" in answer.text
    with app.app_context():
        t = db.session.get_one(Tache, failed)
        assert may_take(t.etat, t.prise_le, t.finie_le, t.essais, NOW)


def test_nobody_relaunches_another_s_task_and_nothing_is_relaunched_that_did_not_fail(
    app: Flask, failed: int, sign_in: Enter
) -> None:
    zoe = sign_in(ZOE)
    refused = post(zoe, f"/taches/{failed}/relancer", {}, page="/taches/")
    unknown = post(zoe, "/taches/999999/relancer", {}, page="/taches/")
    assert (refused.status_code, unknown.status_code) == (404, 404)
    with app.app_context():
        done = db.session.scalars(select(Tache.id).where(Tache.departement_code == "972")).one()
    answer = post(sign_in(ALIX), f"/taches/{done}/relancer", {}, page="/taches/", follow_redirects=True)
    assert "n’est pas en échec" in answer.text


def test_what_comes_is_shown_at_its_day(app: Flask, sign_in: Enter) -> None:
    with app.app_context():
        with transaction(actor=PLANIFICATEUR, now=NOW) as session:
            session.get_one(Departement, "41").premier_semestre = "2026-S2"
        plan_all(now=NOW)
    page = sign_in(CAMILLE).get("/taches/").text
    assert "Ouverture de la saisie" in page
    assert "4 janvier 2027" in page, "the first working day"
    assert "Relance J−15" in page
