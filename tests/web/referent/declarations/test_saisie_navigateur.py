"""The typing page in a real browser: its error states are accessible, and the keyboard alone is enough."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.statuts.declarations import VALIDEE
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import open_declaration, save_draft
from tests import factories
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import CAMILLE, invitation_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CODES = ("S2", "F1p", "R1", "R3", "X1")
WIDTHS = (1280, 360)


class Ouverte:
    """A declaration open in Camille's browser."""

    def __init__(self, server: LiveServer, page: Page) -> None:
        self.server, self.page = server, page
        with server.app.app_context():
            convention = a_convention(a_signataire(effectif=10), *CODES, cibles={"S2": 30})
            self.keys = {code: engagement_of(convention, code) for code in CODES}
            self.id = open_declaration(
                actor=factories.CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T1")
            )
        self.path = f"/referent/declarations/{self.id}/saisir"
        page.goto(self.path)

    def field(self, name: str) -> Any:
        part, _, code = name.partition(" ")
        return self.page.locator(f"#{part}_{self.keys[code]}")

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    def stored(self) -> Any:
        with self.server.app.app_context():
            return read_declaration(actor=factories.CAMILLE, declaration_id=self.id)


@pytest.fixture
def ouverte(live_server: LiveServer, accounts: object, page: Page) -> Ouverte:
    page.set_default_timeout(10_000)
    with live_server.app.app_context():
        page.goto(invitation_of(CAMILLE).removeprefix("http://localhost"))
    page.get_by_role("button", name="Ouvrir ma session").click()
    return Ouverte(live_server, page)


def faults(page: Page, axe: Callable[[Page], AxeReport]) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"à {width} : {problem}" for problem in axe(page).problems]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"déborde à {width}")
    return found


def test_axe_finds_nothing_on_errors_warnings_and_explanations(
    ouverte: Ouverte, axe: Callable[[Page], AxeReport]
) -> None:
    ouverte.field("valeur S2").fill("1.234,5")
    ouverte.field("numerateur F1p").fill("3")
    ouverte.press("Enregistrer et valider")
    # A draft on its way is waited for before the form is sent.
    expect(ouverte.page).to_have_title(re.compile("^Erreur"))
    assert faults(ouverte.page, axe) == []
    ouverte.field("valeur S2").fill("4")
    ouverte.field("denominateur F1p").fill("2")
    ouverte.field("valeur R3").fill("11")
    ouverte.press("Enregistrer et valider")
    told = ouverte.page.get_by_text("La partie dépasse le total")
    expect(told, "in the summary and beside the field").to_have_count(2)
    expect(ouverte.page.get_by_label("Votre explication sur")).to_be_visible()
    assert faults(ouverte.page, axe) == []


def test_axe_finds_nothing_when_two_versions_stand_side_by_side(
    ouverte: Ouverte, axe: Callable[[Page], AxeReport]
) -> None:
    with ouverte.server.app.app_context():
        saisie = Saisie({ouverte.keys["S2"]: AnswerTyped(valeur=factories.Decimal(7))}, "De l’autre onglet")
        save_draft(actor=factories.CAMILLE, now=NOW, declaration_id=ouverte.id, version=1, saisie=saisie)
    ouverte.field("valeur S2").fill("4")
    ouverte.press("Enregistrer le brouillon")
    expect(ouverte.page.get_by_text("Enregistré entre-temps : 7")).to_be_visible()
    expect(ouverte.field("valeur S2")).to_have_value("4")
    assert faults(ouverte.page, axe) == []


def test_a_link_of_the_summary_leads_to_the_very_field(ouverte: Ouverte) -> None:
    ouverte.field("valeur S2").fill("douze")
    ouverte.press("Enregistrer et valider")
    expect(ouverte.page.locator("#resume")).to_be_focused()
    ouverte.page.locator("#resume a").first.click()
    expect(ouverte.field("valeur S2")).to_be_focused()


@pytest.mark.parametrize(
    "browser_context_args",
    [{"java_script_enabled": False}, {}],
    ids=["sans JavaScript", "avec JavaScript"],
    indirect=True,
)
def test_the_keyboard_alone_types_explains_and_validates(ouverte: Ouverte) -> None:
    keyboard = ouverte.page.keyboard
    ouverte.field("valeur S2").focus()
    keyboard.type("4")
    for typed in ("", "3", "12", ""):  # néant of S2, the two numbers of F1p, its néant
        keyboard.press("Tab")
        keyboard.type(typed)
    keyboard.press("Tab")  # the three answers of R1: an arrow chooses « Non »
    keyboard.press("ArrowUp")
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.type("11")
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("Space")  # néant of X1
    ouverte.page.get_by_role("button", name="Enregistrer et valider").focus()
    keyboard.press("Enter")
    box = ouverte.page.get_by_label("Votre explication sur")
    box.focus()
    keyboard.type("Un intérimaire en plus.")
    ouverte.page.get_by_role("button", name="Enregistrer et valider").focus()
    keyboard.press("Enter")
    ouverte.page.get_by_text("La déclaration est validée").wait_for()
    stored = ouverte.stored()
    answers = {ligne.indicateur.code: ligne.actuelle.reponse for ligne in stored.lignes if ligne.actuelle}
    assert stored.etat == VALIDEE
    assert answers == {"S2": "nombre", "F1p": "nombre", "R1": "neant", "R3": "nombre", "X1": "neant"}


def test_R13_a_number_typed_over_a_confirmed_zero_needs_no_other_gesture(ouverte: Ouverte) -> None:
    ouverte.field("neant S2").check()
    expect(ouverte.field("valeur S2")).to_have_value("0")
    ouverte.press("Enregistrer le brouillon")
    ouverte.page.get_by_text("Le brouillon est enregistré.").wait_for()
    expect(ouverte.field("valeur S2"), "the zero that was confirmed").to_have_value("0")
    expect(ouverte.field("neant S2")).to_be_checked()
    ouverte.field("valeur S2").fill("4")
    expect(ouverte.field("neant S2")).not_to_be_checked()
    ouverte.press("Enregistrer et valider")
    ouverte.press("Valider malgré les réponses manquantes")
    ouverte.page.get_by_text("La déclaration est validée").wait_for()
    assert ouverte.stored().ligne(ouverte.keys["S2"]).actuelle.valeur == 4


def test_R13_a_tick_shows_its_zero_and_undone_gives_back_the_number(ouverte: Ouverte) -> None:
    ouverte.field("valeur S2").fill("4")
    ouverte.field("valeur R3").fill("7")
    for expected in ("0", "4"):
        ouverte.field("neant S2").click()
        expect(ouverte.field("valeur S2")).to_have_value(expected)
    expect(ouverte.field("valeur R3"), "another line is left alone").to_have_value("7")
    ouverte.field("numerateur F1p").fill("3")
    ouverte.field("neant F1p").check()
    expect(ouverte.field("numerateur F1p"), "a part of nothing known is no number").to_have_value("")
    ouverte.field("numerateur F1p").fill("3")
    expect(ouverte.field("neant F1p")).not_to_be_checked()
    ouverte.field("neant F1p").check()
    ouverte.field("valeur S2").fill("0")
    ouverte.press("Enregistrer et valider")
    ouverte.press("Valider malgré les réponses manquantes")
    ouverte.page.get_by_text("La déclaration est validée").wait_for()
    answers = {ligne.indicateur.code: ligne.actuelle.reponse for ligne in ouverte.stored().lignes if ligne.actuelle}
    assert answers == {"S2": "neant", "F1p": "neant", "R3": "nombre"}


def test_enter_in_a_field_keeps_a_draft(ouverte: Ouverte) -> None:
    ouverte.field("valeur S2").fill("4")
    ouverte.field("valeur S2").press("Enter")
    ouverte.page.get_by_text("Le brouillon est enregistré.").wait_for()
    assert ouverte.stored().ligne(ouverte.keys["S2"]).actuelle.valeur == 4


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    return {**browser_context_args, **getattr(request, "param", {})}


def test_what_repeats_a_number_follows_it_as_it_is_typed_until_somebody_changes_it(
    ouverte: Ouverte, axe: Callable[[Page], AxeReport]
) -> None:
    with ouverte.server.app.app_context():
        convention = a_convention(a_signataire("Deux fois (fictif)"), "F1", "F1p", "P03", is_in_plan_10000=True)
        ouverte.keys |= {code: engagement_of(convention, code) for code in ("F1", "F1p", "P03")}
        key = open_declaration(
            actor=factories.CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T1")
        )
    ouverte.page.goto(f"/referent/declarations/{key}/saisir")
    ouverte.field("valeur F1").fill("4")
    expect(ouverte.field("valeur P03")).to_have_value("4")
    expect(ouverte.field("numerateur F1p")).to_have_value("4")
    ouverte.field("neant F1").check()
    expect(ouverte.field("neant P03")).to_be_checked()
    ouverte.field("valeur F1").fill("5")
    expect(ouverte.field("neant P03")).not_to_be_checked()
    expect(ouverte.field("valeur P03")).to_have_value("5")
    assert faults(ouverte.page, axe) == []
    ouverte.field("valeur P03").fill("9")
    ouverte.field("valeur F1").fill("6")
    expect(ouverte.field("valeur P03")).to_have_value("9")
    ouverte.field("valeur P03").fill("")
    ouverte.field("valeur P03").blur()
    expect(ouverte.field("valeur P03")).to_have_value("6")
