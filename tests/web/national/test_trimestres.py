"""The quarter of the plan of a région and of the nation, each figure with its départements and editions, over time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING

import pytest
import time_machine

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Departement
from paqte.services.declarations.declarations import open_declaration, submit_declaration, validate_declaration
from paqte.services.transaction import transaction
from tests.architecture.acces.monde import invite, two_regions
from tests.editions import freeze_bilan, freeze_compte_rendu
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import NADIA, Personne, post
from tests.web.national.test_territoires import Cells

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)
# Pupils, then trainees of the plan, by département and quarter; the 45 uses PAQTE and issues nothing.
TOLD: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "41": {"2026-T1": (30, 7), "2026-T2": (21, 5)},
    "37": {"2026-T2": (61, 11)},
    "972": {"2025-T2": (110, 13), "2026-T2": (170, 17)},
}
FORECAST: Mapping[str, int] = {"41": 40, "972": 700}
# The 37 aims at nothing.
TARGETS: Mapping[str, int] = {"41": 160, "972": 500}


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def issued(app: Flask, accounts: object) -> None:
    two_regions(app)
    with app.app_context():
        with transaction(actor=PLANIFICATEUR, now=NOW) as session:
            session.add(Departement(code="45", nom="Loiret", region_code="24"))
        a_convention(a_signataire("Société 45 (fictif)", "45"), "S2", is_in_plan_10000=True)
        with transaction(actor=PLANIFICATEUR, now=NOW) as session:
            session.get_one(Departement, "45").premiere_complete_le = date(2025, 1, 1)
        for departement, quarters in TOLD.items():
            firm = a_signataire(f"Société {departement} (fictif)", departement)
            aims = {"P02": FORECAST[departement], "S2": TARGETS[departement]} if departement in FORECAST else None
            convention = a_convention(firm, "S2", "P02", cibles=aims, is_in_plan_10000=True)
            for quarter, numbers in quarters.items():
                window = Periode.from_code(quarter)
                answered(convention, window, *numbers)
                freeze_compte_rendu(actor=PLANIFICATEUR, departement=departement, periode=window, now=NOW)


def answered(convention: int, quarter: Periode, pupils: int, trainees: int) -> None:
    values = {"S2": pupils, "P02": trainees}
    typed = {engagement_of(convention, code): AnswerTyped(valeur=Decimal(n)) for code, n in values.items()}
    key = open_declaration(actor=PLANIFICATEUR, now=NOW, convention_id=convention, periode=quarter)
    submit_declaration(actor=PLANIFICATEUR, now=NOW, declaration_id=key, version=1, saisie=Saisie(typed, ""))
    validate_declaration(actor=PLANIFICATEUR, now=NOW, declaration_id=key, version=2)


@pytest.fixture
def nadia(issued: None, sign_in: Callable[[Personne], FlaskClient]) -> FlaskClient:
    return sign_in(NADIA)


@pytest.fixture
def rose(app: Flask, issued: None) -> FlaskClient:
    browser = app.test_client()
    assert post(browser, invite(app, "region", "r@centre.test", region="24"), {}).status_code == 302
    return browser


def rows_of(browser: FlaskClient, path: str, head: str) -> list[list[str]]:
    """The rows that a page begins with these words, spaces within numbers apart."""
    found = Cells(browser.get(path).text).rows
    return [[re.sub(r"(?<=\d)\s(?=\d)", "", cell) for cell in row[1:]] for row in found if row[0].startswith(head)]


def drawn(page: str) -> list[tuple[str, str, str]]:
    """The rows of the tables beside the curves: where each leads, its period, what it tells."""
    row = r'<tr><th scope="row"><a href="([^"]+)">([^<]+)</a></th><td class="nombre">([^<]*)</td></tr>'
    return [(led, *(re.sub(r"\s", " ", one) for one in told)) for led, *told in re.findall(row, page)]


def test_R8_the_quarter_adds_up_forecast_and_achieved_of_each_thematique(nadia: FlaskClient) -> None:
    """7, 5, 11, 13 and 17 trainees in five quarters, of which three are this one's; two départements forecast."""
    (line,) = rows_of(nadia, "/national/trimestres/2026-T2", "T02 ")
    assert line[:4] == ["3", "740", "33", "53"]
    themes = {row[0].partition(" ")[0] for row in Cells(nadia.get("/national/trimestres/2026-T2").text).rows}
    assert {f"T{rank:02d}" for rank in range(1, 15)} <= themes
    (pupils,) = rows_of(nadia, "/national/trimestres/2026-T2", "S2 ")
    assert pupils[:3] == ["252", "30", "110"]


def test_R22_the_quarter_adds_up_the_objectives_and_their_rate(nadia: FlaskClient) -> None:
    """160 and 500 aimed at; 51 and 280 pupils since the start by those who aim, of 660: 50,15 %."""
    (pupils,) = rows_of(nadia, "/national/trimestres/2026-T2", "S2 ")
    assert (pupils[3], re.sub(r"\s", " ", pupils[4])) == ("660", "50,2 %331 depuis le début")
    rows = Cells(nadia.get("/national/bilans/2026-T2/chiffres/S2").text).rows
    told = {row[0][-4:-1].strip("("): row[2] for row in rows if row[0].endswith(")") and row[0][0] in "ILM"}
    assert told == {"37": "sans objectif", "41": "160", "972": "500"}


def test_R20_each_figure_leads_to_the_departements_that_make_it_then_to_their_editions(nadia: FlaskClient) -> None:
    page = nadia.get("/national/trimestres/2026-T2").text
    for path, figures in (
        ("/national/bilans/2026-T2/thematiques/T02", {"37": "11", "41": "5", "972": "17"}),
        ("/national/bilans/2026-T2/chiffres/S2", {"37": "61", "41": "21", "972": "170"}),
    ):
        assert f'href="{path}"' in page
        shown = nadia.get(path).text
        rows = [row for row in Cells(shown).rows if re.search(r"\(\d+\)$", row[0])]
        place = 3 if "thematiques" in path else 1
        told = {re.findall(r"\((\d+)\)$", row[0])[0]: re.sub(r"\s", "", row[place]) for row in rows}
        assert told == figures
        editions = re.findall(r'href="(/bilans/\d+)"', shown)
        assert len(editions) == len(figures) and {nadia.get(one).status_code for one in editions} == {200}


def test_a_thematique_that_nobody_tells_says_so_and_one_that_is_none_is_not_found(nadia: FlaskClient) -> None:
    assert "Aucun chiffre" in nadia.get("/national/bilans/2024-T2/thematiques/T02").text
    for path in ("bilans/2026-T2/thematiques/T99", "trimestres/2026-S1", "trimestres/rien", "bilans/2026/evolution"):
        assert nadia.get(f"/national/{path}").status_code == 404


def test_whoever_owes_the_export_is_named_and_stands_on_the_map(nadia: FlaskClient) -> None:
    page = unescape(nadia.get("/national/trimestres/2026-T2").text)
    drawn = {code: state for state, code in re.findall(r'class="tuile tuile-(\w+)" title="[^"]*\((\w+)\)"', page)}
    assert drawn == {"37": "produit", "41": "produit", "45": "retard", "972": "produit"}
    late = page.split("Sans export pour ce trimestre")[1]
    assert "Loiret (45)" in late and "Loir-et-Cher" not in late.split("</table>")[0]


def test_a_region_reads_the_quarter_of_its_own_departements_alone(rose: FlaskClient) -> None:
    (line,) = rows_of(rose, "/national/trimestres/2026-T2", "T02 ")
    assert line[:4] == ["2", "40", "16", "23"]
    for path in ("trimestres/2026-T2", "bilans/2026-T2/thematiques/T02", "bilans/2026-T2/chiffres/S2"):
        assert "972" not in rose.get(f"/national/{path}").text
    assert "170" not in rose.get("/national/bilans/2026-T2/evolution").text
    assert '"/national/trimestres/2026-T1"' in rose.get("/region/").text


def test_R13_over_time_a_quarter_without_edition_is_a_gap_and_each_leads_to_its_page(nadia: FlaskClient) -> None:
    page = nadia.get("/national/bilans/2026-T2/chiffres/S2").text
    assert [(name, told) for _, name, told in drawn(page)] == [
        ("2e trimestre 2025", "110 (1 département)"),
        ("3e trimestre 2025", "aucun export"),
        ("4e trimestre 2025", "aucun export"),
        ("1er trimestre 2026", "30 (1 département)"),
        ("2e trimestre 2026", "252 (3 départements)"),
    ]
    assert page.count('class="courbe-point"') == 3
    assert {nadia.get(led).status_code for led, _, _ in drawn(page)} == {200}


def test_the_answers_and_the_companies_are_drawn_over_time_with_their_tables(nadia: FlaskClient) -> None:
    page = nadia.get("/national/bilans/2026-T2/evolution").text
    told = [told for _, name, told in drawn(page) if name == "2e trimestre 2026"]
    assert told == ["3 (3 départements)", "100 % (3 départements)"]
    assert page.count('<svg class="courbe"') == 2


@pytest.mark.parametrize(
    ("periode", "page", "called"),
    [
        ("2026-T2", "trimestres/2026-T2", "Entreprises engagées"),
        ("2026-S1", "bilans/2026-S1", "Entreprises signataires"),
    ],
)
def test_the_curve_of_the_companies_calls_them_what_their_page_does(
    app: Flask, nadia: FlaskClient, periode: str, page: str, called: str
) -> None:
    with app.app_context():
        freeze_bilan(actor=PLANIFICATEUR, departement="41", periode=Periode.from_code("2026-S1"), now=NOW)
    words = {"Entreprises engagées", "Entreprises signataires"}
    curves = re.findall(r"<figcaption>([^<]+)", nadia.get(f"/national/bilans/{periode}/evolution").text)
    counts = re.findall(r'class="chiffre-titre">(?:<a[^>]*>)?([^<]+)', nadia.get(f"/national/{page}").text)
    assert words & {one.strip() for one in curves} == words & set(counts) == {called}


def test_the_home_leads_to_each_quarter(nadia: FlaskClient) -> None:
    assert "/national/trimestres/2026-T2" in nadia.get("/national/").text
    assert "/national/trimestres/2026-T2" in nadia.get("/national/bilans/2026-S1").text


def test_the_homes_lead_to_the_last_quarter_that_is_over_before_its_semester_is(app: Flask, issued: None) -> None:
    """Nothing led to the third quarter before January."""
    with time_machine.travel(datetime(2026, 11, 30, 9, tzinfo=UTC), tick=False):
        for role, home, given in (("national", "/national/", {}), ("region", "/region/", {"region": "24"})):
            browser = app.test_client()
            assert post(browser, invite(app, role, f"{role}@etat.test", **given), {}).status_code == 302
            assert '"/national/trimestres/2026-T3"' in browser.get(home).text, home
