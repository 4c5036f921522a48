"""How the lines of the journal hold together: each bears a hash of itself and of the line before it (R30).

What belongs to a person (her name, her address) is never part of a line: the line holds a salted hash of it. Once the
words and their salt are erased nothing leads back to them, and the chain is as it was.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

# What the first line follows.
DEBUT = "0" * 64
_SALT_BYTES = 16


class Maillon(NamedTuple):
    """One line as the chain takes it. `auteur` and the third of each of `personnel` are salted hashes."""

    quand: datetime
    utilisateur_id: int | None
    auteur: str
    acte: str
    objet: str
    objet_id: str
    departement: str | None
    avant: str
    apres: str
    personnel: Sequence[tuple[str, str, str]] = ()


def salt() -> str:
    """A fresh salt: without it a short name or a telephone number could be found again from its hash."""
    return secrets.token_hex(_SALT_BYTES)


def sealed(sel: str, *words: object) -> str:
    """The salted hash of what belongs to a person."""
    return _digest([sel, *words])


def chained(former: str, line: Maillon) -> str:
    """The hash of a line that follows the one whose hash is `former`."""
    moment = line.quand.astimezone(UTC).isoformat(timespec="microseconds")
    told = [former, moment, *line[1:-1], sorted(map(list, line.personnel))]
    return _digest(told)


def _digest(told: Sequence[object]) -> str:
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
