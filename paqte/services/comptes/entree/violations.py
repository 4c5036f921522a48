"""Counting what browsers report of the policy of our pages: anybody may send a report, nobody may fill the base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from paqte.domain.erreurs import Refused
from paqte.domain.personnes.entree.violations import MOST_AN_HOUR, PER_ORIGIN, ViolationSaid
from paqte.domain.personnes.jetons import digest
from paqte.domain.personnes.origines import network_of
from paqte.domain.personnes.sessions import WINDOW
from paqte.models import TentativeConnexion, ViolationCounted, db
from paqte.queries.comptes.entree.violations import reported_since
from paqte.queries.comptes.tentatives import tried
from paqte.services.comptes.connexion import VISITEUR
from paqte.services.transaction import transaction

# Each base's own, which counts on where a row is there already.
INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class TooManyReports(Refused):
    """This origin sent too many reports of late, or everybody together did."""


def record_violations(*, violations: Iterable[ViolationSaid], origine: str, now: datetime) -> None:
    """Count each under its hour; TooManyReports, and nothing written, beyond the limits.

    Where another writes meanwhile on SQLite the report is given up at once: it matters less than an answer.
    """
    counted = Counter(violations)
    if not counted:
        return
    key, hour = digest(f"violations:{network_of(origine)}"), now.replace(minute=0, second=0, microsecond=0)
    is_too_much = tried(db.session(), key, now - WINDOW) >= PER_ORIGIN
    if is_too_much or reported_since(db.session(), hour) >= MOST_AN_HOUR:
        raise TooManyReports("Trop de rapports : ceux-ci ne sont pas comptés.")
    with transaction(actor=VISITEUR, now=now, is_hurried=True) as session:
        session.add(TentativeConnexion(cle=key, quand=now))
        insert = INSERTS[session.get_bind().dialect.name]
        # In one order: two that count the same things at once wait for one another, never each for the other.
        for said, count in sorted(counted.items()):
            row = insert(ViolationCounted).values(heure=hour, combien=count, **said._asdict())
            more = {"combien": ViolationCounted.combien + row.excluded.combien}
            session.execute(row.on_conflict_do_update(index_elements=["heure", *said._fields], set_=more))
