"""Running states of conventions as conditions of a query: what domain.conventions.etat says of each row (R4)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, exists, or_
from sqlalchemy.orm import aliased

from paqte.domain.statuts.conventions import (
    A_RENOUVELER,
    A_VENIR,
    CHARTE,
    ECHUE,
    EN_COURS,
    PREAVIS_JOURS,
    PROJET,
    RENOUVELEE,
    RESILIEE,
    SIGNEE,
)
from paqte.models import Convention, Engagement

_Suite = aliased(Convention)
_Soeur = aliased(Convention)


def is_renewed() -> ColumnElement[bool]:
    """Whether a signed convention follows; one still in preparation does not count."""
    return exists(_Suite.id).where(_Suite.precedente_id == Convention.id, _Suite.statut != PROJET)


def in_state(code: str, day: date) -> ColumnElement[bool]:
    """Condition that keeps the conventions whose state on that civil day is `code`, one of ETATS."""
    c = Convention
    ended_early = (c.statut == RESILIEE) & or_(c.resiliee_le < day, c.fin < day)
    binds = (c.statut != PROJET) & ~ended_early
    running = binds & (c.debut <= day) & (c.fin >= day)
    near_end = (c.statut == SIGNEE) & (c.fin <= day + timedelta(days=PREAVIS_JOURS)) & ~is_renewed()
    conditions: dict[str, ColumnElement[bool]] = {
        PROJET: c.statut == PROJET,
        RESILIEE: ended_early,
        A_VENIR: binds & (c.debut > day),
        A_RENOUVELER: running & near_end,
        EN_COURS: running & ~near_end,
        ECHUE: binds & (c.fin < day) & ~is_renewed(),
        RENOUVELEE: binds & (c.fin < day) & is_renewed(),
    }
    return conditions[code]


def effective_end(c: type[Convention] = Convention) -> ColumnElement[date]:
    """The last day in force of each row, an early end included, as domain.conventions.Dates says it."""
    return case((c.resiliee_le < c.fin, c.resiliee_le), else_=c.fin)


def is_alive(day: date, c: type[Convention] = Convention) -> ColumnElement[bool]:
    """Condition that keeps what still counts: a projet, or a convention not over on that civil day."""
    return or_(c.statut == PROJET, (c.fin >= day) & or_(c.statut != RESILIEE, c.resiliee_le >= day))


def is_to_complete(day: date) -> ColumnElement[bool]:
    """What domain.conventions.is_to_complete says of each row (R41)."""
    c = Convention
    promises = exists(Engagement.id).where(Engagement.convention_id == c.id)
    return is_alive(day) & (c.statut != PROJET) & (c.dispositif != CHARTE) & ~promises


def has_alive_sibling(day: date) -> ColumnElement[bool]:
    """Whether the same signatory has a convention that still counts."""
    return exists(_Soeur.id).where(_Soeur.signataire_id == Convention.signataire_id, is_alive(day, _Soeur))
