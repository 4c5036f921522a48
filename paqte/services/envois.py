"""Forms that make something, each received once (paqte/web/socle/typed/once.py)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Envoi, db
from paqte.services.transaction import EXPECTED, transaction

LONGEST = 1_000


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
