"""Until when each contact, each account of a company and each name at a meeting is kept (R30)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, func, or_, select

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.conservation import NOTICE, goes_on, is_due, is_near, kept_until
from paqte.domain.personnes.effacement import DOMAINE_EFFACE, NOM_EFFACE
from paqte.domain.statuts.conventions import PROJET, Dates, add_years
from paqte.models import (
    ContactSignataire,
    Convention,
    Journal,
    Presence,
    Rattachement,
    Rencontre,
    RencontreSignataire,
    Signataire,
    Utilisateur,
    db,
)
from paqte.queries.comptes.invitations import sign_ins
from paqte.queries.perimetre import LIMITED, Condition, own_departement, readable
from paqte.queries.reglages import whole_numbers

SETTING = "conservation_annees"
# A year more or less on 29 February must not hide anybody.
LEAP = timedelta(days=2)
Places = list[tuple[int | None, str, str]]
Annees = Mapping[str | None, int]


class PersonneKept(NamedTuple):
    """A person and the last day she is kept; `signataire_id` None for an account attached to none any more.

    `contact_id` or `utilisateur_id` says which of the two she is.
    """

    nom: str
    jusquau: date
    departement: str
    signataire_id: int | None
    signataire: str
    contact_id: int | None = None
    utilisateur_id: int | None = None

    @property
    def efface_le(self) -> date:
        return goes_on(self.jusquau)


def soon_erased(*, actor: Acteur, now: datetime) -> list[PersonneKept]:
    """Contacts and accounts of the actor's signatories that go within three months, the first to go first.

    A constant number of statements. Refused for whoever has no département.
    """
    departement = own_departement(actor)
    today, mine = local_date(now, departement), readable(Signataire, actor)
    holding = select(Rattachement.utilisateur_id).join(Signataire, Signataire.id == Rattachement.signataire_id)
    annees = years_kept()
    accounts = kept_accounts(now, annees, Utilisateur.id.in_(holding.where(mine)), place=departement)
    near = (one for one in (*kept_contacts(now, annees, mine), *accounts) if is_near(one.jusquau, today))
    return sorted(
        near, key=lambda one: (one.jusquau, one.signataire, one.nom, one.contact_id or 0, one.utilisateur_id or 0)
    )


def years_kept() -> Annees:
    """For how many years, by département that has its own setting; None for the others. One statement."""
    return whole_numbers(SETTING)


def kept_contacts(now: datetime, annees: Annees, *narrowed: Condition) -> Iterator[PersonneKept]:
    """Contacts whose signatory may have been without need of them for a while: those of live ones are left aside."""
    c, s = ContactSignataire, Signataire
    query = (
        select(c.id, c.nom, c.created_at, s.id, s.nom, s.departement_code, s.created_at)
        .join(s, s.id == c.signataire_id)
        .where(~_is_surely_needed(now, annees), *narrowed)
        .order_by(c.id)
    )
    rows = db.session.execute(query).all()
    conventions = _conventions({row[3] for row in rows})
    bare = [row for row in rows if row[3] not in conventions]
    active = _last_written("contact_signataire", [row[0] for row in bare])
    for key, nom, known, signataire, of, departement, since in rows:
        moments = [m for m in (known, since, active.get(str(key))) if m is not None]
        until = kept_until(
            conventions.get(signataire, ()),
            known=local_date(known, departement),
            active=local_date(max(moments), departement),
            years=_years(annees, departement),
        )
        yield PersonneKept(nom, until, departement, signataire, of, contact_id=key)


def kept_accounts(now: datetime, annees: Annees, *narrowed: Condition, place: str = "") -> Iterator[PersonneKept]:
    """Accounts of companies and animateurs, kept as long as any signatory they hold needs them.

    One attached in several départements follows the longest of their settings. It is named after a signatory of
    `place` when it has one there.
    """
    u = Utilisateur
    query = select(u.id, u.nom, u.created_at).where(
        u.role.in_(LIMITED), ~u.courriel.endswith(f"@{DOMAINE_EFFACE}"), ~_holds_a_needed_one(now, annees), *narrowed
    )
    rows = db.session.execute(query.order_by(u.id)).all()
    held = _attached_to([row[0] for row in rows])
    seen = sign_ins([row[0] for row in rows]) if rows else {}
    conventions = _conventions({key for given in held.values() for key, _, _ in given})
    for key, nom, known in rows:
        given = sorted(held.get(key, [(None, "", "")]), key=lambda one: one[2] == place)
        signataire, of, departement = given[-1]
        until = kept_until(
            [d for one, _, _ in given for d in conventions.get(one, ())],
            known=local_date(known, departement),
            active=local_date(max(known, seen.get(str(key), known)), departement),
            years=max(_years(annees, one) for _, _, one in given),
        )
        yield PersonneKept(nom, until, departement, signataire, of, utilisateur_id=key)


def meetings_over(now: datetime, annees: Annees, departement: str) -> list[int]:
    """Meetings of which nobody needs the names typed without a card any more.

    They are kept as a contact of its signatories would be, the longest of these; with no signatory, or none that has a
    convention, so many years after the meeting, or after it was typed.
    """
    r, p = Rencontre, Presence
    years, today = _years(annees, departement), local_date(now, departement)
    named = select(p.rencontre_id).where(p.contact_id.is_(None), p.nom != NOM_EFFACE)
    old = select(r.id, r.date, r.created_at).where(
        r.departement_code == departement, r.date <= add_years(today, -years), r.id.in_(named)
    )
    rows = db.session.execute(old.order_by(r.id)).all()
    conventions = _conventions_met([row.id for row in rows])
    return [
        row.id
        for row in rows
        if is_due(
            _met_until(row.date, local_date(row.created_at, departement), conventions[row.id], years),
            today,
        )
    ]


def _conventions_met(meetings: Collection[int]) -> Mapping[int, list[Dates]]:
    """Dates of the conventions of all those who were met at each."""
    held = RencontreSignataire
    query = select(held.rencontre_id, held.signataire_id).where(held.rencontre_id.in_(list(meetings)))
    rows = db.session.execute(query.order_by(held.id)).all()
    known = _conventions({row.signataire_id for row in rows})
    found: defaultdict[int, list[Dates]] = defaultdict(list)
    for row in rows:
        found[row.rencontre_id] += known.get(row.signataire_id, [])
    return found


def _met_until(met: date, typed: date, conventions: list[Dates], years: int) -> date:
    return kept_until(conventions, known=max(met, typed), active=met, years=years)


def _years(annees: Annees, departement: str) -> int:
    return annees.get(departement, annees[None])


def _is_surely_needed(now: datetime, annees: Annees) -> Any:
    """Whether a signatory has a signed convention that ended too recently: read from the index alone."""
    c = Convention
    cutoff = add_years(local_date(now, "") + NOTICE, -min(annees.values())) + LEAP
    return exists().where(
        c.signataire_id == Signataire.id,
        c.statut != PROJET,
        c.fin > cutoff,
        or_(c.resiliee_le.is_(None), c.resiliee_le > cutoff),
    )


def _holds_a_needed_one(now: datetime, annees: Annees) -> Any:
    r = Rattachement
    held = select(r.id).join(Signataire, Signataire.id == r.signataire_id).where(r.utilisateur_id == Utilisateur.id)
    return held.where(_is_surely_needed(now, annees)).exists()


def _conventions(signataires: Collection[int | None]) -> Mapping[int | None, list[Dates]]:
    """What the end of each convention follows from, by signatory."""
    if not signataires:
        return {}
    c = Convention
    query = select(c.signataire_id, c.statut, c.debut, c.fin, c.resiliee_le).where(c.signataire_id.in_(signataires))
    found: defaultdict[int | None, list[Dates]] = defaultdict(list)
    for signataire, statut, debut, fin, resiliee_le in db.session.execute(query):
        found[signataire].append(Dates(statut, debut, fin, resiliee_le))
    return dict(found)


def _attached_to(users: Collection[int]) -> Mapping[int, Places]:
    """Signatory, name and département of all that each account is attached to."""
    if not users:
        return {}
    r, s = Rattachement, Signataire
    query = select(r.utilisateur_id, s.id, s.nom, s.departement_code).join(s, s.id == r.signataire_id)
    found: defaultdict[int, Places] = defaultdict(list)
    for user, signataire, nom, departement in db.session.execute(
        query.where(r.utilisateur_id.in_(users)).order_by(r.id)
    ):
        found[user].append((signataire, nom, departement))
    return dict(found)


def _last_written(objet: str, keys: Collection[int]) -> Mapping[str, datetime]:
    """When each was last written, by key as text, as the journal tells it."""
    if not keys:
        return {}
    j = Journal
    query = select(j.objet_id, func.max(j.quand)).where(j.objet == objet, j.objet_id.in_([str(key) for key in keys]))
    return {row[0]: row[1] for row in db.session.execute(query.group_by(j.objet_id))}
