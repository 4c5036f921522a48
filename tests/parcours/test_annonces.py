"""What is said to whoever does not see the page: messages met first, drafts and counters aloud, a session that ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.parcours.demonstration import SEMESTRE, pages

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
SEEN = """e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; }"""


@pytest.fixture
def database_url(database_kind: str, demonstration_url: str) -> str:
    return demonstration_url


def test_after_an_edition_is_produced_its_message_has_the_focus_and_is_in_sight(enter: Callable[[str], Page]) -> None:
    page = enter("camille")
    page.goto(f"/referent/bilans/{SEMESTRE}")
    make = page.locator(f"form[action*='/bilans/{SEMESTRE}/produire'] button").first
    page.locator("details").filter(has=make).last.evaluate("one => { one.open = true; }")
    make.click()
    told = page.locator(".alerte:focus")
    expect(told).to_contain_text("édition")
    assert told.evaluate(SEEN)
    told.get_by_role("link", name=re.compile(r"^Voir «\sÉditions\s»$")).click()
    assert page.url.endswith("#editions")


def test_the_referent_s_typing_is_kept_as_she_leaves_a_field_and_a_refused_one_is_named(
    enter: Callable[[str], Page], live_server: LiveServer
) -> None:
    page = enter("camille")
    page.goto(next(a for a in pages(live_server.app, "referent") if a.endswith("/saisir")))
    box = page.locator("input[name^=valeur_][data-cellule]").first
    box.fill("douze")
    box.blur()
    alert = page.locator("[data-brouillon-etat] [role=alert]")
    expect(alert).to_contain_text("Pas encore enregistré.")
    expect(box).to_have_attribute("aria-invalid", "true")
    box.fill("12")
    box.blur()
    expect(page.locator("[data-brouillon-etat] [role=status]")).to_contain_text("Brouillon enregistré")
    expect(alert).to_be_empty()
    expect(box).not_to_have_attribute("aria-invalid", "true")
    page.reload()
    expect(box).to_have_value("12")


def test_a_text_too_long_is_said_once_and_marked(enter: Callable[[str], Page], live_server: LiveServer) -> None:
    page = enter("camille")
    page.goto(next(a for a in pages(live_server.app, "referent") if a.endswith("/saisir")))
    area = page.locator("textarea[data-limite]").last
    limit = int(area.get_attribute("data-limite") or 0)
    assert (area.get_attribute("aria-describedby") or "").endswith("-compte")
    aloud = area.locator("xpath=following-sibling::p[@role='alert']")
    area.fill("a" * 10)
    expect(aloud).to_be_empty()
    area.fill("a" * (limit + 2))
    expect(aloud).to_contain_text("2 caractères de trop")
    expect(area).to_have_attribute("aria-invalid", "true")
    area.fill("a" * 10)
    expect(area).not_to_have_attribute("aria-invalid", "true")


def test_a_session_about_to_end_is_said_and_prolonged_without_leaving_the_page(enter: Callable[[str], Page]) -> None:
    page = enter("camille")
    page.clock.install()
    page.goto("/referent/")
    box = page.locator("[data-session]")
    page.clock.fast_forward("20:00")
    expect(box).to_be_hidden()
    page.clock.fast_forward("04:00")
    expect(box.get_by_role("alert")).to_contain_text("Votre session se ferme à")
    with page.expect_response("**/compte/session") as answered:
        box.get_by_role("button", name="Rester connecté").click()
    assert answered.value.status == 200
    expect(box.get_by_role("alert")).to_contain_text("prolongée jusqu’à")
    page.clock.fast_forward("20:00")
    expect(box).to_be_hidden()
    page.clock.fast_forward("09:00")
    expect(box.get_by_role("alert")).to_contain_text("Votre session est terminée.")
