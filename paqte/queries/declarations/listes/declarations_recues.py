"""What arrived and waits to be read: declarations sent, oldest first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.declarations import TRANSMISE
from paqte.models import Declaration, db
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.perimetre import writable

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class DeclarationsReceived:
    """One page of declarations sent; `total` says how many wait in all, `page` which one this is, from 1."""

    declarations: tuple[DeclarationShown, ...]
    total: int
    page: int


def received_declarations(*, actor: Acteur, page: int = 1) -> DeclarationsReceived:
    """Ten declarations the actor may validate, whole, those sent first first. At most 72 statements."""
    mine = (Declaration.etat == TRANSMISE, writable(Declaration, actor))
    total = db.session.scalar(select(func.count()).select_from(Declaration).where(*mine)) or 0
    page = max(1, min(page, (total + PER_PAGE - 1) // PER_PAGE))
    query = select(Declaration.id).where(*mine).order_by(Declaration.transmise_le, Declaration.id)
    keys = list(db.session.scalars(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)))
    return DeclarationsReceived(tuple(read_declaration(actor=actor, declaration_id=key) for key in keys), total, page)
