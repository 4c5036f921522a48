"""The company's home: what is due, what was asked back, what is achieved; its own and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.statuts.declarations import TOTAL_ANNUEL
from paqte.models import Engagement, Objectif, Realisation
from paqte.services.declarations.declarations import (
    open_declaration,
    send_back,
    submit_declaration,
    validate_declaration,
)
from paqte.services.transaction import transaction
from tests import factories
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import CAMILLE, post, token_in
from tests.web.entreprise.conftest import NOW, Maison

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ABOUT_PAGES = True


def test_R12_the_home_says_what_is_due_and_when(maison: Maison) -> None:
    html = maison.html()
    assert "Votre déclaration du 3e trimestre 2026" in html
    assert "Attendue depuis le 20 octobre 2026" in html
    assert "Atelier Lenoir (fictif)" in html


def test_R12_nothing_is_asked_before_its_opening(maison: Maison) -> None:
    todo = maison.html().partition("<h2>À faire</h2>")[2].partition("<h2>À l’avance</h2>")[0]
    assert "3e trimestre 2026" in todo and "4e trimestre 2026" not in todo, "a quarter that runs is not asked yet"
    answer = post(
        maison.browser, f"/entreprise/conventions/{maison.convention}/declarations/2027-T1", {}, "/entreprise/"
    )
    assert answer.status_code == 422 and "ouvre le 01/04/2027" in answer.text


def test_opening_a_period_twice_leads_to_the_same_page(maison: Maison) -> None:
    path = f"/entreprise/conventions/{maison.convention}/declarations/2026-T2"
    first, second = (post(maison.browser, path, {}, "/entreprise/") for _ in range(2))
    assert first.status_code == 302 and first.location == second.location


def test_R18_what_was_sent_back_stands_first_with_the_question(maison: Maison) -> None:
    maison.send(S2="4")
    maison.by_camille(send_back, commentaires={maison.keys["S2"]: "Sont-ils bien en REP+ ?"})
    html = maison.html()
    assert html.index("Une question de votre référent : 3e trimestre 2026") < html.index("2e trimestre 2026")
    assert "Camille Perrin : Sont-ils bien en REP+ ?" in html


def test_R18_only_validated_figures_count_as_achieved(maison: Maison) -> None:
    maison.send(S2="4", R3="3")
    assert "aucune réponse validée" in maison.html()
    maison.by_camille(validate_declaration)
    html = maison.html()
    assert "<strong>4</strong> sur 30 personnes" in html and "(13,3 %)" in html
    assert "<strong>3</strong> sur 12 personnes" in html and "(25 %)" in html


def test_R6_a_target_that_leaves_a_year_out_says_which_years_have_one(
    maison: Maison, sign_in: Callable[..., FlaskClient]
) -> None:
    pages = (
        (maison.browser, "/entreprise/"),
        (sign_in(CAMILLE), f"/referent/signataires/{maison.signataire}/avancement"),
    )
    assert [maison.html(path, browser).count("fixé pour") for browser, path in pages] == [0, 0]
    with maison.app.app_context(), transaction(actor=factories.CAMILLE, now=NOW) as session:
        by_year = session.get_one(Engagement, maison.keys["S2"])
        by_year.objectifs[:] = [Objectif(annee=annee, cible=Decimal(10)) for annee in (1, 2)]
    told = [maison.html(path, browser).partition("fixé pour ")[2][:17] for browser, path in pages]
    assert told == ["2 années sur 3.</", "2 années sur 3</s"]


def test_R13_a_free_measure_is_told_by_period_and_never_added(maison: Maison) -> None:
    maison.send(X1="5", S7_neant="y")
    maison.by_camille(validate_declaration)
    html = maison.html()
    assert "à lire période par période" in html
    assert "<strong>0</strong> € HT" not in html and "<strong>0</strong>" in html, "a confirmed zero is a zero"


def test_R7_a_charter_with_engagements_asks_for_no_figure_rather_than_having_none(maison: Maison) -> None:
    """« Aucun engagement chiffré » stood under a charter that bears one: it owes nothing, and is shown as it is."""
    none = "Aucun engagement chiffré dans cette convention"
    with maison.app.app_context():
        a_convention(maison.signataire, "S2", dispositif="charte", cibles={"S2": 9})
    html = maison.html()
    assert html.count("Une charte ne demande aucun résultat chiffré.") == 1 and none not in html
    with maison.app.app_context():
        a_convention(maison.signataire)
    assert maison.html().count(none) == 1


def test_R11_a_figure_of_a_whole_year_is_told_as_such_on_both_pages(
    maison: Maison, sign_in: Callable[..., FlaskClient]
) -> None:
    progress = f"/referent/signataires/{maison.signataire}/avancement"
    maison.send(S2="4", R3="3")
    with maison.app.app_context(), transaction(actor=factories.CAMILLE, now=NOW) as session:
        mine = (Realisation.declaration_id == maison.id, Realisation.engagement_id == maison.keys["S2"])
        session.scalars(select(Realisation).where(*mine)).one().origine = TOTAL_ANNUEL
    maison.by_camille(validate_declaration)
    rows = [row.split("</tr>")[0] for row in maison.html().split("<tr>")]
    told = [row for row in rows if 'scope="row">Année 2026<' in row]
    assert len(told) == 1 and ">4<" in told[0]
    of_quarter = [row for row in rows if 'scope="row">3e trimestre 2026<' in row]
    assert any(">3<" in row for row in of_quarter) and not any(">4<" in row for row in of_quarter)
    listed = maison.html(progress, sign_in(CAMILLE))
    assert listed.count("toute l’année") == 1
    cell = listed[: listed.index("toute l’année")].rpartition("<td")[2]
    assert 'data-titre="3e trimestre 2026"' in cell and ">4<" in cell


def test_R11_a_period_is_not_compared_with_the_whole_year_told_before_it(maison: Maison) -> None:
    """« −2 par rapport au 2e trimestre 2026 », of 6 that were the year's; R3, a quarter's own, is compared."""
    s2, r3 = maison.keys["S2"], maison.keys["R3"]
    with maison.app.app_context():
        who = {"actor": factories.CAMILLE, "now": NOW}
        before = open_declaration(**who, convention_id=maison.convention, periode=Periode.from_code("2026-T2"))
        told = Saisie(
            {s2: AnswerTyped(valeur=Decimal(6)), r3: AnswerTyped(valeur=Decimal(1))}, annuelles=frozenset({s2})
        )
        submit_declaration(**who, declaration_id=before, version=1, saisie=told)
    assert maison.html(f"/entreprise/declarations/{before}").count("pour toute l’année 2026") == 1
    assert "6 (toute l’année 2026)" in re.sub(r"\s+", " ", maison.html(f"{maison.path}/saisir"))
    maison.send(S2="4", R3="3")
    html = re.sub(r"\s+", " ", maison.html(maison.path))
    assert html.count("par rapport au 2e trimestre 2026") == 1 and "+2 par rapport au 2e trimestre 2026" in html
    assert html.count("(toute l’année 2026)") == 1 and "−2" not in html


def test_the_running_state_and_the_dates_of_the_convention_are_said(maison: Maison) -> None:
    html = maison.html()
    assert "du 1er janvier 2025 au 31 décembre 2027" in html and "En cours" in html


def test_another_company_s_page_answers_as_one_that_does_not_exist(maison: Maison) -> None:
    with maison.app.app_context():
        other = a_signataire("Voisine (fictif)")
        convention = a_convention(other, "S2")
    token = token_in(maison.browser.get("/entreprise/").text)
    for known, absent in (
        (f"/entreprise/signataires/{other}", "/entreprise/signataires/999999"),
        (
            f"/entreprise/conventions/{convention}/declarations/2026-T3",
            "/entreprise/conventions/999999/declarations/2026-T3",
        ),
    ):
        verb = "get" if "signataires" in known else "post"
        data = {} if verb == "get" else {"data": {"csrf_token": token}}
        found, lost = (getattr(maison.browser, verb)(path, **data) for path in (known, absent))
        assert (found.status_code, lost.status_code) == (404, 404)
    assert "Voisine" not in maison.html()


def test_the_number_of_statements_does_not_grow_with_the_years(maison: Maison, statements: Callable[..., int]) -> None:
    statements(maison, "/entreprise/")  # what a process keeps from one page to the next is kept
    before = statements(maison, "/entreprise/")
    with maison.app.app_context():
        for year in (2022, 2019):
            a_convention(maison.signataire, "S2", "R3", debut=date(year, 1, 1), fin=date(year + 2, 12, 31))
    assert statements(maison, "/entreprise/") == before


def test_the_attestation_is_one_click_away_and_opened_by_right(maison: Maison) -> None:
    path = f"/entreprise/conventions/{maison.convention}/attestation"
    assert f'href="{path}"' in maison.html()
    answer = maison.browser.get(path)
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with maison.app.app_context():
        foreign = a_convention(a_signataire("Voisine (fictif)"), "S2")
    for key in (foreign, 999_999):
        assert maison.browser.get(f"/entreprise/conventions/{key}/attestation").status_code == 404
