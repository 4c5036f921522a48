"""The secret addresses of agendas: one's own, and whose a secret is."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.jetons import digest
from paqte.models import FeedKept, db
from paqte.queries.cles import bears
from paqte.queries.perimetre import own_departement


class FeedKnown(NamedTuple):
    """An address there is: of which département, since when, when a program last read it; None when none did."""

    departement: str
    cree_le: datetime
    lu_le: datetime | None


class FeedFound(NamedTuple):
    """The address of a secret: its key, whose it is, of which département."""

    id: int
    utilisateur_id: int
    departement: str


def own_feed(*, actor: Acteur) -> FeedKnown | None:
    """The actor's own address in the département she stands in, and nobody else's; None without one."""
    f = FeedKept
    mine = bears(f.utilisateur_id, actor.utilisateur_id) & (f.departement_code == own_departement(actor))
    row = db.session.execute(select(f.departement_code, f.cree_le, f.lu_le).where(mine)).one_or_none()
    return None if row is None else FeedKnown(*row)


def feed_of_secret(secret: str) -> FeedFound | None:
    """The address that this secret opens; None for any other text."""
    f = FeedKept
    query = select(f.id, f.utilisateur_id, f.departement_code).where(f.empreinte == digest(secret))
    row = db.session.execute(query).one_or_none()
    return None if row is None else FeedFound(*row)
