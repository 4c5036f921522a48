"""Drafts that keep themselves: nothing that is typed is lost or overwritten, whatever network and browser do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.parcours.entreprise.gestes import HIRED, LATER, PUPILS, READ, box, press, start, with_javascript

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.lent


@with_javascript
def test_leaving_a_field_keeps_it_and_leaving_the_page_loses_nothing(bruno: Page) -> None:
    start(bruno)
    box(bruno, PUPILS).fill("7")
    box(bruno, HIRED).focus()
    bruno.get_by_text("Brouillon enregistré, 1 réponse sur 8.").wait_for()
    box(bruno, HIRED).fill("1.234")
    box(bruno, PUPILS).focus()
    bruno.get_by_text("Pas encore enregistré.").wait_for()
    box(bruno, HIRED).fill("2")
    box(bruno, PUPILS).focus()
    bruno.get_by_text("Brouillon enregistré, 2 réponses sur 8.").wait_for()
    bruno.goto("/entreprise/")
    bruno.get_by_role("link", name="Reprendre").click()
    for label, kept in ((PUPILS, "7"), (HIRED, "2")):
        expect(box(bruno, label)).to_have_value(kept)


@with_javascript
@pytest.mark.parametrize("left", ["before the script", "after the script"])
def test_what_was_typed_before_the_script_arrived_is_kept_too(bruno: Page, left: str) -> None:
    def late(route: Route) -> None:
        box(bruno, PUPILS).fill("7")
        if left == "before the script":
            box(bruno, HIRED).focus()
        route.continue_()

    bruno.route("**/brouillon.js*", late, times=1)
    start(bruno)
    bruno.wait_for_load_state()
    if left == "after the script":
        box(bruno, HIRED).focus()
    bruno.get_by_text("Brouillon enregistré, 1 réponse sur 8.").wait_for()


@with_javascript
def test_a_lost_connection_is_said_and_the_button_still_sends_everything(bruno: Page) -> None:
    start(bruno)
    bruno.route("**/brouillon", lambda route: route.abort())
    box(bruno, PUPILS).fill("7")
    box(bruno, HIRED).focus()
    bruno.get_by_text("la connexion manque").wait_for()
    press(bruno, LATER, "Votre brouillon est enregistré, 1 réponse sur 8")


@with_javascript
@pytest.mark.parametrize("button", [LATER, READ])
def test_a_button_held_while_the_draft_is_kept_does_not_move_away_from_its_click(bruno: Page, button: str) -> None:
    bruno.set_viewport_size({"width": 360, "height": 800})
    start(bruno)
    box(bruno, PUPILS).fill("douze")
    pressed = bruno.get_by_role("button", name=button)
    pressed.scroll_into_view_if_needed()
    place = pressed.bounding_box()
    assert place
    bruno.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] - 2)
    bruno.mouse.down()
    expect(bruno.locator("[data-brouillon-etat]"), "the draft is answered under the finger").to_contain_text("Pas")
    assert pressed.bounding_box() == place
    bruno.mouse.up()
    bruno.get_by_text("1 point à corriger").first.wait_for()


@with_javascript
def test_a_button_pressed_on_a_slow_network_says_that_it_waits_then_goes_on(bruno: Page) -> None:
    start(bruno)

    def hold_until_it_is_said(route: Route) -> None:
        bruno.get_by_text("Un instant, votre brouillon s’enregistre").wait_for()
        route.continue_()

    bruno.route("**/brouillon", hold_until_it_is_said, times=1)
    box(bruno, PUPILS).fill("7")
    press(bruno, LATER, "Votre brouillon est enregistré, 1 réponse sur 8")


@with_javascript
def test_the_back_button_gives_back_what_was_typed_and_puts_nobody_in_conflict_with_oneself(bruno: Page) -> None:
    start(bruno)
    box(bruno, PUPILS).fill("7")
    box(bruno, HIRED).focus()
    bruno.get_by_text("Brouillon enregistré, 1 réponse sur 8.").wait_for()
    press(bruno, LATER, "Votre brouillon est enregistré, 1 réponse sur 8")
    bruno.go_back()
    expect(box(bruno, PUPILS)).to_have_value("7")
    box(bruno, HIRED).fill("2")
    box(bruno, PUPILS).focus()
    bruno.get_by_text("Brouillon enregistré, 2 réponses sur 8.").wait_for()


@with_javascript
def test_of_two_tabs_the_later_loses_nothing_and_overwrites_nothing(bruno: Page) -> None:
    start(bruno)
    other = bruno.context.new_page()
    other.goto(bruno.url)
    box(bruno, PUPILS).fill("7")
    box(bruno, HIRED).focus()
    bruno.get_by_text("Brouillon enregistré, 1 réponse sur 8.").wait_for()
    box(other, PUPILS).fill("9")
    box(other, HIRED).focus()
    expect(other.locator("[data-brouillon-etat]")).to_contain_text("Pas encore enregistré.")
    expect(box(other, PUPILS)).to_have_value("9")
    bruno.reload()
    expect(box(bruno, PUPILS)).to_have_value("7")


@with_javascript
def test_what_is_typed_while_the_draft_is_sent_stays_and_follows(bruno: Page) -> None:
    start(bruno)

    def meanwhile(route: Route) -> None:
        box(bruno, HIRED).fill("8")
        box(bruno, PUPILS).focus()
        route.continue_()

    bruno.route("**/brouillon", meanwhile, times=1)
    box(bruno, PUPILS).fill("7")
    box(bruno, HIRED).focus()
    bruno.get_by_text("Brouillon enregistré, 2 réponses sur 8.").wait_for()
    expect(box(bruno, HIRED)).to_have_value("8")


@with_javascript
def test_what_a_browser_fills_without_a_word_is_kept_when_the_page_is_left(bruno: Page) -> None:
    start(bruno)
    bruno.wait_for_load_state()
    box(bruno, PUPILS).evaluate("field => { field.value = '7'; }")
    bruno.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'hidden' })")
    with bruno.expect_response("**/brouillon"):
        bruno.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    bruno.get_by_text("Brouillon enregistré, 1 réponse sur 8.").wait_for()


@with_javascript
def test_what_was_refused_is_not_sent_again_by_itself_and_is_not_left_without_a_warning(bruno: Page) -> None:
    start(bruno)
    bruno.wait_for_load_state()
    box(bruno, PUPILS).evaluate("field => { field.value = 'douze'; }")
    bruno.get_by_role("button", name="Enregistrer et finir plus tard").click()
    bruno.locator("#resume").wait_for()
    drafts: list[str] = []
    bruno.on("request", lambda request: drafts.append(request.url) if request.url.endswith("/brouillon") else None)
    questions: list[str] = []
    bruno.on("dialog", lambda dialog: (questions.append(dialog.type), dialog.dismiss()))
    bruno.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'hidden' })")
    bruno.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    box(bruno, PUPILS).click()
    bruno.evaluate("location.href = '/'")
    bruno.wait_for_timeout(200)
    assert (drafts, questions) == ([], ["beforeunload"])
    box(bruno, PUPILS).fill("12")
    with bruno.expect_response("**/brouillon"):
        box(bruno, PUPILS).press("Tab")
    bruno.get_by_text("Brouillon enregistré, 1 réponse sur 8.").wait_for()
    bruno.evaluate("location.href = '/'")
    bruno.wait_for_url(lambda url: "saisir" not in url)
    assert questions == ["beforeunload"]
