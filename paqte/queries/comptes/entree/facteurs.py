"""The second factor of an account, as its owner and an administrator see it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.personnes.acteurs import Acteur
from paqte.models import PasskeyKept, RecoveryCode, SecondFactor, db
from paqte.queries.perimetre import require_admin


class FactorShown(NamedTuple):
    """What there is: nothing, a factor being prepared, or one in force since `actif_le`; recovery codes left."""

    is_prepared: bool
    actif_le: datetime | None
    codes: int


def own_factor(*, actor: Acteur) -> FactorShown:
    """The actor's own."""
    session = db.session()
    found = factor_of(session, actor.utilisateur_id)
    c = RecoveryCode
    left = select(func.count()).select_from(c).where(c.utilisateur_id == actor.utilisateur_id, c.employe_le.is_(None))
    return FactorShown(found is not None, found.actif_le if found else None, session.scalars(left).one())


class PasskeyShown(NamedTuple):
    """One's own key: its number, the name it was given, since when, and when it last served."""

    id: int
    nom: str
    cree_le: datetime
    employee_le: datetime | None


def own_passkeys(*, actor: Acteur) -> list[PasskeyShown]:
    """The actor's own, the oldest first."""
    p = PasskeyKept
    query = select(p.id, p.nom, p.cree_le, p.employee_le).where(p.utilisateur_id == actor.utilisateur_id)
    return [PasskeyShown(*row) for row in db.session.execute(query.order_by(p.cree_le, p.id))]


def factor_since(*, actor: Acteur, utilisateur_id: int) -> datetime | None:
    """Since when somebody of the State has one in force, None for nobody; NotFound but for an administrator."""
    require_admin(actor, "Ce compte")
    found = factor_of(db.session(), utilisateur_id)
    return found.actif_le if found else None


def factor_of(session: Session, utilisateur_id: int | None) -> SecondFactor | None:
    """The row of an account."""
    return session.scalar(select(SecondFactor).where(SecondFactor.utilisateur_id == utilisateur_id))
