"""Signing in at the provider (OpenID Connect, authorization code): what is asked, and what its answer proves."""

from __future__ import annotations

import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from paqte.domain.personnes.fournisseur import ProviderSettings
from paqte.ops.outward.provider import (
    SECONDS,
    Metadata,
    ProviderFailed,
    ask_provider,
    read_keys,
    read_metadata,
    read_object,
)

# Of what is drawn: 43 characters, where 32 are asked for.
DRAWN = 32
SCOPE = "openid email"
LEEWAY = 10
LONGEST_CODE = 2048
_BAD = (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class SignOnAsked:
    """What this browser was sent to the provider with: its answer must fit."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class IdentityProved:
    """Who the provider says came: its own number for her, her address, and the token that closes its session."""

    sub: str
    courriel: str
    is_unverified: bool
    id_token: str


def draw_request() -> SignOnAsked:
    """A state, a nonce and a verifier of this attempt's own."""
    return SignOnAsked(*(secrets.token_urlsafe(DRAWN) for _ in range(3)))


def provider_page(settings: ProviderSettings, asked: SignOnAsked, back: str) -> str:
    """Where the browser goes to sign in; ProviderFailed when the provider does not say."""
    metadata = read_metadata(settings, time.monotonic() + SECONDS)
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": back,
        "scope": SCOPE,
        "state": asked.state,
        "nonce": asked.nonce,
    }
    if settings.acr:
        query["claims"] = json.dumps({"id_token": {"acr": {"essential": True, "values": list(settings.acr)}}})
    if metadata.is_pkce:
        challenge = urlsafe_b64encode(sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
        query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return _with_query(metadata.authorization, query)


def closing_page(settings: ProviderSettings, id_token: str, state: str, back: str) -> str:
    """Where the browser goes to close its session at the provider; "" where there is none."""
    metadata = read_metadata(settings, time.monotonic() + SECONDS)
    if not metadata.end_session:
        return ""
    query = {"id_token_hint": id_token, "state": state, "post_logout_redirect_uri": back}
    return _with_query(metadata.end_session, query)


def prove_identity(
    settings: ProviderSettings, *, code: str, issuer: str, asked: SignOnAsked, back: str, now: datetime
) -> IdentityProved:
    """Exchange the code, check both signed answers, and say who came; ProviderFailed.

    `issuer` is whom the answer names in its address, "" where it names nobody.
    """
    end = time.monotonic() + SECONDS
    metadata = read_metadata(settings, end)
    if issuer != settings.issuer and (issuer or metadata.names_itself):
        raise ProviderFailed("autre émetteur")
    if not 0 < len(code) <= LONGEST_CODE:
        raise ProviderFailed("code refusé")
    tokens = _tokens(settings, metadata, code=code, asked=asked, back=back, end=end)
    said = _read_signed(tokens["id_token"], settings, end, now, _of_id_token(settings, asked.nonce))
    told = _userinfo(settings, metadata, tokens["access_token"], end, now)
    if told.get("sub") != said["sub"]:
        raise ProviderFailed("deux réponses de deux personnes")
    email = told.get("email")
    is_unverified = "email_verified" in told and told["email_verified"] is not True
    return IdentityProved(said["sub"], email if isinstance(email, str) else "", is_unverified, tokens["id_token"])


def _tokens(
    settings: ProviderSettings, metadata: Metadata, *, code: str, asked: SignOnAsked, back: str, end: float
) -> dict[str, str]:
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
    }
    if metadata.is_pkce:
        sent["code_verifier"] = asked.verifier
    answer = ask_provider(settings, metadata.token, end, body=urlencode(sent).encode())
    if answer.status == 400:
        raise ProviderFailed("code refusé")
    told = read_object(answer)
    found = {name: told.get(name) for name in ("access_token", "id_token")}
    if not all(isinstance(one, str) and one.isascii() and one.isprintable() and one for one in found.values()):
        raise ProviderFailed("réponse inattendue du fournisseur", "no token")
    return {name: str(one) for name, one in found.items()}


def _userinfo(settings: ProviderSettings, metadata: Metadata, bearer: str, end: float, now: datetime) -> dict[str, Any]:
    """What the provider tells of her, signed unless the settings say that it is not."""
    answer = ask_provider(settings, metadata.userinfo, end, bearer=bearer)
    kind = answer.headers.get_content_type()
    if not settings.is_userinfo_signed and kind == "application/json":
        return read_object(answer)
    if answer.status != 200 or kind != "application/jwt":
        raise ProviderFailed("réponse non signée", kind)
    return _read_signed(answer.body.decode("ascii", "replace").strip(), settings, end, now, _of_any(settings))


def _of_any(settings: ProviderSettings) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": settings.issuer},
        "aud": {"essential": True, "value": settings.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
    }


def _of_id_token(settings: ProviderSettings, nonce: str) -> dict[str, Any]:
    wanted = {**_of_any(settings), "nonce": {"essential": True, "value": nonce}, "iat": {"essential": True}}
    return wanted | ({"acr": {"essential": True, "values": list(settings.acr)}} if settings.acr else {})


def _read_signed(
    text: str, settings: ProviderSettings, end: float, now: datetime, wanted: dict[str, Any]
) -> dict[str, Any]:
    """The claims of a token that the provider signed for us, of this moment; ProviderFailed otherwise."""
    claims = _verified(text, settings, end)
    try:
        jwt.JWTClaimsRegistry(int(now.timestamp()), LEEWAY, **wanted).validate(claims)
        # A list of audiences, or a nonce in a list, would pass for one of its members (joserfc compares so).
        for name in ("nonce", "acr", "sub"):
            if name in wanted and not isinstance(claims[name], str):
                raise ValueError(name)
        if len(claims["sub"]) > 255 or claims.get("azp", settings.client_id) != settings.client_id:
            raise ValueError("azp")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
            raise ValueError("aud")
    except _BAD as error:
        raise ProviderFailed("jeton refusé", f"{type(error).__name__}: {error}"[:120]) from error
    return claims


def _verified(text: str, settings: ProviderSettings, end: float) -> dict[str, Any]:
    try:
        header = jws.extract_compact(text.encode()).headers()
    except _BAD as error:
        raise ProviderFailed("jeton illisible", type(error).__name__) from error
    if header.get("alg") != settings.alg:
        raise ProviderFailed("algorithme refusé", str(header.get("alg"))[:20])
    if settings.alg == "HS256":
        found = _first_verified(text, [OctKey.import_key(settings.client_secret)], settings.alg)
    else:
        kid = header.get("kid")
        found = _first_verified(text, _signers(read_keys(settings, end), kid), settings.alg)
        if found is None:
            found = _first_verified(text, _signers(read_keys(settings, end, is_fresh=True), kid), settings.alg)
    if found is None:
        raise ProviderFailed("signature refusée")
    return found


def _signers(keys: Iterable[Any], kid: object) -> list[Any]:
    """The keys that may have signed: the one named, or all where none is."""
    return [key for key in keys if kid is None or key.kid in (None, kid)]


def _first_verified(text: str, keys: Iterable[Any], alg: str) -> dict[str, Any] | None:
    for key in keys:
        try:
            return jwt.decode(text, key, algorithms=[alg]).claims
        except _BAD:
            continue
    return None


def _with_query(url: str, query: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
