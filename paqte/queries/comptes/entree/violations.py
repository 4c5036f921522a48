"""What browsers reported of the policy of our pages: by page for administrators, by hour for alerts."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.entree.violations import EXTENSION, SHOWN, SOURCES
from paqte.models import ViolationCounted, db
from paqte.queries.perimetre import require_admin

MOST_SHOWN = 20


class ViolationShown(NamedTuple):
    """A directive, the page on which it stopped something, what it stopped in words, how often, and the last hour."""

    directive: str
    page: str
    source: str
    combien: int
    derniere: datetime


def violations_lately(*, actor: Acteur, now: datetime) -> list[ViolationShown]:
    """Those of the last seven days, the most frequent first, twenty at most. Administrators alone; else NotFound."""
    require_admin(actor, "Ces rapports")
    v, total = ViolationCounted, func.sum(ViolationCounted.combien)
    query = (
        select(v.directive, v.page, v.source, total, func.max(v.heure), func.min(v.id).label("id"))
        .where(v.heure > now - SHOWN)
        .group_by(v.directive, v.page, v.source)
        .order_by(total.desc(), "id")
        .limit(MOST_SHOWN)
    )
    return [
        ViolationShown(directive, page, SOURCES.get(source, source), int(count), last)
        for directive, page, source, count, last, _ in db.session.execute(query)
    ]


def reported_since(session: Session, since: datetime) -> int:
    """How many reports are counted from this hour on."""
    v = ViolationCounted
    return int(session.scalar(select(func.coalesce(func.sum(v.combien), 0)).where(v.heure >= since)) or 0)


def hours_of_violations(session: Session, since: datetime, now: datetime) -> list[tuple[datetime, int]]:
    """(hour, how many reports) since then, without those of browsers' extensions, which say nothing of our pages."""
    v = ViolationCounted
    query = (
        select(v.heure, func.sum(v.combien))
        .where(v.heure > since, v.heure <= now, v.source != EXTENSION)
        .group_by(v.heure)
    )
    return sorted((hour, int(count)) for hour, count in session.execute(query))
