"""What the base keeps of what moved: its marks, gathered into one a département, and the sums made since (R20).

PostgreSQL keeps one mark a transaction. A sum is no data: it is worked out aside, then written in one short transaction
under the mark of what it was made from, so that a kill at any moment leaves it whole, or not there, or of no use.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Departement, KeptConsolidation, KeptPart, Mouvement, db
from paqte.models.mouvement import COMMUN
from paqte.queries.editions.nation import parts_of_before, stale_parts
from paqte.queries.sommes import stale_sums
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
        over = delete(m).where(m.operation < oldest_alive).returning(m.departement_code, m.sujet, m.operation)
        gone = session.execute(over).all()
        for departement, subject in {(code, subject) for code, subject, _ in gone}:
            jeton = secrets.randbits(BITS)
            session.add(Mouvement(departement_code=departement, sujet=subject, operation=0, jeton=jeton))
        return sum(operation > 0 for *_, operation in gone)


def keep_sums(*, actor: Acteur, now: datetime) -> int:
    """Make the sums that moved, and those of editions issued since, département by département; gives how many."""
    return sum(_keep_of(code, actor, now) + _keep_parts(code, actor, now) for code in _everywhere())


def make_sums_again(*, actor: Acteur, now: datetime) -> int:
    """Throw every kept sum away and make them from the seals and the editions; gives how many.

    No process serves what it had read of the seals.
    """
    everywhere = {"departement_code": COMMUN, "sujet": "", "operation": 0}
    with transaction(actor=actor, now=now) as session:
        session.execute(delete(KeptConsolidation))
        session.execute(delete(KeptPart))
        session.execute(delete(Mouvement).filter_by(**everywhere))
        session.add(Mouvement(jeton=secrets.randbits(BITS), **everywhere))
    return keep_sums(actor=actor, now=now)


def _everywhere() -> Sequence[str]:
    return db.session.scalars(select(Departement.code).order_by(Departement.code)).all()


def _keep_parts(departement: str, actor: Acteur, now: datetime) -> int:
    """One after another: an edition is a whole document. What another edition followed goes."""
    gone = parts_of_before(departement)
    if gone:
        with transaction(actor=actor, now=now) as session:
            session.execute(delete(KeptPart).where(KeptPart.edition_id.in_(gone)))
    count = 0
    for one in stale_parts(departement):
        with transaction(actor=actor, now=now) as session:
            session.execute(delete(KeptPart).where(KeptPart.edition_id == one.edition_id))
            session.execute(insert(KeptPart), [one._asdict()])
        count += 1
    return count


def _keep_of(departement: str, actor: Acteur, now: datetime) -> int:
    db.session.rollback()
    made = list(stale_sums(db.session(), departement))
    if made:
        with transaction(actor=actor, now=now) as session:
            s = KeptConsolidation
            windows = [one.fenetre for one in made]
            session.execute(delete(s).where(s.departement_code == departement, s.fenetre.in_(windows)))
            session.execute(insert(s), [{"departement_code": departement, **one._asdict()} for one in made])
    return len(made)
