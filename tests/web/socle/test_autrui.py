"""Fields about somebody else never offer the typist's own address; what was typed survives another person's sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.architecture.acces.monde import NOW
from tests.fixtures_acteurs import BRUNO, CAMILLE, ZOE, Personne, post, token_in
from tests.web.toutes_les_pages import every_page

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

# What one types of oneself.
OWN = {("/connexion", "courriel"), ("/", "courriel"), ("/compte", "nom"), ("/compte", "courriel")}


class Typed(HTMLParser):
    """The fields where people type, with what each lets the browser offer."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind = given.get("type") or "text"
        if tag == "textarea" or (tag == "input" and kind in ("text", "email", "tel", "search", "url", "number")):
            self.found.append((given.get("name") or "", given.get("autocomplete") or ""))


def test_no_field_of_any_page_offers_the_typist_s_own_data_but_those_about_oneself(
    app: Flask, accounts: object, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    seen, wrong = 0, []
    for path, answer in every_page(app, sign_in):
        for name, offered in Typed(answer).found:
            seen += 1
            if (offered != "off") != ((path, name) in OWN):
                wrong.append((path, name, offered))
    with time_machine.travel(NOW, tick=False):
        asked = "/referent/signataires/nouveau?identifiant=90000000900001"
        wrong += [(asked, *one) for one in Typed(sign_in(CAMILLE).get(asked).text).found if one[1] != "off"]
    assert wrong == []
    assert seen > 60


@pytest.fixture
def shared(app: Flask, sign_in: Callable[[Personne], FlaskClient]) -> FlaskClient:
    return sign_in(CAMILLE)


def entered(browser: FlaskClient, app: Flask, person: Personne) -> None:
    """This person signs in, in the same browser (another tab)."""
    from tests.fixtures_acteurs import invitation_of

    with app.app_context():
        link = invitation_of(person).removeprefix("http://localhost")
    assert post(browser, link, {}).status_code == 302


def fields_of(html: str) -> dict[str, str]:
    form = html.split("<main")[1]
    return dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="hidden"[^>]*value="([^"]*)"', form))


def test_what_was_typed_is_kept_and_the_cause_named_when_another_person_signed_in_since(
    app: Flask, shared: FlaskClient
) -> None:
    page = "/referent/pilotage/partenaires/nouveau"
    html = shared.get(page).text
    typed = {**fields_of(html), "csrf_token": token_in(html), "nom": "Club FACE (fictif)"}
    entered(shared, app, ZOE)
    met = shared.post(page, data=typed)
    assert met.status_code == 400
    assert "une session de Zoé Marival s’est ouverte" in met.text and "la session de Camille Aubry" in met.text
    assert "Club FACE (fictif)" in met.text and "Envoyer à nouveau" in met.text
    # Camille signs in again: what was kept is sent, once.
    entered(shared, app, CAMILLE)
    again = shared.post(page, data=typed | {"csrf_token": token_in(met.text)})
    assert again.status_code == 400 and "Formulaire périmé" in again.text and "Club FACE (fictif)" in again.text
    assert shared.post(page, data=typed | {"csrf_token": token_in(again.text)}).status_code == 302
    assert "Club FACE (fictif)" in shared.get("/referent/pilotage").text


def test_sent_again_by_somebody_to_whom_the_page_is_closed_it_is_still_kept(app: Flask, shared: FlaskClient) -> None:
    page = "/referent/pilotage/partenaires/nouveau"
    html = shared.get(page).text
    typed = {**fields_of(html), "csrf_token": token_in(html), "nom": "Club FACE (fictif)"}
    entered(shared, app, BRUNO)
    met = shared.post(page, data=typed)
    refused = shared.post(page, data=typed | {"csrf_token": token_in(met.text)})
    assert refused.status_code == 403
    assert "une session de Bruno Lenoir s’est ouverte" in refused.text and "Club FACE (fictif)" in refused.text
