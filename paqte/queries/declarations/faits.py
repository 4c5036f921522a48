"""Validated answers of a département, from the seals of its declarations to consolidation: no sum is made here."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.consolidation import Fait
from paqte.domain.declarations.sceau import Sceau, read_facts
from paqte.domain.statuts.declarations import VALIDEE
from paqte.models import Convention, Declaration


def validated_facts_of(session: Session, convention_id: int) -> tuple[Fait, ...]:
    """Every validated answer of one convention."""
    d = Declaration
    query = (
        select(Convention.signataire_id, d.convention_id, d.id, d.periode, d.sceau, Convention.departement_code)
        .join(Convention, Convention.id == d.convention_id)
        .where(d.convention_id == convention_id, d.etat == VALIDEE)
        .order_by(d.id)
    )
    rows = session.execute(query).all()
    return tuple(read_facts(rows[0].departement_code, [Sceau._make(row[:5]) for row in rows])) if rows else ()
