"""The pages of the quarterly export: figures, what is missing, the analysis, its three files and who may take them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from tests.factories import CAMILLE as CAMILLE_ACTOR
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import BRUNO, CAMILLE, ZOE, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
PAGE = "/referent/trimestres/2026-T3"


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def blois(app: Flask, accounts: object) -> None:
    """One company that answered the third quarter (12 pupils), another that did not."""
    with app.app_context():
        convention = a_convention(a_signataire("Menuiserie Val (fictif)"), "S2", cibles={"S2": 48})
        key = open_declaration(
            actor=CAMILLE_ACTOR, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T3")
        )
        saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(12))})
        submit_and_validate(actor=CAMILLE_ACTOR, now=NOW, declaration_id=key, version=1, saisie=saisie)


@pytest.fixture
def camille(blois: None, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(CAMILLE)


def produced(browser: FlaskClient) -> Any:
    return post(browser, f"{PAGE}/produire", {}, page=PAGE, follow_redirects=True)


def test_the_list_shows_each_quarter_and_what_is_to_produce(camille: FlaskClient) -> None:
    html = camille.get("/referent/trimestres").text
    assert "3e\u00a0trimestre 2026" in html
    assert "À produire" in html


def test_R13_the_page_shows_figures_and_what_is_missing_and_says_an_empty_analysis(camille: FlaskClient) -> None:
    html = camille.get(PAGE).text
    assert re.search(r"<strong>12</strong>", html)
    assert "Rien d’écrit\u00a0: l’export le dira." in html


def test_R45_every_figure_of_the_export_leads_to_its_declarations(camille: FlaskClient) -> None:
    links = re.findall(r'<a class="chiffre-lien" href="([^"]+)">(?:<strong>)?([^<]+)', camille.get(PAGE).text)
    figures, promises = links[:2], links[2:]
    assert figures == [(f"{PAGE}/chiffres/S2", "12"), (f"{PAGE}/chiffres/S2?colonne=cumul", "12")]
    assert promises == [(f"{PAGE}/chiffres/S2#promesses", text) for text in ("48", "25\u00a0%")]
    for url, _ in figures:
        html = camille.get(url).text
        assert '<p class="chiffre-valeur">12' in html and "Dans l’export" in html
        assert "/referent/declarations/1" in html


def test_the_analysis_is_typed_in_the_pilotage_and_shown_in_the_export(camille: FlaskClient) -> None:
    where = "/referent/pilotage/textes/2026-T3/efficacite"
    post(camille, where, {"texte": "Les stages progressent."}, page=where)
    assert "Les stages progressent." in camille.get(PAGE).text
    assert "Les stages progressent." in camille.get("/referent/pilotage").text
    assert "Les stages progressent." not in camille.get("/referent/bilans/2026-S2").text


def test_produire_gives_three_files_that_say_the_same(camille: FlaskClient) -> None:
    html = produced(camille).text
    assert "L’édition n°\u00a01 est produite" in html
    edition = re.search(r"/bilans/(\d+)/donnees\.csv", html)
    assert edition
    base = f"/bilans/{edition[1]}"
    workbook, rows, schema = (camille.get(f"{base}{end}") for end in ("", "/donnees.csv", "/donnees.json"))
    assert workbook.data.startswith(b"PK")
    listed = list(csv.DictReader(io.StringIO(rows.data.decode("utf-8-sig")), delimiter=";"))
    assert [row["valeur"] for row in listed if row["indicateur"] == "S2"] == ["12"]
    assert [f["name"] for f in json.loads(schema.data)["schema"]["fields"]] == list(listed[0])
    assert "attachment" in rows.headers["Content-Disposition"]
    assert "Rien n’a changé depuis l’édition n°\u00a01" in produced(camille).text


def test_R24_beside_the_csv_the_page_says_how_a_spreadsheet_keeps_the_siret(camille: FlaskClient) -> None:
    html = produced(camille).text
    assert "À partir d’un fichier texte/CSV" in html
    assert "colonne <code>siret</code> de type <em>Texte</em>" in html


def test_the_pages_of_bilans_ignore_exports_and_the_other_way_round(camille: FlaskClient) -> None:
    produced(camille)
    assert "trimestre 2026" not in camille.get("/referent/bilans").text
    assert camille.get("/referent/trimestres/2026-S2").status_code == 404
    assert camille.get("/referent/bilans/2026-T3").status_code == 404


def test_a_quarter_that_is_not_over_is_not_produced(camille: FlaskClient) -> None:
    page = "/referent/trimestres/2026-T4"
    assert "Trimestre en cours" in camille.get(page).text
    html = post(camille, f"{page}/produire", {}, page=page, follow_redirects=True).text
    assert re.search(r"n’est pas terminé\s: son export pourra être produit", html)


def test_another_departement_and_a_company_get_neither_page_nor_file(
    camille: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    html = produced(camille).text
    edition = re.search(r"/bilans/(\d+)/donnees\.csv", html)
    assert edition
    zoe = sign_in(ZOE)
    assert "Menuiserie" not in zoe.get(PAGE).text
    addresses = [f"/bilans/{edition[1]}{end}" for end in ("", "/donnees.csv", "/donnees.json")]
    assert {zoe.get(a).status_code for a in addresses} == {404}
    assert {sign_in(BRUNO).get(a).status_code for a in addresses} == {403}


def test_a_format_that_is_not_kept_does_not_exist(camille: FlaskClient) -> None:
    html = produced(camille).text
    edition = re.search(r"/bilans/(\d+)/donnees\.csv", html)
    assert edition
    assert camille.get(f"/bilans/{edition[1]}/donnees.xml").status_code == 404


def test_a_departement_with_nothing_gets_a_page_that_says_neant(
    blois: None, sign_in: Callable[..., FlaskClient]
) -> None:
    html = sign_in(ZOE).get(PAGE).text
    assert "Néant" in html
