"""What people see when something goes wrong."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import SessionOuverte
from paqte.ops import clock
from paqte.services.transaction import transaction
from paqte.web.socle import session as web_session
from tests.fixtures_acteurs import CAMILLE, ZOE, Personne, post, token_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
SignIn = Callable[[Personne], "FlaskClient"]
LEAKS = re.compile(r"Traceback|File \"|sqlite|werkzeug|SELECT|secret|/var/|jinja|python", re.IGNORECASE)
TYPED = {"texte": "Forum de l’emploi\r\n« Quinière » <b>", "nombre": "1 234,5"}


@pytest.fixture
def given_settings() -> dict[str, object]:
    """As in service: what a view raises becomes a page."""
    return {"PROPAGATE_EXCEPTIONS": False}


def fields_kept(html: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html)
    return {name: unescape(value) for name, value in found}


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("400", 400, "incomplète"),
        ("403", 403, "réservée"),
        ("404", 404, "introuvable"),
        ("409", 409, "entre-temps"),
        ("413", 413, "12 Mo"),
        ("418", 418, "incomplète"),
        ("429", 429, "quart d’heure"),
        ("500", 500, "de notre côté"),
        ("503", 503, "indisponible"),
        ("refus", 422, "Cette convention est échue."),
        ("conflit", 409, "Zoé a enregistré"),
        ("introuvable", 404, "Cette convention n’existe pas"),
        ("panne", 500, "de notre côté"),
        ("base", 503, "indisponible"),
    ],
)
def test_each_fault_has_its_page_in_french_with_a_reference_and_no_detail(
    name: str, code: int, words: str, client: FlaskClient
) -> None:
    answer = post(client, f"/essai/faute/{name}", {})
    assert answer.status_code == code
    assert words in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert '<html lang="fr">' in answer.text
    assert not LEAKS.search(answer.text)


def test_a_page_that_does_not_exist_and_a_verb_that_is_not_taken_have_their_pages(client: FlaskClient) -> None:
    assert "introuvable" in client.get("/nulle-part").text
    refused = client.get("/deconnexion")
    assert refused.status_code == 405
    assert set(refused.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_a_busy_base_says_when_to_try_again(client: FlaskClient) -> None:
    assert post(client, "/essai/faute/base", {}).headers["Retry-After"] == "5"


def test_an_error_page_needs_no_base(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(**_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("no route to host"))

    browser = sign_in(CAMILLE)
    monkeypatch.setattr(web_session, "find_session", down)
    assert browser.get("/nulle-part").status_code == 404
    assert browser.get("/essai/salle").status_code == 503


@pytest.mark.parametrize("name", ["panne", "base", "refus", "conflit"])
def test_what_was_typed_is_on_the_page_and_can_be_sent_again(name: str, client: FlaskClient) -> None:
    answer = post(client, f"/essai/faute/{name}", TYPED)
    kept = fields_kept(answer.text)
    assert {k: kept[k] for k in TYPED} == TYPED
    assert "<b>" not in answer.text
    assert "Envoyer à nouveau" in answer.text


def test_a_form_whose_token_is_out_of_date_is_sent_again_whole(sign_in: SignIn) -> None:
    browser = sign_in(CAMILLE)
    refused = browser.post("/essai/salle?page=2", data={"csrf_token": "périmé", **TYPED})
    assert refused.status_code == 400
    assert 'action="/essai/salle?page=2"' in refused.text
    kept = fields_kept(refused.text)
    assert {k: kept[k] for k in TYPED} == TYPED
    assert browser.post("/essai/salle", data=kept).text == TYPED["texte"]


def test_a_session_that_ended_while_typing_loses_nothing(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(CAMILLE)
    token = token_in(browser.get("/essai/salle").text)
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=clock.now()) as base:
        base.execute(delete(SessionOuverte))
    refused = browser.post("/essai/salle", data={"csrf_token": token, **TYPED})
    assert refused.status_code == 401
    assert 'target="_blank"' in refused.text
    kept = fields_kept(refused.text)
    assert {k: kept[k] for k in TYPED} == TYPED


def read_back(html: str) -> dict[str, str]:
    """What the page says was typed, under which names."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html, re.DOTALL)
    return {unescape(re.sub(r"<[^>]+>", "", title)): unescape(re.sub(r"<[^>]+>", "", told)) for title, told in pairs}


@pytest.mark.parametrize("end", ["token", "session"])
def test_what_was_typed_is_read_back_under_the_labels_of_the_form_and_nothing_technical_with_it(
    end: str, app: Flask, sign_in: SignIn
) -> None:
    browser, path = sign_in(CAMILLE), "/referent/signataires/nouveau?identifiant=900000019"
    sent = dict(re.findall(r'<input[^>]*name="([^"]+)" type="hidden" value="([^"]*)"', browser.get(path).text))
    typed = {"nom": "Rives & Fils", "nature": "association", "is_covered_nationally": "y", "contacts-0-nom": "Accueil"}
    if end == "session":
        with app.app_context(), transaction(actor=PLANIFICATEUR, now=clock.now()) as base:
            base.execute(delete(SessionOuverte))
    else:
        sent["csrf_token"] = "périmé"
    refused = browser.post(path, data=sent | typed | {"notes": " ", "version": "3", "geste": "enregistrer"})
    assert refused.status_code == (401 if end == "session" else 400)
    assert read_back(refused.text) == {
        "Nom ou raison sociale": "Rives & Fils",
        "Nature": "Association",
        "Déjà couvert par une convention nationale": "coché",
        "Nom de la personne ou du service": "Accueil",
    }
    assert {"version", "geste", "notes", *typed} <= fields_kept(refused.text).keys(), "and all of it is sent again"


def test_labels_that_are_not_ours_name_nothing(sign_in: SignIn) -> None:
    forged = {"csrf_token": "périmé", "libelles": "eyJ0ZXh0ZSI6WyJQaXJhdGUiLHt9XX0.x", **TYPED}
    refused = sign_in(CAMILLE).post("/essai/salle", data=forged)
    assert refused.status_code == 400 and read_back(refused.text) == {}
    assert "Vos choix partiront" in refused.text and fields_kept(refused.text)["nombre"] == TYPED["nombre"]


def test_the_token_of_another_person_or_of_a_former_session_is_refused(app: Flask, sign_in: SignIn) -> None:
    former = token_in(sign_in(CAMILLE).get("/essai/salle").text)
    for browser in (sign_in(ZOE), sign_in(CAMILLE)):
        answer = browser.post("/essai/salle", data={"csrf_token": former, "texte": "x"})
        assert answer.status_code == 400
        assert "périmé" in answer.text


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_have_its_data_shown_beside_a_button_of_ours(
    headers: dict[str, str], sign_in: SignIn
) -> None:
    answer = sign_in(CAMILLE).post("/essai/salle", data=TYPED, headers=headers)
    assert answer.status_code == 400
    assert "Quinière" not in answer.text
    assert "Envoyer à nouveau" not in answer.text


def test_a_file_cannot_be_kept_and_the_page_says_so(client: FlaskClient) -> None:
    data: dict[str, Any] = {"texte": "x", "piece": (io.BytesIO(b"%PDF"), "convention.pdf")}
    answer = post(client, "/essai/faute/refus", data)
    assert "joindre de nouveau" in answer.text


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(
    "data", [{"texte": "x" * 2_000_000}, {f"c{n}": "" for n in range(5_000)}], ids=["long", "many"]
)
def test_a_form_too_big_is_refused_with_its_page(data: dict[str, str], kind: str, client: FlaskClient) -> None:
    answer = client.post("/connexion", data=data, content_type=kind)
    assert answer.status_code == 413
    assert "trop volumineux" in answer.text


def test_a_body_too_big_is_refused_whether_or_not_its_length_is_announced(client: FlaskClient) -> None:
    kind = "application/x-www-form-urlencoded"
    body = b"a=" + b"x" * 13_000_000
    assert client.post("/connexion", data=body, content_type=kind).status_code == 413
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    for content_type in (kind, "multipart/form-data; boundary=x"):
        answer = client.post(
            "/connexion",
            input_stream=io.BytesIO(body),
            content_type=content_type,
            environ_overrides=chunked,
        )
        assert answer.status_code == 413, content_type


def test_a_forged_host_gets_a_bare_page(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert "Référence" in answer.text


def test_no_console_of_a_debugger_is_there(client: FlaskClient) -> None:
    assert client.get("/console").status_code == 404
    assert client.get("/?__debugger__=yes&cmd=resource&f=style.css").mimetype == "text/html"
