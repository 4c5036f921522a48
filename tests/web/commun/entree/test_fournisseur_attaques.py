"""What a forger, a thief of answers or a provider that lies brings back opens nothing, and is told in French."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from sqlalchemy import func, select

from paqte.models import Journal, SessionOuverte, db
from tests.fixtures_acteurs import CAMILLE
from tests.web.commun.entree.conftest import START, location_of, path_back
from tests.web.commun.entree.fournisseur import EC, OTHER_RSA, RSA, SECRET, StandIn, redirect, send

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

Follow = Callable[..., Any]
Claims = dict[str, Any]
UNSOUND = "n’a pas pu être vérifiée"


def sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).select_from(SessionOuverte)).one()


@contextmanager
def lying(provider: StandIn, name: str, value: Any) -> Iterator[None]:
    before = getattr(provider, name)
    setattr(provider, name, value)
    try:
        yield
    finally:
        setattr(provider, name, before)


def part(said: Any) -> str:
    return urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def unsigned(claims: Claims) -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def shared(key: bytes, **header: Any) -> Callable[[Claims], str]:
    """Forged with HS256 and any bytes, without the library that the product checks with."""

    def forge(claims: Claims) -> str:
        signed = f"{part({'alg': 'HS256', 'typ': 'JWT', **header})}.{part(claims)}"
        proof = urlsafe_b64encode(digest(key, signed.encode(), sha256)).rstrip(b"=").decode()
        return f"{signed}.{proof}"

    return forge


def by(key: Any, alg: str, **header: Any) -> Callable[[Claims], str]:
    return lambda claims: jwt.encode({"alg": alg, **header}, claims, key, algorithms=[alg])


def altered(claims: Claims) -> str:
    header, _, signature = by(RSA, "RS256", kid="un")(claims).split(".")
    return f"{header}.{part({**claims, 'email': CAMILLE.courriel, 'admin': True})}.{signature}"


FORGERIES: dict[str, Callable[[Claims], str]] = {
    "no signature": unsigned,
    "no signature, in capitals": lambda claims: unsigned(claims).replace(part({"alg": "none", "typ": "JWT"}),
                                                                         part({"alg": "None", "typ": "JWT"})),
    "the public key as a shared secret": shared(RSA.as_pem(private=False), kid="un"),
    "the public key as JSON": shared(json.dumps(RSA.as_dict(private=False)).encode(), kid="un"),
    "the client's secret, where RS256 is declared": shared(SECRET.encode()),
    "an empty secret": shared(b""),
    "another key under the same name": by(OTHER_RSA, "RS256", kid="un"),
    "a key brought along": by(OTHER_RSA, "RS256", kid="trois", jwk=OTHER_RSA.as_dict(private=False)),
    "another algorithm": by(EC, "ES256", kid="deux"),
    "a longer hash than declared": by(RSA, "RS512", kid="un"),
    "words changed under a true signature": altered,
    "no token at all": lambda _: "rien",
    "five parts": lambda _: "a.b.c.d.e",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["id_token", "userinfo"])
def test_a_forged_answer_opens_nothing(kind: str, app: Flask, provider: StandIn, there_and_back: Follow) -> None:
    provider.keys = [RSA, EC]
    for name, forge in FORGERIES.items():
        with lying(provider, "forged", {kind: forge}):
            answer = there_and_back()
        assert (answer.status_code, UNSOUND in answer.text) == (403, True), name
    assert sessions(app) == 0
    assert there_and_back().location == "/", "the same way opens as soon as nobody lies"


WRONG: dict[str, Claims] = {
    "another issuer": {"iss": "https://ailleurs.test"},
    "no issuer": {"iss": None},
    "issuers": {"iss": ["http://127.0.0.1"]},
    "another audience": {"aud": "autre-application"},
    "no audience": {"aud": None},
    "several audiences and nobody asked": {"aud": ["paqte", "autre-application"]},
    "expired": {"exp": 1_700_000_000},
    "no end": {"exp": None},
    "an end that is no number": {"exp": "2099-01-01"},
    "an end beyond numbers": {"exp": float("inf")},
    "not yet": {"nbf": 4_000_000_000},
    "issued tomorrow": {"iat": 4_000_000_000},
    "asked by another": {"azp": "autre-application"},
    "nobody": {"sub": None},
    "several people": {"sub": ["sub-camille"]},
}


@pytest.mark.parametrize("kind", ["said", "told"])
def test_an_answer_made_for_another_moment_or_for_others_opens_nothing(
    kind: str, app: Flask, provider: StandIn, there_and_back: Follow
) -> None:
    for name, claims in WRONG.items():
        with lying(provider, kind, claims):
            answer = there_and_back()
        assert (answer.status_code, UNSOUND in answer.text) == (403, True), name
    assert sessions(app) == 0


def test_a_nonce_that_is_missing_or_another_s_opens_nothing(
    app: Flask, provider: StandIn, there_and_back: Follow
) -> None:
    for nonce in (None, "", "x" * 43, ["x" * 43], 0):
        with lying(provider, "said", {"nonce": nonce}):
            assert there_and_back().status_code == 403, nonce
    assert sessions(app) == 0


def test_two_signed_answers_of_two_people_open_nothing(app: Flask, provider: StandIn, there_and_back: Follow) -> None:
    with lying(provider, "told", {"sub": "sub-autre"}):
        assert there_and_back().status_code == 403
    assert sessions(app) == 0


def test_an_answer_that_fits_no_departure_of_this_browser_opens_nothing(
    app: Flask, client: FlaskClient, provider: StandIn
) -> None:
    """Somebody else's answer, followed from a mail, must not sign anybody in as him."""
    answer = client.get(f"{START}/retour?code=un-code&state={'x' * 43}")
    assert answer.status_code == 403 and "n’est pas attendue" in answer.text
    there = location_of(client.get(START).location)
    for query in ("", "?code=a", "?code=a&state=", f"?code=a&state={'é' * 43}"):
        assert client.get(f"{START}/retour{query}").status_code == 403
    stolen = app.test_client()
    stolen.get(START)
    assert "n’est pas attendue" in stolen.get(path_back(there)).text
    assert "/token" not in [path for path, _ in provider.asked], "the provider is not even asked"
    assert sessions(app) == 0


def test_an_answer_replayed_opens_nothing_even_with_the_cookie_of_before(
    app: Flask, client: FlaskClient, provider: StandIn, accounts: object
) -> None:
    there = location_of(client.get(START).location)
    cookie = client.get_cookie("paqte")
    (code,) = provider.codes
    kept = provider.codes[code]
    assert client.get(path_back(there)).location == "/"
    again = client.get(path_back(there))
    assert again.status_code == 403 and "elle a déjà servi" in again.text
    thief = app.test_client()
    assert cookie is not None
    thief.set_cookie("paqte", cookie.value)
    assert UNSOUND in thief.get(path_back(there)).text, "the provider gives a code once"
    provider.codes[code] = kept
    thief.set_cookie("paqte", cookie.value)
    assert "elle a déjà servi" in thief.get(path_back(there)).text, "and we take it once, were it to give it twice"
    assert sessions(app) == 1


def test_a_code_that_expired_opens_nothing_and_says_to_begin_again(
    app: Flask, client: FlaskClient, provider: StandIn, accounts: object
) -> None:
    there = location_of(client.get(START).location)
    provider.codes.clear()
    answer = client.get(path_back(there))
    assert answer.status_code == 403 and "Recommencez" in answer.text
    assert sessions(app) == 0


def test_whoever_gives_up_at_the_provider_is_told_so(app: Flask, client: FlaskClient) -> None:
    left = client.get(START).location
    state = left.partition("state=")[2].partition("&")[0]
    answer = client.get(f"{START}/retour?error=access_denied&error_description=<b>&state={state}")
    assert answer.status_code == 403 and "a été interrompue" in answer.text
    assert "<b>" not in answer.text and "access_denied" not in answer.text


def test_an_unsigned_userinfo_and_one_that_is_elsewhere_open_nothing(
    app: Flask, provider: StandIn, there_and_back: Follow
) -> None:
    told = {"sub": "sub-camille", "email": CAMILLE.courriel}
    for answer in (
        lambda handler: send(handler, told),
        lambda handler: redirect(handler, "https://ailleurs.test/userinfo"),
        lambda handler: send(handler, told, 401),
    ):
        with lying(provider, "answers", {"/userinfo": answer}):
            assert there_and_back().status_code == 403
    assert sessions(app) == 0


def test_an_answer_that_names_another_issuer_in_its_address_opens_nothing(
    app: Flask, client: FlaskClient, accounts: object
) -> None:
    there = path_back(location_of(client.get(START).location))
    assert client.get(f"{there}&iss=https://ailleurs.test").status_code == 403
    assert sessions(app) == 0


def test_whoever_tries_answer_after_answer_is_stopped_and_a_link_still_opens(
    app: Flask, client: FlaskClient, provider: StandIn, accounts: object
) -> None:
    for _ in range(20):
        left = client.get(START)
        client.get(path_back(location_of(left.location)).replace("code=", "code=faux"))
    asked = len(provider.asked)
    left = client.get(START)
    assert client.get(path_back(location_of(left.location))).status_code == 429
    assert "/token" not in [path for path, _ in provider.asked[asked:]], "the provider is no longer asked"
    with app.app_context():
        refused = select(func.count()).select_from(Journal).where(Journal.acte == "connexion_refusee")
        assert db.session.scalars(refused).one() == 1, "one line a minute for a reason"
    assert client.get("/connexion").status_code == 200
