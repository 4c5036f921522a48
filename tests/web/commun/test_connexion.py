"""Signing in and out, as a browser does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import select, update

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.courriels import Message
from paqte.models import Courriel, SessionOuverte, Utilisateur, db
from paqte.ops import clock
from paqte.services.courriels.courriels import send_due
from paqte.services.transaction import transaction
from tests.fixtures_acteurs import CAMILLE, NADIA, Personne, invitation_of, post, token_in
from tests.web.socle.test_retour import ELSEWHERE

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SignIn = Callable[[Personne], "FlaskClient"]


def links(app: Flask) -> list[str]:
    sent: list[Message] = []
    with app.app_context():
        send_due(transport=sent.append, now=clock.now())
    return [re.findall(r"http\S+(/connexion/\S+)", mail.texte)[0] for mail in sent]


def open_link(app: Flask, browser: FlaskClient, person: Personne = CAMILLE) -> Any:
    with app.app_context():
        return post(browser, invitation_of(person).removeprefix("http://localhost"), {})


def name_shown(browser: FlaskClient, person: Personne) -> bool:
    return person.nom in browser.get("/connexion/lien-envoye").text


def test_the_whole_way_from_the_address_typed_to_the_session_and_out(
    app: Flask, client: FlaskClient, accounts: object
) -> None:
    answer = post(client, "/connexion", {"courriel": " Camille@Prefecture41.test "})
    assert answer.location == "/connexion/lien-envoye"
    assert "10 minutes" in client.get(answer.location).text
    (link,) = links(app)
    assert client.get(link).status_code == 200, "looking at the link does not use it up"
    assert client.get(link).status_code == 200
    assert post(client, link, {}).location == "/"
    assert name_shown(client, CAMILLE)
    assert post(client, "/deconnexion", {}, page="/essai/salle").location == "/"
    assert not name_shown(client, CAMILLE)


def test_known_unknown_and_disabled_addresses_get_the_same_answer(app: Flask, accounts: object) -> None:
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=clock.now()) as session:
        session.execute(update(Utilisateur).where(Utilisateur.courriel == NADIA.courriel).values(is_active=False))
    answers = []
    for courriel in (CAMILLE.courriel, "personne@ailleurs.test", NADIA.courriel):
        answer = post(app.test_client(), "/connexion", {"courriel": courriel})
        headers = {k: v for k, v in answer.headers if k not in ("X-Request-Id", "Date", "Set-Cookie")}
        answers.append((answer.status_code, answer.data, headers))
    assert answers[0] == answers[1] == answers[2]


def test_a_wrong_address_is_refused_beside_the_field_and_kept(client: FlaskClient, accounts: object) -> None:
    answer = post(client, "/connexion", {"courriel": "camille@"})
    assert answer.status_code == 422
    assert "prenom.nom@exemple.fr" in answer.text
    assert 'value="camille@"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "<title>Erreur : Connexion — PAQTE</title>" in answer.text


def test_a_used_link_gives_a_page_that_offers_another_and_no_session(app: Flask, accounts: object) -> None:
    with app.app_context():
        link = invitation_of(CAMILLE).removeprefix("http://localhost")
    post(app.test_client(), link, {})
    again = app.test_client().get(link)
    assert again.status_code == 410
    assert "Demander un nouveau lien" in again.text
    assert "Set-Cookie" not in again.headers


def test_a_link_used_meanwhile_is_refused_at_the_button(app: Flask, client: FlaskClient, accounts: object) -> None:
    with app.app_context():
        link = invitation_of(CAMILLE).removeprefix("http://localhost")
    token = token_in(client.get(link).text)
    post(app.test_client(), link, {})
    assert client.post(link, data={"csrf_token": token}).status_code == 410
    assert not name_shown(client, CAMILLE)


def test_a_cookie_from_before_signing_in_is_worth_nothing_after(
    app: Flask, client: FlaskClient, accounts: object
) -> None:
    client.get("/connexion")
    before = client.get_cookie("paqte")
    open_link(app, client)
    other = app.test_client()
    other.set_cookie("paqte", before.value)
    assert name_shown(client, CAMILLE)
    assert not name_shown(other, CAMILLE)


def test_a_cookie_copied_before_signing_out_is_worth_nothing_after(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(CAMILLE)
    copied = browser.get_cookie("paqte").value
    post(browser, "/deconnexion", {}, page="/essai/salle")
    thief = app.test_client()
    thief.set_cookie("paqte", copied)
    assert not name_shown(thief, CAMILLE)


def test_signing_in_as_another_closes_the_former_session(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(CAMILLE)
    open_link(app, browser, NADIA)
    assert name_shown(browser, NADIA)
    with app.app_context():
        assert len(db.session.scalars(select(SessionOuverte)).all()) == 1


def test_an_account_disabled_or_lowered_acts_at_the_next_request(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(CAMILLE)
    change = update(Utilisateur).where(Utilisateur.courriel == CAMILLE.courriel)
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=clock.now()) as session:
        session.execute(change.values(role="national"))
    assert browser.get("/essai/salle").status_code == 403
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=clock.now()) as session:
        session.execute(change.values(is_active=False))
    assert browser.get("/essai/salle").location.startswith("/connexion?next=")


def test_a_referent_stays_signed_in_while_she_works_and_not_when_she_leaves(sign_in: SignIn) -> None:
    start = clock.now()
    browser = sign_in(CAMILLE)
    for minutes in (25, 50, 75):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert browser.get("/essai/salle").status_code == 200
    with time_machine.travel(start + timedelta(minutes=75 + 30), tick=False):
        assert browser.get("/essai/salle").status_code == 302


@pytest.mark.parametrize("wanted", [w for w in ELSEWHERE if w])
def test_no_next_address_leaves_the_site(wanted: str, app: Flask, client: FlaskClient, accounts: object) -> None:
    page = client.get("/connexion", query_string={"next": wanted}).text
    assert 'name="next" type="hidden" value=""' in page
    post(client, "/connexion", {"courriel": CAMILLE.courriel, "next": wanted})
    link = links(app)[-1]
    answer = post(client, link, {}, query_string={"next": wanted})
    assert answer.location == "/"


def test_a_page_asked_for_before_signing_in_comes_after(app: Flask, client: FlaskClient, accounts: object) -> None:
    sent = client.get("/essai/salle?page=2")
    assert sent.location == "/connexion?next=/essai/salle?page%3D2"
    post(client, sent.location, {"courriel": CAMILLE.courriel, "next": "/essai/salle?page=2"})
    assert post(client, links(app)[-1], {}).location == "/essai/salle?page=2"


def test_a_forged_host_reaches_no_mail(app: Flask, client: FlaskClient, accounts: object) -> None:
    token = token_in(client.get("/connexion").text)
    data = {"csrf_token": token, "courriel": CAMILLE.courriel}
    answer = client.post("/connexion", data=data, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    client.post("/connexion", data=data, headers={"X-Forwarded-Host": "evil.example"})
    with app.app_context():
        assert all("evil" not in text for text in db.session.scalars(select(Courriel.texte)))


def test_too_many_requests_from_one_place_are_told_so(client: FlaskClient, accounts: object) -> None:
    for number in range(20):
        assert post(client, "/connexion", {"courriel": f"a{number}@ailleurs.test"}).status_code == 302
    refused = post(client, "/connexion", {"courriel": CAMILLE.courriel})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "900"
    assert "quart d’heure" in refused.text


PUBLIC = {"PAQTE_ENV": "production", "PAQTE_SECRET_KEY": "hVvJ1r7Zb0Qm2cXw9eTgLk4sYnPd8uAo"}


@pytest.mark.parametrize("given_settings", [PUBLIC | {"PAQTE_BASE_URL": "https://paqte.exemple.fr"}])
def test_the_cookie_of_a_public_service_is_locked_to_it(client: FlaskClient) -> None:
    answer = client.get("/connexion", base_url="https://paqte.exemple.fr")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-paqte=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
