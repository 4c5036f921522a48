"""Components and common pages in a real browser: accessible, at both widths, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.fixtures_acteurs import CAMILLE, invitation_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

Axe = Callable[["Page"], "AxeReport"]
WIDTHS = {"ordinateur": 1280, "telephone": 360}
PAGES = ["/", "/connexion", "/connexion/lien-envoye", "/connexion/abc", "/nulle-part", "/catalogue"]


@pytest.fixture(params=WIDTHS.values(), ids=WIDTHS.keys())
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], width: int) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": width, "height": 900}}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page on which the browser must have nothing to complain of but the codes of error pages."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert [c for c in complaints if "the server responded with a status of" not in c] == []


def sign_in(page: Page, server: LiveServer) -> None:
    with server.app.app_context():
        page.goto(invitation_of(CAMILLE).removeprefix("http://localhost"))
    page.get_by_role("button", name="Ouvrir ma session").click()


def is_wider_than_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_overflows(path: str, page: Page, axe: Axe) -> None:
    page.goto(path)
    assert axe(page).problems == []
    assert not is_wider_than_its_window(page)


def test_axe_finds_nothing_on_a_form_full_of_errors_and_the_summary_has_the_focus(page: Page, axe: Axe) -> None:
    page.goto("/catalogue")
    page.get_by_label("Cible").fill("1.234,5")
    page.get_by_label("Part de jeunes").fill("12")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#resume")).to_be_focused()
    assert axe(page).problems == []
    assert not is_wider_than_its_window(page)
    assert page.title().startswith("Erreur : ")
    field = page.get_by_label("Cible")
    described = field.get_attribute("aria-describedby").split()
    said = " ".join(page.locator(f"#{key}").inner_text() for key in described)
    assert "deux façons" in said
    assert "Sur la durée" in said
    assert field.get_attribute("aria-invalid") == "true"
    page.get_by_role("link", name="Cible").click()
    expect(field).to_be_focused()


def test_axe_finds_nothing_on_the_page_that_keeps_a_refused_form(page: Page, axe: Axe) -> None:
    page.goto("/essai/faute/panne")
    page.evaluate("document.querySelector('main form [name=csrf_token]').value = 'faux'")
    page.evaluate("document.querySelector('main form').requestSubmit()")
    page.get_by_role("heading", name="Formulaire périmé").wait_for()
    assert axe(page).problems == []


def test_axe_finds_nothing_for_somebody_signed_in(
    page: Page, axe: Axe, live_server: LiveServer, accounts: object
) -> None:
    sign_in(page, live_server)
    page.goto("/essai/salle")
    assert axe(page).problems == []
    assert not is_wider_than_its_window(page)
    assert "Loir-et-Cher (41)" in page.get_by_role("banner").inner_text()


def test_signing_in_with_the_keyboard_alone(page: Page, live_server: LiveServer, accounts: object) -> None:
    page.goto("/essai/salle")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(CAMILLE.courriel)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Regardez vos courriels").wait_for()
    with live_server.app.app_context():
        page.goto(invitation_of(CAMILLE).removeprefix("http://localhost"))
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ouvrir ma session")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Essai").wait_for()


def test_the_menu_opens_with_the_keyboard_on_a_telephone(
    page: Page, width: int, live_server: LiveServer, accounts: object
) -> None:
    sign_in(page, live_server)
    page.goto("/essai/salle")
    button = page.get_by_role("button", name="Menu")
    if width > 768:
        assert button.count() == 0
        return
    link = page.get_by_role("navigation", name="Rubriques").get_by_role("link").first
    expect(link).to_be_hidden()
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(link).to_be_visible()


def test_every_page_works_without_javascript(
    browser: Browser, width: int, live_server: LiveServer, accounts: object
) -> None:
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    sign_in(page, live_server)
    page.goto("/catalogue")
    assert page.get_by_role("navigation", name="Rubriques").get_by_role("link").first.is_visible()
    page.get_by_label("Nom du contact").fill("un nom beaucoup trop long pour tenir")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#resume")).to_be_visible()
    expect(page.get_by_label("Nom du contact")).to_have_value("un nom beaucoup trop long pour tenir")
    page.get_by_text("Résilier…").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_text("Vous êtes déconnecté.")).to_be_visible()
    context.close()


def test_a_second_click_sends_once_and_a_half_typed_form_is_not_left_by_mistake(page: Page) -> None:
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.goto("/catalogue")
    page.get_by_label("Nom du contact").fill("Léa")
    questions: list[str] = []
    page.on("dialog", lambda dialog: (questions.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Annuler").evaluate("link => { link.href = '/'; link.click(); }")
    page.wait_for_timeout(200)
    assert questions == ["beforeunload"]
    page.get_by_role("button", name="Enregistrer").dblclick()
    page.locator("#resume[role=alert]").wait_for()
    assert len(posts) == 1


def test_a_form_that_comes_back_refused_is_not_left_by_mistake_either(page: Page) -> None:
    page.goto("/catalogue")
    page.get_by_label("Nom du contact").fill("un nom beaucoup trop long pour tenir")
    page.get_by_role("button", name="Enregistrer").click()
    page.locator("#resume").wait_for()
    questions: list[str] = []
    page.on("dialog", lambda dialog: (questions.append(dialog.type), dialog.dismiss()))
    page.get_by_label("Nom du contact").click()
    page.get_by_role("link", name="Annuler").evaluate("link => { link.href = '/'; link.click(); }")
    page.wait_for_timeout(200)
    assert questions == ["beforeunload"]
    page.get_by_role("button", name="Enregistrer").click()
    page.locator("#resume").wait_for()
    assert questions == ["beforeunload"], "sending it again asks nothing"
