"""What conventions aim at (R6)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from paqte.models import Convention, Engagement, Objectif


def targets_where(session: Session, of: ColumnElement[bool]) -> dict[int, dict[int, Decimal]]:
    """Targets by key of engagement, then by year, 0 for the whole term; `of` tells which conventions."""
    query = (
        select(Objectif.engagement_id, Objectif.annee, Objectif.cible)
        .join(Engagement, Engagement.id == Objectif.engagement_id)
        .join(Convention, Convention.id == Engagement.convention_id)
        .where(of)
        .order_by(Objectif.annee)
    )
    found: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    for engagement, annee, cible in session.execute(query):
        found[engagement][annee] = cible
    return found
