"""Back-ups that only the holder of a private key opens: the age format. Nothing here keeps that key."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from paqte.domain.systeme import reason_of
from paqte.ops.base.damage import BackupRefused

HEADER = b"age-encryption.org/v1\n"
SUFFIX = ".age"
NOTHING = "Rien n’a été modifié."
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_SECRET = "AGE-SECRET-KEY-"
# A key is a few lines.
_LONGEST_KEY = 65_536


def is_encrypted(source: Path) -> bool:
    """Whether a file begins as encrypted ones do; False for one that does not read."""
    try:
        with source.open("rb") as file:
            return file.read(len(HEADER)) == HEADER
    except OSError:
        return False


def draw_key(target: Path) -> str:
    """Write a new private key where there is no file, for its owner alone, and give the public one; BackupRefused."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        with open(target, "x", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(f"# public key: {public}\n{identity}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BackupRefused(f"La clé n’a pas pu être écrite dans {target} : {reason_of(error)}.") from error
    return public


def read_keys(source: Path, ask: Callable[[], str]) -> tuple[Any, ...]:
    """The private keys of a file; `ask` gives its passphrase when it has one. BackupRefused when it holds none."""
    from pyrage import DecryptError, IdentityError, passphrase, x25519

    try:
        with source.open("rb") as file:
            content = file.read(_LONGEST_KEY)
    except OSError as error:
        raise BackupRefused(f"Le fichier de clé {source} ne se lit pas : {reason_of(error)}. {NOTHING}") from error
    if content.startswith((HEADER, _ARMOR)):
        try:
            content = passphrase.decrypt(content, ask())
        except DecryptError as error:
            raise BackupRefused(
                f"La phrase de passe n’ouvre pas le fichier de clé {source}, ou ce fichier est abîmé. {NOTHING}"
            ) from error
    lines = [line.strip() for line in content.decode(errors="replace").splitlines()]
    try:
        found = tuple(x25519.Identity.from_str(line) for line in lines if line.startswith(_SECRET))
    except IdentityError as error:
        raise BackupRefused(f"Le fichier {source} contient une clé privée abîmée. {NOTHING}") from error
    if not found:
        raise BackupRefused(
            f"Le fichier {source} ne contient pas de clé privée ({_SECRET}…) : donnez celui que la création de la clé "
            f"a écrit. {NOTHING}"
        )
    return found


def encrypt(source: Any, target: Path, keys: Sequence[str]) -> None:
    """Write what `source.read` gives into `target`, for the holders of these public keys; BackupRefused."""
    from pyrage import EncryptError, encrypt_io, x25519

    try:
        with target.open("wb") as file:
            encrypt_io(source, file, [x25519.Recipient.from_str(key) for key in keys])
    except (EncryptError, OSError) as error:
        said = reason_of(error) if isinstance(error, OSError) else str(error)
        raise BackupRefused(f"La sauvegarde n’a pas pu être chiffrée dans {target.parent} : {said}.") from error


class KeptSink:
    """Where what is decrypted goes; keeps what went wrong there, which the library tells as if it were the file's."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.failure: Exception | None = None

    def write(self, piece: bytes) -> int:
        try:
            self.file.write(piece)
        except Exception as error:
            self.failure = error
            raise
        return len(piece)

    def flush(self) -> None:
        self.file.flush()


def decrypt(source: Path, target: Any, keys: Sequence[Any]) -> None:
    """Have `target` write what an encrypted back-up holds.

    BackupRefused without a key, with another's, and for a file cut or changed by one byte: what was written by then is
    not to be used. What `target` raises comes through.
    """
    from pyrage import DecryptError, decrypt_io

    if not keys:
        raise BackupRefused(f"Le fichier {source} est chiffré : donnez sa clé privée par --cle FICHIER. {NOTHING}")
    sink = KeptSink(target)
    try:
        with source.open("rb") as file:
            decrypt_io(file, sink, list(keys))
    except (DecryptError, OSError) as error:
        if sink.failure is not None:
            raise sink.failure from error
        raise BackupRefused(f"Le fichier {source} {_why_shut(error)}. {NOTHING}") from error


def _why_shut(error: Exception) -> str:
    said = str(error)
    if "No matching keys" in said:
        return "ne s’ouvre pas avec cette clé : il est chiffré pour une autre"
    if "header" in said and "Incomplete" not in said:
        return "est abîmé : son début a été modifié"
    if isinstance(error, OSError) and error.errno is not None:
        return f"ne se lit pas : {reason_of(error)}"
    return "est abîmé ou tronqué : essayez une autre copie"
