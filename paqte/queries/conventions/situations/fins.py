"""Conventions that come to their end without another signed after them (R4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from paqte.domain.statuts.conventions import SIGNEE
from paqte.models import AvisEcheance, Convention, Signataire, db
from paqte.queries.conventions.situations.etats import is_renewed

_Projet = aliased(Convention)


class ConventionEnding(NamedTuple):
    """A convention and its last day; `suite` is the number of the projet that would follow it, '' without one."""

    id: int
    numero: str
    dispositif: str
    signataire_id: int
    signataire: str
    departement: str
    fin: date
    suite: str


def ending(*, departement: str | None, first: date, last: date) -> list[ConventionEnding]:
    """Signed conventions whose last day lies in [first, last], the nearest first; `departement` None for all.

    One ended early or followed by a signed one is not there: there is nothing left to prepare.
    """
    c = Convention
    query = (
        select(c.id, c.numero, c.dispositif, c.signataire_id, Signataire.nom, c.departement_code, c.fin, _Projet.numero)
        .join(Signataire, Signataire.id == c.signataire_id)
        .outerjoin(_Projet, _Projet.precedente_id == c.id)
        .where(c.statut == SIGNEE, c.fin >= first, c.fin <= last, ~is_renewed())
        .order_by(c.fin, Signataire.recherche, c.numero)
    )
    if departement is not None:
        query = query.where(c.departement_code == departement)
    return [ConventionEnding(*row[:-1], row[-1] or "") for row in db.session.execute(query)]


def unfollowed(*, departement: str | None, today: date, days: int) -> list[ConventionEnding]:
    """Those that end within `days`, give or take one for other clocks, and that nothing follows, not even a projet."""
    first, last = today - timedelta(days=1), today + timedelta(days=days + 1)
    return [c for c in ending(departement=departement, first=first, last=last) if not c.suite]


def thresholds_told(conventions: Collection[int]) -> defaultdict[tuple[int, date], frozenset[int]]:
    """The thresholds already told of each end, by convention and last day: an end that moves is told anew."""
    a = AvisEcheance
    told: defaultdict[tuple[int, date], frozenset[int]] = defaultdict(frozenset)
    query = select(a.convention_id, a.fin, a.seuil).where(a.convention_id.in_(conventions))
    for convention, fin, seuil in db.session.execute(query):
        told[(convention, fin)] |= {seuil}
    return told
