"""Every page of the demonstration, as each role sees it: nothing touches, is torn, cut askew, nor wasted on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.parcours.alignements import cut_on_paper, eyesores, wasted_sheets
from tests.parcours.demonstration import pages

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
# A period as the base keeps it: nobody but an administrator reads it, in the journal; the name of a file bears it.
CODE = re.compile(r"(?<![\w-])(?:19|20)\d\d-[ST][1-4](?![\w-])")
WHO = [("camille", "referent"), ("bruno", "entreprise"), ("nadia", "national"), ("rose", "region"), ("alix", "admin")]


@pytest.fixture
def database_url(database_kind: str, demonstration_url: str) -> str:
    return demonstration_url


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("name", "role"), [*WHO, ("", "public")])
def test_nothing_strikes_the_eye_on_any_page(
    page: Page, enter: Callable[[str], Page], live_server: LiveServer, name: str, role: str
) -> None:
    page = enter(name) if name else page
    faults = []
    for address in pages(live_server.app, role):
        page.goto(address)
        faults += [f"{address} {fault}" for fault in (*eyesores(page), *cut_on_paper(page), *wasted_sheets(page))]
        if role != "admin" and CODE.search(page.inner_text("body").replace("2025-S2 ou 2025-T4", "")):
            faults.append(f"{address} montre une période par son code")
    assert not faults, "\n".join(faults)
