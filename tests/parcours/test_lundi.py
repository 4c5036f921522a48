"""The Monday of the guide in a real browser, with 130 companies: its table of paths tells the clicks counted here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import ContactSignataire
from paqte.ops import clock
from paqte.services.declarations.declarations import open_declaration, submit_declaration, validate_declaration
from paqte.services.transaction import transaction
from tests.factories import CAMILLE as CAMILLE_ACTOR
from tests.factories import a_convention, a_signataire, bruno, engagement_of
from tests.fixtures_acteurs import CAMILLE, invitation_of

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.fixtures_application import LiveServer

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
GUIDE = Path(__file__).parents[2] / "docs" / "guide_referent.md"
COMPANIES, SENT, ANSWERED = 130, 40, 60  # forty declarations wait to be read; sixty answered in the semester
PERIODE, SEMESTRE = (last_closed(local_date(clock.now(), "41"), genre) for genre in "TS")
WINDOW = {"width": 1280, "height": 900}


class Souris:
    """Somebody who starts from the home page each time and clicks; a box ticked is a click too."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def home(self) -> Souris:
        self.page.goto("/referent/")
        self.clicks = 0
        return self

    def on(self, found: Locator) -> Souris:
        found.first.click()
        self.clicks += 1
        return self

    def link(self, name: str) -> Souris:
        return self.on(self.page.get_by_role("link", name=name))

    def button(self, name: str) -> Souris:
        return self.on(self.page.get_by_role("button", name=name))

    def reads(self, text: str | re.Pattern[str]) -> Souris:
        expect(self.page.locator("main").get_by_text(text).first).to_be_visible()
        return self


def in_one_look(souris: Souris) -> None:
    """The figure of the apprentices and what was promised, without a click nor a scroll."""
    card = souris.page.locator(".chiffre", has=souris.page.get_by_role("link", name="Alternants"))
    expect(card).to_contain_text(re.compile(r"de l’objectif des conventions \(\d"))
    box = card.bounding_box()
    assert box and box["y"] + box["height"] <= WINDOW["height"]


def invite_all(souris: Souris) -> None:
    souris.link("Accès").link("Inviter les contacts").button("Envoyer les invitations cochées")
    souris.reads(f"{COMPANIES}\u00a0invitations")


def see_who_is_late(souris: Souris) -> None:
    souris.link("Signataires en retard").reads(re.compile("déclarations? en retard depuis le"))
    souris.reads(f"{COMPANIES}\u00a0signataires").reads("Sans réponse récente").reads("En retard")


def find_a_telephone(souris: Souris) -> None:
    souris.page.get_by_role("searchbox").fill("Société 017")
    souris.button("Rechercher").reads("02 54 00 00 17")


def take_the_calls(souris: Souris) -> None:
    souris.link("à appeler")
    with souris.page.expect_download() as taken:
        souris.link("Excel")
    assert taken.value.suggested_filename.endswith(".xlsx")


def see_whom_to_call(souris: Souris) -> None:
    souris.link("à appeler").reads(re.compile(r"^02 54 00 0\d \d\d$"))


def validate_what_came(souris: Souris) -> None:
    souris.link("Lire et valider").link("Lire et valider les déclarations reçues")
    souris.on(souris.page.get_by_text("Tout cocher sur cette page")).button("Valider les déclarations cochées")
    souris.reads(f"{SENT}\u00a0déclarations validées.")


def note_a_call(souris: Souris) -> None:
    souris.link("à appeler").link("Noter un appel")
    souris.on(souris.page.get_by_role("checkbox", name=re.compile("^Contact "))).button("Enregistrer")
    souris.reads(re.compile("Appel du .*la rencontre est enregistrée"))


def print_a_sheet(souris: Souris) -> None:
    """The third click is the browser's own « Imprimer »: one page comes out."""
    souris.link("à appeler").link("En retard").reads(re.compile("^Avancement"))
    assert len(re.findall(rb"/Type\s*/Page\b", souris.page.pdf(format="A4"))) == 1
    souris.clicks += 1


def remind_all(souris: Souris) -> None:
    souris.link("Signataires en retard").on(souris.page.get_by_text("Tout cocher :")).button("Relancer")
    souris.button("Envoyer").reads(re.compile(r"signataires relancés\s: départ dans la minute"))


# What the guide says one wants, in its order; who was invited may be reminded.
PATHS: dict[str, Callable[[Souris], None]] = {
    "savoir combien d’alternants": in_one_look,
    "inviter tous les contacts": invite_all,
    "voir qui est en retard": see_who_is_late,
    "retrouver le téléphone": find_a_telephone,
    "emporter la liste des appels": take_the_calls,
    "savoir qui appeler": see_whom_to_call,
    "lire et valider": validate_what_came,
    "noter un appel": note_a_call,
    "imprimer la fiche": print_a_sheet,
    "relancer tous les retardataires": remind_all,
}


@pytest.fixture
def souris(live_server: LiveServer, accounts: object, page: Page) -> Souris:
    """Camille with her companies: a card each, forty declarations sent, the others silent."""
    page.set_default_timeout(10_000)
    page.set_viewport_size(WINDOW)
    with live_server.app.app_context():
        for rank in range(COMPANIES):
            _a_company(rank)
        link = invitation_of(CAMILLE)
    page.goto(link.removeprefix("http://localhost"))
    page.get_by_role("button", name="Ouvrir ma session").click()
    page.get_by_text("Masquer cette liste").click()  # the first steps of somebody who begins
    return Souris(page)


def _a_company(rank: int) -> None:
    debut = SEMESTRE.debut
    key, now = a_signataire(f"Société {rank:03} (fictif)"), clock.now()
    convention = a_convention(key, "S2", "F1", debut=debut, fin=date(debut.year + 3, 12, 31), cibles={"F1": 40})
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        card = {"courriel": f"c{rank}@societe{rank}.test", "telephone": f"02 54 00 {rank // 100:02} {rank % 100:02}"}
        session.add(ContactSignataire(signataire_id=key, nom=f"Contact {rank}", created_at=now, **card))
    if rank < SENT + ANSWERED:
        periode = PERIODE if rank < SENT else SEMESTRE.parts("T")[-1]
        who, answer = bruno(key), AnswerTyped(valeur=Decimal(4))
        opened = open_declaration(actor=who, now=now, convention_id=convention, periode=periode)
        saisie = Saisie({engagement_of(convention, code): answer for code in ("S2", "F1")})
        submit_declaration(actor=who, now=now, declaration_id=opened, version=1, saisie=saisie)
        if rank >= SENT:
            validate_declaration(actor=CAMILLE_ACTOR, now=now, declaration_id=opened, version=2)


def test_each_path_of_the_guide_takes_the_clicks_it_says(souris: Souris) -> None:
    taken = {}
    for wanted, walk in PATHS.items():
        walk(souris.home())
        taken[wanted] = souris.clicks
    table = re.search(r"\| pour… \|.*?\n\n", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert table
    told = {words.strip(): int(clicks) for words, clicks in re.findall(r"^\| (.+?) \|.*\| (\d+) \|$", table[0], re.M)}
    assert {next(said for said in told if said.startswith(wanted)): taken[wanted] for wanted in taken} == told
