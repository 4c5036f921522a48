"""Passkeys in a real browser whose authenticator is virtual: added, given in place of a code, taken away."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
import time_machine

from paqte.ops import clock
from tests.fixtures_acteurs import CAMILLE, invitation_of, post
from tests.services.comptes.entree.authentificateur import SoftKey
from tests.web.commun.entree.test_facteurs import NOW, PAGE, enrolled, give, now_on
from tests.web.commun.entree.test_facteurs_pages import enter_key
from tests.web.commun.entree.test_fournisseur_pages import faults

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from playwright.sync_api import CDPSession, Page

    from tests.fixtures_acteurs import Personne
    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

ABOUT_PAGES = True
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SITE = "http://localhost"


@pytest.fixture
def given_settings() -> Mapping[str, object]:
    """No provider here."""
    return {}


def asked(browser: FlaskClient, path: str, page: str) -> Any:
    """What a browser is asked for there."""
    return post(browser, path, {}, page=page)


def with_a_key(browser: FlaskClient) -> SoftKey:
    key = SoftKey(SITE)
    made = key.make(asked(browser, "/compte/cles/defi", PAGE).json)
    answer = post(browser, "/compte/cles/ajouter", {"nom": "Téléphone", "reponse": made}, page=PAGE)
    assert answer.location == PAGE, answer.text
    return key


class TestWithoutBrowser:
    """What the pages answer, whatever the script of the page does."""

    def test_a_key_opens_the_session_in_place_of_a_code_and_leads_where_she_went(
        self, sign_in: Callable[[Personne], FlaskClient]
    ) -> None:
        first = sign_in(CAMILLE)
        enrolled(first)
        key = with_a_key(first)
        browser = sign_in(CAMILLE)
        assert browser.get("/referent/signataires").status_code == 302
        code = "/connexion/code?next=/referent/signataires"
        wrong = post(browser, "/connexion/cle", {"reponse": "{}", "next": "/referent/signataires"}, page=code)
        assert wrong.location == code
        assert "n’est pas acceptée" in browser.get(code).text and browser.get("/compte").status_code == 302
        signed = key.sign(asked(browser, "/connexion/cle/defi", code).json)
        sent = {"reponse": signed, "next": "/referent/signataires"}
        assert post(browser, "/connexion/cle", sent, page=code).location == "/referent/signataires"
        assert browser.get("/referent/signataires").status_code == 200
        for place in ("https://mal.test/", "//mal.test", "/connexion/code"):
            signed = key.sign(asked(browser, "/connexion/cle/defi", code).json)
            led = post(browser, "/connexion/cle", {"reponse": signed, "next": place}, page=code).location
            assert led.startswith("/"), led
            assert not led.startswith("//")

    def test_a_key_is_added_and_taken_away_after_a_code_of_these_last_minutes_alone(
        self, sign_in: Callable[[Personne], FlaskClient]
    ) -> None:
        with time_machine.travel(NOW, tick=False) as moved:
            self.goes(sign_in(CAMILLE), moved)

    @staticmethod
    def goes(browser: FlaskClient, moved: Any) -> None:
        phone, _ = enrolled(browser)
        with_a_key(browser)
        (away,) = re.findall(r'action="(/compte/cles/\d+/retirer)"', browser.get(PAGE).text)
        moved.shift(11 * 60)
        for path in ("/compte/cles/defi", "/compte/cles/ajouter", away):
            assert post(browser, path, {"nom": "Autre", "reponse": "{}"}, page=PAGE).status_code == 401, path
        assert give(browser, now_on(phone)).status_code == 302
        assert post(browser, away, {}, page=PAGE).location == PAGE
        assert "Aucune clé d’accès" in browser.get(PAGE).text

    def test_another_person_s_key_is_no_key_and_a_code_is_always_asked_for_beside(
        self, sign_in: Callable[[Personne], FlaskClient]
    ) -> None:
        browser = sign_in(CAMILLE)
        enrolled(browser)
        assert post(browser, "/compte/cles/999/retirer", {}, page=PAGE).status_code == 404
        assert "data-cle=" not in browser.get("/connexion/code").text
        with_a_key(browser)
        page = browser.get("/connexion/code").text
        assert re.search(r'data-cle="donner"[^>]* hidden>', page) and 'name="code"' in page


class TestAtABareAddress:
    """Browsers make no key there: none is offered, a code is asked for."""

    @pytest.fixture
    def given_settings(self) -> Mapping[str, object]:
        return {"PAQTE_BASE_URL": "http://127.0.0.1:5000"}

    def test_none_is_offered(self, sign_in: Callable[[Personne], FlaskClient]) -> None:
        browser = sign_in(CAMILLE)
        enrolled(browser)
        assert "Clés d’accès" not in browser.get(PAGE).text
        assert post(browser, "/compte/cles/defi", {}, page=PAGE).status_code == 404


class TestInABrowser:
    """Chromium, with an authenticator of its own."""

    @pytest.fixture
    def given_settings(self, listener: socket.socket) -> Mapping[str, object]:
        return {"PAQTE_BASE_URL": f"{SITE}:{listener.getsockname()[1]}"}

    @pytest.fixture
    def site(self, live_server: LiveServer) -> str:
        return live_server.url.replace("127.0.0.1", "localhost")

    @pytest.fixture
    def authenticator(self, page: Page) -> CDPSession:
        """`isUserVerified` may be turned off: a finger that is not hers."""
        told = page.context.new_cdp_session(page)
        told.send("WebAuthn.enable")
        told.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        return told

    @staticmethod
    def enters(page: Page, live_server: LiveServer, site: str) -> None:
        with live_server.app.app_context():
            link = invitation_of(CAMILLE)
        page.goto(site + re.sub(r"^https?://[^/]+", "", link))
        page.focus("text=Ouvrir ma session")
        enter_key(page)

    @staticmethod
    def has_a_factor(page: Page, site: str) -> None:
        page.goto(site + PAGE)
        page.click("text=Préparer un second facteur")
        found = re.search(r"Clé\s: ([A-Z2-7]{32})", page.inner_text("main"))
        assert found is not None
        page.fill("#code", pyotp.TOTP(found[1]).at(clock.now()))
        enter_key(page)
        page.goto(site + PAGE)

    def test_with_the_keyboard_a_key_is_added_given_and_taken_away_and_axe_finds_nothing(
        self,
        page: Page,
        authenticator: CDPSession,
        live_server: LiveServer,
        site: str,
        accounts: object,
        axe: Callable[[Page], AxeReport],
    ) -> None:
        self.enters(page, live_server, site)
        self.has_a_factor(page, site)
        found = faults(page, axe, "cles_aucune")
        page.focus("#nom")
        enter_key(page)
        assert "Saisissez un nom pour cette clé" in page.inner_text("main")
        found += faults(page, axe, "cles_refus")
        page.fill("#nom", "Ordinateur")
        enter_key(page)
        assert "Votre clé d’accès est ajoutée" in page.inner_text("main")
        found += faults(page, axe, "cles_une")
        page.context.clear_cookies()
        self.enters(page, live_server, site)
        assert "/connexion/code" in page.url
        found += faults(page, axe, "cles_donner")
        page.focus("text=Utiliser une clé d’accès")
        enter_key(page)
        assert page.goto(site + "/referent/").ok and page.url.startswith(site + "/referent/")
        page.goto(site + PAGE)
        page.focus("text=Retirer « Ordinateur »")
        page.keyboard.press("Enter")
        page.focus("text=Retirer cette clé")
        enter_key(page)
        assert "Votre clé d’accès est retirée" in page.inner_text("main")
        assert found == []

    def test_a_device_that_does_not_recognise_her_gives_nothing_and_the_page_says_so(
        self, page: Page, authenticator: CDPSession, live_server: LiveServer, site: str, accounts: object
    ) -> None:
        self.enters(page, live_server, site)
        self.has_a_factor(page, site)
        authenticator.send("WebAuthn.disable")
        authenticator.send("WebAuthn.enable")
        made = authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "isUserVerified": False}})
        assert made["authenticatorId"]
        page.fill("#nom", "Ordinateur")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-cle-dit]:not(:empty)")
        assert "Aucune clé n’a répondu" in page.inner_text("[data-cle-dit]")
        assert "Aucune clé d’accès" in page.inner_text("main")


def test_their_html_is_valid(
    sign_in: Callable[[Personne], FlaskClient], nu: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    folder, browser = tmp_path / "pages", sign_in(CAMILLE)
    folder.mkdir()
    enrolled(browser)
    shown = {"aucune": browser.get(PAGE).text}
    shown["refus"] = post(browser, "/compte/cles/ajouter", {"nom": "", "reponse": ""}, page=PAGE).text
    with_a_key(browser)
    shown |= {"une": browser.get(PAGE).text, "donner": browser.get("/connexion/code").text}
    for name, text in shown.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    assert nu(folder) == []
