"""The company's way, whole: invited by mail, it drafts, comes back, explains, sends, corrects; it stands in the bilan.

A real browser, a real mail server, a real base; once with JavaScript and once without.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.conventions import fin_triennale
from paqte.models import Signataire
from paqte.ops import clock
from paqte.ops.courriel import SmtpTransport, read_smtp_url
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels.courriels import send_due
from paqte.services.transaction import transaction
from tests.factories import a_convention
from tests.fixtures_acteurs import BRUNO, CAMILLE, SIRET_BRUNO, invitation_of
from tests.fixtures_courriel import Mailbox

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

pytestmark = pytest.mark.lent

PERIODE = last_closed(local_date(clock.now(), "41"), "T")
CODES = ("S1", "S2", "S4", "S5", "S6", "F1", "F3", "R3")
PUPILS, HIRED = "Nombre d’élèves de 3e", "Nombre de recrutements de résidents"
WIDTHS = (1280, 360)
LATER, READ, SEND = "Enregistrer et finir plus tard", "Relire avant de transmettre", "Transmettre à mon référent"
WHY = "Votre explication sur"


@pytest.fixture
def given_settings(mailbox: Mailbox) -> Mapping[str, object]:
    return {"PAQTE_SMTP_URL": mailbox.url}


@pytest.fixture(params=[True, False], ids=["avec JavaScript", "sans JavaScript"])
def browser_context_args(browser_context_args: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    return {**browser_context_args, "java_script_enabled": request.param}


def with_javascript(test: Any) -> Any:
    return pytest.mark.parametrize("browser_context_args", [True], indirect=True, ids=["avec JavaScript"])(test)


@pytest.fixture
def bruno(page: Page, live_server: LiveServer, accounts: object, mailbox: Mailbox) -> Page:
    """Bruno's browser, on the link he was mailed: eight indicators to answer for the last quarter."""
    page.set_default_timeout(10_000)
    with live_server.app.app_context():
        with transaction(actor=PLANIFICATEUR, now=clock.now()) as session:
            company = session.scalars(select(Signataire).where(Signataire.identifiant == SIRET_BRUNO)).one()
            company.effectif, key = 10, company.id
        a_convention(key, *CODES, debut=PERIODE.debut, fin=fin_triennale(PERIODE.debut), cibles={"S2": 30})
        invite_user(
            actor=PLANIFICATEUR,
            role=BRUNO.role,
            courriel=BRUNO.courriel,
            nom=BRUNO.nom,
            siret=SIRET_BRUNO,
            base_url=live_server.url,
            now=clock.now(),
        )
    deliver(live_server)
    page.goto(link_in(mailbox))
    return page


@pytest.fixture
def camille(browser: Browser, browser_context_args: dict[str, Any], live_server: LiveServer, accounts: object) -> Page:
    """Camille, signed in in a browser of her own."""
    page = browser.new_context(**browser_context_args).new_page()
    page.set_default_timeout(10_000)
    with live_server.app.app_context():
        link = invitation_of(CAMILLE)
    page.goto(link.removeprefix("http://localhost"))
    page.get_by_role("button", name="Ouvrir ma session").click()
    return page


def deliver(server: LiveServer) -> None:
    """What the scheduler does every few seconds."""
    settings, now = server.app.extensions["paqte"], clock.now()
    with server.app.app_context():
        send_due(transport=SmtpTransport(read_smtp_url(settings.smtp_url), settings.smtp_from, now), now=now)


def text_of(mailbox: Mailbox) -> str:
    body = mailbox.messages[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\u00a0", " ")


def link_in(mailbox: Mailbox) -> str:
    found = re.search(r"http://\S+/connexion/\S+", text_of(mailbox))
    assert found
    return found[0]


def start(page: Page) -> None:
    page.get_by_role("button", name="Ouvrir ma session").click()
    page.get_by_role("button", name="Commencer").click()


def box(page: Page, label: str) -> Locator:
    """Where one types an answer, whatever else bears its name."""
    return page.get_by_role("textbox", name=label).first


def declaration_of(page: Page) -> str:
    return re.findall(r"/declarations/(\d+)", page.url)[0]


def press(page: Page, name: str, then: str) -> None:
    """Press a button and wait for what the next page says: a draft on its way is waited for first."""
    page.get_by_role("button", name=name).click()
    page.get_by_text(then).first.wait_for()


def draft_and_send(bruno: Page) -> None:
    """A draft, a pause, a warning answered, the whole read again, sent."""
    start(bruno)
    box(bruno, PUPILS).fill("1 200")
    box(bruno, HIRED).fill("11")
    press(bruno, LATER, "Votre brouillon est enregistré, 2 réponses sur 8")
    bruno.get_by_role("link", name="Reprendre").click()
    expect(box(bruno, PUPILS)).to_have_value(re.compile(r"1[\s\u202f]200"))
    press(bruno, READ, "1 point à voir avant de transmettre")
    bruno.get_by_label(WHY).fill("Deux intérimaires en plus.")
    press(bruno, READ, "Relisez, puis transmettez")
    expect(bruno.get_by_text("Deux intérimaires en plus.")).to_be_visible()
    press(bruno, SEND, "C’est transmis, merci.")


def correct(bruno: Page) -> None:
    """The question answered, and nothing else to answer."""
    bruno.goto("/entreprise/")
    bruno.get_by_role("link", name="Répondre").click()
    box(bruno, PUPILS).fill("12")
    expect(bruno.get_by_label(re.compile(f"^{HIRED}")), "only the answer asked about opens").to_have_count(0)
    press(bruno, READ, "Relisez, puis transmettez")
    press(bruno, SEND, "C’est transmis, merci.")


@pytest.mark.timeout(300)
def test_from_the_invitation_to_the_bilan(
    bruno: Page, camille: Page, live_server: LiveServer, mailbox: Mailbox
) -> None:
    draft_and_send(bruno)
    key = declaration_of(bruno)
    deliver(live_server)
    assert "effectivement accueillis en stage : 1\u202f200 personnes" in text_of(mailbox)
    camille.goto(f"/referent/declarations/{key}/renvoyer")
    camille.get_by_label("Question sur S2").fill("Douze cents, ou douze ?")
    camille.locator("main form button.btn-primary").first.click()
    camille.get_by_text("Vos questions sont envoyées").first.wait_for()
    deliver(live_server)
    assert "Douze cents, ou douze ?" in text_of(mailbox)
    correct(bruno)
    camille.goto(f"/referent/declarations/{key}")
    press(camille, "Valider", "Rien n’est encore validé.")
    press(camille, "Valider malgré les réponses manquantes", "est validée")
    semestre = f"{PERIODE.annee}-S{(PERIODE.numero + 1) // 2}"
    camille.goto(f"/referent/bilans/{semestre}/chiffres/S2")
    expect(camille.get_by_role("cell", name="12", exact=True).first).to_be_visible()
    bruno.goto("/entreprise/")
    expect(bruno.get_by_text("12 sur 30 personnes").first).to_be_visible()


@with_javascript
def test_from_the_mail_to_transmise_in_twelve_clicks_at_most(bruno: Page) -> None:
    """As docs/guide_entreprise.md counts them, with a click into every field."""
    clicks = 1  # the link of the mail
    for button in ("Ouvrir ma session", "Commencer"):
        bruno.get_by_role("button", name=button).click()
        clicks += 1
    expect(bruno.locator("main input[type=text]")).to_have_count(len(CODES))
    fields = bruno.locator("main input[type=text]").all()
    expect(fields[0], "the first field waits for its number").to_be_focused()
    for rank, field in enumerate(fields):
        if rank:
            field.click()
            clicks += 1
        bruno.keyboard.type(str(rank))
    for button in ("Relire avant de transmettre", "Transmettre à mon référent"):
        bruno.get_by_role("button", name=button).click()
        clicks += 1
    bruno.get_by_text("C’est transmis, merci.").wait_for()
    assert clicks <= 12


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


# The pages whose pictures the guides show.
SHOWN = frozenset({"accueil", "saisie", "a_voir", "relire"})


class Look:
    """Looks at a page at both widths with axe, and takes its picture when PAQTE_IMAGES says where."""

    def __init__(self, page: Page, axe: Callable[[Page], AxeReport], folder: Path) -> None:
        self.page, self.axe, self.folder = page, axe, folder
        self.faults: list[str] = []

    def __call__(self, name: str, waited: str) -> None:
        self.page.get_by_text(waited).first.wait_for()
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.faults += [f"{name} à {width} pixels : {problem}" for problem in self.axe(self.page).problems]
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                self.faults.append(f"{name} déborde à {width} pixels")
            if width == WIDTHS[0] and name in SHOWN:
                self.page.screenshot(path=self.folder / f"entreprise_{name}.png")


@with_javascript
@pytest.mark.timeout(300)
def test_axe_finds_nothing_on_the_company_s_pages_and_their_errors(
    bruno: Page, axe: Callable[[Page], AxeReport], tmp_path: Path
) -> None:
    wanted = os.environ.get("PAQTE_IMAGES")
    look = Look(bruno, axe, Path(wanted).resolve() if wanted else tmp_path)
    bruno.get_by_role("button", name="Ouvrir ma session").click()
    look("accueil", "À faire")
    bruno.get_by_role("button", name="Commencer").click()
    look("saisie", "Enregistrer et finir plus tard")
    box(bruno, PUPILS).fill("douze")
    bruno.get_by_role("button", name=READ).click()
    look("erreur", "1 point à corriger")
    box(bruno, PUPILS).fill("12")
    box(bruno, HIRED).fill("11")
    bruno.get_by_role("button", name=READ).click()
    look("a_voir", "1 point à voir")
    bruno.get_by_role("button", name=re.compile("Joindre un justificatif")).first.click()
    bruno.get_by_role("button", name="Joindre ce fichier").click()
    look("pieces", "vide ou absent")
    bruno.get_by_role("link", name="Revenir à la déclaration").click()
    bruno.get_by_label(WHY).fill("Deux intérimaires en plus.")
    bruno.get_by_role("button", name=READ).click()
    look("relire", "Relisez, puis transmettez")
    bruno.get_by_role("button", name=SEND).click()
    look("transmise", "C’est transmis, merci.")
    bruno.goto("/entreprise/")
    bruno.get_by_role("link", name="Raconter une action").click()
    bruno.get_by_role("button", name="Envoyer à mon référent").click()
    look("action", "points à corriger")
    assert look.faults == []
