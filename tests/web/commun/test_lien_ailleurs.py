"""A link opens in the browser that asked for it; anywhere else, with the code that this browser shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import func, select

from paqte.domain.personnes.entree.demande import code_shown, is_code
from paqte.models import JetonConnexion, Journal, SessionOuverte, db
from tests.fixtures_acteurs import BRUNO, CAMILLE, Personne, invitation_of, post
from tests.web.commun.test_connexion import links, name_shown

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SignIn = Callable[[Personne], "FlaskClient"]
FIELD = "Code affiché là où vous avez demandé ce lien"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock(accounts: object) -> Any:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def asked(app: Flask, browser: FlaskClient, person: Personne = BRUNO) -> tuple[str, str]:
    """Ask for a link there; gives the link of the mail, and the code that the page shows."""
    sent = post(browser, "/connexion", {"courriel": person.courriel})
    code = re.findall(r"<code>(\w{3}-\w{3})</code>", browser.get(sent.location).text)
    return links(app)[-1], code[0]


def sessions_of(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).select_from(SessionOuverte)).one()


def test_where_it_was_asked_for_a_button_is_enough(app: Flask, client: FlaskClient, clock: Any) -> None:
    link, _ = asked(app, client)
    assert FIELD not in client.get(link).text
    assert post(client, link, {}).location == "/"
    assert name_shown(client, BRUNO)


def test_anywhere_else_nothing_opens_without_the_code_shown_there(app: Flask, client: FlaskClient, clock: Any) -> None:
    link, code = asked(app, client)
    other = app.test_client()
    assert FIELD in other.get(link).text
    for wrong, said in (
        ("", "Saisissez le code"),
        ("AAA-AAA", "Ce code n’est pas celui"),
        ("é" * 500, "Ce code n’est"),
    ):
        refused = post(other, link, {"code": wrong})
        assert refused.status_code == 422 and said in refused.text
    assert not name_shown(other, BRUNO) and sessions_of(app) == 0
    assert post(other, link, {"code": code.lower().replace("-", " ")}).location == "/"
    assert name_shown(other, BRUNO)
    with app.app_context():
        lines = db.session.scalars(select(Journal.apres).where(Journal.acte == "connexion_refusee")).all()
    assert len(lines) == 2 and all("code du lien refusé" in line for line in lines)


def test_after_five_wrong_codes_not_even_the_right_one_opens_there(app: Flask, client: FlaskClient, clock: Any) -> None:
    link, code = asked(app, client)
    other = app.test_client()
    for rank in range(5):
        assert post(other, link, {"code": f"BBB-BB{rank + 2}"}).status_code == 422
    assert post(other, link, {"code": code}).status_code == 410
    assert sessions_of(app) == 0
    assert post(client, link, {}).location == "/", "whoever asked is not shut out by somebody who guesses"


def test_the_code_of_another_request_or_of_another_browser_opens_nothing(
    app: Flask, client: FlaskClient, clock: Any
) -> None:
    stranger = app.test_client()
    _, hers = asked(app, stranger, CAMILLE)
    link, code = asked(app, client)
    assert hers != code
    assert post(stranger, link, {"code": hers}).status_code == 422
    assert sessions_of(app) == 0


@pytest.mark.parametrize("courriel", ["inconnu@ailleurs.test", BRUNO.courriel])
def test_the_page_shows_a_code_whether_the_address_is_known_or_not(
    courriel: str, client: FlaskClient, clock: Any
) -> None:
    sent = post(client, "/connexion", {"courriel": courriel})
    assert re.search(r"<code>\w{3}-\w{3}</code>", client.get(sent.location).text)


def test_a_page_sent_twice_leaves_one_code_that_opens_the_link_that_left(
    app: Flask, client: FlaskClient, clock: Any
) -> None:
    page = client.get("/connexion").text
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
    for _ in range(2):
        client.post("/connexion", data={"csrf_token": token, "courriel": BRUNO.courriel})
    code = re.findall(r"<code>(\w{3}-\w{3})</code>", client.get("/connexion/lien-envoye").text)[0]
    (link,) = links(app)
    assert post(app.test_client(), link, {"code": code}).location == "/"


def test_what_nobody_asked_for_opens_anywhere_in_one_gesture(app: Flask, clock: Any) -> None:
    """Invitations and reminders: whoever is written to had no page open."""
    with app.app_context():
        link = invitation_of(BRUNO).removeprefix("http://localhost")
    other = app.test_client()
    assert FIELD not in other.get(link).text
    assert post(other, link, {}).location == "/"


def test_the_base_gives_neither_the_browser_nor_its_code(app: Flask, client: FlaskClient, clock: Any) -> None:
    _, code = asked(app, client)
    with app.app_context():
        kept = db.session.scalars(select(JetonConnexion.navigateur).where(JetonConnexion.navigateur != "")).one()
    assert re.fullmatch("[0-9a-f]{64}", kept)
    assert code_shown(kept, "une autre clé de trente-deux signes") != code
    key = app.config["SECRET_KEY"]
    assert code_shown(kept, key) == code and is_code(code, kept, ["neuve", key]) and not is_code("", kept, [key])


def test_codes_are_of_29_bits_and_even() -> None:
    drawn = {code_shown(str(rank), "clé") for rank in range(5_000)}
    assert len(drawn) > 4_990
    signs = "".join(drawn).replace("-", "")
    assert len(set(signs)) == 30
    assert max(map(signs.count, set(signs))) < 1.3 * len(signs) / 30
