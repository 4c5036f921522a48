"""The company's way, whole: invited by mail, it drafts, comes back, explains, sends, corrects; it stands in the bilan.

A real browser, a real mail server, a real base; once with JavaScript and once without.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.fixtures_courriel import Mailbox
from tests.parcours.entreprise.gestes import (
    CODES,
    HIRED,
    LATER,
    PERIODE,
    PUPILS,
    READ,
    SEND,
    box,
    declaration_of,
    deliver,
    press,
    start,
    text_of,
    with_javascript,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer
    from tests.fixtures_navigateur import AxeReport

pytestmark = pytest.mark.lent

WIDTHS = (1280, 360)
WHY = "Votre explication sur"


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
    camille.get_by_label(re.compile(rf"Question sur «\s{PUPILS}")).fill("Douze cents, ou douze ?")
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
