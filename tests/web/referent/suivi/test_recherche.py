"""The search of the header: on every page of a référent and a région, and on nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, ZOE, Personne
from tests.web.referent.pages import PAYLOADS, live_parts

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ABOUT_PAGES = True
FORM = 'class="bandeau-recherche"'


def said(browser: FlaskClient, q: str) -> str:
    answer = browser.get("/referent/recherche", query_string={"q": q})
    assert answer.status_code == 200
    return unescape(answer.text).replace("\u00a0", " ")


def test_it_stands_on_each_page_of_a_referent_and_finds_without_a_script(
    camille: FlaskClient, make: Callable[..., int]
) -> None:
    make("S2")
    home = camille.get("/referent/").text
    assert home.count(FORM) == 1 and 'action="/referent/recherche"' in home
    html = said(camille, "lenoir")
    assert "Atelier Lenoir (fictif)" in html and "Signataires (1)" in html and "Aucun résultat" not in html


@pytest.mark.parametrize("who", [BRUNO, NADIA, ALIX], ids=lambda who: who.role)
def test_nobody_else_has_it_nor_may_open_it(sign_in: Callable[[Personne], FlaskClient], who: Personne) -> None:
    browser = sign_in(who)
    page = browser.get("/", follow_redirects=True)
    assert page.status_code == 200 and FORM not in page.text
    assert browser.get("/referent/recherche?q=lenoir").status_code == 403


def test_another_departement_is_told_that_there_is_nothing(
    camille: FlaskClient, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    assert "Atelier Lenoir" in said(camille, "732 829 320 00074")
    html = said(sign_in(ZOE), "732 829 320 00074")
    assert "Aucun résultat" in html and "Atelier Lenoir" not in html


@pytest.mark.parametrize("q", PAYLOADS)
def test_what_is_typed_is_shown_and_never_run(camille: FlaskClient, q: str) -> None:
    assert live_parts(camille.get("/referent/recherche", query_string={"q": q}).text) == []


def test_one_letter_asks_for_more_and_a_very_long_text_is_cut(camille: FlaskClient) -> None:
    assert "Saisissez au moins 2 caractères" in said(camille, "e")
    assert "Aucun résultat" in said(camille, "x" * 5_000)


def test_the_field_holds_what_was_asked_on_the_page_of_its_results_alone(
    camille: FlaskClient, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    assert 'value="lenoir"' in camille.get("/referent/recherche?q=lenoir").text
    header = camille.get("/referent/signataires?q=lenoir").text.partition("</header>")[0]
    assert 'value="lenoir"' not in header
    assert CAMILLE.nom in header
