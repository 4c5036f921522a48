"""What arrived and waits to be read: declarations sent, oldest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.declarations import TRANSMISE
from paqte.domain.statuts.signalements import OUVERT
from paqte.models import Declaration, Signalement, db
from paqte.queries.declarations.lecture.declaration import read_declarations
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.perimetre import writable

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class DeclarationsReceived:
    """One page of declarations sent; `total` says how many wait in all, `page` which one this is, from 1.

    `signalees` are the keys of those in which its company told of an error that waits: they are not validated.
    """

    declarations: tuple[DeclarationShown, ...]
    total: int
    page: int
    signalees: frozenset[int]


def received_declarations(*, actor: Acteur, page: int = 1, only: Collection[int] | None = None) -> DeclarationsReceived:
    """Declarations the actor may validate, whole, those sent first first: fifty of them, or all those of `only`.

    Ten statements, whatever their number.
    """
    mine = [Declaration.etat == TRANSMISE, writable(Declaration, actor)]
    if only is not None:
        mine.append(Declaration.id.in_(only))
    total = db.session.scalar(select(func.count()).select_from(Declaration).where(*mine)) or 0
    query = select(Declaration.id).where(*mine).order_by(Declaration.transmise_le, Declaration.id)
    if only is None:
        page = max(1, min(page, (total + PER_PAGE - 1) // PER_PAGE))
        query = query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    keys = list(db.session.scalars(query))
    found = read_declarations(actor=actor, keys=keys)
    return DeclarationsReceived(tuple(found), total, page, _reported(keys))


def _reported(keys: Collection[int]) -> frozenset[int]:
    waiting = (Signalement.declaration_id.in_(keys), Signalement.etat == OUVERT)
    return frozenset(db.session.scalars(select(Signalement.declaration_id).where(*waiting)))
