"""Conventions in a line, by signatory: running state and axes (R4, R5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select

from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import (
    A_RENOUVELER,
    A_VENIR,
    CHARTE,
    EN_COURS,
    PLAN_10000,
    PROJET,
    Dates,
    etat,
    is_to_complete,
)
from paqte.models import Convention, Engagement, db
from paqte.queries.conventions.situations.etats import is_renewed

ALIVE = frozenset({PROJET, A_VENIR, EN_COURS, A_RENOUVELER})


class ConventionBrief(NamedTuple):
    """A convention in a line: its running state, its last day and the axes on which it promises."""

    id: int
    numero: str
    dispositif: str
    etat: str
    debut: date
    fin: date
    is_in_plan: bool
    is_to_complete: bool
    axes: tuple[str, ...]


def sum_up_conventions(signataires: Sequence[int] | Select[int], day: date) -> dict[int, list[ConventionBrief]]:
    """Conventions of signatories already found within one's reach, by date of start.

    Two statements; a query of keys serves where they are many.
    """
    c = Convention
    chosen = c.signataire_id.in_(signataires)
    axes = _axes(chosen)
    query = select(
        c.signataire_id,
        c.id,
        c.numero,
        c.dispositif,
        c.statut,
        c.debut,
        c.fin,
        c.resiliee_le,
        is_renewed().label("renewed"),
        c.is_in_plan_10000,
    ).where(chosen)
    grouped: defaultdict[int, list[ConventionBrief]] = defaultdict(list)
    for row in db.session.execute(query.order_by(c.debut, c.id)):
        grouped[row.signataire_id].append(_summed_up(row, axes.get(row.id), day))
    return grouped


def worth_showing(conventions: Sequence[ConventionBrief]) -> tuple[ConventionBrief, ...]:
    """Those alive; when none is, the last one over."""
    alive = tuple(c for c in conventions if c.etat in ALIVE)
    return alive or tuple(conventions[-1:])


def _summed_up(row: Any, axes: tuple[str, ...] | None, day: date) -> ConventionBrief:
    dates = Dates(row.statut, row.debut, row.fin, row.resiliee_le, row.renewed)
    state = etat(dates, day)
    in_plan = row.dispositif == PLAN_10000 or (row.is_in_plan_10000 and row.dispositif != CHARTE)
    lacking = is_to_complete(row.dispositif, state, has_engagement=axes is not None)
    return ConventionBrief(
        row.id, row.numero, row.dispositif, state, row.debut, dates.effective_end, in_plan, lacking, axes or ()
    )


def _axes(chosen: ColumnElement[bool]) -> dict[int, tuple[str, ...]]:
    """Codes of the axes on which each convention promises something, in the order of the grid; none without any."""
    query = select(Engagement.convention_id, Engagement.indicateur).join(
        Convention, Convention.id == Engagement.convention_id
    )
    grid = catalogue()
    found: defaultdict[int, set[str]] = defaultdict(set)
    for convention, indicateur in db.session.execute(query.where(chosen)):
        promised = grid.indicateurs.get(indicateur)
        found[convention] |= {promised.axe} if promised else set()
    return {key: tuple(axe for axe in grid.axes if axe in codes) for key, codes in found.items()}
