"""Forms that make something, each received once (paqte/web/socle/typed/once.py); and those that ask for many acts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR, Acteur
from paqte.models import Envoi, db
from paqte.queries.perimetre import scope_of
from paqte.services.transaction import EXPECTED, note, transaction

LONGEST = 1_000


class BatchDone(NamedTuple):
    """Keys of what was done, and of the rest with the reason."""

    faits: tuple[int, ...]
    refuses: Mapping[int, str]


def expect_once(key: str) -> None:
    """The next transaction of this request keeps this key, and raises AlreadySent when it is kept already."""
    db.session().info[EXPECTED] = key


def forget_expected() -> None:
    """No transaction took the key: nothing was made."""
    db.session().info.pop(EXPECTED, None)


def keep_outcome(*, key: str, suite: str, now: datetime) -> None:
    """Remember where the answer led."""
    with transaction(actor=PLANIFICATEUR, now=now) as session:
        session.execute(update(Envoi).where(Envoi.cle == key).values(suite=suite[:LONGEST]))


def outcome_of(*, key: str) -> str:
    """Where the first answer led, "" while it is not known."""
    found = db.session.scalar(select(Envoi.suite).where(Envoi.cle == key))
    db.session.rollback()
    return found or ""


def open_batch(*, actor: Acteur, now: datetime, geste: str, nombre: int) -> None:
    """Journal that many acts of this kind are about to be done; the form that asks for them is taken here.

    Each goes through the use case that does one alone, in a transaction of its own; the same form sent twice, or twice
    at once, stops here, before its first act.
    """
    with transaction(actor=actor, now=now) as session:
        note(session, geste, "selection", departement=scope_of(actor), apres={"nombre": nombre})


def one_by_one(keys: Iterable[int], act: Callable[[int], object]) -> BatchDone:
    """Do `act` on each key; what one is refused holds none of the others back."""
    done, refused = [], {}
    for key in keys:
        try:
            act(key)
        except Refused as refusal:
            refused[key] = str(refusal)
        else:
            done.append(key)
    return BatchDone(tuple(done), refused)
