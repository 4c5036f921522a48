"""The typing table in a real browser: as a spreadsheet, by keyboard alone, and a block is seen before it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.declarations.tableau import typed_codes
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.ops import clock
from paqte.queries.declarations.lecture.declaration import read_to_type
from paqte.services.declarations.declarations import save_draft
from tests import factories
from tests.factories import a_convention, a_signataire, a_siren, engagement_of
from tests.fixtures_acteurs import CAMILLE, invitation_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

ABOUT_PAGES = True
# Words of the headings that stand on several lines, in a browser that knows no French hyphenation.
TORN = """() => {
  const torn = [];
  for (const head of document.querySelectorAll(".saisie-tableau thead th")) {
    head.style.hyphens = "manual";
    const walk = document.createTreeWalker(head, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) for (const word of walk.currentNode.data.matchAll(/[^\\s\\/-]+/g)) {
      const range = document.createRange();
      range.setStart(walk.currentNode, word.index); range.setEnd(walk.currentNode, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) torn.push(word[0]);
    }
  }
  return torn;
}"""
CODES = ("S1", "S2", "S3")
PASTE = """([field, text]) => {
  const data = new DataTransfer(); data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


class Feuille:
    """The table of three companies open in Camille's browser; the second one promises less."""

    def __init__(self, server: LiveServer, page: Page) -> None:
        self.server, self.page = server, page
        self.periode: Periode = last_closed(local_date(clock.now(), "41"), "T")
        with server.app.app_context():
            self.keys = [
                a_convention(a_signataire(nom, siren=a_siren(rank)), *codes)
                for rank, (nom, codes) in enumerate((("Alpha", CODES), ("Béta", ("S1", "S3")), ("Gamma", CODES)), 1)
            ]
        page.goto(f"/referent/declarations/tableau/{self.periode.code}?axe=SENSIBILISER")

    def cell(self, row: int, code: str) -> Any:
        with self.server.app.app_context():
            return self.page.locator(f"#valeur_{engagement_of(self.keys[row], code)}")

    def values(self, row: int) -> dict[str, Any]:
        with self.server.app.app_context():
            found = read_to_type(actor=factories.CAMILLE, conventions=self.keys, periode=self.periode)[self.keys[row]]
            return {one.indicateur.code: one.actuelle.valeur for one in found.lignes if one.actuelle}

    def written_elsewhere(self, row: int, code: str, value: int) -> None:
        """By somebody else meanwhile."""
        with self.server.app.app_context():
            found = read_to_type(actor=factories.CAMILLE, conventions=self.keys, periode=self.periode)[self.keys[row]]
            saisie = Saisie({engagement_of(self.keys[row], code): AnswerTyped(valeur=value)})
            told = {"declaration_id": found.id, "version": found.version, "saisie": saisie}
            save_draft(actor=factories.CAMILLE, now=clock.now(), **told)

    def save(self) -> None:
        self.page.get_by_role("button", name="Enregistrer", exact=True).last.click()


@pytest.fixture
def feuille(live_server: LiveServer, accounts: object, page: Page) -> Feuille:
    page.set_default_timeout(10_000)
    with live_server.app.app_context():
        page.goto(invitation_of(CAMILLE).removeprefix("http://localhost"))
    page.get_by_role("button", name="Ouvrir ma session").click()
    return Feuille(live_server, page)


def test_arrows_enter_tab_and_escape_move_as_in_a_spreadsheet_and_the_keyboard_alone_saves(feuille: Feuille) -> None:
    keyboard = feuille.page.keyboard
    feuille.cell(0, "S1").focus()
    keyboard.type("12")
    keyboard.press("Enter")
    expect(feuille.cell(1, "S1")).to_be_focused()
    keyboard.type("7")
    keyboard.press("Tab")  # Béta promises no S2
    expect(feuille.cell(1, "S3")).to_be_focused()
    keyboard.press("Tab")
    expect(feuille.cell(2, "S1")).to_be_focused()
    keyboard.press("ArrowRight")
    expect(feuille.cell(2, "S2")).to_be_focused()
    keyboard.press("ArrowUp")  # over the cell that is not there
    expect(feuille.cell(0, "S2")).to_be_focused()
    keyboard.type("99")
    keyboard.press("Escape")
    expect(feuille.cell(0, "S2")).to_have_value("")
    keyboard.press("ArrowLeft")
    expect(feuille.cell(0, "S1")).to_be_focused()
    keyboard.press("Shift+Enter")
    expect(feuille.cell(0, "S1")).to_be_focused()
    expect(feuille.page.locator("[data-compte]")).to_have_text("Brouillons enregistrés")
    feuille.cell(2, "S3").focus()
    keyboard.press("Tab")
    while feuille.page.evaluate("document.activeElement.textContent.trim()") != "Enregistrer":
        keyboard.press("Tab")
    keyboard.press("Enter")
    expect(feuille.page.get_by_text("Tout ce qui est saisi est enregistré en brouillon.")).to_be_visible()
    assert [feuille.values(row) for row in range(3)] == [{"S1": 12}, {"S1": 7}, {}]


def test_no_word_of_a_heading_is_torn_where_the_browser_knows_no_hyphenation(feuille: Feuille) -> None:
    with feuille.server.app.app_context():
        a_convention(a_signataire("Delta", siren=a_siren(4)), *typed_codes(catalogue()))
    for width in (1280, 360):
        feuille.page.set_viewport_size({"width": width, "height": 900})
        feuille.page.goto(f"/referent/declarations/tableau/{feuille.periode.code}?axe=tous")
        assert feuille.page.evaluate(TORN) == []


def test_a_block_is_shown_before_it_is_placed_and_what_is_refused_says_why(feuille: Feuille) -> None:
    first, page = feuille.cell(0, "S1"), feuille.page
    first.focus()
    first.evaluate_handle("(field) => field")
    page.evaluate(PASTE, [first.element_handle(), "12\tnéant\t3\r\n5\t6\tdouze\r\n1\t\t2\r\n"])
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("7 valeurs à placer, 2 refusées")
    expect(dialog).to_contain_text("Refusé : Cette convention n’a pas d’engagement sur cet indicateur.")
    expect(dialog).to_contain_text("« douze » n’est pas un nombre")
    expect(first).to_have_value("")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(first).to_be_focused()
    expect(first).to_have_value("")
    page.evaluate(PASTE, [first.element_handle(), "12\tnéant\t3\r\n5\t6\tdouze\r\n1\t\t2\r\n"])
    page.get_by_role("button", name="Placer dans le tableau").click()
    expect(first).to_have_value("12")
    expect(page.locator("[data-compte]")).to_have_text("Brouillons enregistrés")
    feuille.save()
    expect(page.get_by_text("Tout ce qui est saisi est enregistré en brouillon.")).to_be_visible()
    assert [feuille.values(row) for row in range(3)] == [{"S1": 12, "S2": 0, "S3": 3}, {"S1": 5}, {"S1": 1, "S3": 2}]


def test_one_cell_of_a_spreadsheet_is_pasted_in_its_place_and_leaving_warns_until_it_is_kept(feuille: Feuille) -> None:
    first, page = feuille.cell(0, "S1"), feuille.page
    first.focus()
    page.evaluate(PASTE, [first.element_handle(), "42\r\n"])
    expect(first).to_have_value("42")
    warned = []
    page.on("dialog", lambda asked: (warned.append(asked.type), asked.dismiss()))
    page.context.set_offline(True)
    page.keyboard.press("Tab")
    expect(page.locator("[data-pas-garde]")).to_contain_text("la connexion manque")
    page.evaluate("location.href = '/referent/'")
    page.wait_for_timeout(300)
    assert warned == ["beforeunload"]
    page.context.set_offline(False)
    page.keyboard.press("Tab")
    expect(page.locator("[data-compte]")).to_have_text("Brouillons enregistrés")
    page.goto("/referent/")
    assert warned == ["beforeunload"] and feuille.values(0) == {"S1": 42}


def test_a_cell_left_is_kept_a_refused_one_is_said_and_nobody_s_writing_is_covered(feuille: Feuille) -> None:
    page, first, second = feuille.page, feuille.cell(0, "S1"), feuille.cell(0, "S2")
    status, alert = page.locator("[data-compte]"), page.locator("[data-pas-garde]")
    first.fill("douze")
    with page.expect_response("**/brouillon"):
        second.focus()
    expect(alert).to_be_empty()  # half of a row is no mistake yet
    feuille.cell(1, "S1").focus()
    expect(alert).to_contain_text("Alpha, pas enregistré")
    expect(first).to_have_attribute("aria-invalid", "")
    first.fill("12")
    second.fill("3")
    feuille.cell(1, "S1").focus()
    expect(status).to_have_text("Brouillons enregistrés")
    expect(alert).to_be_empty()
    assert feuille.values(0) == {"S1": 12, "S2": 3}
    feuille.written_elsewhere(0, "S3", 8)
    first.fill("13")
    feuille.cell(1, "S1").focus()
    expect(alert).to_contain_text("Utilisez «\u00a0Enregistrer\u00a0» pour voir les deux valeurs.")
    assert feuille.values(0) == {"S1": 12, "S2": 3, "S3": 8}
    feuille.save()
    expect(page.locator("#resume")).to_contain_text("Alpha")
    expect(first).to_have_value("13")


def test_the_state_of_a_row_follows_its_draft_and_its_box_comes_with_its_last_answer(feuille: Feuille) -> None:
    page = feuille.page
    page.set_viewport_size({"width": 360, "height": 740})
    state, box = (
        page.locator(".tab-etat").nth(1),
        page.get_by_role("checkbox", name="Transmettre la déclaration de Béta"),
    )
    expect(state).to_contain_text("À saisir")
    feuille.cell(1, "S1").fill("12")
    feuille.cell(2, "S1").focus()
    expect(state).to_contain_text(re.compile(r"Brouillon.*1 sur 2", re.DOTALL))
    expect(state.locator(".tab-envoi")).to_be_hidden()
    expect(state.get_by_role("link")).to_have_accessible_name(re.compile(r"ouvrir la déclaration de Béta"))
    feuille.cell(1, "S3").fill("néant")
    feuille.cell(2, "S1").focus()
    expect(state).to_contain_text("2 sur 2")
    box.check()
    feuille.cell(1, "S1").fill("13")
    feuille.cell(2, "S1").focus()
    expect(page.locator("[data-compte]")).to_have_text("Brouillons enregistrés")
    expect(box).to_be_checked()


def test_axe_finds_nothing_at_either_width_with_refusals_warnings_and_a_block(
    feuille: Feuille, axe: Callable[[Page], AxeReport]
) -> None:
    page = feuille.page
    feuille.cell(0, "S1").fill("douze")
    feuille.cell(2, "S1").fill("4")
    feuille.save()
    expect(page.locator("#resume")).to_be_focused()
    expect(page.get_by_text("1 déclaration n’est pas enregistrée")).to_be_visible()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert axe(page).problems == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(PASTE, [feuille.cell(0, "S1").element_handle(), "1\t2\nx\ty"])
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe(page).violations == []  # what lies behind a dialog leaves its contrasts undecided
