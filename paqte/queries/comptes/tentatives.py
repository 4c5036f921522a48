"""How often something was tried lately: what limits count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.models import TentativeConnexion


def tried(session: Session, key: str, since: datetime) -> int:
    """How many times since then."""
    t = TentativeConnexion
    return session.scalars(select(func.count()).select_from(t).where(t.cle == key, t.quand > since)).one()
