"""The calendar page: what comes next, what is done, today marked."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING

from paqte.models import Departement
from paqte.services.reglages.planification import plan_all
from paqte.services.transaction import transaction
from tests.factories import CAMILLE
from tests.fixtures_acteurs import ZOE
from tests.web.referent.pages import NOW

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
PAGE = "/referent/calendrier"


def started(app: Flask) -> None:
    with app.app_context():
        with transaction(actor=CAMILLE, now=NOW) as session:
            session.get_one(Departement, "41").premier_semestre = "2025-S1"
        plan_all(now=NOW)


def text_of(browser: FlaskClient) -> str:
    return unescape(browser.get(PAGE).text).replace("\u00a0", " ")


def test_R12_a_departement_without_conventions_is_told_how_its_calendar_begins(camille: FlaskClient) -> None:
    assert "Le calendrier commence avec la première convention" in text_of(camille)


def test_R12_the_page_says_what_comes_next_marks_today_and_holds_every_date(
    app: Flask, camille: FlaskClient, make: Callable[..., int]
) -> None:
    make("S2")
    started(app)
    html = text_of(camille)
    assert "Prochaine date : 4 janvier 2027" in html
    assert html.count('aria-current="date"') == 1
    assert "Relance J−3" in html and "Bilan semestriel" in html and "Export trimestriel" in html
    assert "dimanche 22" in html and "Novembre 2026" in html and "mois passés" in html
    assert 'aria-current="page">Calendrier' in html


def test_another_departement_sees_its_own_calendar_only(
    app: Flask, camille: FlaskClient, sign_in: Callable[..., FlaskClient], make: Callable[..., int]
) -> None:
    make("S2", debut=NOW.date().replace(year=2024), fin=NOW.date().replace(year=2027, month=2))
    started(app)
    assert "Étoile du Nord" in text_of(camille)
    assert "Étoile du Nord" not in text_of(sign_in(ZOE))
