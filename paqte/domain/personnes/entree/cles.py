"""Passkeys: for whom a browser makes them, how many, and how long what one must sign is awaited."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from paqte.domain.exposition import is_loopback

MOST_KEYS = 10
NAME = 60
# From the click to the finger on the key.
CHALLENGE_LIFE = timedelta(minutes=5)
# What a browser hands back, at most: some keys join a certificate.
LARGEST = 16 * 1024
ADD, PROVE = "ajouter", "donner"


class PasskeyHolder(NamedTuple):
    """For whom passkeys are made: a name of the network, and where pages are: another site gets none."""

    domaine: str
    origine: str


def passkey_holder(base_url: str) -> PasskeyHolder | None:
    """By the public address; None where browsers make none: at a bare IP address, or without encryption elsewhere than
    on this machine."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        is_safe = parts.scheme == "https" or is_loopback(host)
        return PasskeyHolder(host, f"{parts.scheme}://{parts.netloc}") if host and is_safe else None
    return None
