"""What is said to whoever does not see the page: a message told after an act is met first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.parcours.demonstration import SEMESTRE

if TYPE_CHECKING:
    from playwright.sync_api import Page

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
    told.get_by_role("link", name="Voir cette partie de la page").click()
    assert page.url.endswith("#editions")
