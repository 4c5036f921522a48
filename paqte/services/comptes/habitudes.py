"""What a person does of a list: left so, found again; named, kept; taken away, the journal says it (R30)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import ListKept, NamedView
from paqte.queries.comptes.habitudes import KeptView, own_view, read_habit
from paqte.queries.perimetre import own_departement, standing
from paqte.services.textes import fitted_line, required
from paqte.services.transaction import note, transaction

LONGEST = 1_000
NAME, MOST_VIEWS = 60, 50
UNNAMED = "Donnez un nom à cette vue."


def keep_habit(*, actor: Acteur, liste: str, filtres: str, now: datetime) -> None:
    """Keep the filters and the sort of a list for this account alone; "" forgets them.

    Nothing is written when they are what they were; an address too long to be a person's is not kept. Gives way at
    once to whoever is writing: the list matters more than its habit.
    """
    known = read_habit(actor=actor, liste=liste)
    was = known.filtres if known else ""
    if actor.utilisateur_id is None or len(filtres) > LONGEST or (filtres == was and not _is_aged(known, now)):
        return
    with transaction(actor=actor, now=now, is_hurried=True) as session:
        h = ListKept
        session.execute(delete(h).where(h.utilisateur_id == actor.utilisateur_id, h.liste == liste))
        if filtres:
            kept = {"liste": liste, "filtres": filtres, "gardee_le": now}
            session.add(ListKept(utilisateur_id=actor.utilisateur_id, **kept))


def keep_view(*, actor: Acteur, liste: str, nom: str, filtres: str, now: datetime) -> bool:
    """Keep the list under this name, where the actor stands; True when it takes the place of the view so named.

    Refused without a name, beyond fifty views of a list, or for an address too long to be a person's.
    """
    name, place = required(fitted_line(nom, NAME, "nom"), "nom", UNNAMED), own_departement(actor)
    if actor.utilisateur_id is None or len(filtres) > LONGEST:
        raise Refused("Cette vue retient trop de choix : décochez-en, puis recommencez.")
    v = NamedView
    with transaction(actor=actor, now=now) as session:
        mine = (own_view(actor), v.departement_code == place, v.liste == liste)
        known = session.scalar(select(v).where(*mine, v.nom == name))
        if known:
            known.filtres, known.gardee_le = filtres, now
            return True
        if (session.scalar(select(func.count()).where(*mine)) or 0) >= MOST_VIEWS:
            raise Refused(f"Vous gardez déjà {MOST_VIEWS} vues de cette liste : retirez-en une.")
        given = {"utilisateur_id": actor.utilisateur_id, "departement_code": place, "liste": liste, "gardee_le": now}
        session.add(NamedView(nom=name, filtres=filtres, **given))
    return False


def rename_view(*, actor: Acteur, vue_id: int, nom: str, now: datetime) -> None:
    """Give one's own view another name; Refused when another of that list has it."""
    name, v = required(fitted_line(nom, NAME, "nom"), "nom", UNNAMED), NamedView
    with transaction(actor=actor, now=now) as session:
        view = _own(session, actor, vue_id)
        beside = (own_view(actor), v.departement_code == view.departement_code, v.liste == view.liste, v.nom == name)
        if session.scalar(select(v.id).where(*beside, v.id != view.id)):
            raise Refused({"nom": f"Vous gardez déjà une vue « {name} » de cette liste."})
        view.nom = name


def withdraw_view(*, actor: Acteur, vue_id: int, now: datetime) -> None:
    """Take one's own view away: its address opens nothing any more."""
    with transaction(actor=actor, now=now) as session:
        session.delete(_own(session, actor, vue_id))


def _own(session: Session, actor: Acteur, vue_id: int) -> NamedView:
    found = session.scalar(select(NamedView).where(NamedView.id == vue_id, own_view(actor)))
    if found is None:
        raise NotFound("Cette vue")
    return found


def note_list_taken(
    *, actor: Acteur, liste: str, format: str, lignes: int, filtres: Collection[str], now: datetime
) -> None:
    """Write in the journal that the actor took this list away, in the département where it stands if it does.

    `filtres` are the names of what it was narrowed by, never what was typed there, which may name somebody.
    """
    taken = {"lignes": lignes, "format": format, "filtres": sorted(filtres)}
    with transaction(actor=actor, now=now) as session:
        note(session, "exporter", liste, departement=standing(actor), apres=taken)


def _is_aged(known: KeptView | None, now: datetime) -> bool:
    """Whether the day it was left has to be written anew: a period chosen on it is let go with the quarter."""
    return known is not None and abs(now - known.gardee_le) > timedelta(days=1)
