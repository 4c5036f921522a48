"""What opens one's own account, or ends its sessions, waits for whoever asks to prove again who she is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import func, select

from paqte.models import Courriel, Journal, RecoveryCode, SessionOuverte, db
from paqte.ops.routes import route_table
from paqte.services.comptes.entree.chiffre import code_mark, salt_of
from paqte.web.socle.factor import OF_ACCOUNT
from tests.fixtures_acteurs import BRUNO, CAMILLE, EVERYBODY, Personne, post
from tests.web.commun.entree.test_facteurs import enrolled, give, now_on

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SignIn = Callable[[Personne], "FlaskClient"]
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
ASKED = "Une connexion récente est demandée"
NEW = {"courriel": "ailleurs@prefecture41.test"}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def mails_to_prove(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).where(Courriel.destinataire == NEW["courriel"])).one()


def sessions_of(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).select_from(SessionOuverte)).one()


@pytest.mark.parametrize("person", [CAMILLE, BRUNO], ids=lambda person: person.role)
def test_another_address_waits_for_a_sign_in_of_these_last_minutes(
    person: Personne, app: Flask, sign_in: SignIn, clock: Any
) -> None:
    browser = sign_in(person)
    clock.shift(11 * 60)
    refused = post(browser, "/compte/adresse", NEW, page="/compte")
    assert refused.status_code == 401 and ASKED in refused.text
    assert f'value="{NEW["courriel"]}"' in refused.text and mails_to_prove(app) == 0
    link = re.findall(r'href="(/connexion\?encore=1)"', refused.text)[0]
    assert browser.get(link).status_code == 200, "the page that asks for a link opens although a session is open"
    assert post(browser, link, {"courriel": person.courriel}).location == "/connexion/lien-envoye"
    assert browser.get("/connexion").location == "/", "not asked again, one is where one was"
    assert post(sign_in(person), "/compte/adresse", NEW, page="/compte").location == "/compte"
    assert mails_to_prove(app) == 1


def test_a_session_prolonged_is_no_sign_in(app: Flask, sign_in: SignIn, clock: Any) -> None:
    browser = sign_in(BRUNO)
    clock.shift(11 * 3600 + 55 * 60)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/compte").text)[0]
    assert browser.post("/compte/session", data={"csrf_token": token}).json["prolongeable"] is False
    assert ASKED in post(browser, "/compte/adresse", NEW, page="/compte").text
    assert mails_to_prove(app) == 0


def test_whoever_has_a_factor_gives_its_code_instead(app: Flask, sign_in: SignIn, clock: Any) -> None:
    browser = sign_in(CAMILLE)
    phone, _ = enrolled(browser)
    clock.shift(11 * 60)
    assert "Un code est demandé" in post(browser, "/compte/adresse", NEW, page="/compte").text
    assert mails_to_prove(app) == 0
    assert give(browser, now_on(phone)).status_code == 302
    assert post(browser, "/compte/adresse", NEW, page="/compte").location == "/compte"


def test_all_other_sessions_end_at_once_and_this_one_goes_on(app: Flask, sign_in: SignIn, clock: Any) -> None:
    others, browser, bruno = [sign_in(CAMILLE) for _ in range(2)], sign_in(CAMILLE), sign_in(BRUNO)
    shown = post(browser, "/compte/sessions/fermer", {}, page="/compte", follow_redirects=True).text
    assert "2\u00a0sessions fermées. Celle-ci reste ouverte." in shown
    assert [one.get("/compte").status_code for one in (*others, browser, bruno)] == [302, 302, 200, 200]
    assert "Fermer toutes les autres sessions" not in browser.get("/compte").text
    with app.app_context():
        ended = select(Journal.apres).where(Journal.acte == "deconnexion")
        assert db.session.scalars(ended).all() == ['{"sessions": 2}']
    clock.shift(11 * 60)
    sign_in(CAMILLE)
    assert ASKED in post(browser, "/compte/sessions/fermer", {}, page="/compte").text
    assert sessions_of(app) == 3


@pytest.mark.parametrize("act", ["codes", "retirer"])
def test_her_other_sessions_end_when_her_factor_changes(act: str, app: Flask, sign_in: SignIn, clock: Any) -> None:
    browser = sign_in(CAMILLE)
    _, codes = enrolled(browser)
    other = sign_in(CAMILLE)
    assert give(other, codes[0]).status_code == 302
    assert other.get("/compte").status_code == 200
    post(browser, f"/compte/facteur/{act}", {}, page="/compte/facteur")
    assert other.get("/compte").status_code == 302 and browser.get("/compte").status_code == 200


def test_recovery_codes_are_kept_by_a_slow_hash_of_a_salt_of_their_own(app: Flask, sign_in: SignIn, clock: Any) -> None:
    """Recomputed here by the standard library: a base that leaks gives no code back within reach of a machine."""
    from hashlib import scrypt

    _, codes = enrolled(sign_in(CAMILLE))
    with app.app_context():
        kept = set(db.session.scalars(select(RecoveryCode.empreinte)))
    (salt,) = {bytes.fromhex(mark.split("$")[1]) for mark in kept}
    assert len(salt) * 8 >= 32
    made = {scrypt(code.replace("-", "").encode(), salt=salt, n=2**14, r=8, p=1, dklen=22).hex() for code in codes}
    assert {mark.split("$")[2] for mark in kept} == made
    assert salt_of(code_mark("A", salt.hex())) == salt.hex() and salt_of("0" * 64) == ""


def test_a_code_kept_before_as_a_plain_hash_serves_still(app: Flask, sign_in: SignIn, clock: Any) -> None:
    from paqte.domain.personnes.jetons import digest

    enrolled(sign_in(CAMILLE))
    with app.app_context():
        row = db.session.scalars(select(RecoveryCode).order_by(RecoveryCode.id)).first()
        row.empreinte = digest(f"secours:{row.utilisateur_id}:ABCDEFGHJKMN")
        db.session.commit()
    assert give(sign_in(CAMILLE), "abcd-efgh-jkmn").status_code == 302
    assert give(sign_in(CAMILLE), "abcd-efgh-jkmn").status_code == 422


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda person: person.courriel)
def test_every_page_behind_sign_in_offers_to_leave(person: Personne, app: Flask, sign_in: SignIn, clock: Any) -> None:
    browser, seen = sign_in(person), 0
    for route in route_table(app):
        if person.role in route.roles and "GET" in route.methods and "<" not in route.rule:
            answer = browser.get(route.rule)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                assert 'action="/deconnexion"' in answer.text, route.rule
                seen += 1
    assert seen >= 2


def test_the_list_names_routes_that_are_sent_to(app: Flask) -> None:
    assert {route.endpoint for route in route_table(app) if "POST" in route.methods} >= OF_ACCOUNT
