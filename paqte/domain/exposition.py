"""What an installation may show to the outside: a demonstration stays on its machine, production is encrypted.

Pure: the settings as texts in, sentences out, empty when nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from itertools import pairwise
from urllib.parse import urlsplit

LEAST_KEY, LEAST_SIGNS = 32, 10
# Of a key drawn at random, nearly every run of three characters differs from the others, and few follow one another.
LEAST_DISTINCT = 0.8
MOST_FOLLOWING = 0.5
FICTIVE = ".invalid"
# Said with each answer of a service whose public address is encrypted: browsers ask for nothing else for a year.
HTTPS_ALONE = "max-age=31536000; includeSubDomains"
STRONG = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


def is_loopback(host: str) -> bool:
    """Whether this host, a name or an address, is the machine itself and nobody else's."""
    name = host.strip("[]").lower()
    try:
        address = ip_address(name)
    except ValueError:
        return name == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def is_fictive(courriel: str) -> bool:
    """Whether this address is of a domain that exists nowhere (RFC 2606): no mail reaches it, nobody owns it."""
    return courriel.lower().endswith(FICTIVE)


def exposure_faults(*, is_production: bool, host: str, base_url: str) -> list[str]:
    """Why this address to listen on and this public address may not serve together, a sentence each."""
    parts = urlsplit(base_url)
    public = parts.hostname or ""
    if is_production:
        return list(_unencrypted(parts.scheme, public, base_url))
    return list(_shown_outside(host, public, base_url))


def key_faults(key: str) -> list[str]:
    """Why a secret key is too weak, in one sentence: short, made of a few signs, or repeating or listing them."""
    return [
        f"PAQTE_SECRET_KEY manque ou est trop faible ({why}) : donnez au moins {LEAST_KEY} caractères tirés au hasard, "
        f"par exemple ceux de « {STRONG} »."
        for why in _weaknesses(key)
    ][:1]


def former_keys(given: Mapping[str, str]) -> tuple[str, ...]:
    """The keys that signed before, the last first, still read. ValueError with a French sentence."""
    keys = tuple(given.get("PAQTE_SECRET_KEY_ANCIENNES", "").split())
    if any(len(key) < LEAST_KEY for key in keys):
        raise ValueError(f"PAQTE_SECRET_KEY_ANCIENNES : chaque clé compte au moins {LEAST_KEY} caractères.")
    return keys


def _unencrypted(scheme: str, public: str, base_url: str) -> Iterator[str]:
    if scheme != "https" and not is_loopback(public):
        yield (
            f"PAQTE_BASE_URL vaut « {base_url} » : en production, une adresse publique commence par https://. "
            "Placez un mandataire HTTPS devant l’application."
        )


def _shown_outside(host: str, public: str, base_url: str) -> Iterator[str]:
    remedy = "La démonstration reste sur sa machine : gardez 127.0.0.1, ou donnez PAQTE_ENV=production."
    if not is_loopback(host):
        yield f"PAQTE_HOST vaut « {host} » : d’autres machines y accéderaient. {remedy}"
    if not is_loopback(public):
        yield f"PAQTE_BASE_URL vaut « {base_url} » : ce n’est pas une adresse de cette machine. {remedy}"


def _weaknesses(key: str) -> Iterator[str]:
    if len(key) < LEAST_KEY:
        yield f"moins de {LEAST_KEY} caractères"
        return
    folded = key.casefold()
    if len(set(folded)) < LEAST_SIGNS:
        yield f"moins de {LEAST_SIGNS} caractères différents"
    runs = [folded[i : i + 3] for i in range(len(folded) - 2)]
    if len(set(runs)) < LEAST_DISTINCT * len(runs):
        yield "un mot ou une suite de caractères s’y répète"
    following = sum(abs(ord(b) - ord(a)) <= 1 for a, b in pairwise(folded))
    if following > MOST_FOLLOWING * (len(folded) - 1):
        yield "des caractères qui se suivent"
