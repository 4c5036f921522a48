"""The national team reads the sum, finds behind each figure its départements, and sees who is awaited (R20)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.services.declarations.declarations import open_declaration, submit_declaration, validate_declaration
from paqte.services.editions.national import produce_everywhere
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
S1 = Periode.from_code("2026-S1")
T1 = Periode.from_code("2026-T1")


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def nadia(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(NADIA)


def answered(departement: str, pupils: int, share: tuple[int, int]) -> None:
    """A company of the département that took in so many pupils, and bought so much of its total in a QPV."""
    convention = a_convention(a_signataire(f"Société {departement} (fictif)", departement), "S2", "A2p")
    typed = {
        engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(pupils)),
        engagement_of(convention, "A2p"): AnswerTyped(numerateur=Decimal(share[0]), denominateur=Decimal(share[1])),
    }
    key = open_declaration(actor=PLANIFICATEUR, now=NOW, convention_id=convention, periode=T1)
    saisie = Saisie(typed, "")
    submit_declaration(actor=PLANIFICATEUR, now=NOW, declaration_id=key, version=1, saisie=saisie)
    validate_declaration(actor=PLANIFICATEUR, now=NOW, declaration_id=key, version=2)


@pytest.fixture
def issued(app: Flask, accounts: object, tmp_path: Path) -> None:
    """The 41 and the 972 have issued their first semester; the 18 has signed since and owes it."""
    with app.app_context():
        answered("41", 1_200, (1, 4))
        answered("972", 34, (1, 10))
        list(produce_everywhere(actor=PLANIFICATEUR, periode=S1, reports=tmp_path, now=NOW))
        a_convention(a_signataire("Verrerie (fictif)", "18"), "S2")


def read(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    bare = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", unescape(answer.text), flags=re.DOTALL)
    return " ".join(bare.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_the_national_team_comes_home_to_the_semesters(issued: None, nadia: FlaskClient) -> None:
    assert nadia.get("/").location == "/national/"
    assert "1er semestre 2026 2 sur 3 suivis aujourd’hui" in read(nadia, "/national/")


def test_a_semester_that_nobody_issued_is_shown_all_the_same(nadia: FlaskClient, app: Flask) -> None:
    with app.app_context():
        a_convention(a_signataire(), "S2")
    assert "1er semestre 2026 0 sur 1 suivis aujourd’hui" in read(nadia, "/national/")
    for address in ("/national/bilans/2026-S1", "/national/bilans/2026-S1/chiffres/S2"):
        assert "Aucun département n’a encore produit" in read(nadia, address)


def test_R20_the_national_figure_is_the_sum_of_those_that_departements_issued(issued: None, nadia: FlaskClient) -> None:
    assert "(personnes) 1 234 sans objectif sans objectif 0 sur 2" in read(nadia, "/national/bilans/2026-S1")
    behind = read(nadia, "/national/bilans/2026-S1/chiffres/S2")
    assert "Loir-et-Cher (41) 1 200 sans objectif sans objectif 0 sur 1" in behind
    assert "Martinique (972) 34 sans objectif sans objectif 0 sur 1" in behind


def test_R14_a_national_share_is_computed_again_from_both_numbers(issued: None, nadia: FlaskClient) -> None:
    """25 % and 10 % of unequal wholes: 2 out of 14, not 17.5 %."""
    behind = read(nadia, "/national/bilans/2026-S1/chiffres/A2p")
    assert "Tous départements 14,3 %" in behind
    assert "25 % 1 4" in behind and "10 % 1 10" in behind


def test_who_has_issued_nothing_is_awaited_by_name_and_day(issued: None, nadia: FlaskClient) -> None:
    shown = read(nadia, "/national/bilans/2026-S1").split("Sans bilan pour ce semestre")[1]
    assert "18 (18) 30 juillet 2026 En retard" in shown
    assert "Loir-et-Cher" not in shown


def test_each_edition_behind_a_figure_is_one_click_away(issued: None, nadia: FlaskClient) -> None:
    html = nadia.get("/national/bilans/2026-S1/chiffres/S2").text
    links = re.findall(r'href="(/bilans/\d+)"', html)
    assert [nadia.get(link).status_code for link in links] == [200, 200]


@pytest.mark.parametrize("address", ["2026-T1", "2026-S3", "2026", "abc", "٢٠٢٦-S1"])
def test_an_address_that_is_no_semester_does_not_exist(nadia: FlaskClient, address: str) -> None:
    assert nadia.get(f"/national/bilans/{address}").status_code == 404
    assert nadia.get(f"/national/bilans/2026-S1/chiffres/{address}").status_code == 404


def test_the_administrator_reads_it_and_nobody_else_does(sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in(ALIX).get("/national/").status_code == 200
    assert [sign_in(one).get("/national/").status_code for one in (CAMILLE, BRUNO)] == [403, 403]
