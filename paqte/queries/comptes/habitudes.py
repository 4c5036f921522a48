"""How a person last looked at a list, and what she keeps of it under names."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.personnes.acteurs import Acteur
from paqte.models import ListKept, NamedView, db
from paqte.queries.cles import bears
from paqte.queries.perimetre import Condition, own_departement, read, writable


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


class ViewListed(NamedTuple):
    """A view: its list, its name, the end of its address."""

    id: int
    liste: str
    nom: str
    filtres: str


def own_views(*, actor: Acteur, liste: str) -> list[ViewListed]:
    """The views that this account keeps of a list where it stands, by name."""
    v = NamedView
    here = (v.departement_code == own_departement(actor)) & (v.liste == liste)
    found = select(v.id, v.liste, v.nom, v.filtres).where(own_view(actor), here).order_by(v.nom, v.id)
    return [ViewListed(*row) for row in db.session.execute(found)]


def read_view(*, actor: Acteur, vue_id: int) -> ViewListed:
    """A view of the département, whoever keeps it; NotFound for any other."""
    found = read(db.session(), NamedView, vue_id, actor, "Cette vue")
    return ViewListed(found.id, found.liste, found.nom, found.filtres)


def own_view(actor: Acteur) -> Condition:
    """Condition that keeps the views that this account may change: its own, of départements that it still has."""
    return bears(NamedView.utilisateur_id, actor.utilisateur_id) & writable(NamedView, actor)
