"""Telling those who hold a territory that its sum was issued: once an edition, never of one that another followed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.editions.territoires import PARIS
from paqte.domain.statuts.courriels import SOMME, Message
from paqte.queries.editions.nation import SommeTold, UtilisateurWarned, holders_of, somme_told, territory_of_edition
from paqte.services.courriels.boite import queue_mail
from paqte.services.courriels.courriers import write_mail
from paqte.services.courriels.liens import awaited_link

# More of them are counted, and not named.
MOST_NAMED = 8


def tell_somme(session: Session, edition_id: int, *, base_url: str, now: datetime, maker: int | None = None) -> int:
    """Queue a mail to each of those whom the settings say but its maker, in the caller's own transaction; gives how
    many.
    """
    told, territoire = somme_told(edition_id, now=now), territory_of_edition(edition_id)
    if told is None or territoire is None:
        return 0
    holders = [one for one in holders_of(territoire) if one.utilisateur_id != maker]
    for one in holders:
        message = _message(told, one, edition_id, base_url)
        appui = {"somme": edition_id, "base_url": base_url}
        queue_mail(session, message, motif=SOMME, now=now, pour=one.utilisateur_id, appui=appui)
    return len(holders)


def somme_now(edition_id: int, utilisateur_id: int, *, now: datetime, base_url: str) -> Message | None:
    """What the mail says at that moment; None once another edition followed, once the account is closed or of another
    territory, once the settings say no.
    """
    told, territoire = somme_told(edition_id, now=now), territory_of_edition(edition_id)
    if told is None or territoire is None:
        return None
    for one in holders_of(territoire):
        if one.utilisateur_id == utilisateur_id:
            return _message(told, one, edition_id, base_url)
    return None


def _message(told: SommeTold, one: UtilisateurWarned, edition_id: int, base_url: str) -> Message:
    periode = told.periode
    return write_mail(
        "somme",
        one.courriel,
        nom=one.nom,
        titre=told.genre.titre,
        du=told.genre.du,
        territoire=told.territoire_nom,
        periode=periode.libelle,
        du_periode=periode.du_libelle,
        edition=told.numero,
        jour=f"{local_date(told.created_at, PARIS):%d/%m/%Y}",
        parts=_listed_places(told.parts),
        attendus=_listed_places(told.awaited),
        changements=told.changes,
        lien=awaited_link(base_url, f"/bilans/sommes/{edition_id}"),
    )


def _listed_places(places: tuple[str, ...]) -> str:
    """By name where they are few, else how many; "" for none."""
    return ", ".join(places) if len(places) <= MOST_NAMED else f"{len(places)} départements"
