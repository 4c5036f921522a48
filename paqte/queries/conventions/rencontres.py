"""Meetings of a département: the list, one of them, those of a signatory, the days they fall on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import search_words, searchable
from paqte.domain.statuts.rencontres import GENRES, MOIS, is_silent, told_meetings
from paqte.models import ContactSignataire, Presence, Rencontre, Signataire, db
from paqte.queries.perimetre import meets, readable
from paqte.queries.reglages import read_settings


class PresenceShown(NamedTuple):
    """Who was there; `contact_id` None for somebody who has no card."""

    nom: str
    contact_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RencontreShown:
    """A meeting; `signataire` is '' when it was with several, or with none."""

    id: int
    version: int
    departement: str
    prochaine_le: date | None
    date: date
    genre: str
    objet: str
    signataire_id: int | None
    signataire: str
    decisions: str
    promesses: str
    presents: tuple[PresenceShown, ...] = ()

    @property
    def libelle(self) -> str:
        return GENRES[self.genre]


@dataclass(frozen=True, slots=True)
class RencontresSought:
    """What the list is narrowed to; '' asks for nothing."""

    genre: str = ""
    q: str = ""

    def keeps(self, one: RencontreShown) -> bool:
        names = " ".join(present.nom for present in one.presents)
        told = searchable(f"{one.signataire} {one.objet} {one.decisions} {one.promesses} {names}")
        return self.genre in ("", one.genre) and all(word in told for word in search_words(self.q))


class RencontresPage(NamedTuple):
    """What its page says: the latest first, those to come, and since when there was none (`mois` is the setting)."""

    faites: tuple[RencontreShown, ...]
    a_venir: tuple[RencontreShown, ...]
    mois: int
    is_silent: bool


class RencontreDated(NamedTuple):
    """A day on which somebody is met: a meeting itself, or the next date that another one set (`is_next`)."""

    jour: date
    rencontre_id: int
    genre: str
    objet: str
    signataire: str
    is_next: bool


class ContactListed(NamedTuple):
    """A card that may be ticked as having been there."""

    id: int
    nom: str
    fonction: str


def list_meetings(
    *, actor: Acteur, departement: str, filtre: RencontresSought = RencontresSought()
) -> list[RencontreShown]:
    """Meetings of the département that the actor may read, latest first. Two statements."""
    query = _MEETINGS.where(meets(Rencontre, actor), Rencontre.departement_code == departement)
    return [one for one in _latest_first(query) if filtre.keeps(one)]


def propose_organisation(*, actor: Acteur, departement: str, periode: Periode, now: datetime) -> str:
    """What the meetings already held in a period let the bilan say of its follow-up; '' when there was none."""
    today = local_date(now, departement)
    held = [
        one
        for one in list_meetings(actor=actor, departement=departement)
        if periode.debut <= one.date < periode.fin and one.date <= today
    ]
    met = {one.signataire_id for one in held if one.signataire_id is not None}
    return told_meetings([(one.genre, one.date) for one in held], len(met), periode.libelle)


def read_meeting(*, actor: Acteur, rencontre_id: int) -> RencontreShown:
    """One meeting; NotFound when it is not the actor's to read."""
    found = _latest_first(_MEETINGS.where(Rencontre.id == rencontre_id, meets(Rencontre, actor)))
    if not found:
        raise NotFound("Cette rencontre")
    return found[0]


def meetings_of_signatory(*, actor: Acteur, signataire_id: int, now: datetime) -> RencontresPage:
    """Those with one signatory, and those where somebody of its cards was. A call counts as much as a visit."""
    query = select(Signataire.departement_code).where(Signataire.id == signataire_id, readable(Signataire, actor))
    departement = db.session.scalar(query)
    if departement is None:
        raise NotFound("Ce signataire")
    today = local_date(now, departement)
    met = (Rencontre.signataire_id == signataire_id) | Rencontre.id.in_(_where_there([signataire_id]))
    found = _latest_first(_MEETINGS.where(met, meets(Rencontre, actor)))
    done = tuple(one for one in found if one.date <= today)
    months = int(read_settings(departement)[MOIS].valeur)
    silent = is_silent(done[0].date if done else None, today, months)
    return RencontresPage(done, tuple(one for one in found if one.date > today)[::-1], months, silent)


def last_met(*, actor: Acteur, signataires: Collection[int], now: datetime, departement: str) -> dict[int, date]:
    """The day each was last met or called, by key of signatory; none for those who never were. Two statements."""
    r, p, c = Rencontre, Presence, ContactSignataire
    done = (r.date <= local_date(now, departement)) & meets(r, actor)
    keys = list(signataires)
    own = select(r.signataire_id, func.max(r.date)).where(r.signataire_id.in_(keys), done).group_by(r.signataire_id)
    guests = select(c.signataire_id, func.max(r.date)).join(p, p.contact_id == c.id).join(r, r.id == p.rencontre_id)
    guests = guests.where(c.signataire_id.in_(keys), done).group_by(c.signataire_id)
    found: dict[int, date] = {}
    for key, day in (*db.session.execute(own), *db.session.execute(guests)):
        found[key] = max(day, found.get(key, day))
    return found


def meeting_days(*, actor: Acteur, departement: str) -> list[RencontreDated]:
    """The days of the meetings and those they set for the next, in their order. One statement.

    A next date that another meeting with the same signatory already stands on is not told twice.
    """
    query = _MEETINGS.where(meets(Rencontre, actor), Rencontre.departement_code == departement)
    rows = db.session.execute(query).all()
    held = {(row.signataire_id, row.date) for row in rows}
    found = [RencontreDated(r.date, r.id, r.genre, r.objet, r.signataire or "", is_next=False) for r in rows]
    found += [
        RencontreDated(r.prochaine_le, r.id, r.genre, r.objet, r.signataire or "", is_next=True)
        for r in rows
        if r.prochaine_le is not None and (r.signataire_id, r.prochaine_le) not in held
    ]
    return sorted(found, key=lambda one: (one.jour, one.rencontre_id, one.is_next))


def contacts_to_tick(*, actor: Acteur, signataire_id: int | None, others: Collection[int] = ()) -> list[ContactListed]:
    """The cards of a signatory, and these others: those that a form lets tick."""
    c = ContactSignataire
    wanted = c.id.in_(list(others)) if signataire_id is None else c.id.in_(list(others)) | (
        c.signataire_id == signataire_id
    )  # fmt: skip
    query = select(c.id, c.nom, c.fonction).join(Signataire, Signataire.id == c.signataire_id)
    rows = db.session.execute(query.where(wanted, readable(Signataire, actor)).order_by(c.id))
    return [ContactListed._make(row) for row in rows]


_MEETINGS = select(
    Rencontre.id,
    Rencontre.version,
    Rencontre.departement_code.label("departement"),
    Rencontre.date,
    Rencontre.genre,
    Rencontre.objet,
    Rencontre.signataire_id,
    Signataire.nom.label("signataire"),
    Rencontre.decisions,
    Rencontre.promesses,
    Rencontre.prochaine_le,
).outerjoin(Signataire, Signataire.id == Rencontre.signataire_id)


def _where_there(signataires: Collection[int]) -> Any:
    """Meetings where somebody of the cards of these was."""
    p, c = Presence, ContactSignataire
    theirs = select(p.rencontre_id).join(c, c.id == p.contact_id)
    return theirs.where(c.signataire_id.in_(list(signataires)))


def _latest_first(query: Any) -> list[RencontreShown]:
    rows = db.session.execute(query.order_by(Rencontre.date.desc(), Rencontre.id.desc())).all()
    return list(_with_those_there(rows))


def _with_those_there(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[RencontreShown]:
    p = Presence
    there: defaultdict[int, list[PresenceShown]] = defaultdict(list)
    query = select(p.rencontre_id, p.nom, p.contact_id).where(p.rencontre_id.in_([row.id for row in rows]))
    for key, nom, contact in db.session.execute(query.order_by(p.id)):
        there[key].append(PresenceShown(nom, contact))
    for row in rows:
        told = {**row._mapping, "signataire": row.signataire or ""}
        yield RencontreShown(**told, presents=tuple(there[row.id]))
