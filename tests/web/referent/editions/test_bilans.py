"""The bilan's pages: figures with their declarations, what is missing, editions and their download."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.editions.editions import GABARIT_BILAN
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Anteriorite, Departement, Signataire
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from paqte.services.transaction import transaction
from tests.factories import CAMILLE as CAMILLE_ACTOR
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, ZOE, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
PAGE = "/referent/bilans/2026-S1"


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    """The clock of the pages, a month after the first semester of 2026."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def blois(app: Flask, accounts: object) -> int:
    """One company that answered the first quarter (12 pupils) and not the second; key of its convention."""
    with app.app_context():
        convention = a_convention(a_signataire("Menuiserie Val (fictif)"), "S2", cibles={"S2": 48})
        key = open_declaration(
            actor=CAMILLE_ACTOR, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T1")
        )
        saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(12))})
        submit_and_validate(actor=CAMILLE_ACTOR, now=NOW, declaration_id=key, version=1, saisie=saisie)
        return convention


@pytest.fixture
def camille(blois: int, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(CAMILLE)


def produced(browser: FlaskClient) -> Any:
    return post(browser, f"{PAGE}/produire", {}, page=PAGE, follow_redirects=True)


def download_link(html: str) -> str:
    found = re.search(r'href="(/bilans/\d+)"', html)
    assert found
    return found[1]


def test_R13_the_page_shows_the_figure_who_answered_and_who_owes(camille: FlaskClient) -> None:
    html = camille.get(PAGE).text
    assert "<strong>12</strong>" in html
    assert "0 sur 1" in html
    told = " ".join(re.sub(r"<[^>]+>", "", html).split())
    assert "À relancer (1) Menuiserie Val (fictif), 2e trimestre 2026 : à saisir, 1 réponse attendue" in told


def test_R22_the_rate_is_shown_against_the_target(camille: FlaskClient) -> None:
    assert "25\u00a0%" in camille.get(PAGE).text


def test_R38_what_a_hospital_alone_engaged_in_is_not_shown_as_nobody_s(app: Flask, camille: FlaskClient) -> None:
    with app.app_context():
        hospital = a_signataire("Hôpital (fictif)")
        with transaction(actor=CAMILLE_ACTOR, now=NOW) as session:
            session.get_one(Signataire, hospital).nature = "employeur_public"
        a_convention(hospital, "A4")
    html = camille.get(PAGE).text
    rows = [row for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL) if "A4" in row and "STPA" in row]
    assert len(rows) == 3 and "aucune entreprise ne s’y est engagée" in rows[0] and "employeurs publics" in rows[1]
    assert camille.get(f"{PAGE}/chiffres/A4?nature=entreprise").status_code == 200
    nobody = re.findall(r"sans engagement en vigueur ni réponse</summary>.*?</details>", html, re.DOTALL)
    assert len(nobody) == 5 and all("A4" not in one for one in nobody)


def test_R20_the_results_come_first_on_the_home_page_and_on_the_bilan_and_lead_to_their_declarations(
    app: Flask, camille: FlaskClient
) -> None:
    with app.app_context():
        a_convention(a_signataire("Atelier (fictif)"), "S2", cibles={"S2": 100}, fin=date(2028, 12, 31))
    cell = re.search(r'class="nombre"[^>]*><a[^>]*chiffres/S2"><strong>([^<]*)', camille.get(PAGE).text)
    assert cell
    for page in (PAGE, "/referent/"):
        html = camille.get(page).text
        band = html[html.index('class="chiffres bande"') :].split("</ul>")[0]
        tile = next(one for one in band.split("<li") if f'href="{PAGE}/chiffres/S2"' in one)
        assert f'<p class="chiffre-valeur">{cell[1]} ' in tile
        assert html.index("chiffres bande") < html.index("manquent ou" if page == PAGE else "attendue")


def test_R20_each_figure_is_one_click_away_from_its_declarations(camille: FlaskClient) -> None:
    link = re.search(r'href="(/referent/bilans/2026-S1/chiffres/S2)"', camille.get(PAGE).text)
    assert link
    html = camille.get(link[1]).text
    counted, apart = html.split("Non comptées")
    assert "/referent/declarations/1" in counted
    assert "sans réponse" not in counted
    assert "Pas encore de déclaration" in apart


def test_R45_behind_a_yes_each_declaration_is_told_by_its_word(app: Flask, camille: FlaskClient) -> None:
    """« 1 » and « zéro confirmé » are no answers to a question by yes or no."""
    with app.app_context():
        convention = a_convention(a_signataire("Atelier (fictif)"), "R1")
        asked = {"actor": CAMILLE_ACTOR, "now": NOW}
        for code, said in (("2026-T1", 0), ("2026-T2", 1)):
            key = open_declaration(convention_id=convention, periode=Periode.from_code(code), **asked)
            answers = Saisie({engagement_of(convention, "R1"): AnswerTyped(valeur=Decimal(said))})
            submit_and_validate(declaration_id=key, version=1, saisie=answers, **asked)
    html = camille.get(f"{PAGE}/chiffres/R1?nature=entreprise").text
    cells = re.findall(r'data-titre="Réponse">([^<]*)', html)
    assert cells == ["oui", "non"]


def test_R6_R45_an_objective_and_a_rate_lead_to_the_promises_they_are_made_of(app: Flask, camille: FlaskClient) -> None:
    with app.app_context():
        a_convention(a_signataire("Atelier (fictif)"), "S2", cibles={"S2": 100}, fin=date(2028, 12, 31))
        a_convention(a_signataire("Sans objectif (fictif)"), "S2")
        a_convention(a_signataire("Finie (fictif)"), "S2", cibles={"S2": 999}, fin=date(2025, 12, 31))
    # Band, axis (and folded), table.
    links = re.findall(rf'href="({PAGE}/chiffres/S2)#promesses">([^<]*)<', camille.get(PAGE).text)
    assert [text.replace("\u00a0", " ") for _, text in links] == [
        *["8,1 %"] * 3,
        "148",
        "8,1 %",
    ]  # band, axis (also folded), table
    html = camille.get(links[0][0]).text
    promised = html[html.index('id="promesses"') :]
    rows = [re.sub(r"<[^>]+>|\s+", " ", row) for row in re.findall(r"<tr>.*?</tr>", promised, re.DOTALL)]
    told = [" ".join(row.split()) for row in rows if "(fictif)" in row]
    assert [row.rpartition(" ")[2] for row in told] == ["100", "48", "aucun"]
    assert "Finie" not in promised
    assert "Une édition déjà produite garde les siennes" in html


def test_R45_every_figure_of_the_page_leads_to_its_own_column(camille: FlaskClient) -> None:
    links = re.findall(r'<a class="chiffre-lien" href="([^"]+)">(?:<strong>)?([^<]+)', camille.get(PAGE).text)
    assert (f"{PAGE}/chiffres/S2", "12") in links and (f"{PAGE}/chiffres/S2?colonne=cumul", "12") in links
    for url, told in links:
        assert f'<p class="chiffre-valeur">{told}' in camille.get(url.replace("&amp;", "&")).text


@pytest.mark.parametrize("asked", ["colonne=autre", "nature=autre", "nature=reseau"])
def test_a_figure_that_the_document_has_not_has_no_page(camille: FlaskClient, asked: str) -> None:
    assert camille.get(f"{PAGE}/chiffres/S2?{asked}").status_code == 404


def test_R19_producing_gives_an_edition_that_is_downloaded_as_it_was_published(
    app: Flask, camille: FlaskClient
) -> None:
    html = produced(camille).text
    assert "L’édition n°\u00a01 est produite" in html
    answer = camille.get(download_link(html))
    published = list(Path(app.extensions["paqte"].reports).glob("41/2026-S1/*_edition-1.xlsx"))
    assert [hashlib.sha256(p.read_bytes()).hexdigest() for p in published] == [hashlib.sha256(answer.data).hexdigest()]
    assert answer.headers["Content-Disposition"] == "attachment; filename=bilan-paqte_41_2026-S1_edition-1.xlsx"
    assert answer.headers["Cache-Control"] == "no-store"


def test_R19_producing_twice_without_any_change_says_so_and_keeps_one_edition(camille: FlaskClient) -> None:
    produced(camille)
    html = produced(camille).text
    assert "Rien n’a changé depuis l’édition n°\u00a01" in html
    assert "n° 2" not in html.split('id="editions"')[1]


def test_a_semester_that_is_not_over_has_figures_and_no_button(camille: FlaskClient) -> None:
    html = camille.get("/referent/bilans/2026-S2").text
    assert "Semestre en cours" in html
    assert "/produire" not in html


@pytest.mark.parametrize("periode", ["2026-T1", "2026", "2026-S3", "n'importe", "0000-S1", "9999-S1", "２０２６-S1"])
def test_what_is_not_a_semester_has_no_page(camille: FlaskClient, periode: str) -> None:
    assert camille.get(f"/referent/bilans/{periode}").status_code == 404


def test_an_indicator_that_does_not_exist_has_no_page(camille: FlaskClient) -> None:
    assert camille.get(f"{PAGE}/chiffres/<script>").status_code == 404


def test_the_list_says_what_is_to_produce_and_when(camille: FlaskClient) -> None:
    html = camille.get("/referent/bilans").text
    assert "À produire" in html
    assert "30 juillet 2026" in html


@pytest.mark.parametrize(("path", "before", "since"), [
    ("/referent/bilans", "1er\u00a0semestre 2026", "2e\u00a0semestre 2026"),
    ("/referent/trimestres", "1er\u00a0trimestre 2026", "3e\u00a0trimestre 2026"),
])  # fmt: skip
def test_R12_what_comes_before_the_first_semester_of_the_prefecture_does_not_look_owed(
    path: str, before: str, since: str, app: Flask, camille: FlaskClient
) -> None:
    with app.app_context(), transaction(actor=CAMILLE_ACTOR, now=NOW) as session:
        session.get_one(Departement, "41").premier_semestre = "2026-S2"
    rows = dict(re.findall(r'<th scope="row"><a[^>]*>([^<]*)</a></th>(.*?)</tr>', camille.get(path).text, re.DOTALL))
    assert "Pas attendu" in rows[before] and "avant votre premier semestre" in rows[before]
    assert "À produire" not in rows[before]
    assert "Pas attendu" not in rows[since]
    assert "En cours" in rows[since]


def test_a_bilan_that_nobody_waits_for_is_produced_all_the_same(app: Flask, camille: FlaskClient) -> None:
    with app.app_context(), transaction(actor=CAMILLE_ACTOR, now=NOW) as session:
        session.get_one(Departement, "41").premier_semestre = "2026-S2"
    assert "L’édition n°\u00a01 est produite" in produced(camille).text
    assert "Produit</span>" in camille.get("/referent/bilans").text


@pytest.mark.parametrize("person", [ZOE, BRUNO], ids=lambda p: p.nom)
def test_another_gets_for_an_edition_of_the_41_what_one_gets_for_an_edition_that_does_not_exist(
    camille: FlaskClient, sign_in: Callable[..., FlaskClient], person: Any
) -> None:
    link = download_link(produced(camille).text)
    other = sign_in(person)
    assert other.get(link).status_code == other.get("/bilans/999999").status_code
    assert other.get(link).status_code in (403, 404)


@pytest.mark.parametrize("person", [NADIA, ALIX], ids=lambda p: p.nom)
def test_the_national_team_and_the_administrator_download_any_edition(
    camille: FlaskClient, sign_in: Callable[..., FlaskClient], person: Any
) -> None:
    assert sign_in(person).get(download_link(produced(camille).text)).status_code == 200


def test_zoe_sees_an_empty_bilan_of_her_own_departement(blois: int, sign_in: Callable[..., FlaskClient]) -> None:
    html = sign_in(ZOE).get(PAGE).text
    assert "Martinique" in html
    assert "Menuiserie" not in html
    assert "Néant" in html


def test_a_template_that_cannot_serve_is_said_and_nothing_is_issued(
    camille: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    html_in_place_of_a_workbook = tmp_path / "gabarit.xlsx"
    html_in_place_of_a_workbook.write_text("<html>erreur 404</html>")
    monkeypatch.setattr(
        "paqte.services.editions.gabarit.FORMATS",
        {GABARIT_BILAN: replace(FORMAT_BILAN, gabarit=html_in_place_of_a_workbook)},
    )
    html = produced(camille).text
    assert "Modèle refusé" in html
    assert "Aucune édition" in html


def test_R42_beside_a_figure_that_nobody_was_asked_for_no_line_says_that_none_was_awaited(
    app: Flask, camille: FlaskClient, blois: int
) -> None:
    """« 12 élèves », and beside it « aucune attendue »: both true, and odd to read."""
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
        for periode in ("2026-T1", "2026-T2"):
            session.add(Anteriorite(convention_id=blois, periode=periode, is_owed=False, depuis=NOW.date()))
    told = camille.get("/referent/bilans/2026-S1").text
    (row,) = re.findall(
        r"<tr>\s*<th scope=\"row\"><a href=\"/referent/bilans/2026-S1/chiffres/S2\">.*?</tr>", told, re.S
    )
    assert "reçues sans être attendues" in row and "aucune attendue" not in row
    band = told.partition("Stages de 3e")[2].partition("</li>")[0]
    assert "Réponses reçues sans être attendues" in band and "Aucune réponse attendue" not in band
