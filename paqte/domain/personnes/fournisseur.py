"""The provider of single sign-on (OpenID Connect): what is set of it, and which account its answer opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from paqte.domain.exposition import is_loopback

ALGORITHMS = ("RS256", "ES256", "HS256")
SIGNED, PLAIN = "signe", "simple"
PREFIX = "PAQTE_OIDC_"
NEEDED = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")
NAMES = tuple(PREFIX + name for name in (*NEEDED, "ALG", "USERINFO", "ACR", "NOM", "PROXY"))
# A signature by a shared secret is worth that secret (RFC 7518, 3.2).
LEAST_SHARED = 32


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One provider. `alg` signs its answers, and no other is believed; `acr` are the levels asked, none for any."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    alg: str = "RS256"
    is_userinfo_signed: bool = True
    acr: tuple[str, ...] = ()
    nom: str = "ProConnect"
    proxy: str = field(default="", repr=False)


def read_provider(given: Mapping[str, str]) -> ProviderSettings | None:
    """The provider of these settings, by full name; None when none is given; ValueError with a French sentence."""
    told = {name.removeprefix(PREFIX): given.get(name, "") for name in NAMES}
    if not any(told.values()):
        return None
    missing = [PREFIX + name for name in NEEDED if not told[name]]
    if missing:
        raise ValueError(
            f"{', '.join(missing)} manque : donnez les trois réglages {', '.join(PREFIX + name for name in NEEDED)}, "
            "ou aucun."
        )
    alg, userinfo = told["ALG"] or "RS256", told["USERINFO"] or SIGNED
    if alg not in ALGORITHMS:
        raise ValueError(f"PAQTE_OIDC_ALG vaut « {alg[:40]} » : écrivez {', '.join(ALGORITHMS)}.")
    if userinfo not in (SIGNED, PLAIN):
        raise ValueError(f"PAQTE_OIDC_USERINFO vaut « {userinfo[:40]} » : écrivez {SIGNED} ou {PLAIN}.")
    if alg == "HS256" and len(told["CLIENT_SECRET"]) < LEAST_SHARED:
        raise ValueError(f"PAQTE_OIDC_CLIENT_SECRET signe avec HS256 : il compte au moins {LEAST_SHARED} caractères.")
    return ProviderSettings(
        issuer=_issuer(told["ISSUER"]),
        client_id=told["CLIENT_ID"],
        client_secret=told["CLIENT_SECRET"],
        alg=alg,
        is_userinfo_signed=userinfo == SIGNED,
        acr=tuple(told["ACR"].split()),
        nom=told["NOM"][:40] or "ProConnect",
        proxy=told["PROXY"],
    )


def is_endpoint(url: object, issuer: str) -> bool:
    """Whether an address that the provider announces may be asked: encrypted, but on the machine itself."""
    if not isinstance(url, str) or len(url) > 2048 or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or port == 0 or parts.username is not None or parts.fragment:
        return False
    own = is_loopback(urlsplit(issuer).hostname or "")
    return parts.scheme == "https" or (parts.scheme == "http" and own and is_loopback(host))


def address_key(courriel: object) -> str:
    """The address of an answer as accounts bear it; "" for none.

    Only ASCII is put in lower case: some letters of other alphabets become those of another address.
    """
    if not isinstance(courriel, str) or not 3 <= len(courriel) <= 254 or courriel.count("@") != 1:
        return ""
    return courriel.lower() if courriel.isascii() else courriel


def _issuer(text: str) -> str:
    if not is_endpoint(text, text) or urlsplit(text).query or len(text) > 255:
        raise ValueError(
            f"PAQTE_OIDC_ISSUER vaut « {text[:120]} » : écrivez l’adresse du fournisseur, par exemple "
            "https://identite.exemple.fr/api/v2."
        )
    return text
