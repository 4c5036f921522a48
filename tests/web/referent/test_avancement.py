"""Where a signatory stands, for a meeting: promised, achieved, what is still owed, whom to call (R6, R13, R22)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from paqte.web.affichage.svg import rate
from tests.factories import CAMILLE as CAMILLE_ACTOR
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import BRUNO, CAMILLE, ZOE

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(app: Flask, accounts: object) -> str:
    """One company that answered 12 pupils of 48 promised in the first quarter, and nothing in the second."""
    with app.app_context():
        signataire = a_signataire("Menuiserie Val (fictif)")
        convention = a_convention(signataire, "S2", "R3", "R3e", cibles={"S2": 48})
        a_convention(signataire, "S2", dispositif="charte", cibles={"S2": 999})
        key = open_declaration(
            actor=CAMILLE_ACTOR, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T1")
        )
        typed = {
            engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(12)),
            engagement_of(convention, "R3"): AnswerTyped(is_neant=True),
        }
        submit_and_validate(actor=CAMILLE_ACTOR, now=NOW, declaration_id=key, version=1, saisie=Saisie(typed))
    return f"/referent/signataires/{signataire}/avancement"


def rows(html: str) -> dict[str, list[str]]:
    """The cells of each engagement, by its label."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL):
        cells = [" ".join(re.sub(r"<[^>]+>", " ", c).split()) for c in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        found[cells[0]] = cells[1:]
    return found


def test_R6_R22_what_was_promised_achieved_and_its_rate_stand_beside_each_period(
    page: str, sign_in: Callable[..., FlaskClient]
) -> None:
    told = rows(sign_in(CAMILLE).get(page).text)
    pupils = next(cells for label, cells in told.items() if "élèves de 3e" in label)
    hired = next(cells for label, cells in told.items() if "recrutements" in label)
    assert told["Engagement"] == ["Objectif", "Réalisé", "Taux", "T1 2026", "T2 2026"]
    assert pupils == ["48", "12", "25 %", "12", "sans réponse"]
    # A confirmed zero is one; a quarter without answer is none (R13).
    assert hired == ["sans objectif", "0", "n.d.", "0", "sans réponse"]
    # Nothing is asked of a measure that ended in 2024.
    closed = next(cells for label, cells in told.items() if "emplois francs" in label)
    assert closed == ["sans objectif", "aucune réponse validée", "n.d.", "mesure close", "mesure close"]


def test_R7_a_charte_has_no_progress(page: str, sign_in: Callable[..., FlaskClient]) -> None:
    assert "999" not in sign_in(CAMILLE).get(page).text.partition("<main")[2]


def test_neither_another_departement_nor_a_company_sees_it(page: str, sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in(ZOE).get(page).status_code == 404
    assert sign_in(BRUNO).get(page).status_code in (403, 404)


def test_the_bar_of_a_rate_is_hidden_from_screen_readers_and_there_is_none_without_a_rate() -> None:
    told = rate(Chiffre(Decimal("62.5")))
    assert 'preserveAspectRatio="none" aria-hidden="true">' in told and 'width="62.50"' in told
    assert (rate(Chiffre(None, "sans objectif")), "role" in told) == ("", False)


def test_R4_what_is_only_prepared_has_no_end_that_comes(app: Flask, page: str, sign_in: Callable[..., Any]) -> None:
    """Of the four days shown, none is the end of a projet: nobody signed it."""
    key = int(page.split("/")[3])
    with app.app_context():
        days = {"debut": date(2028, 1, 1), "fin": date(2030, 12, 31)}
        a_convention(key, "S2", statut="projet", signee_le=None, **days)
    html = re.sub(r"<[^>]+>", "", sign_in(CAMILLE).get(page).text.replace("\u00a0", " "))
    coming = html[html.index("Prochaines dates") :]
    assert "31 décembre 2027" in coming and "fin de la convention 41-2025-001" in coming
    assert "31 décembre 2030" not in html and "fin de la convention 41-2025-003" not in html
