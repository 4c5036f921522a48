"""The page of the club and of the results broken down: the figures of the bilan, in the page and in its files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ANIMATEUR
from paqte.queries.suivi.phares import read_headlines
from paqte.services.comptes.comptes import invite_user
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from tests.factories import CAMILLE, a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import BRUNO, ZOE, Personne

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
PAGE = "/referent/club"
ASKED = {"periode": "2026-S1", "par": "commune"}
ANSWERED = {"Atelier (fictif)": 7, "Bois (fictif)": 5}


@pytest.fixture
def two(app: Flask, camille: FlaskClient) -> dict[str, int]:
    """Two enterprises that answered for interns, one of them in the plan too with a measure and an animateur."""
    grid = catalogue()
    measure = next(i.code for t in grid.thematiques for i in grid.measures_of(t) if i.is_summable)
    with app.app_context():
        keys = {nom: a_signataire(nom) for nom in ANSWERED}
        for nom, key in keys.items():
            is_club = nom.startswith("Atelier")
            held = ("S2", measure) if is_club else ("S2",)
            convention = a_convention(key, *held, cibles={measure: 20}, is_in_plan_10000=is_club)
            opened = open_declaration(
                actor=CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T1")
            )
            answers = {engagement_of(convention, code): AnswerTyped(valeur=Decimal(ANSWERED[nom])) for code in held}
            submit_and_validate(actor=CAMILLE, now=NOW, declaration_id=opened, version=1, saisie=Saisie(answers))
            if is_club:
                invite_user(
                    actor=CAMILLE, now=NOW, role=ANIMATEUR, courriel="ana@club.test", nom="Ana Club",
                    conventions=[convention], base_url="http://localhost",
                )  # fmt: skip
    return keys


def rows(browser: FlaskClient, name: str, **asked: str) -> list[dict[str, str]]:
    answer = browser.get(f"/referent/{name}.csv", query_string=asked)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_R9_the_page_says_who_is_in_the_club_who_helps_it_what_it_forecast_and_achieved(
    camille: FlaskClient, two: dict[str, int]
) -> None:
    html = camille.get(PAGE, query_string=ASKED).text
    before = html.partition('id="repartition"')[0]
    assert "Atelier (fictif)" in before and "Bois (fictif)" not in before
    (row,) = rows(camille, "club", **ASKED)
    told = {name: row[name] for name in ("Entreprise", "État", "Animateur", "Prévu", "Réalisé depuis le début")}
    assert told == {
        "Entreprise": "Atelier (fictif)",
        "État": "active",
        "Animateur": "Ana Club",
        "Prévu": "20",
        "Réalisé depuis le début": "7",
    }
    assert "Ana Club" in before and "7 sur 20" in before


def test_R20_whatever_they_are_broken_down_by_results_add_up_to_the_headlines_of_the_bilan(
    app: Flask, camille: FlaskClient, two: dict[str, int]
) -> None:
    with app.app_context():
        found = read_headlines(actor=CAMILLE, departement="41", periode=Periode.from_code("2026-S1"))
        expected = {f"{c.titre} ({c.ligne.unite})": c.ligne.realise.valeur for c in found.chiffres}
    assert Decimal(12) in expected.values()
    for par in ("categorie", "commune", "cosignataire", "nature"):
        *groups, whole = rows(camille, "repartition", periode="2026-S1", par=par)
        for title, value in expected.items():
            cells = [Decimal(row[title]) for row in groups if row[title]]
            assert (sum(cells) if cells else None) == value == (Decimal(whole[title]) if whole[title] else None)
        titles = {"categorie": "Taille", "commune": "Commune", "cosignataire": "EPCI cosignataire", "nature": "Nature"}
        assert next(iter(whole)) == titles[par]
    names = [next(iter(row.values())) for row in rows(camille, "repartition", periode="2026-S1", par="nature")]
    assert names == ["Entreprise", "Total"]


def test_an_address_that_names_no_semester_is_not_found_and_an_unknown_division_is_that_of_sizes(
    camille: FlaskClient, two: dict[str, int]
) -> None:
    assert camille.get(f"{PAGE}?periode=2026-T1").status_code == camille.get(f"{PAGE}?periode=x").status_code == 404
    assert "Résultats par taille" in camille.get(f"{PAGE}?par=secret").text.replace("\u00a0", " ")
    assert camille.get(PAGE).status_code == 200 and camille.get("/referent/club.pdf").status_code == 404


def test_another_departement_and_a_company_see_nothing_of_it(
    two: dict[str, int], sign_in: Callable[[Personne], Any]
) -> None:
    zoe, bruno = sign_in(ZOE), sign_in(BRUNO)
    html = zoe.get(PAGE, query_string=ASKED).text
    assert "Atelier" not in html and "Ana Club" not in html
    assert rows(zoe, "club", **ASKED) == []
    assert [row for row in rows(zoe, "repartition", **ASKED) if row["Commune"] != "Total"] == []
    assert bruno.get(PAGE).status_code == bruno.get("/referent/club.csv").status_code == 403
