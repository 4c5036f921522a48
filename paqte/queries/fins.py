"""Conventions that come to their end without another signed after them (R4)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from paqte.domain.conventions import SIGNEE
from paqte.models import Convention, Signataire, db
from paqte.queries.etats import is_renewed

_Projet = aliased(Convention)


class FinConvention(NamedTuple):
    """A convention and its last day; `suite` is the number of the projet that would follow it, '' without one."""

    id: int
    numero: str
    dispositif: str
    signataire_id: int
    signataire: str
    departement: str
    fin: date
    suite: str


def ending(*, departement: str | None, first: date, last: date) -> list[FinConvention]:
    """Signed conventions whose last day lies in [first, last], the nearest first; `departement` None for all.

    One ended early or followed by a signed one is not there: there is nothing left to prepare.
    """
    c = Convention
    query = (
        select(c.id, c.numero, c.dispositif, c.signataire_id, Signataire.nom, c.departement_code, c.fin, _Projet.numero)
        .join(Signataire, Signataire.id == c.signataire_id)
        .outerjoin(_Projet, _Projet.precedente_id == c.id)
        .where(c.statut == SIGNEE, c.fin >= first, c.fin <= last, ~is_renewed())
        .order_by(c.fin, Signataire.nom, c.numero)
    )
    if departement is not None:
        query = query.where(c.departement_code == departement)
    return [FinConvention(*row[:-1], row[-1] or "") for row in db.session.execute(query)]
