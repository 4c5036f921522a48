"""Who is signed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ScalarSelect, exists, literal, or_, select, union
from sqlalchemy.orm import Session

from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE, TERRITORIAL, Acteur
from paqte.domain.personnes.jetons import digest
from paqte.domain.personnes.sessions import SEEN_EVERY, SessionBounded, bounds_of, is_alive
from paqte.domain.saisie.adresses import OMBRE, is_shadow, masked
from paqte.domain.statuts.pilotage import SESSION_INACTIVE, SESSION_TOTALE
from paqte.models import (
    Affectation,
    Departement,
    JetonConnexion,
    Rattachement,
    Region,
    Reglage,
    SecondFactor,
    SessionOuverte,
    Signataire,
    Utilisateur,
    db,
)
from paqte.queries.cles import bears
from paqte.queries.perimetre import LIMITED, is_referent_of

SHORTEST = bounds_of("")


@dataclass(frozen=True, slots=True)
class Identity:
    """A person whose session is open, as the doors need her. `territoire`: "Loir-et-Cher (41)", a région, or "".

    `territoires` names each département to choose among, by code: empty unless there is a choice. `ouverte_le` is when
    the session was opened or prolonged; None on the very request that opens it. `has_factor`: a second factor is in
    force, of which this session gave a code at `facteur_le`. `bornes` is how long the session lasts.
    """

    acteur: Acteur
    territoire: str
    must_be_seen: bool
    territoires: Mapping[str, str] = field(default_factory=dict)
    ouverte_le: datetime | None = None
    has_factor: bool = False
    facteur_le: datetime | None = None
    bornes: SessionBounded = SHORTEST


def find_session(*, secret: str, now: datetime) -> Identity | None:
    """Whose session this is; None when closed, idle for too long, or when the account was disabled."""
    several = exists().where(Affectation.utilisateur_id == Utilisateur.id)
    found = db.session.execute(
        select(SessionOuverte, Utilisateur, Departement.nom, Region.nom, several, SecondFactor.actif_le, *_bounds_set())
        .join(Utilisateur, Utilisateur.id == SessionOuverte.utilisateur_id)
        .outerjoin(SecondFactor, SecondFactor.utilisateur_id == Utilisateur.id)
        .outerjoin(Departement, Departement.code == Utilisateur.departement_code)
        .outerjoin(Region, Region.code == Utilisateur.region_code)
        .where(SessionOuverte.empreinte == digest(secret), Utilisateur.is_active)
    ).first()
    if found is None:
        return None
    opened, user, departement, region, is_several, in_force, *set_ = found
    bounds = bounds_of(user.role, *set_)
    if not is_alive(bounds, opened.ouverte_le, opened.vue_le, now):
        return None
    territoire = f"{departement} ({user.departement_code})" if departement else region or ""
    places = departements_held(user) if is_several or user.region_code else {}
    must_be_seen = abs(now - opened.vue_le) >= SEEN_EVERY
    choice = places if len(places) > 1 else {}
    actor, proved = _actor_of(user, places), opened.facteur_le
    return Identity(actor, territoire, must_be_seen, choice, opened.ouverte_le, in_force is not None, proved, bounds)


def _bounds_set() -> list[ScalarSelect[str]]:
    """What is set, of the role of the account beside, for idle minutes and for hours in all: no statement more."""
    r = Reglage
    national = select(r.valeur).where(r.departement_code.is_(None), r.valeur != "")
    return [
        national.where(r.cle == literal(kind) + Utilisateur.role).correlate(Utilisateur).scalar_subquery()
        for kind in (SESSION_INACTIVE, SESSION_TOTALE)
    ]


def actor_of(user: Utilisateur) -> Acteur:
    """The actor of an account, with what is given to a contact or an animateur, or its départements."""
    return _actor_of(user, departements_held(user) if user.role in TERRITORIAL else {})


def departements_held(user: Utilisateur) -> dict[str, str]:
    """Name with its code of each département of a référent, or of the région of whoever has one, by code."""
    d, held = Departement, Affectation
    more = select(held.departement_code).where(held.utilisateur_id == user.id)
    mine = (
        d.region_code == user.region_code if user.region_code else (d.code == user.departement_code) | d.code.in_(more)
    )
    query = select(d.code, d.nom).where(mine).order_by(d.code)
    return {code: f"{nom} ({code})" for code, nom in db.session.execute(query)}


def held_by(session: Session, utilisateur_id: int | None) -> frozenset[str]:
    """Codes of the départements that an account holds as a référent."""
    u, held = Utilisateur, Affectation
    own = select(u.departement_code).where(bears(u.id, utilisateur_id), u.departement_code.is_not(None))
    more = select(held.departement_code).where(bears(held.utilisateur_id, utilisateur_id))
    return frozenset(code for code in session.scalars(union(own, more)) if code)


def _actor_of(user: Utilisateur, places: Mapping[str, str]) -> Acteur:
    if user.role not in LIMITED:
        only = user.departement_code if len(places) < 2 else None
        return Acteur(user.id, user.nom, user.role, only, departements=frozenset(places))
    query = select(Rattachement.signataire_id, Rattachement.convention_id).where(
        Rattachement.utilisateur_id == user.id, Rattachement.is_suspendu.is_(False)
    )
    given = db.session.execute(query).all()
    return Acteur(
        user.id,
        user.nom,
        user.role,
        user.departement_code,
        frozenset(signataire for signataire, convention in given if convention is None),
        frozenset(convention for _, convention in given if convention is not None),
    )


class ReferentShown(NamedTuple):
    """A référent whose account is open."""

    utilisateur_id: int
    courriel: str


def open_referents(departement: str) -> list[ReferentShown]:
    """The référents of a département whose accounts are open, by address."""
    query = select(Utilisateur.id, Utilisateur.courriel).where(is_referent_of(departement), Utilisateur.is_active)
    return list(map(ReferentShown._make, db.session.execute(query.order_by(Utilisateur.courriel))))


def referent_addresses(departement: str) -> list[str]:
    """Their addresses."""
    return [one.courriel for one in open_referents(departement)]


def is_link_open(*, secret: str, now: datetime) -> bool:
    """Whether a mailed link would still work; reading it uses nothing up."""
    return read_link(secret=secret, now=now) is not None


class JetonShown(NamedTuple):
    """A link that works: whose it is, in part, and the `adresse` that it would prove, "" for one that signs in.

    `navigateur` is the hash of what the browser that asked for it holds, "" for one that nobody asked for.
    """

    nom: str
    courriel: str
    adresse: str
    navigateur: str


def read_link(*, secret: str, now: datetime) -> JetonShown | None:
    """Whose link this is; None for one that opens nothing, of which nobody is told anything."""
    t, u = JetonConnexion, Utilisateur
    query = select(u.nom, u.courriel, t.adresse, t.navigateur).join(u, u.id == t.utilisateur_id).where(u.is_active)
    query = query.where(t.empreinte == digest(secret), t.utilise_le.is_(None), t.expire_le > now)
    found = db.session.execute(query).first()
    return None if found is None else JetonShown(found.nom, masked(found.courriel), *found[2:])


def own_address(*, actor: Acteur) -> str:
    """The address of the actor's account."""
    query = select(Utilisateur.courriel).where(Utilisateur.id == actor.utilisateur_id)
    return db.session.scalars(query).one()


class SessionShown(NamedTuple):
    """An open session as its owner sees it; `is_this` for the one that asks."""

    numero: int
    ouverte_le: datetime
    vue_le: datetime
    origine: str
    navigateur: str
    is_this: bool


def list_sessions(*, actor: Acteur, secret: str, now: datetime) -> list[SessionShown]:
    """The actor's own open sessions, the last opened first."""
    o = SessionOuverte
    query = select(o, *_bounds_set()).join(Utilisateur, Utilisateur.id == o.utilisateur_id)
    rows = db.session.execute(
        query.where(o.utilisateur_id == actor.utilisateur_id).order_by(o.ouverte_le.desc(), o.id.desc())
    )
    mine = digest(secret)
    return [
        SessionShown(row.id, row.ouverte_le, row.vue_le, row.origine, row.navigateur, row.empreinte == mine)
        for row, *set_ in rows
        if is_alive(bounds_of(actor.role, *set_), row.ouverte_le, row.vue_le, now)
    ]


class ContactInvited(NamedTuple):
    """Who answers for a company and has an account, named as whoever invited them did.

    `conventions` are those that an animateur is given one by one; None for the signatory whole.
    """

    utilisateur_id: int
    nom: str
    courriel: str
    is_shadow: bool
    conventions: frozenset[int] | None = None


def contacts_invited(
    session: Session,
    signataires: Collection[int],
    *,
    personne: int | None = None,
    with_animateurs: Collection[int] = (),
) -> dict[int, list[ContactInvited]]:
    """Whom to write to about each signatory: its contacts whose accounts are open, or `personne` alone among them.

    The animateurs of the signatories `with_animateurs` are among them, each with what is given to him there. One whose
    address serves elsewhere is there like any other: who invited it is not to know (R30).
    """
    u, r = Utilisateur, Rattachement
    is_open = or_(u.is_active, u.courriel.endswith(f"@{OMBRE}"))
    query = (
        select(r.signataire_id, u.id, u.nom, u.courriel, r.nom, r.courriel, r.convention_id)
        .join(r, r.utilisateur_id == u.id)
        .where(r.signataire_id.in_(signataires), is_open, r.is_suspendu.is_(False))
        .where((u.role == ENTREPRISE) | ((u.role == ANIMATEUR) & r.signataire_id.in_(with_animateurs)))
        .order_by(u.id, r.id)
    )
    if personne is not None:
        query = query.where(u.id == personne)
    found: defaultdict[int, dict[int, ContactInvited]] = defaultdict(dict)
    for key, user, nom, courriel, as_named, as_written, convention in session.execute(query):
        shadow, before = is_shadow(courriel), found[key].get(user)
        held = given_there(convention, before.conventions if before else frozenset())
        found[key][user] = ContactInvited(user, as_named or nom, as_written if shadow else courriel, shadow, held)
    return {key: list(people.values()) for key, people in found.items()}


def given_there(convention: int | None, before: frozenset[int] | None) -> frozenset[int] | None:
    """What an account is given of a signatory, one row more: a convention, or the signatory whole, which is None."""
    return None if convention is None or before is None else before | {convention}


def departement_of(session: Session, user: Utilisateur) -> str | None:
    """The département whose référent sees this account's mails: its own, or the only one of its signatories."""
    query = (
        select(Signataire.departement_code)
        .join(Rattachement, Rattachement.signataire_id == Signataire.id)
        .where(Rattachement.utilisateur_id == user.id)
        .distinct()
    )
    places = [user.departement_code] if user.departement_code else list(session.scalars(query))
    return places[0] if len(places) == 1 else None
