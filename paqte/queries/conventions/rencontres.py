"""Meetings of a département: the list, one of them, those of a signatory, the days they fall on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import search_words, searchable
from paqte.domain.statuts.conventions import CHARTE, PROJET
from paqte.domain.statuts.rencontres import GENRES, MOIS, is_silent, told_meetings, told_together
from paqte.models import ContactSignataire, Convention, Presence, Rencontre, RencontreSignataire, Signataire, db
from paqte.queries.perimetre import meets, readable
from paqte.queries.reglages import read_settings


class PresenceShown(NamedTuple):
    """Who was there; `contact_id` None for somebody who has no card."""

    nom: str
    contact_id: int | None


class SignataireBrief(NamedTuple):
    """A signatory that was met, and what was decided with it or promised by it alone."""

    id: int
    nom: str
    decisions: str
    promesses: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RencontreShown:
    """A meeting; its signatories are in the order of their names."""

    id: int
    version: int
    departement: str
    prochaine_le: date | None
    date: date
    genre: str
    objet: str
    decisions: str
    promesses: str
    signataires: tuple[SignataireBrief, ...] = ()
    presents: tuple[PresenceShown, ...] = ()

    @property
    def libelle(self) -> str:
        return GENRES[self.genre]

    @property
    def avec(self) -> str:
        """With whom, in a few words: the only one, else how many; '' for none."""
        return told_together([one.nom for one in self.signataires])

    def told_of(self, signataire_id: int) -> SignataireBrief | None:
        """What stands there of one of its signatories."""
        return next((one for one in self.signataires if one.id == signataire_id), None)


@dataclass(frozen=True, slots=True)
class RencontresSought:
    """What the list is narrowed to; '' asks for nothing."""

    genre: str = ""
    q: str = ""

    def keeps(self, one: RencontreShown) -> bool:
        names = " ".join(present.nom for present in one.presents)
        met = " ".join(f"{s.nom} {s.decisions} {s.promesses}" for s in one.signataires)
        told = searchable(f"{met} {one.objet} {one.decisions} {one.promesses} {names}")
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
    signataires: tuple[str, ...]
    is_next: bool

    @property
    def avec(self) -> str:
        """With whom, in a few words."""
        return told_together(self.signataires)


class ContactListed(NamedTuple):
    """A card that may be ticked as having been there."""

    id: int
    nom: str
    fonction: str
    signataire: str


def list_meetings(
    *, actor: Acteur, departement: str, filtre: RencontresSought = RencontresSought()
) -> list[RencontreShown]:
    """Meetings of the département that the actor may read, latest first. Three statements."""
    query = _MEETINGS.where(meets(Rencontre, actor), Rencontre.departement_code == departement)
    return [one for one in _latest_first(query) if filtre.keeps(one)]


def propose_organisation(*, actor: Acteur, departement: str, periode: Periode, now: datetime) -> str:
    """What the meetings already held in a period let the bilan say of its follow-up; '' when there was none.

    A signatory of whom somebody's card was there was met, as its own page says (`meetings_of_signatory`). A SIREN
    counts once (R3); one that had not signed when the period ended, or a charter alone, is no signatory (R7).
    """
    today = local_date(now, departement)
    held = [
        one
        for one in list_meetings(actor=actor, departement=departement)
        if periode.debut <= one.date < periode.fin and one.date <= today
    ]
    met = {signataire.id for one in held for signataire in one.signataires}
    met |= _signatories_of({there.contact_id for one in held for there in one.presents if there.contact_id})
    sirens = _sirens_of(met)
    signed = sirens & _sirens_signed(departement, periode)
    return told_meetings([(one.genre, one.date) for one in held], len(signed), periode.libelle, len(sirens - signed))


def _signatories_of(cards: Collection[int]) -> set[int]:
    """Whose cards these are."""
    c = ContactSignataire
    return set(db.session.scalars(select(c.signataire_id).where(c.id.in_(cards)))) if cards else set()


def _sirens_of(signataires: Collection[int]) -> set[int]:
    s = Signataire
    return set(db.session.scalars(select(s.entreprise_id).where(s.id.in_(signataires)))) if signataires else set()


def _sirens_signed(departement: str, periode: Periode) -> set[int]:
    """Who had signed the PAQTE or the plan before a period was over, whatever became of it since."""
    c, s = Convention, Signataire
    signed = (c.debut < periode.fin) | (c.signee_le < periode.fin)
    query = select(s.entreprise_id).join(c, c.signataire_id == s.id).where(c.departement_code == departement, signed)
    return set(db.session.scalars(query.where(c.statut != PROJET, c.dispositif != CHARTE)))


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
    met = Rencontre.id.in_(_held_with(signataire_id)) | Rencontre.id.in_(_where_there(signataire_id))
    found = _latest_first(_MEETINGS.where(met, meets(Rencontre, actor)))
    done = tuple(one for one in found if one.date <= today)
    months = int(read_settings(departement)[MOIS].valeur)
    silent = is_silent(done[0].date if done else None, today, months)
    return RencontresPage(done, tuple(one for one in found if one.date > today)[::-1], months, silent)


def last_met(*, actor: Acteur, signataires: Collection[int], now: datetime, departement: str) -> dict[int, date]:
    """The day each was last met or called, by key of signatory; none for those who never were. Two statements."""
    r, p, c, m = Rencontre, Presence, ContactSignataire, RencontreSignataire
    done = (r.date <= local_date(now, departement)) & meets(r, actor)
    keys = list(signataires)
    own = select(m.signataire_id, func.max(r.date)).join(r, r.id == m.rencontre_id)
    own = own.where(m.signataire_id.in_(keys), done).group_by(m.signataire_id)
    guests = select(c.signataire_id, func.max(r.date)).join(p, p.contact_id == c.id).join(r, r.id == p.rencontre_id)
    guests = guests.where(c.signataire_id.in_(keys), done).group_by(c.signataire_id)
    found: dict[int, date] = {}
    for key, day in (*db.session.execute(own), *db.session.execute(guests)):
        found[key] = max(day, found.get(key, day))
    return found


def meeting_days(*, actor: Acteur, departement: str) -> list[RencontreDated]:
    """The days of the meetings and those they set for the next, in their order. One statement.

    A next date is not told twice when a meeting stands on it with the same signatories, or with these and others; a
    meeting of the same kind does with one of them.
    """
    rows = _days_by_meeting(actor, departement)
    told = {row.id: tuple(nom for _, nom in met) for row, met in rows}
    stands: defaultdict[date, list[tuple[str, frozenset[int]]]] = defaultdict(list)
    for row, met in rows:
        stands[row.date].append((row.genre, frozenset(key for key, _ in met)))
    found = [RencontreDated(row.date, row.id, row.genre, row.objet, told[row.id], is_next=False) for row, _ in rows]
    found += [
        RencontreDated(row.prochaine_le, row.id, row.genre, row.objet, told[row.id], is_next=True)
        for row, met in rows
        if row.prochaine_le is not None
        and not any(_stands_for(row.genre, {key for key, _ in met}, *one) for one in stands[row.prochaine_le])
    ]
    return sorted(found, key=lambda one: (one.jour, one.rencontre_id, one.is_next))


def _days_by_meeting(actor: Acteur, departement: str) -> list[tuple[Any, list[tuple[int, str]]]]:
    """Each meeting with its days, and key and name of those it was with, in the order of their names."""
    r, m, s = Rencontre, RencontreSignataire, Signataire
    query = (
        select(r.id, r.date, r.prochaine_le, r.genre, r.objet, s.id.label("signataire_id"), s.nom)
        .outerjoin(m, m.rencontre_id == r.id)
        .outerjoin(s, s.id == m.signataire_id)
        .where(meets(r, actor), r.departement_code == departement)
        .order_by(r.id, s.recherche, s.id)
    )
    found: dict[int, tuple[Any, list[tuple[int, str]]]] = {}
    for row in db.session.execute(query):
        met = found.setdefault(row.id, (row, []))[1]
        met += [] if row.signataire_id is None else [(row.signataire_id, row.nom)]
    return list(found.values())


def _stands_for(genre: str, awaited: Set[int], kind: str, there: Set[int]) -> bool:
    """Whether a meeting of that kind, with those who were there, is the one that was set for its day."""
    is_same = awaited == there
    return is_same or (bool(awaited & there) if kind == genre else bool(awaited) and awaited <= there)


def contacts_to_tick(
    *, actor: Acteur, signataires: Collection[int], others: Collection[int] = ()
) -> list[ContactListed]:
    """The cards of these signatories, and these others: those that a form lets tick, signatory by signatory."""
    c, s = ContactSignataire, Signataire
    wanted = c.id.in_(list(others)) | c.signataire_id.in_(list(signataires))
    query = select(c.id, c.nom, c.fonction, s.nom.label("signataire")).join(s, s.id == c.signataire_id)
    rows = db.session.execute(query.where(wanted, readable(s, actor)).order_by(s.recherche, s.id, c.id))
    return [ContactListed._make(row) for row in rows]


_MEETINGS = select(
    Rencontre.id,
    Rencontre.version,
    Rencontre.departement_code.label("departement"),
    Rencontre.date,
    Rencontre.genre,
    Rencontre.objet,
    Rencontre.decisions,
    Rencontre.promesses,
    Rencontre.prochaine_le,
)


def _held_with(signataire_id: int) -> Any:
    """Meetings with this signatory, alone or among others."""
    return select(RencontreSignataire.rencontre_id).where(RencontreSignataire.signataire_id == signataire_id)


def _where_there(signataire_id: int) -> Any:
    """Meetings where somebody of its cards was."""
    p, c = Presence, ContactSignataire
    return select(p.rencontre_id).join(c, c.id == p.contact_id).where(c.signataire_id == signataire_id)


def _latest_first(query: Any) -> list[RencontreShown]:
    rows = db.session.execute(query.order_by(Rencontre.date.desc(), Rencontre.id.desc())).all()
    return list(_with_those_there(rows))


def _with_those_there(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[RencontreShown]:
    p, m, s = Presence, RencontreSignataire, Signataire
    keys = [row.id for row in rows]
    there: defaultdict[int, list[PresenceShown]] = defaultdict(list)
    query = select(p.rencontre_id, p.nom, p.contact_id).where(p.rencontre_id.in_(keys))
    for key, nom, contact in db.session.execute(query.order_by(p.id)):
        there[key].append(PresenceShown(nom, contact))
    met: defaultdict[int, list[SignataireBrief]] = defaultdict(list)
    links = select(m.rencontre_id, s.id, s.nom, m.decisions, m.promesses).join(s, s.id == m.signataire_id)
    for key, *told in db.session.execute(links.where(m.rencontre_id.in_(keys)).order_by(s.recherche, s.id)):
        met[key].append(SignataireBrief._make(told))
    for row in rows:
        yield RencontreShown(**row._mapping, signataires=tuple(met[row.id]), presents=tuple(there[row.id]))
