"""Conventions that end soon and that nothing follows (R4)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from paqte.domain.conventions import SIGNEE
from paqte.models import AvisEcheance, Convention, Signataire

_Suite = aliased(Convention)


class Finissante(NamedTuple):
    """A signed convention without successor, not even a projet; `avisee_a` holds the thresholds told for that end."""

    id: int
    numero: str
    signataire: str
    departement: str
    fin: date
    avisee_a: frozenset[int]


def ending(session: Session, today: date, days: int) -> dict[str, list[Finissante]]:
    """Conventions that end within `days` of a day, give or take one for other clocks, by département. Two reads."""
    c = Convention
    followed = exists().where(_Suite.precedente_id == c.id)
    query = (
        select(c.id, c.numero, Signataire.nom, c.departement_code, c.fin)
        .join(Signataire, Signataire.id == c.signataire_id)
        .where(c.statut == SIGNEE, ~followed)
        .where(c.fin >= today - timedelta(days=1), c.fin <= today + timedelta(days=days + 1))
        .order_by(c.departement_code, c.fin, Signataire.nom)
    )
    rows = session.execute(query).all()
    told = _told(session, [row.id for row in rows])
    found: defaultdict[str, list[Finissante]] = defaultdict(list)
    for row in rows:
        found[row.departement_code].append(Finissante(*row, told[(row.id, row.fin)]))
    return dict(found)


def _told(session: Session, conventions: list[int]) -> defaultdict[tuple[int, date], frozenset[int]]:
    a = AvisEcheance
    told: defaultdict[tuple[int, date], frozenset[int]] = defaultdict(frozenset)
    query = select(a.convention_id, a.fin, a.seuil).where(a.convention_id.in_(conventions))
    for convention, fin, seuil in session.execute(query):
        told[(convention, fin)] |= {seuil}
    return told
