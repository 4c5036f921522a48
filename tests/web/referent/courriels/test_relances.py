"""The page of reminders, and the pause and the button on a signatory's page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import select

from paqte.domain.personnes.acteurs import ENTREPRISE
from paqte.models import Courriel, db
from paqte.services.comptes.comptes import invite_user
from tests import factories
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import CAMILLE, ZOE, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 10, 12, 9, 0, tzinfo=UTC)
PAGE = "/referent/relances"


@pytest.fixture(autouse=True)
def in_october() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(CAMILLE)


@pytest.fixture
def company(app: Flask, accounts: object) -> int:
    """Étoile du Nord, whose contact has not answered 2026-T3, and another nobody has an account for."""
    with app.app_context():
        for nom, courriel in (("Étoile du Nord", "nour@etoile.test"), ("Sans compte (fictif)", "")):
            key = a_signataire(nom, siren="900000019" if courriel else "900000027")
            a_convention(key, "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
            if courriel:
                invite_user(
                    actor=factories.CAMILLE,
                    role=ENTREPRISE,
                    courriel=courriel,
                    nom="Nour Haddad",
                    signataires=[key],
                    base_url="http://localhost",
                    now=NOW,
                )
                company = key
    return company


def text_of(browser: FlaskClient, path: str = PAGE) -> str:
    return unescape(browser.get(path).text).replace("\u00a0", " ")


def sent(app: Flask) -> list[str]:
    with app.app_context():
        db.session.rollback()
        sent_to = select(Courriel.destinataire).where(Courriel.motif == "relance").order_by(Courriel.id)
        return list(db.session.scalars(sent_to))


def press(browser: FlaskClient, company: int, act: str, **data: str) -> Any:
    page = f"/referent/signataires/{company}"
    return post(browser, f"{page}/{act}", data, page=page)


def test_R12_each_step_says_who_gets_what_and_who_does_not_and_why(browser: FlaskClient, company: int) -> None:
    text = text_of(browser)
    assert "Relance J−3, 3e trimestre 2026 : 19 octobre 2026" in text
    assert "1 personne recevra un courriel" in text and "nour@etoile.test" in text
    assert "Étoile du Nord, 3e trimestre 2026 (à saisir)" in text
    assert "Personne n’a de compte : à appeler" in text and "aucun contact connu" in text
    assert "Aucune relance envoyée" in text


def test_a_step_with_nobody_to_write_to_is_a_few_words_and_no_card(
    browser: FlaskClient, company: int, sign_in: Callable[..., FlaskClient]
) -> None:
    """A quarterly company has no semester of its own: only its quarter has a card."""
    with time_machine.travel(datetime(2026, 12, 28, 9, 0, tzinfo=UTC), tick=False):
        text, empty = text_of(sign_in(CAMILLE)), text_of(sign_in(ZOE))
    assert "Relance J−3, 4e trimestre 2026 : 18 janvier 2027" in text and "1 personne recevra" in text
    quiet = text.partition("Sans personne à qui écrire : ")[2].partition("</p>")[0]
    assert "Relance J−3, 2e semestre 2026 (18 janvier 2027)" in quiet and "trimestre" not in quiet
    assert "0 personne" not in text + empty and "<details" not in empty
    assert empty.count("Sans personne à qui écrire") == 1


def test_whom_to_call_at_steps_that_write_to_nobody_is_told_once(app: Flask, browser: FlaskClient) -> None:
    with app.app_context():
        a_convention(a_signataire("Sans compte (fictif)"), "S2", debut=date(2026, 7, 1), fin=date(2029, 6, 30))
    text = text_of(browser)
    assert text.count("Sans compte (fictif)") == 1 and "Personne n’a de compte : à appeler" in text
    assert "1 entreprise n’aura pas de courriel à ces étapes" in text and "0 personne" not in text
    assert text.partition("Sans personne à qui écrire : ")[2].partition("</p>")[0].count("Relance") == 3


def test_one_company_is_reminded_once_a_day_and_the_ledger_says_it(
    app: Flask, browser: FlaskClient, company: int
) -> None:
    assert press(browser, company, "relancer").status_code == 302
    assert sent(app) == ["nour@etoile.test"]
    assert "À votre demande" in text_of(browser) and "En attente" in text_of(browser)
    assert "Relance envoyée" in text_of(browser, f"/referent/signataires/{company}")
    press(browser, company, "relancer")
    assert "Un courriel est déjà parti aujourd’hui" in text_of(browser)
    assert sent(app) == ["nour@etoile.test"]


def test_a_pause_is_set_seen_and_ended_on_the_page_of_the_signatory(
    app: Flask, browser: FlaskClient, company: int
) -> None:
    refused = press(browser, company, "relances/suspendre", jusquau="01/01/2020")
    assert refused.status_code == 422 and "Choisissez un jour d’ici un an" in unescape(refused.text)
    assert press(browser, company, "relances/suspendre").status_code == 422
    assert press(browser, company, "relances/suspendre", jusquau="31/10/2026").status_code == 302
    text = text_of(browser, f"/referent/signataires/{company}")
    assert "Suspendues jusqu’au 31 octobre 2026" in text and "relances suspendues jusqu’au : vide → 31/10/2026" in text
    assert "jusqu’au 31/10/2026" in text_of(browser)
    press(browser, company, "relancer")
    assert sent(app) == []
    assert press(browser, company, "relances/reprendre").status_code == 302
    assert "Relancer maintenant" in text_of(browser, f"/referent/signataires/{company}")


def test_another_departement_sees_and_reminds_nobody_of_hers(
    app: Flask, browser: FlaskClient, company: int, sign_in: Callable[..., FlaskClient]
) -> None:
    press(browser, company, "relancer")
    zoe = sign_in(ZOE)
    assert "Étoile du Nord" not in text_of(zoe)
    for act in ("relancer", "relances/suspendre", "relances/reprendre"):
        data = {"jusquau": "31/10/2026"}
        assert post(zoe, f"/referent/signataires/{company}/{act}", data, page="/referent/").status_code == 404
    assert len(sent(app)) == 1


@pytest.mark.parametrize("liste", ["signataires", "declarations"])
def test_reminding_nobody_says_what_to_tick_in_the_very_list_that_was_left_and_keeps_its_filters(
    app: Flask, camille: FlaskClient, liste: str
) -> None:
    """From the signatories it led to the declarations, and said nothing of whom to tick there."""
    with app.app_context():
        a_convention(a_signataire("Bois (fictif)"), "S2")
    filtered = camille.get(f"/referent/{liste}?q=Bois").text
    (form,) = re.findall(r'<form id="lot".*?</form>', filtered, re.S)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    answer = camille.get("/referent/relances/selection", query_string=hidden)
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"/referent/{liste}")
    back = camille.get(answer.headers["Location"]).text
    assert "Aucune ligne n’est cochée. Cochez celles des signataires à relancer" in back
    assert 'value="Bois"' in back


def test_reminding_nobody_goes_to_no_page_but_a_list(camille: FlaskClient) -> None:
    for asked in ("compte.sortir", "https://ailleurs.test", ""):
        answer = camille.get("/referent/relances/selection", query_string={"liste": asked})
        assert answer.headers["Location"].endswith("/referent/signataires")
