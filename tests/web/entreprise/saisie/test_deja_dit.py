"""« Déjà 8 sur 10 » : what was sent for other periods stands beside the target while this one is typed (R6, R13)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.models import Convention, Engagement, Objectif
from paqte.services.declarations.declarations import open_declaration, send_back, submit_declaration
from paqte.services.transaction import transaction
from tests import factories
from tests.fixtures_acteurs import CAMILLE
from tests.web.entreprise.conftest import NOW, Maison, plain

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ABOUT_PAGES = True


def told(maison: Maison, periode: str, code: str, valeur: int | None, *, is_sent: bool = True) -> None:
    """An answer for another period; a confirmed zero without a number."""
    with maison.app.app_context():
        key = open_declaration(
            actor=factories.CAMILLE, now=NOW, convention_id=maison.convention, periode=Periode.from_code(periode)
        )
        answer = AnswerTyped(is_neant=True) if valeur is None else AnswerTyped(valeur=Decimal(valeur))
        saisie = Saisie({maison.keys[code]: answer})
        if is_sent:
            submit_declaration(actor=factories.CAMILLE, now=NOW, declaration_id=key, version=1, saisie=saisie)


def beside(html: str, code: str, maison: Maison) -> list[str]:
    block = plain(html).partition(f'id="engagement-{maison.keys[code]}"')[2].partition('id="engagement-')[0]
    return [" ".join(one.split()) for one in re.findall(r"<dt>Déjà déclaré</dt><dd>(.*?)</dd>", block, re.S)]


@pytest.fixture
def both(maison: Maison, sign_in: Callable[..., FlaskClient]) -> Callable[[str], set[str]]:
    """What the page of the company and that of the référent say beside an engagement."""
    camille = sign_in(CAMILLE)
    pages = ((maison.browser, f"{maison.path}/saisir"), (camille, f"/referent/declarations/{maison.id}/saisir"))
    return lambda code: {one for browser, path in pages for one in beside(browser.get(path).text, code, maison)}


def test_what_was_sent_for_other_periods_stands_beside_the_target_of_the_term(
    maison: Maison, both: Callable[[str], set[str]]
) -> None:
    assert both("S2") == set()
    told(maison, "2025-T4", "S2", 5)
    told(maison, "2026-T1", "S2", 3)
    told(maison, "2026-T2", "S2", None)
    assert both("S2") == {"8 sur 30 personnes sur la durée, sans cette période"}
    assert both("R3") == both("S7") == set()


def test_R13_what_nobody_sent_is_not_counted_and_a_zero_confirmed_is(
    maison: Maison, both: Callable[[str], set[str]]
) -> None:
    told(maison, "2026-T1", "S2", 9, is_sent=False)
    assert both("S2") == set()
    told(maison, "2026-T2", "S2", None)
    assert both("S2") == {"0 sur 30 personnes sur la durée, sans cette période"}


def test_what_is_asked_back_was_sent_and_still_counts(maison: Maison, both: Callable[[str], set[str]]) -> None:
    """Left out, « 5 sur 30 » became nothing as soon as a référent asked what these five were."""
    told(maison, "2026-T1", "S2", 5)
    with maison.app.app_context():
        key = open_declaration(
            actor=factories.CAMILLE, now=NOW, convention_id=maison.convention, periode=Periode.from_code("2026-T1")
        )
        send_back(actor=factories.CAMILLE, now=NOW, declaration_id=key, version=2, commentaires={None: "Qui ?"})
    assert both("S2") == {"5 sur 30 personnes sur la durée, sans cette période"}


def test_R6_a_yearly_target_is_compared_with_its_own_convention_year_alone(
    maison: Maison, both: Callable[[str], set[str]]
) -> None:
    with maison.app.app_context(), transaction(actor=factories.CAMILLE, now=NOW) as session:
        engagement = session.get_one(Engagement, maison.keys["S2"])
        engagement.objectifs[:] = [Objectif(annee=annee, cible=Decimal(10)) for annee in (1, 2, 3)]
        assert session.get_one(Convention, maison.convention).debut == date(2025, 1, 1)
    told(maison, "2025-T4", "S2", 5)
    told(maison, "2026-T1", "S2", 8)
    assert both("S2") == {"8 sur 10 personnes pour l’année 2, sans cette période"}


def test_R1_the_last_period_of_a_term_that_ends_inside_it_is_of_its_last_year(
    maison: Maison, both: Callable[[str], set[str]]
) -> None:
    """From 15/08/2023 to 14/08/2026: the third quarter of 2026 ends in a fourth year that the convention has not."""
    with maison.app.app_context(), transaction(actor=factories.CAMILLE, now=NOW) as session:
        convention = session.get_one(Convention, maison.convention)
        convention.debut, convention.fin = date(2023, 8, 15), date(2026, 8, 14)
        engagement = session.get_one(Engagement, maison.keys["S2"])
        engagement.objectifs[:] = [Objectif(annee=3, cible=Decimal(10))]
    told(maison, "2026-T2", "S2", 8)
    assert both("S2") == {"8 sur 10 personnes pour l’année 3, sans cette période"}
