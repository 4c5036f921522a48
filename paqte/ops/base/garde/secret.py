"""One base, one secret key: a machine with another opens no session and reads no second factor of the others'.

The base keeps a mark of the key, made with it, from which nobody draws it: a machine that starts with another is told.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from paqte.config import Settings
from paqte.models import SecretKnown
from paqte.ops.base.damage import BaseRefused

_USE = b"paqte base 1"
OTHER = (
    "La clé secrète d’ici n’est pas celle des machines qui servent cette base : leurs sessions et leurs seconds "
    "facteurs ne s’y liraient pas. Donnez la même PAQTE_SECRET_KEY partout ; après un changement, l’ancienne dans "
    "PAQTE_SECRET_KEY_ANCIENNES. Si la clé de la base est perdue : « paqte base adopter »."
)
SAME, NOT_YET = "celle de la base.", "pas encore notée dans la base : elle le sera au prochain démarrage."


def hold_secret(settings: Settings) -> None:
    """Note the key of the first machine that serves this base, and the new one when the former is told beside it.

    BaseRefused for another key. An SQLite base outside production has one machine, which draws its own key anew when
    its file is lost: that one is noted.
    """
    try:
        is_held = _is_held(settings)
    except IntegrityError:  # another noted its own at this moment
        is_held = False
    if not is_held and not _is_held(settings):
        raise BaseRefused(OTHER)


def tell_secret(settings: Settings) -> str:
    """Whether the key is that of the base, in a sentence; BaseRefused for another."""
    with _in_base(settings) as connection:
        known = _known_mark(connection)
    if known and known != secret_mark(settings.secret_key) and known not in map(secret_mark, settings.anciennes_cles):
        raise BaseRefused(OTHER)
    return SAME if known == secret_mark(settings.secret_key) else NOT_YET


@contextmanager
def _in_base(settings: Settings) -> Iterator[Connection]:
    engine = create_engine(settings.database_url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _known_mark(connection: Connection) -> str:
    return connection.scalar(select(SecretKnown.empreinte).where(SecretKnown.id == 1)) or ""


def _is_held(settings: Settings) -> bool:
    """Whether the key is that of the base, once noted where it may be."""
    own = secret_mark(settings.secret_key)
    with _in_base(settings) as connection:
        known = _known_mark(connection)
        is_alone = connection.dialect.name == "sqlite" and not settings.is_production
        if not known:
            _add(connection, settings)
        elif known != own and (is_alone or known in map(secret_mark, settings.anciennes_cles)):
            moved = update(SecretKnown).where(SecretKnown.empreinte == known)
            return connection.execute(moved.values(empreinte=own)).rowcount == 1
        return known in ("", own)


def _add(connection: Connection, settings: Settings) -> None:
    connection.execute(insert(SecretKnown).values(id=1, empreinte=secret_mark(settings.secret_key)))


def secret_mark(key: str) -> str:
    """What the base keeps of a key, made with it: 64 hexadecimal digits."""
    return hmac.new(key.encode(), _USE, hashlib.sha256).hexdigest()
