"""A provider that is down, slow or lies: bounded, told in French, and the mailed link goes on opening sessions."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from paqte.models import Journal, SessionOuverte, db
from paqte.ops import clock
from paqte.ops.outward import provider as module
from paqte.ops.outward import sign_on
from paqte.services.comptes.connexion import request_link
from tests.fixtures_acteurs import CAMILLE, post
from tests.web.commun.entree.conftest import START, location_of, path_back
from tests.web.commun.entree.fournisseur import StandIn, redirect, send, send_bytes

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

Follow = Callable[..., Any]
DISCOVERY = "/.well-known/openid-configuration"
METADATA_LIES: list[dict[str, Any]] = [
    {"issuer": "https://ailleurs.test"},
    {"issuer": None},
    {"token_endpoint": "http://ailleurs.test/token"},
    {"token_endpoint": "file:///etc/passwd"},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"authorization_endpoint": ["http://127.0.0.1/"]},
    {"userinfo_endpoint": "https://nom:secret@ailleurs.test/"},
    {"jwks_uri": ""},
    {"jwks_uri": "https://[::1/"},
]


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A provider is waited for a second, and left alone for no time: what is tried next is asked for real."""
    for where in (module, sign_on):
        monkeypatch.setattr(where, "SECONDS", 1.0)
    monkeypatch.setattr(module, "REST", 0.0)
    yield


def sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).select_from(SessionOuverte)).one()


def forget(provider: StandIn) -> None:
    """What this process learnt of the provider an hour ago at most."""
    module._said.pop(provider.issuer, None)
    module._keys.pop(provider.issuer, None)


def is_link_offered(answer: Any) -> bool:
    return "Recevoir mon lien de connexion" in answer.text and "lien par courriel" in answer.text


@pytest.fixture
def hanging() -> Iterator[Callable[[BaseHTTPRequestHandler], None]]:
    """An answer that never comes, until the test ends."""
    over = threading.Event()
    yield lambda _handler: over.wait(20) and None
    over.set()


def huge(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    with suppress(OSError):
        for _ in range(2_000):
            handler.wfile.write(b" " * 65_536)


class TestGone:
    @pytest.fixture
    def more_settings(self) -> Iterator[Mapping[str, object]]:
        with socket.socket() as kept:
            kept.bind(("127.0.0.1", 0))  # nobody listens there
            yield {"PAQTE_OIDC_ISSUER": f"http://127.0.0.1:{kept.getsockname()[1]}"}

    def test_a_provider_that_is_not_there_leaves_the_page_with_its_mailed_link(
        self, client: FlaskClient, accounts: object
    ) -> None:
        answer = client.get(START)
        assert answer.status_code == 503 and "ProConnect ne répond pas" in answer.text
        assert is_link_offered(answer)
        assert post(client, "/connexion", {"courriel": CAMILLE.courriel}).location == "/connexion/lien-envoye"


def test_a_provider_that_hangs_is_left_in_time_at_each_of_its_steps(
    app: Flask, client: FlaskClient, accounts: object, provider: StandIn, hanging: Any
) -> None:
    for path in ("/token", "/jwks", "/userinfo"):
        left = path_back(location_of(client.get(START).location))
        provider.answers = {path: hanging}
        module._keys.pop(provider.issuer, None)
        answer = client.get(left)
        assert answer.status_code == 503 and is_link_offered(answer), path
        provider.answers = {}
    forget(provider)
    provider.answers = {DISCOVERY: hanging}
    assert client.get(START).status_code == 503
    assert sessions(app) == 0


def test_a_provider_that_answers_without_end_or_elsewhere_or_anything_opens_nothing(
    app: Flask, client: FlaskClient, accounts: object, provider: StandIn
) -> None:
    lies: list[Callable[[BaseHTTPRequestHandler], None]] = [
        huge,
        lambda handler: redirect(handler, f"{provider.issuer}/jwks"),
        lambda handler: send(handler, {}, 500),
        lambda handler: send(handler, []),
        lambda handler: send(handler, {"id_token": 1, "access_token": "a\r\nb"}),
        lambda handler: send_bytes(handler, b"[" * 60_000, "application/json"),
        lambda handler: send_bytes(handler, b"\xff\xfe", "application/json"),
        lambda handler: handler.wfile.write(b"rien de HTTP\r\n\r\n"),
    ]
    for path in ("/token", "/userinfo"):
        for number, lie in enumerate(lies):
            left = path_back(location_of(client.get(START).location))
            provider.answers = {path: lie}
            answer = client.get(left)
            assert answer.status_code in (403, 503) and is_link_offered(answer), (path, number)
            provider.answers = {}
    assert sessions(app) == 0
    with app.app_context():
        told = list(
            db.session.scalars(select(Journal.apres).where(Journal.acte == "connexion_refusee").order_by(Journal.id))
        )
    assert "réponse inattendue du fournisseur" in told[0], "one without end is left for its size, before its time"


@pytest.mark.parametrize("lie", METADATA_LIES, ids=str)
def test_a_provider_that_announces_what_is_not_its_own_sends_nobody_anywhere(
    lie: dict[str, Any], client: FlaskClient, accounts: object, provider: StandIn
) -> None:
    provider.announced = lie
    answer = client.get(START)
    assert answer.status_code == 403 and is_link_offered(answer)
    assert [path for path, _ in provider.asked] == [DISCOVERY]


def test_a_provider_that_did_not_answer_is_not_asked_again_at_once(
    client: FlaskClient, accounts: object, provider: StandIn, monkeypatch: pytest.MonkeyPatch, hanging: Any
) -> None:
    monkeypatch.setattr(module, "REST", 60.0)
    provider.answers = {DISCOVERY: hanging}
    assert [client.get(START).status_code for _ in range(3)] == [503, 503, 503]
    assert len(provider.asked) == 1


def test_nobody_who_writes_waits_while_a_provider_is_asked(
    app: Flask, client: FlaskClient, accounts: object, provider: StandIn
) -> None:
    """Somebody asks for a link from inside the provider's answer: the one who signs in holds nothing meanwhile."""
    left = path_back(location_of(client.get(START).location))
    written = []

    def write(handler: BaseHTTPRequestHandler) -> None:
        with app.app_context():
            request_link(courriel=CAMILLE.courriel, origine="", base_url="http://localhost", now=clock.now())
        written.append("one line")
        send(handler, {"error": "invalid_grant"}, 400)

    provider.answers = {"/token": write}
    assert client.get(left).status_code == 403
    assert written == ["one line"]


def test_without_the_provider_s_closing_page_leaving_is_leaving_here(
    client: FlaskClient, provider: StandIn, there_and_back: Follow
) -> None:
    provider.announced = {"end_session_endpoint": None}
    there_and_back()
    assert post(client, "/deconnexion", {}, page="/compte").location == "/"
    assert client.get("/compte").status_code == 302


def test_a_provider_that_fell_meanwhile_keeps_nobody_signed_in(
    client: FlaskClient, provider: StandIn, there_and_back: Follow
) -> None:
    there_and_back()
    forget(provider)
    provider.answers = {DISCOVERY: lambda handler: send(handler, {}, 502)}
    assert post(client, "/deconnexion", {}, page="/compte").location == "/"
    assert client.get("/compte").status_code == 302
