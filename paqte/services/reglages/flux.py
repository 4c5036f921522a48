"""The dates of a département, read by a référent's own programs at a secret address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.flux import MISSES, READS, TOLD_CALLED_OFF, DateTold, FeedEntry
from paqte.domain.calendrier.periodes import local_date
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import REFERENT, Acteur
from paqte.domain.personnes.jetons import digest, draw
from paqte.domain.personnes.origines import network_of
from paqte.domain.personnes.sessions import WINDOW
from paqte.models import Departement, FeedDate, FeedKept, TentativeConnexion, Utilisateur, db
from paqte.queries.comptes.comptes import actor_of
from paqte.queries.comptes.tentatives import tried
from paqte.queries.perimetre import own_departement, stand_in
from paqte.queries.reglages.flux import feed_of_secret
from paqte.queries.suivi.calendrier import read_dates
from paqte.services.transaction import note, transaction

WHAT = "Cet agenda"
OBJECT = "flux_agenda"


class TooManyReads(Refused):
    """This address was read too often of late, or this origin tried too many that open nothing."""


@dataclass(frozen=True, slots=True)
class FeedTold:
    """What the address gives: the département, and its dates in the order of their days."""

    departement: str
    nom: str
    dates: tuple[FeedEntry, ...]


def renew_feed(*, actor: Acteur, now: datetime) -> str:
    """Give the actor a new secret address in the département she stands in; the former one opens nothing any more.

    The secret is given back this once: the base keeps its hash.
    """
    departement, secret = own_departement(actor), draw()
    with transaction(actor=actor, now=now) as session:
        _take_away(session, actor, departement)
        added = FeedKept(
            utilisateur_id=actor.utilisateur_id, departement_code=departement, empreinte=digest(secret), cree_le=now
        )
        session.add(added)
        session.flush()
        note(session, "creer", OBJECT, added.id, departement=departement)
    return secret


def withdraw_feed(*, actor: Acteur, now: datetime) -> bool:
    """Make the actor's address of this département open nothing; whether there was one still."""
    departement = own_departement(actor)
    with transaction(actor=actor, now=now) as session:
        gone = _take_away(session, actor, departement)
        if gone is not None:
            note(session, "supprimer", OBJECT, gone, departement=departement)
        return gone is not None


def read_feed(*, secret: str, origine: str, now: datetime) -> FeedTold:
    """What the address of this secret gives now, and what changed since it was last read.

    NotFound alike for a secret unknown, renewed or taken back, an account disabled, and a département that it no longer
    holds; TooManyReads beyond the limits. The journal says once a day that it is read.
    """
    found = feed_of_secret(secret)
    actor = _reader(found.utilisateur_id, found.departement) if found else None
    if found is None or actor is None:
        _count_miss(f"agenda:{network_of(origine)}", MISSES, now)
        raise NotFound(WHAT)
    key = digest(f"agenda:{found.id}")
    if tried(db.session(), key, now - WINDOW) >= READS:
        raise TooManyReads("Agenda demandé trop souvent : réessayez dans un quart d’heure.")
    told = read_dates(actor=actor, now=now)
    today = local_date(now, found.departement)
    with transaction(actor=actor, now=now) as session:
        feed = session.get(FeedKept, found.id, with_for_update=True)
        if feed is None or feed.empreinte != digest(secret):
            raise NotFound(WHAT)
        session.add(TentativeConnexion(cle=key, quand=now))
        if feed.lu_le is None or local_date(feed.lu_le, found.departement) != today:
            note(session, "lire", OBJECT, feed.id, departement=found.departement)
        feed.lu_le = now
        entries = tuple(_compared(session, feed.id, told, today, now))
        place = session.get_one(Departement, found.departement)
        return FeedTold(place.code, place.nom, entries)


def forget_feeds(session: Session, utilisateur_id: int) -> None:
    """Take every address of an account out of the base, inside the transaction that closes or erases it."""
    mine = select(FeedKept.id).where(FeedKept.utilisateur_id == utilisateur_id)
    session.execute(delete(FeedDate).where(FeedDate.flux_id.in_(mine)))
    session.execute(delete(FeedKept).where(FeedKept.utilisateur_id == utilisateur_id))


def _take_away(session: Session, actor: Acteur, departement: str) -> int | None:
    """Delete the actor's address there; its key, None without one. Two at once take turns on her account."""
    session.get(Utilisateur, actor.utilisateur_id, with_for_update=True)
    mine = FeedKept.utilisateur_id == actor.utilisateur_id, FeedKept.departement_code == departement
    feed = session.scalar(select(FeedKept).where(*mine))
    if feed is None:
        return None
    session.execute(delete(FeedDate).where(FeedDate.flux_id == feed.id))
    session.delete(feed)
    session.flush()
    return feed.id


def _reader(utilisateur_id: int, departement: str) -> Acteur | None:
    """The référent whose address it is, standing in its département; None when she may no longer read it."""
    user = db.session.get(Utilisateur, utilisateur_id)
    if user is None or not user.is_active or user.role != REFERENT:
        return None
    try:
        return stand_in(actor_of(user), departement)
    except NotFound:
        return None


def _count_miss(name: str, most: int, now: datetime) -> None:
    """Count one more; TooManyReads, and nothing written, beyond `most`."""
    key = digest(name)
    if tried(db.session(), key, now - WINDOW) >= most:
        raise TooManyReads("Trop d’adresses inconnues demandées : réessayez dans un quart d’heure.")
    with transaction(actor=Acteur(None, "Visiteur", ""), now=now) as session:
        session.add(TentativeConnexion(cle=key, quand=now))


def _compared(
    session: Session, flux_id: int, told: Iterable[DateTold], today: date, now: datetime
) -> Iterator[FeedEntry]:
    """Each date with how often it changed since it was first given; those gone that were still to come, called off."""
    kept = {row.cle: row for row in session.scalars(select(FeedDate).where(FeedDate.flux_id == flux_id))}
    for one in told:
        row = kept.pop(one.cle, None)
        if row is None:
            row = FeedDate(flux_id=flux_id, cle=one.cle, rang=0, jour=one.jour, empreinte=one.empreinte, change_le=now)
            session.add(row)
        elif row.empreinte != one.empreinte or row.annule_le is not None:
            row.rang += 1
            row.jour, row.empreinte, row.change_le, row.annule_le = one.jour, one.empreinte, now, None
        yield FeedEntry(one, row.rang, row.change_le)
    for row in sorted(kept.values(), key=lambda one: (one.jour, one.cle)):
        if row.jour < today or (row.annule_le is not None and row.annule_le < now - TOLD_CALLED_OFF):
            session.delete(row)
            continue
        if row.annule_le is None:
            row.rang += 1
            row.annule_le = row.change_le = now
        yield FeedEntry(DateTold(row.cle, row.jour, ""), row.rang, row.change_le, is_called_off=True)
