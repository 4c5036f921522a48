"""The outbox as an operator reads it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.courriels import ENVOYE
from paqte.models import Courriel, db


class CourrielLu(NamedTuple):
    """One mail, its moment aware."""

    cree_le: datetime
    etat: str
    erreur: str
    destinataire: str
    sujet: str
    texte: str


def list_mails(*, is_all: bool) -> list[CourrielLu]:
    """Mails that wait or were refused, all of them when asked; oldest first."""
    c = Courriel
    query = select(c.cree_le, c.etat, c.erreur, c.destinataire, c.sujet, c.texte).order_by(c.cree_le, c.id)
    if not is_all:
        query = query.where(c.etat != ENVOYE)
    return [CourrielLu(*row) for row in db.session.execute(query)]
