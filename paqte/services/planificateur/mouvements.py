"""The marks of what moved, gathered into one a département: PostgreSQL keeps one a transaction."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, func

from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Mouvement, db
from paqte.services.transaction import transaction

BITS = 52


def gather_marks(*, actor: Acteur, now: datetime) -> int:
    """Put one mark in place of those of the transactions that are over; gives how many went. SQLite has one already.

    The one that comes is drawn anew: whatever was kept under the former ones is made again once.
    """
    if db.session.get_bind().dialect.name != "postgresql":
        return 0
    m = Mouvement
    oldest_alive = func.txid_snapshot_xmin(func.txid_current_snapshot())
    with transaction(actor=actor, now=now) as session:
        over = delete(m).where(m.operation < oldest_alive).returning(m.departement_code, m.operation)
        gone = session.execute(over).all()
        for departement in {code for code, _ in gone}:
            session.add(Mouvement(departement_code=departement, operation=0, jeton=secrets.randbits(BITS)))
        return sum(operation > 0 for _, operation in gone)
