"""Secrets handed to a browser: drawn at random, kept only as a hash."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32


def draw() -> str:
    """A secret of 256 random bits, fit for an address."""
    return secrets.token_urlsafe(BYTES)


def digest(secret: str) -> str:
    """What the base keeps of it: SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
