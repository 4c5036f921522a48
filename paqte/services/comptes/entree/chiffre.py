"""Secrets that the base must give back: encrypted by a key drawn from the product's own, tied to whose they are."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Another use of the product's key takes another word: neither key opens what the other closed.
_USE = b"paqte second facteur 1"


def encrypted(secret: str, utilisateur_id: int, cles: Sequence[str]) -> str:
    """The secret of an account, which the same account and the same keys alone open: the first closes it."""
    return _boxes(cles).encrypt(f"{utilisateur_id}:{secret}".encode()).decode()


def decrypted(kept: str, utilisateur_id: int, cles: Sequence[str]) -> str | None:
    """The secret; None when none of the product's keys closed it, or the row is another account's."""
    try:
        owner, _, secret = _boxes(cles).decrypt(kept).decode().partition(":")
    except InvalidToken:
        return None
    return secret if owner == str(utilisateur_id) else None


def _boxes(cles: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(cle))) for cle in cles])


def _derived(cle: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_USE).derive(cle.encode())
