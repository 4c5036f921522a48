"""axe-core finds nothing on any page of the demonstration, at 1280 and at 360 pixels; no page spills sideways.

Each page is loaded once; at 320 pixels, its folded parts open, nothing is cut or covered, under wider spacing either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.parcours.demonstration import pages
from tests.parcours.regards import hurt_when_narrow

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
WIDTHS = (1280, 360)
WHO = [("camille", "referent"), ("alix", "admin"), ("nadia", "national"), ("rose", "region")]


@pytest.fixture
def database_url(database_kind: str, demonstration_url: str) -> str:
    return demonstration_url


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("name", "role"), WHO)
def test_axe_finds_nothing_on_any_page(
    enter: Callable[[str], Page], live_server: LiveServer, axe: Callable[[Page], AxeReport], name: str, role: str
) -> None:
    page = enter(name)
    faults = []
    for address in pages(live_server.app, role):
        answer = page.goto(address)
        if answer is None or answer.status >= 400:
            faults.append(f"{address} : {answer.status if answer else 'rien'}")
            continue
        faults += [f"{address} : {fault}" for width in WIDTHS for fault in _faults_at(page, axe, width)]
        faults += [f"{address} {fault}" for fault in hurt_when_narrow(page)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("name", "role"), [("bruno", "entreprise"), ("", "public")])
def test_nothing_is_cut_at_320_pixels_on_the_pages_that_other_walks_give_to_axe(
    page: Page, enter: Callable[[str], Page], live_server: LiveServer, name: str, role: str
) -> None:
    page = enter(name) if name else page
    faults = []
    for address in pages(live_server.app, role):
        page.goto(address)
        faults += [f"{address} {fault}" for fault in hurt_when_narrow(page)]
    assert not faults, "\n".join(faults)


def _faults_at(page: Page, axe: Callable[[Page], AxeReport], width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    found = [f"à {width} pixels : {problem}" for problem in axe(page).problems]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"déborde à {width} pixels")
    return found


@pytest.mark.timeout(300)
def test_axe_finds_nothing_on_forms_sent_empty(
    enter: Callable[[str], Page], live_server: LiveServer, axe: Callable[[Page], AxeReport]
) -> None:
    page = enter("camille")
    faults = []
    for address in [a for a in pages(live_server.app, "referent") if a.endswith(("nouvelle", "nouveau", "renvoyer"))]:
        page.goto(address)
        main = page.locator("main form button.btn-primary, main form button.btn-danger")
        if main.count() and main.first.is_visible():
            main.first.click()
            faults += [f"{address} : {problem}" for problem in axe(page).problems]
    assert not faults, "\n".join(faults)
