"""The pages of the second factor in a real browser: with the keyboard, without JavaScript, wide and narrow, valid."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyotp
import pytest

from paqte.ops import clock
from tests.fixtures_acteurs import CAMILLE, invitation_of, post
from tests.web.commun.entree.test_facteurs import PAGE, enrolled
from tests.web.commun.entree.test_fournisseur_pages import faults

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser, Page

    from tests.fixtures_acteurs import Personne
    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

pytestmark = pytest.mark.lent


@pytest.fixture
def given_settings() -> Mapping[str, object]:
    """No provider here."""
    return {}


@pytest.fixture
def bare_page(browser: Browser, browser_context_args: Mapping[str, object]) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def enter_key(page: Page) -> None:
    """Press it, and wait for the page that comes."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def follow_link(page: Page, live_server: LiveServer) -> None:
    with live_server.app.app_context():
        link = invitation_of(CAMILLE).removeprefix("http://localhost")
    page.goto(link)
    page.focus("text=Ouvrir ma session")
    enter_key(page)


def test_with_the_keyboard_and_without_scripts_it_is_put_in_force_and_asked(
    bare_page: Page, live_server: LiveServer, accounts: object
) -> None:
    page = bare_page
    follow_link(page, live_server)
    page.goto(PAGE)
    page.focus("text=Préparer un second facteur")
    enter_key(page)
    found = re.search(r"Clé\s: ([A-Z2-7]{32})", page.inner_text("main"))
    assert found is not None and page.is_visible("svg.qr")
    phone = pyotp.TOTP(found[1])
    page.focus("#code")
    page.keyboard.type(phone.at(clock.now()))
    enter_key(page)
    assert page.inner_text("h1") == "Votre second facteur est actif"
    assert page.locator("main li code").count() == 10
    page.context.clear_cookies()
    follow_link(page, live_server)
    assert page.inner_text("h1") == "Donner un code"
    page.focus("#code")
    page.keyboard.type(phone.at(clock.now() + timedelta(seconds=30)))
    enter_key(page)
    page.goto("/referent/signataires")
    assert page.inner_text("h1") == "Signataires"


def test_axe_finds_nothing_on_its_pages(
    page: Page, live_server: LiveServer, accounts: object, axe: Callable[[Page], AxeReport]
) -> None:
    follow_link(page, live_server)
    page.goto(PAGE)
    found = faults(page, axe, "facteur_rien")
    page.click("text=Préparer un second facteur")
    found += faults(page, axe, "facteur_attend")
    key = re.search(r"Clé\s: ([A-Z2-7]{32})", page.inner_text("main"))
    assert key is not None
    page.fill("#code", "000000")
    enter_key(page)
    assert "Ce code n’est pas valable" in page.inner_text("main")
    found += faults(page, axe, "facteur_refus")
    page.fill("#code", pyotp.TOTP(key[1]).at(clock.now()))
    enter_key(page)
    found += faults(page, axe, "facteur_codes")
    page.goto(PAGE)
    found += faults(page, axe, "facteur_actif")
    page.goto("/connexion/code")
    found += faults(page, axe, "facteur_code")
    assert found == []


def test_their_html_is_valid(
    sign_in: Callable[[Personne], FlaskClient], nu: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    folder, browser = tmp_path / "pages", sign_in(CAMILLE)
    folder.mkdir()
    shown = {"rien": browser.get(PAGE).text}
    post(browser, f"{PAGE}/preparer", {}, page=PAGE)
    shown["attend"] = browser.get(PAGE).text
    enrolled(browser)
    shown["actif"] = browser.get(PAGE).text
    shown["code"] = browser.get("/connexion/code").text
    shown["codes"] = post(browser, f"{PAGE}/codes", {}, page=PAGE).text
    for name, text in shown.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    assert len(os.listdir(folder)) == 5
    assert nu(folder) == []
