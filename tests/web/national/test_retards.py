"""Who has not sent the bilan, what is missing there, whom to call, when somebody was last there."""

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
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.services.declarations.declarations import open_declaration, submit_declaration, validate_declaration
from paqte.services.editions.editions import produce_edition
from paqte.services.pilotage.rubriques import write_rubrique
from tests.architecture.acces.monde import invite, two_regions
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import CAMILLE, NADIA, ZOE, Personne, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
S1 = Periode.from_code("2026-S1")


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def sent(convention: int, quarter: str, *, is_validated: bool) -> None:
    window, saisie = Periode.from_code(quarter), Saisie({engagement_of(convention, "S2"): AnswerTyped(Decimal(4))}, "")
    key = open_declaration(actor=PLANIFICATEUR, now=NOW, convention_id=convention, periode=window)
    submit_declaration(actor=PLANIFICATEUR, now=NOW, declaration_id=key, version=1, saisie=saisie)
    if is_validated:
        validate_declaration(actor=PLANIFICATEUR, now=NOW, declaration_id=key, version=2)


@pytest.fixture
def awaited(app: Flask, accounts: object) -> None:
    """The 41 has one answer validated, one to validate, one of another semester, and one text written of three."""
    two_regions(app)
    with app.app_context():
        convention = a_convention(a_signataire("Société 41 (fictif)", "41"), "S2")
        a_convention(a_signataire("Société 972 (fictif)", "972"), "S2")
        for quarter, is_validated in (("2025-T4", True), ("2026-T1", True), ("2026-T2", False)):
            sent(convention, quarter, is_validated=is_validated)
        write_rubrique(
            actor=PLANIFICATEUR, now=NOW, departement="41", periode=S1, code="obstacles", version=None, texte="Le car."
        )


def rows_of(browser: FlaskClient) -> dict[str, list[str]]:
    """What the page says of each département that is awaited, cell by cell, by code."""
    shown = unescape(browser.get("/national/bilans/2026-S1").text).split("Sans bilan pour ce semestre")[1]
    rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?\((\w+)\)</th>(.*?)</tr>", shown, re.DOTALL)
    bare = {code: re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for code, row in rows}
    return {
        code: [" ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", cell, flags=re.DOTALL).split()) for cell in cells]
        for code, cells in bare.items()
    }


def test_a_departement_that_is_awaited_says_what_is_missing_and_whom_to_call(
    awaited: None, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    told = rows_of(sign_in(NADIA))["41"]
    due, texts, validated, waiting, referents, last, reminders = told
    assert due.startswith("30 juillet 2026") and "En retard" in due
    assert texts == "Organisation retenue de suivi et d’animation du PAQTE, Stratégie définie"
    assert (validated, waiting) == ("1", "1")
    assert CAMILLE.nom in referents and CAMILLE.courriel in referents and ZOE.nom not in referents
    assert (last, reminders) == ("jamais", "aucun")


def test_the_last_time_that_a_referent_signed_in_is_told_and_nobody_elses(
    awaited: None, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    nadia = sign_in(NADIA)
    with time_machine.travel(datetime(2026, 7, 1, 8, tzinfo=UTC), tick=False):
        sign_in(ZOE)
    assert {code: row[-2] for code, row in rows_of(nadia).items()} == {
        "41": "jamais",
        "972": "1er juillet 2026 à 4 h 00",
    }


def test_the_mail_that_a_click_begins_names_the_semester_and_the_departement(
    awaited: None, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    page = sign_in(NADIA).get("/national/bilans/2026-S1").text
    (address,) = re.findall(rf'href="(mailto:{re.escape(CAMILLE.courriel.replace("@", "%40"))}[^"]*)"', page)
    assert "Loir-et-Cher" in address and "2026" in address and " " not in address


def test_a_region_is_told_of_its_own_late_departements_alone(awaited: None, app: Flask) -> None:
    browser = app.test_client()
    assert post(browser, invite(app, "region", "r@centre.test", region="24"), {}).status_code == 302
    assert set(rows_of(browser)) == {"41"}
    assert ZOE.courriel not in browser.get("/national/bilans/2026-S1").text


def test_the_map_says_of_each_departement_that_one_may_read_where_its_bilan_is(
    awaited: None, app: Flask, sign_in: Callable[[Personne], FlaskClient], tmp_path: Path
) -> None:
    with app.app_context():
        produce_edition(DOCUMENTS[BILAN], actor=PLANIFICATEUR, departement="972", periode=S1, reports=tmp_path, now=NOW)
    page = sign_in(NADIA).get("/national/bilans/2026-S1").text
    drawn = re.findall(r'class="tuile tuile-(\w+)" title="[^"]*\((\w+)\)"', page)
    assert {code: state for state, code in drawn} == {"37": "rien", "41": "retard", "972": "produit"}
    browser = app.test_client()
    post(browser, invite(app, "region", "r@centre.test", region="24"), {})
    assert "972" not in browser.get("/national/bilans/2026-S1").text
