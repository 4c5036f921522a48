"""A provider of single sign-on of the tests' own, as the State's is documented: signed userinfo, strict parameters.

It tells the truth unless a test has it lie: every answer may be replaced, every token forged.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT, SECRET = "paqte", "un-secret-de-client-d-au-moins-32-signes"
ALLOWED = {
    *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "claims", "prompt", "idp_hint"),
    *("login_hint", "acr"),
}
Claims = dict[str, Any]
Answer = Callable[[BaseHTTPRequestHandler], None]
RSA = RSAKey.generate_key(2048, parameters={"kid": "un"})
OTHER_RSA = RSAKey.generate_key(2048, parameters={"kid": "un"})
EC = ECKey.generate_key("P-256", parameters={"kid": "deux"})


@dataclass
class StandIn:
    """What it says and what it was asked. `forged` replaces tokens by kind; `answers`, whole answers by path."""

    issuer: str = ""
    alg: str = "RS256"
    keys: list[Any] = field(default_factory=lambda: [RSA])
    signs_with: Any = field(default_factory=lambda: RSA)
    person: Claims = field(default_factory=dict)
    said: Claims = field(default_factory=dict)
    told: Claims = field(default_factory=dict)
    announced: Claims = field(default_factory=dict)
    forged: dict[str, Callable[[Claims], str]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    is_pkce: bool = False

    def metadata(self) -> Claims:
        page = {
            "issuer": self.issuer,
            **{f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token", "userinfo")},
            "end_session_endpoint": f"{self.issuer}/end_session",
            "jwks_uri": f"{self.issuer}/jwks",
        }
        return page | ({"code_challenge_methods_supported": ["S256"]} if self.is_pkce else {}) | self.announced

    def signed(self, kind: str, claims: Claims) -> str:
        """A token of this moment, with what a test changes in it: None takes a claim away."""
        now = int(time.time())
        whole = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "sub": self.person["sub"], **claims}
        whole |= self.said if kind == "id_token" else self.told
        whole = {name: value for name, value in whole.items() if value is not None}
        if kind in self.forged:
            return self.forged[kind](whole)
        key = OctKey.import_key(SECRET) if self.alg == "HS256" else self.signs_with
        header = {"alg": self.alg} if self.alg == "HS256" else {"alg": self.alg, "kid": key.kid}
        return jwt.encode(header, whole, key, algorithms=[self.alg])

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back; AssertionError for what the State's would refuse (Y000400)."""
        assert set(query) <= ALLOWED | ({"code_challenge", "code_challenge_method"} if self.is_pkce else set())
        assert query["response_type"] == "code" and query["client_id"] == CLIENT
        assert min(len(query["state"]), len(query["nonce"])) >= 32
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def tokens(self, form: dict[str, str]) -> Claims | None:
        """The tokens of a code that was not used yet, to whom it was given."""
        left = self.codes.pop(form.get("code", ""), None)
        if left is None or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return None
        if form.get("redirect_uri") != left["redirect_uri"]:
            return None
        if self.is_pkce:
            proof = sha256(form.get("code_verifier", "").encode()).digest()
            if urlsafe_b64encode(proof).rstrip(b"=").decode() != left["code_challenge"]:
                return None
        token = self.signed("id_token", {"nonce": left["nonce"], "acr": "eidas1"})
        return {"access_token": "un-jeton", "token_type": "Bearer", "expires_in": 60, "id_token": token}


class _Handler(BaseHTTPRequestHandler):
    provider: StandIn

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer({name: values[0] for name, values in parse_qs(body).items()})

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self, form: dict[str, str]) -> None:
        parts, it = urlsplit(self.path), self.provider
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        it.asked.append((parts.path, form or query))
        if parts.path in it.answers:
            it.answers[parts.path](self)
        elif parts.path == "/.well-known/openid-configuration":
            send(self, it.metadata())
        elif parts.path == "/jwks":
            send(self, {"keys": [key.as_dict(private=False) | {"use": "sig"} for key in it.keys]})
        elif parts.path == "/authorization":
            redirect(self, it.authorize(query))
        elif parts.path == "/token":
            found = it.tokens(form)
            send(self, found or {"error": "invalid_grant"}, 200 if found else 400)
        elif parts.path == "/userinfo" and self.headers["Authorization"] == "Bearer un-jeton":
            text = it.signed("userinfo", {k: v for k, v in it.person.items() if k != "sub"})
            send_bytes(self, text.encode(), "application/jwt")
        else:
            send(self, {"error": "unknown"}, 404)


def send(handler: BaseHTTPRequestHandler, said: Any, status: int = 200) -> None:
    send_bytes(handler, json.dumps(said).encode(), "application/json", status)


def send_bytes(handler: BaseHTTPRequestHandler, octets: bytes, kind: str, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(octets)))
    handler.end_headers()
    handler.wfile.write(octets)


def redirect(handler: BaseHTTPRequestHandler, location: str) -> None:
    handler.send_response(302)
    handler.send_header("Location", location)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@contextmanager
def serving(provider: StandIn) -> Iterator[StandIn]:
    """The provider listening on a port of its own, until the end."""
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
