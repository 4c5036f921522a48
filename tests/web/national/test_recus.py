"""The page where the national team hands in bilans received as workbooks, and decides of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Departement
from paqte.services.transaction import transaction
from tests.architecture.acces.monde import NOW
from tests.fixtures_acteurs import CAMILLE, NADIA, token_in
from tests.services.editions.recus.test_recus import ODD, workbook_of
from tests.services.editions.recus.test_recus_gardes import CALLED, in_this_process

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.lent
__all__ = ["in_this_process"]
PAGE = "/national/bilans/2026-S1/recus"


@pytest.fixture
def nadia(app: Flask, accounts: object, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
        named = {"18": "Cher", "36": "Indre"}
        session.add_all(Departement(code=code, nom=nom) for code, nom in named.items())
    return sign_in(NADIA)


def handed(browser: FlaskClient, *files: tuple[str, bytes]) -> str:
    given = [(io.BytesIO(content), nom) for nom, content in files]
    token = token_in(browser.get(PAGE).text)
    answer = browser.post(PAGE, data={"csrf_token": token, "fichiers": given}, follow_redirects=True)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def decided(browser: FlaskClient, key: int, **said: str) -> str:
    path = f"/national/recus/{key}"
    page = browser.get(path).text
    version = page.split('name="version"')[1].split('value="')[1].split('"')[0]
    data = {"csrf_token": token_in(page), "version": version, **said}
    return " ".join(browser.post(path, data=data, follow_redirects=True).text.split())


def test_what_is_intact_counts_at_once_and_leads_to_its_file(nadia: FlaskClient) -> None:
    assert "1 bilan reçu : ses chiffres comptent." in handed(nadia, ("18.xlsx", workbook_of("18")))
    page = " ".join(nadia.get("/national/bilans/2026-S1").text.split())
    assert "Cher (18)" in page
    assert "/bilans/recus/1" in page
    figure = nadia.get("/national/bilans/2026-S1/chiffres/S2").text
    assert "/bilans/recus/1" in figure
    assert nadia.get("/bilans/recus/1").data == workbook_of("18")
    assert "et 1 reçu en classeur" in " ".join(nadia.get("/national/").text.split())


def test_an_edited_one_is_kept_with_a_reason_that_every_page_of_its_figures_shows(nadia: FlaskClient) -> None:
    told = handed(nadia, ("x.xlsx", ODD["edited"][0]()), ("y.xlsx", ODD["foreign"][0]()))
    assert "il a été modifié après sa production." in told
    assert "refusé, ce n’est pas un bilan du PAQTE" in told
    assert "Expliquez en une phrase" in decided(nadia, 1, raison="")
    assert "est gardé" in decided(nadia, 1, raison=CALLED)
    for page in ("/national/bilans/2026-S1", "/national/bilans/2026-S1/chiffres/S2", PAGE):
        shown = nadia.get(page).text
        assert "Chiffres non vérifiés" in shown
        assert CALLED in shown
    assert "est retiré" in decided(nadia, 1, raison="Envoyé par erreur.")
    assert "Chiffres non vérifiés" not in nadia.get("/national/bilans/2026-S1").text


def test_one_given_up_changes_no_sum(nadia: FlaskClient) -> None:
    handed(nadia, ("x.xlsx", ODD["edited"][0]()))
    assert "est écarté" in decided(nadia, 1, ecarter="1", raison="")
    page = nadia.get("/national/bilans/2026-S1").text
    assert "Cher (18)</th>" not in page and 'tuile-rien" title="Cher (18)"' in page


def test_no_file_is_a_sentence(nadia: FlaskClient) -> None:
    token = token_in(nadia.get(PAGE).text)
    assert "Choisissez au moins un fichier." in nadia.post(PAGE, data={"csrf_token": token}).text


def test_the_prefecture_itself_reads_nothing_of_it(nadia: FlaskClient, sign_in: Callable[..., FlaskClient]) -> None:
    camille = sign_in(CAMILLE)
    assert [camille.get(path).status_code for path in (PAGE, "/national/recus/1", "/bilans/recus/1")] == [403] * 3
