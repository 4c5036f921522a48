"""What the provider of single sign-on says of itself: its addresses and the keys that it signs with (discovery).

Kept an hour by each process. A provider that does not answer is left alone for some seconds: whoever signs in then is
led to a mailed link at once.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from paqte.domain.personnes.fournisseur import ProviderSettings, is_endpoint
from paqte.ops.outward.exchange import NO_SLOT, AnswerReceived, ExchangeFailed, Request, exchange

SECONDS = 5.0
LARGEST = 65_536
KEPT = 3600.0
REST = 5.0
LEAST_RSA = 2048
MOST_KEYS = 20
# At once, by process; others wait for a slot as long as PATIENCE, and the other pages keep their threads.
_SLOTS = threading.BoundedSemaphore(16)
PATIENCE = 1.0
_lock = threading.Lock()
SignKey = RSAKey | ECKey
# By issuer, on the monotonic clock: until when it is kept, and what.
_said: dict[str, tuple[float, Metadata]] = {}
_keys: dict[str, tuple[float, list[SignKey]]] = {}
_resting: dict[str, float] = {}


class ProviderFailed(Exception):
    """The provider cannot be believed, or did not answer (`is_down`); `motif` is what the journal says."""

    def __init__(self, motif: str, cause: str = "", *, is_down: bool = False) -> None:
        super().__init__(f"{motif} ({cause})" if cause else motif)
        self.motif, self.is_down = motif, is_down


@dataclass(frozen=True, slots=True)
class Metadata:
    """Addresses of a provider; `end_session` is "" where it closes no session."""

    authorization: str
    token: str
    userinfo: str
    jwks: str
    end_session: str
    is_pkce: bool
    names_itself: bool


def read_metadata(settings: ProviderSettings, end: float) -> Metadata:
    """The addresses of the provider, asked again each hour; ProviderFailed."""
    with _turn(settings, end):
        until, found = _said.get(settings.issuer, (0.0, None))
        if found is None or time.monotonic() > until:
            url = f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = _metadata_in(read_object(ask_provider(settings, url, end)), settings)
            _said[settings.issuer] = (time.monotonic() + KEPT, found)
        return found


def read_keys(settings: ProviderSettings, end: float, *, is_fresh: bool = False) -> list[SignKey]:
    """The keys of the provider that its algorithm may use; asked again each hour, or now when `is_fresh`."""
    metadata = read_metadata(settings, end)
    with _turn(settings, end):
        until, found = _keys.get(settings.issuer, (0.0, None))
        if is_fresh or found is None or time.monotonic() > until:
            told = read_object(ask_provider(settings, metadata.jwks, end)).get("keys")
            found = _usable(told if isinstance(told, list) else [], settings.alg)
            _keys[settings.issuer] = (time.monotonic() + KEPT, found)
        return found


def ask_provider(
    settings: ProviderSettings, url: str, end: float, *, body: bytes | None = None, bearer: str = ""
) -> AnswerReceived:
    """The answer, 200 or 400; ProviderFailed for any other, a redirection included."""
    if time.monotonic() < _resting.get(settings.issuer, 0.0):
        raise ProviderFailed("fournisseur muet", "left alone", is_down=True)
    headers = {"Accept": "application/json, application/jwt"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    method = "GET" if body is None else "POST"
    asked = Request(url, end, LARGEST, _SLOTS, method, body, headers, settings.proxy, PATIENCE)
    try:
        answer = exchange(asked)
    except ExchangeFailed as failed:
        if failed.kind == "étrange":
            raise ProviderFailed("réponse inattendue du fournisseur", failed.cause) from failed
        if failed.cause != NO_SLOT:
            _resting[settings.issuer] = time.monotonic() + REST
        motif = "fournisseur trop lent" if failed.kind == "lent" else "fournisseur muet"
        raise ProviderFailed(motif, failed.cause, is_down=True) from failed
    if answer.status >= 500 or answer.status == 429:
        raise ProviderFailed("fournisseur muet", str(answer.status), is_down=True)
    if answer.status not in (200, 400):
        raise ProviderFailed("réponse inattendue du fournisseur", str(answer.status))
    return answer


def read_object(answer: AnswerReceived) -> dict[str, Any]:
    """The JSON object of a good answer; ProviderFailed otherwise."""
    if answer.status != 200:
        raise ProviderFailed("réponse inattendue du fournisseur", str(answer.status))
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise ProviderFailed("réponse inattendue du fournisseur", type(error).__name__) from error
    if not isinstance(found, dict):
        raise ProviderFailed("réponse inattendue du fournisseur", "not an object")
    return found


def _metadata_in(told: dict[str, Any], settings: ProviderSettings) -> Metadata:
    if told.get("issuer") != settings.issuer:
        raise ProviderFailed("autre émetteur annoncé")
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
        if not is_endpoint(told.get(name), settings.issuer):
            raise ProviderFailed("adresse annoncée refusée", name)
    closing = told.get("end_session_endpoint")
    methods = told.get("code_challenge_methods_supported")
    return Metadata(
        authorization=told["authorization_endpoint"],
        token=told["token_endpoint"],
        userinfo=told["userinfo_endpoint"],
        jwks=told["jwks_uri"],
        end_session=str(closing) if is_endpoint(closing, settings.issuer) else "",
        is_pkce=isinstance(methods, list) and "S256" in methods,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
    )


def _usable(told: list[Any], alg: str) -> list[SignKey]:
    """Public keys of the kind that the algorithm set uses: a secret found there is nobody's."""
    made: list[SignKey] = []
    for one in told[:MOST_KEYS]:
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or one.get("alg", alg) != alg:
            continue
        try:
            if alg == "RS256" and one.get("kty") == "RSA":
                rsa = RSAKey.import_key(one)
                if rsa.public_key.key_size >= LEAST_RSA:
                    made.append(rsa)
            elif alg == "ES256" and one.get("kty") == "EC" and one.get("crv") == "P-256":
                made.append(ECKey.import_key(one))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            continue
    return made


@contextmanager
def _turn(settings: ProviderSettings, end: float) -> Iterator[None]:
    """One at a time asks what all wait for."""
    if not _lock.acquire(timeout=max(0.0, end - time.monotonic())):
        raise ProviderFailed("fournisseur trop lent", is_down=True)
    try:
        yield
    finally:
        _lock.release()
