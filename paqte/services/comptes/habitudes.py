"""What a person does of a list: left so, she finds it again; taken away, the journal says it (R30)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete

from paqte.domain.personnes.acteurs import Acteur
from paqte.models import ListKept
from paqte.queries.comptes.habitudes import KeptView, read_habit
from paqte.queries.perimetre import standing
from paqte.services.transaction import note, transaction

LONGEST = 1_000


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
