"""Secrets that the base must give back: encrypted by a key drawn from the product's own, tied to whose they are.

And codes that people type, too short for a plain hash: kept as what scrypt makes of them, under a salt.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

# Another use of the product's key takes another word: neither key opens what the other closed.
_USE = b"paqte second facteur 1"
# How a mark begins: another way of making them would begin otherwise, and both be read.
_SCRYPT, _COST = "s1", 2**14
_SALT, _MARK = 8, 22


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


def draw_salt() -> str:
    """A salt of 64 bits, for the codes of one drawing."""
    return secrets.token_hex(_SALT)


def code_mark(code: str, salt: str) -> str:
    """What the base keeps of a code, in 64 characters: how it was made, the salt, 176 bits of scrypt."""
    made = Scrypt(salt=bytes.fromhex(salt), length=_MARK, n=_COST, r=8, p=1).derive(code.encode())
    return f"{_SCRYPT}${salt}${made.hex()}"


def salt_of(mark: str) -> str:
    """The salt of a mark; "" for one of before, which had none."""
    kind, _, rest = mark.partition("$")
    return rest.partition("$")[0] if kind == _SCRYPT else ""


def _boxes(cles: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(cle))) for cle in cles])


def _derived(cle: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_USE).derive(cle.encode())
