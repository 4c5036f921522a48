"""What is said once a signatory and that two of its conventions promise over common days (R32)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import CHARTE
from paqte.models import Convention, Engagement, db
from paqte.queries.perimetre import readable


class PromesseTwice(NamedTuple):
    """An indicator that another convention of the signatory promises too; `du` and `au` are the common days."""

    code: str
    libelle: str
    convention_id: int
    numero: str
    du: date
    au: date


def double_promises(*, actor: Acteur, convention_id: int) -> list[PromesseTwice]:
    """The stocks and yes-or-no of a convention that another of its signatory, in force at once, promises too.

    None of a charte, which promises nothing (R7). In the order of the grid, then of the other convention.
    """
    mine, theirs = aliased(Convention), aliased(Convention)
    promised, too = aliased(Engagement), aliased(Engagement)
    codes = [i.code for i in catalogue().indicateurs.values() if i.traits.is_said_once]
    query = (
        select(
            too.indicateur, theirs.id, theirs.numero, mine.debut.label("debut"), theirs.debut.label("autre_debut"),
            func.coalesce(mine.resiliee_le, mine.fin).label("fin"),
            func.coalesce(theirs.resiliee_le, theirs.fin).label("autre_fin"),
        )
        .join(theirs, and_(theirs.signataire_id == mine.signataire_id, theirs.id != mine.id))
        .join(promised, promised.convention_id == mine.id)
        .join(too, and_(too.convention_id == theirs.id, too.indicateur == promised.indicateur))
        .where(
            mine.id == convention_id,
            readable(mine, actor),
            mine.dispositif != CHARTE,
            theirs.dispositif != CHARTE,
            promised.indicateur.in_(codes),
            theirs.debut <= func.coalesce(mine.resiliee_le, mine.fin),
            mine.debut <= func.coalesce(theirs.resiliee_le, theirs.fin),
        )
    )  # fmt: skip
    rows = db.session.execute(query).all()
    found = [
        PromesseTwice(r[0], catalogue().indicateurs[r[0]].libelle, r[1], r[2], max(r[3], r[4]), _day(min(r[5], r[6])))
        for r in rows
    ]
    return sorted(found, key=lambda p: (codes.index(p.code), p.numero))


def _day(given: date | str) -> date:
    """SQLite gives the text of a computed date."""
    return date.fromisoformat(given) if isinstance(given, str) else given
