"""The pages of single sign-on in a real browser: by the keyboard alone, without JavaScript, wide and narrow."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fixtures_acteurs import CAMILLE
from tests.parcours.regards import hurt_when_narrow
from tests.web.commun.entree.conftest import START
from tests.web.commun.entree.fournisseur import StandIn, redirect, send_bytes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

pytestmark = pytest.mark.lent
WIDTHS = (1280, 360)
Axe = Callable[["Page"], "AxeReport"]


@pytest.fixture
def closing(provider: StandIn) -> StandIn:
    """The provider's closing page, which leads back by itself."""

    def back(handler: object) -> None:
        query = provider.asked[-1][1]
        redirect(handler, f"{query['post_logout_redirect_uri']}?state={query['state']}")  # type: ignore[arg-type]

    provider.answers["/end_session"] = back
    return provider


def faults(page: Page, axe: Axe, name: str) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{name} à {width} : {fault}" for fault in axe(page).problems]
        if folder := os.environ.get("PAQTE_IMAGES"):
            page.screenshot(path=Path(folder) / f"{name}_{width}.png", full_page=True)
    found += [f"{name} {fault}" for fault in hurt_when_narrow(page)]
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


def test_the_pages_of_both_ways_in_and_out_are_open_to_everybody(
    page: Page, live_server: LiveServer, accounts: object, closing: StandIn, axe: Axe
) -> None:
    page.goto("/connexion")
    found = faults(page, axe, "connexion")
    closing.person = {"sub": "sub-x", "email": "inconnue@ailleurs.test"}
    page.click("text=Se connecter avec ProConnect")
    assert "inconnue@ailleurs.test" in page.inner_text(".alerte")
    found += faults(page, axe, "refus")
    closing.person = {"sub": "sub-camille", "email": CAMILLE.courriel}
    page.goto(START)
    page.goto("/compte")
    assert page.is_visible("text=Détacher cette identité")
    found += faults(page, axe, "compte")
    closing.answers["/end_session"] = lambda handler: send_bytes(handler, b"", "text/plain", 204)
    page.click("text=Se déconnecter")
    assert page.inner_text("h1") == "Vous êtes déconnecté de l’application"
    assert page.is_visible("text=Fermer ma session ProConnect")
    found += faults(page, axe, "sortie")
    assert found == []


@pytest.fixture
def bare_page(browser: Browser, browser_context_args: Mapping[str, object]) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def test_with_the_keyboard_and_without_scripts_one_goes_in_and_out_at_both_places(
    bare_page: Page, live_server: LiveServer, accounts: object, closing: StandIn
) -> None:
    """Our own policy stops no step: neither the way there, nor the way out of the form that signs out."""
    page = bare_page
    page.goto("/connexion?next=/compte")
    page.focus("text=Se connecter avec ProConnect")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compte")
    assert CAMILLE.nom in page.inner_text("header")
    page.focus("text=Se déconnecter")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/")
    assert "Vous êtes déconnecté." in page.inner_text("main")
    assert "/end_session" in [path for path, _ in closing.asked]
