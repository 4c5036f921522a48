"""Long lists and long forms in a real browser: headings and buttons stay in sight, hide nothing, and print whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Any

import pdfplumber
import pytest

from paqte.domain.calendrier.periodes import local_date
from paqte.ops.clock import now
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import CAMILLE, invitation_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

ABOUT_PAGES = True
LIST, SETTINGS = "/referent/signataires", "/referent/pilotage/reglages"
MANY = 40
# Where the focused thing lies, and what a person sees in its middle: itself, or what covers it.
FOCUSED = """() => {
    const e = document.activeElement, box = e.getBoundingClientRect();
    const seen = document.elementFromPoint(box.left + Math.min(box.width / 2, 8), box.top + box.height / 2);
    return {name: e.tagName + ' ' + (e.name || e.textContent || '').trim().slice(0, 40), top: box.top,
            bottom: box.bottom, height: innerHeight, isOurs: !seen || e.contains(seen) || seen.contains(e)};
}"""


@pytest.fixture
def camille(live_server: LiveServer, accounts: object, page: Page) -> Page:
    """Camille's browser, signed in, over forty signatories."""
    with live_server.app.app_context():
        for rank in range(MANY):
            key = a_signataire(f"Menuiserie {rank:02} (fictif)")
            a_convention(key, "S2", "R3", debut=date(2025, 1, 1), fin=date(2027, 12, 31))
        page.goto(invitation_of(CAMILLE).removeprefix("http://localhost"))
    page.get_by_role("button", name="Ouvrir ma session").click()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(reduced_motion="reduce")  # scrolling is over when the key is
    return page


def passed_by(page: Page, key: str, times: int) -> list[dict[str, Any]]:
    """What has the focus each time the key is pressed."""
    seen = []
    for _ in range(times):
        page.keyboard.press(key)
        seen.append(page.evaluate(FOCUSED))
    return seen


def covered(seen: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in seen if one["height"] and not one["isOurs"]]


def test_rows_are_close_and_the_headings_of_a_long_list_stay_in_sight(camille: Page) -> None:
    camille.goto(LIST)
    heights = camille.eval_on_selector_all("tbody tr", "rows => rows.map(r => r.getBoundingClientRect().height)")
    assert len(heights) == MANY + 1 and 24 <= median(heights) <= 46
    camille.evaluate("scrollTo(0, document.querySelectorAll('tbody tr')[20].getBoundingClientRect().top + scrollY)")
    seen = camille.evaluate("document.elementFromPoint(innerWidth / 2, 12).closest('thead') !== null")
    assert seen, "the headings went away with the first rows"


def test_WCAG_2411_what_is_reached_by_keyboard_never_lies_under_the_headings_or_the_buttons(camille: Page) -> None:
    camille.goto(LIST)
    camille.locator("tbody tr").last.locator("a").last.focus()
    seen = passed_by(camille, "Shift+Tab", 60)
    assert len({one["name"] for one in seen}) > 20 and covered(seen) == []
    camille.goto(SETTINGS)
    camille.set_viewport_size({"width": 1280, "height": 600})
    assert camille.evaluate("getComputedStyle(document.querySelector('.formulaire-pied')).position") == "sticky"
    camille.locator("[name=declaration_ouverture_jours]").focus()
    seen = passed_by(camille, "Tab", 22)
    assert covered(seen) == [] and any("BUTTON" in one["name"] for one in seen)


def test_the_buttons_of_a_long_form_are_in_sight_from_its_first_field_and_leave_a_small_screen_alone(
    camille: Page,
) -> None:
    camille.goto(SETTINGS)
    button = camille.locator(".formulaire-pied .btn-primary")
    box = button.bounding_box()
    assert box and 0 < box["y"] < 800 - box["height"]
    for width, height in ((360, 740), (1280, 480)):
        camille.set_viewport_size({"width": width, "height": height})
        assert camille.evaluate("getComputedStyle(document.querySelector('.formulaire-pied')).position") == "static"


def test_short_fields_stand_two_by_two_in_the_order_of_the_keyboard_and_one_by_one_on_a_small_screen(
    camille: Page,
) -> None:
    camille.goto(SETTINGS)
    names = ("declaration_ouverture_jours", "declaration_delai_jours", "relances_jours")

    def places() -> list[tuple[int, int]]:
        boxes = [camille.locator(f"[name={name}]").bounding_box() for name in names]
        return [(round(box["x"]), round(box["y"])) for box in boxes if box]

    first, second, third = places()
    assert first[1] == second[1] < third[1] and first[0] == third[0] < second[0]
    camille.set_viewport_size({"width": 360, "height": 740})
    assert len({x for x, _ in places()}) == 1
    assert camille.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", [LIST, SETTINGS, "/referent/", "/referent/calendrier/abonnement"])
def test_axe_finds_nothing_and_nothing_overflows_a_small_screen(
    camille: Page, path: str, axe: Callable[[Page], AxeReport]
) -> None:
    camille.goto(path)
    assert axe(camille).problems == []
    camille.set_viewport_size({"width": 360, "height": 740})
    assert camille.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", [LIST, SETTINGS, "/referent/", "/referent/declarations", "/referent/calendrier"])
def test_a_page_prints_without_menu_nor_button_its_tables_whole_with_its_address_and_its_day(
    camille: Page, path: str
) -> None:
    camille.goto(path)
    camille.emulate_media(media="print")
    camille.set_viewport_size({"width": 680, "height": 960})  # an A4 sheet between its margins
    shown = camille.eval_on_selector_all(
        "nav, .btn, button, .filtres, .pied-liens, input[type=checkbox].case",
        "all => all.filter(e => e.checkVisibility() && !e.closest('.fil')).map(e => e.outerHTML.slice(0, 80))",
    )
    assert shown == []
    assert camille.evaluate("document.documentElement.scrollWidth <= innerWidth"), "something is cut at the right"
    body = camille.locator(".bandeau")
    assert " ".join(body.inner_text().split()) == "PAQTE Préfecture de Loir-et-Cher"
    foot = camille.locator(".feuille")
    assert foot.is_visible() and path in foot.inner_text() and str(local_date(now(), "41").year) in foot.inner_text()
    for columns in camille.eval_on_selector_all(
        "table", "all => all.map(t => [...t.rows].map(r => [...r.cells].filter(c => c.checkVisibility()"
        ").reduce((n, c) => n + c.colSpan, 0)).filter(n => n))",
    ):  # fmt: skip
        assert max(columns) - min(columns) <= 1, "cells no longer stand under their headings"


def test_the_fiche_of_a_signatory_with_ten_promises_prints_on_one_sheet(camille: Page, live_server: LiveServer) -> None:
    with live_server.app.app_context():
        key = a_signataire("Chocolaterie (fictif)")
        promised = ("S1", "S2", "S3", "S4", "F1", "F2", "R2", "R3", "A1", "A3")
        debut = local_date(now(), "41").replace(day=1)
        a_convention(key, *promised, debut=debut, fin=date(debut.year + 3, debut.month, 1))
    camille.goto(f"/referent/signataires/{key}/avancement")
    sheet = camille.pdf(format="A4", prefer_css_page_size=True)
    with pdfplumber.open(io.BytesIO(sheet)) as document:
        assert len(document.pages) == 1
        text = document.pages[0].extract_text()
        assert "Chocolaterie (fictif)" in text and "Préfecture de Loir-et-Cher" in text
