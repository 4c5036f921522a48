"""A Monday with many companies, counted in clicks: the paths that the guide writes down, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import ContactSignataire
from paqte.services.declarations.declarations import open_declaration, submit_declaration
from paqte.services.transaction import transaction
from tests.factories import a_convention, a_signataire, bruno, engagement_of
from tests.fixtures_acteurs import CAMILLE

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
SENT, SILENT = 12, 3


class Page(HTMLParser):
    """Links by their words, buttons with their form, and what each form would send."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.buttons: dict[str, tuple[dict[str, Any], str]] = {}
        self.forms: dict[str, dict[str, Any]] = {}
        self._form, self._list, self._open, self._words = "", "", ("", {}), ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: text or "" for name, text in attrs}
        if tag == "form":
            self._form = given.get("id") or f"form {len(self.forms)}"
            self.forms[self._form] = {"action": given.get("action", ""), "method": given.get("method"), "sent": []}
        elif tag == "input" and given.get("name"):
            is_box = given.get("type") == "checkbox"
            if not is_box or ("checked" in given and "disabled" not in given):
                form = self.forms.setdefault(given.get("form") or self._form, {"sent": []})
                form["sent"].append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._list = given.get("name", "")
        elif tag == "option" and "selected" in given:
            self.forms[self._form]["sent"].append((self._list, given.get("value", "")))
        elif tag in ("a", "button"):
            self._open, self._words = (tag, given), ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        words, (opened, given) = " ".join(self._words.split()), self._open
        if tag == "a" == opened:
            self.links.setdefault(words, given.get("href", ""))
        elif tag == "button" == opened and self._form:
            self.buttons.setdefault(words, (self.forms[self._form], given.get("formaction", "")))
        elif tag == "form":
            self._form = ""


class Walker:
    """Somebody who clicks, one thing after the other, and counts."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser, self.clicks = browser, 0
        self.page = self._read(browser.get("/referent/", follow_redirects=True))

    def click(self, words: str) -> None:
        """On the first link or button that begins with these words."""
        self.clicks += 1
        found = next((name for name in (*self.page.links, *self.page.buttons) if name.startswith(words)), None)
        assert found is not None, f"{words}: {[*self.page.links, *self.page.buttons]}"
        if found in self.page.links:
            self.page = self._read(self.browser.get(self.page.links[found], follow_redirects=True))
            return
        form, elsewhere = self.page.buttons[found]
        sent: dict[str, list[str]] = {}
        for name, value in form["sent"]:
            sent.setdefault(name, []).append(value)
        where = elsewhere or form["action"] or self.here
        answer = (
            self.browser.post(where, data=sent, follow_redirects=True)
            if form["method"] == "post"
            else self.browser.get(where, query_string=sent, follow_redirects=True)
        )
        self.page = self._read(answer)

    def _read(self, answer: Any) -> Page:
        assert answer.status_code == 200
        self.text, self.here = answer.text, answer.request.full_path.rstrip("?")
        return Page(answer.text)


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def walker(app: Flask, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """Twelve declarations sent; three signatories that never answered, each with a card."""
    browser = sign_in(CAMILLE)
    with app.app_context():
        for rank in range(SENT + SILENT):
            key = a_signataire(f"Société {rank:03} (fictif)")
            convention = a_convention(key, "S2", debut=date(2026, 4, 1), cibles={"S2": 40})
            with transaction(actor=PLANIFICATEUR, now=NOW) as session:
                card = {"nom": f"Contact {rank}", "courriel": f"c{rank}@societe{rank}.test", "created_at": NOW}
                session.add(ContactSignataire(signataire_id=key, **card))
            if rank < SENT:
                who, periode = bruno(key), Periode.from_code("2026-T2")
                opened = open_declaration(actor=who, now=NOW, convention_id=convention, periode=periode)
                saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(4))})
                submit_declaration(actor=who, now=NOW, declaration_id=opened, version=1, saisie=saisie)
    return browser


# Each path from the home page, and what its last page says.
PATHS: list[tuple[tuple[str, ...], str]] = [
    # How many apprentices, and against what promise: it is on the home page.
    ((), ">Alternants</a>"),
    # What was promised is there before anybody answered.
    ((), "Objectif des conventions\u00a0: "),
    # Invite all those whose card has an address: six clicks at most.
    (("Accès", "Inviter les contacts", "Envoyer les invitations cochées"), "15\u00a0invitations"),
    # Who is late and why: two at most.
    (("Signataires en retard",), "1\u00a0déclaration en retard depuis le 20/07/2026"),
    (("à appeler",), "3\u00a0signataires dont une déclaration est en retard"),
    # Read and validate all that came, a line each: fifty a page.
    (
        (
            "Lire et valider",
            "Lire et valider les déclarations reçues",
            "Tout cocher sur cette page",
            "Valider les déclarations",
        ),
        "12\u00a0déclarations validées.",
    ),
    # The sheet of a meeting: one click more for the browser's own « Imprimer ».
    (("à appeler", "En retard"), "Avancement\u00a0: Société 012"),
    # A call from the list: one click more to tick who answered.
    (("à appeler", "Noter un appel", "Enregistrer"), "Appel du 02/08/2026\u00a0: la rencontre est enregistrée."),
]


def test_a_monday_takes_the_clicks_that_the_guide_says(app: Flask, walker: FlaskClient) -> None:
    taken = []
    for clicks, says in PATHS:
        walk = Walker(walker)
        for words in clicks:
            walk.click(words)
        assert says in walk.text, (clicks, says)
        taken.append(walk.clicks)
    assert taken == [0, 0, 3, 1, 1, 4, 2, 3]
