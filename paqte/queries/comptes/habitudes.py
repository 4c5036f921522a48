"""How a person last looked at a list."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.personnes.acteurs import Acteur
from paqte.models import ListKept, db
from paqte.queries.cles import bears


class KeptView(NamedTuple):
    """The end of the address of the list, and when it was left so."""

    filtres: str
    gardee_le: datetime


def read_habit(*, actor: Acteur, liste: str) -> KeptView | None:
    """What this account, and no other, left of this list; None when it was left whole."""
    h = ListKept
    mine = select(h.filtres, h.gardee_le).where(bears(h.utilisateur_id, actor.utilisateur_id), h.liste == liste)
    row = db.session.execute(mine).one_or_none()
    return None if row is None else KeptView(*row)
