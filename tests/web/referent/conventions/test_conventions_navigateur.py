"""Signatories, conventions and promises in a real browser: the keyboard alone is enough, errors are accessible."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.factories import a_convention, a_signataire, a_siret
from tests.fixtures_acteurs import CAMILLE, invitation_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

WIDTHS = (1280, 360)
MOST_TABS = 80


@pytest.fixture
def camille(live_server: LiveServer, accounts: object, page: Page) -> Page:
    """Camille's browser, signed in."""
    page.set_default_timeout(10_000)
    with live_server.app.app_context():
        page.goto(invitation_of(CAMILLE).removeprefix("http://localhost"))
    page.get_by_role("button", name="Ouvrir ma session").click()
    return page


@pytest.fixture
def bare(camille: Page, browser: Browser, live_server: LiveServer) -> Page:
    """The same session in a browser that runs no script of ours."""
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=camille.context.storage_state()
    )
    return context.new_page()


def reach(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, and see it."""
    target = page.locator(selector).first
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement"):
            outline = target.evaluate("e => getComputedStyle(e).outlineStyle")
            assert outline != "none", f"le focus ne se voit pas sur {selector}"
            return
    pytest.fail(f"{selector} ne s’atteint pas au clavier")


def type_into(page: Page, selector: str, text: str) -> None:
    reach(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


@pytest.mark.timeout(300)
def test_from_the_siret_to_the_promises_with_the_keyboard_alone_and_without_javascript(bare: Page) -> None:
    bare.goto("/referent/signataires/nouveau")
    type_into(bare, "#identifiant", a_siret(9))
    bare.keyboard.press("Enter")
    type_into(bare, "#nom", "Atelier du clavier (fictif)")
    reach(bare, "button[name=ajouter_contact]")
    bare.keyboard.press("Enter")
    expect(bare.locator("#contacts-1-nom")).to_be_visible()
    bare.keyboard.press("Tab")
    expect(bare.locator("[id^=contacts-1]:focus"), "the focus goes on where the page grew").to_have_count(1)
    type_into(bare, "#effectif", "12")
    bare.keyboard.press("Enter")
    expect(bare.locator("h1")).to_have_text("Atelier du clavier (fictif)")
    reach(bare, "a:text('Saisir une convention')")
    bare.keyboard.press("Enter")
    type_into(bare, "#debut", "1er février 2026")
    bare.keyboard.press("Enter")
    reach(bare, "[id='S2_1-retenu']")
    bare.keyboard.press("Space")
    type_into(bare, "[id='S2_1-duree']", "20")
    bare.keyboard.press("Enter")
    bare.wait_for_url("**/engagements/FORMER")
    reach(bare, "button[name=terminer]")
    bare.keyboard.press("Enter")
    bare.wait_for_url(re.compile(r"/conventions/\d+$"))
    expect(bare.locator("#axe-SENSIBILISER")).to_contain_text("20 sur la durée")


def test_figures_are_asked_only_of_what_is_promised(live_server: LiveServer, camille: Page) -> None:
    with live_server.app.app_context():
        key = a_convention(a_signataire("Étoile du Nord"))
    camille.goto(f"/referent/conventions/{key}/engagements/FORMER")
    figure, tick = camille.locator("[id='F1_1-duree']"), camille.locator("[id='F1_1-retenu']")
    expect(figure).to_be_hidden()
    tick.check()
    expect(figure).to_be_visible()


@pytest.mark.timeout(300)
def test_axe_finds_nothing_on_errors_and_conflicts(
    live_server: LiveServer, camille: Page, axe: Callable[[Page], AxeReport]
) -> None:
    with live_server.app.app_context():
        key = a_convention(a_signataire("Étoile du Nord"), "F1", "X1", fin=date(2026, 12, 31), is_in_plan_10000=True)
    page, faults = f"/referent/conventions/{key}", []
    wrong = (
        (f"{page}/engagements/FORMER", "[id='F1_1-duree']", "1.234,5"),
        (f"{page}/engagements/AUTRE", "[id='X1_1-unite']", ""),
        (f"{page}/modifier", "#debut", "32/01/2026"),
    )
    for address, field, typed in wrong:
        camille.goto(address)
        camille.locator(field).fill(typed)
        camille.locator("main form button.btn-primary").first.click()
        faults += seen(camille, axe, address)
    camille.goto(f"{page}/modifier")
    other = camille.context.new_page()
    other.goto(f"{page}/modifier")
    for tab, note in ((other, "Note de Julien"), (camille, "Note de Camille")):
        tab.locator("#notes").fill(note)
        tab.get_by_role("button", name="Enregistrer").click()
        tab.wait_for_load_state()
    faults += seen(camille, axe, "conflit")
    expect(camille.locator("#notes-autre")).to_contain_text("Note de Julien")
    assert not faults, "\n".join(faults)


def seen(page: Page, axe: Callable[[Page], AxeReport], where: str) -> list[str]:
    """What axe says of a refused page at both widths; the summary has taken the focus."""
    expect(page.locator("#resume")).to_be_focused()
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{where} à {width} : {problem}" for problem in axe(page).problems]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{where} déborde à {width}")
    return found
