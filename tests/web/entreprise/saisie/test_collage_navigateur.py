"""Cells of a table pasted into the fields of a declaration, in a real browser (R16)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from paqte.domain.calendrier.periodes import Periode
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import open_declaration
from tests import factories
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import CAMILLE, invitation_of

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.fixtures_application import LiveServer

ABOUT_PAGES = True


@pytest.fixture
def saisie(live_server: LiveServer, accounts: object, page: Page) -> tuple[int, dict[str, int]]:
    """A declaration open in Camille's browser, who may read and write the clipboard: its key and its engagements."""
    page.set_default_timeout(10_000)
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    with live_server.app.app_context():
        page.goto(invitation_of(CAMILLE).removeprefix("http://localhost"))
        convention = a_convention(a_signataire(), "S2", "S7")
        keys = {code: engagement_of(convention, code) for code in ("S2", "S7")}
        periode = Periode.from_code("2026-T1")
        key = open_declaration(actor=factories.CAMILLE, now=now, convention_id=convention, periode=periode)
    page.get_by_role("button", name="Ouvrir ma session").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/referent/declarations/{key}/saisir")
    return key, keys


def paste(page: Page, field: Locator, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    field.press("Control+A")
    page.keyboard.press("Control+V")


def test_R16_cells_are_refused_in_a_sentence_and_one_cell_is_taken(
    live_server: LiveServer, page: Page, saisie: tuple[int, dict[str, int]]
) -> None:
    key, keys = saisie
    field, other = page.locator(f"#valeur_{keys['S2']}"), page.locator(f"#valeur_{keys['S7']}")
    said = page.get_by_role("alert").filter(has_text="Plusieurs cellules ont été collées")
    field.fill("7")
    for cells in ("5\n120", "12\r\n345\r\n678\r\n", "5\t120"):
        paste(page, field, cells)
        expect(field).to_have_value("7")
        expect(said).to_have_count(1)
        expect(field).to_have_attribute("aria-invalid", "true")
    paste(page, field, "1 204\r\n")  # one cell, as a spreadsheet copies it
    expect(said).to_have_count(0)
    paste(page, other, "3,5\n")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_text("Le brouillon est enregistré.")).to_be_visible()
    expect(page.get_by_text("Lu comme un seul nombre")).to_have_count(0)
    with live_server.app.app_context():
        stored = read_declaration(actor=factories.CAMILLE, declaration_id=key)
    assert [str(stored.ligne(k).actuelle.valeur) for k in keys.values()] == ["1204", "3.5"]  # type: ignore[union-attr]
