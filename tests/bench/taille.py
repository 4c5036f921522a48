"""What an answer takes on the disk, with its indexes: its seal once the declaration is validated, its row before."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select, text

from paqte.models import Declaration, Realisation, db
from tests.bench.bases import populated
from tests.bench.mesure import Figure

VOLUME, MOST = (1, 100, 12), 70
PAGES = """
    SELECT sum(pgsize) FROM dbstat
    WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name IN ('declaration', 'realisation'))
"""


def figures() -> Iterator[Figure]:
    """The pages of the tables that hold answers, with their indexes, shared out among the answers; on SQLite."""
    with populated(*VOLUME).app_context():
        taken = int(db.session.scalar(text(PAGES)) or 0)
        yield Figure(f"SQLite, octets d’une réponse, index compris / {MOST}", taken / _answers() / MOST, 1, 1)
        db.session.remove()


def _answers() -> int:
    """Those sealed, and those of declarations that have no seal yet."""
    sealed = sum(seal.count("[") - 1 for seal in db.session.scalars(select(Declaration.sceau)) if seal)
    unsealed = select(func.count(Realisation.id)).join(Declaration).where(Declaration.sceau.is_(None))
    return sealed + (db.session.scalar(unsealed) or 0)
