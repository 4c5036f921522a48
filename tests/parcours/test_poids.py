"""What pages weigh on the wire, as the browser counts it: a first visit, then the next ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.parcours.demonstration import SEMESTRE

if TYPE_CHECKING:
    from playwright.sync_api import Page

ABOUT_PAGES = True
FIRST, NEXT = 250_000, 40_000


@pytest.fixture
def database_url(database_kind: str, demonstration_url: str) -> str:
    return demonstration_url


def test_a_first_visit_is_under_250_kb_and_the_next_ones_under_40(enter: Callable[[str], Page], page: Page) -> None:
    octets: list[float] = []
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda told: octets.append(told["encodedDataLength"]))
    enter("camille").wait_for_load_state("networkidle")
    first = sum(octets)
    assert 30_000 < first < FIRST, "the theme's files at least, from the sign-in to the home page"
    for address in (f"/referent/bilans/{SEMESTRE}", "/referent/signataires", "/referent/declarations", "/referent/"):
        octets.clear()
        page.goto(address, wait_until="networkidle")
        assert 0 < sum(octets) < NEXT, address
