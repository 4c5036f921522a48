"""How many apprentices this year, and against what promise: on the home page, without a click, with its trace."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import time_machine

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Signataire
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire, engagement_of
from tests.fixtures_acteurs import ZOE

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 10, 6, 9, tzinfo=UTC)
YEAR = "/referent/annees/2026/chiffres/F1"


@pytest.fixture(autouse=True)
def in_october() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def answered(convention: int, **values: int) -> None:
    for code, value in values.items():
        opened = open_declaration(
            actor=CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code(f"2026-{code}")
        )
        saisie = Saisie({engagement_of(convention, "F1"): AnswerTyped(valeur=Decimal(value))})
        submit_and_validate(actor=CAMILLE, now=NOW, declaration_id=opened, version=1, saisie=saisie)


@pytest.fixture
def apprentices(app: Flask) -> None:
    with app.app_context():
        atelier = a_convention(a_signataire("Atelier (fictif)"), "F1", cibles={"F1": 30})
        answered(atelier, T1=4, T2=3, T3=5)
        answered(a_convention(a_signataire("Bois (fictif)"), "F1", rythme="S"), S1=6)
        network = a_signataire("Réseau (fictif)")
        with transaction(actor=PLANIFICATEUR, now=NOW) as session:
            session.get_one(Signataire, network).nature = "reseau"
        a_convention(network, "F1", cibles={"F1": 900})


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("\u00a0", " ")


def tile(html: str) -> str:
    found = re.search(r'<li class="chiffre[^>]*>(?:(?!</li>).)*Alternants.*?</li>', html, re.S)
    assert found
    return found[0]


def test_the_home_page_says_what_the_year_brought_to_this_day_and_what_is_promised_for_it(
    camille: FlaskClient, apprentices: None
) -> None:
    html = camille.get("/referent/").text
    told = words(tile(html))
    assert "En 2026, à ce jour : 18" in told and "sur 10" in told and "promis pour l’année" in told
    assert f'href="{YEAR}"' in tile(html) and f'href="{YEAR}#promesses"' in tile(html)
    assert "Un objectif fixé pour toute la durée est réparti jour par jour." in words(html)


def test_R45_it_leads_to_the_answers_and_to_the_promises_that_it_is_made_of(
    app: Flask, camille: FlaskClient, apprentices: None
) -> None:
    with app.app_context():
        answered(a_convention(a_signataire("Cuir (fictif)"), "F1"), T1=0)
    html = camille.get(YEAR).text
    counted, _, left_out = html.partition("Non comptées")
    assert [int(n) for n in re.findall(r'data-titre="Réponse">(\d+)', counted)] == [4, 3, 5, 6]
    assert "Cuir (fictif)" in left_out and "pas encore de déclaration" in words(left_out).lower()
    promised = words(left_out.partition('id="promesses"')[2])
    assert "Promis pour 2026 10" in promised and "Part de 2026" in promised and "900" not in promised


def test_a_quarter_or_a_semester_that_is_not_over_is_owed_by_nobody_yet(
    app: Flask, camille: FlaskClient, apprentices: None
) -> None:
    with app.app_context():
        a_convention(a_signataire("Cuir (fictif)"), "F1")
    left_out = words(camille.get(YEAR).text.partition("Non comptées")[2].partition('id="promesses"')[0])
    assert "3e trimestre 2026" in left_out
    assert "4e trimestre 2026" not in left_out and "2e semestre 2026" not in left_out


def test_R13_a_year_without_any_answer_says_so_and_keeps_its_promise(app: Flask, camille: FlaskClient) -> None:
    with app.app_context():
        a_convention(a_signataire(), "F1", cibles={"F1": 30})
    told = words(tile(camille.get("/referent/").text))
    assert "En 2026 : aucune réponse validée, 10" in told and "promis pour l’année" in told


def test_a_year_has_no_page_of_what_does_not_add_up_nor_of_another_departement(
    app: Flask, camille: FlaskClient, sign_in: Callable[..., FlaskClient], apprentices: None
) -> None:
    for wrong in ("annees/2026/chiffres/F1p", "annees/2026-S1/chiffres/F1", "annees/2026/chiffres/Z99"):
        assert camille.get(f"/referent/{wrong}").status_code == 404, wrong
    assert camille.get(YEAR, query_string={"colonne": "cumul"}).status_code == 404
    with app.app_context():
        a_departement("37")
    assert "Atelier" not in sign_in(ZOE).get(YEAR).text
