"""Accesses given to many at once: whom an invitation of all would write to, what an animateur may be given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.personnes.acteurs import ANIMATEUR, ENTREPRISE, Acteur
from paqte.domain.statuts.conventions import PROJET
from paqte.models import ContactSignataire, Convention, Rattachement, Signataire, Utilisateur, db
from paqte.queries.comptes import list_access
from paqte.queries.conventions import have_declined, is_alive
from paqte.queries.perimetre import own_departement, writable

SANS_CONTACT, SANS_ADRESSE, INVITE, REFUS = "sans_contact", "sans_adresse", "invite", "refus"
MOTIFS: dict[str, str] = {
    SANS_CONTACT: "Aucun contact sur la fiche",
    SANS_ADRESSE: "Aucun contact n’a d’adresse électronique",
    REFUS: "L’entreprise a refusé",
    INVITE: "Chaque contact qui a une adresse a déjà un accès",
}


class ContactAwaited(NamedTuple):
    """A person by address: the first card that bears it gives the name, `signataires` are all those that do."""

    contact_id: int
    nom: str
    courriel: str
    signataires: Mapping[int, str]


class SignataireWithheld(NamedTuple):
    """A signatory of whom nobody would be invited; `motif` is one of MOTIFS."""

    signataire_id: int
    signataire: str
    motif: str


class InvitationsPrevues(NamedTuple):
    """Who would be invited, and the signatories of whom nobody would."""

    a_inviter: tuple[ContactAwaited, ...]
    ecartes: tuple[SignataireWithheld, ...]


class AccessKnown(NamedTuple):
    """An animateur whose access is open: the conventions he is given one by one, the signatories he has whole."""

    numero: int
    nom: str
    courriel: str
    conventions: frozenset[int]
    signataires: frozenset[int]

    def lacks(self, convention: ConventionOffered) -> bool:
        return convention.id not in self.conventions and convention.signataire_id not in self.signataires


class ConventionOffered(NamedTuple):
    id: int
    numero: str
    signataire: str
    signataire_id: int


class ConventionsPrevues(NamedTuple):
    """Conventions that are not over, and the signatories that have none."""

    conventions: tuple[ConventionOffered, ...]
    ecartes: tuple[str, ...]


def forecast_invitations(
    *, actor: Acteur, now: datetime, signataires: Collection[int] | None = None
) -> InvitationsPrevues:
    """Of these signatories, or of all those bound by a signed convention that is not over: whom to invite.

    Whoever has an access to a signatory, even one that was suspended, is not invited to it again, nor whoever is of
    a company that declined. Four statements.
    """
    own = _bound(actor, now, signataires)
    declined = have_declined(db.session(), own)
    known = _addresses(own)
    people: dict[str, ContactAwaited] = {}
    reasons = {key: REFUS if key in declined else SANS_CONTACT for key in own}
    for contact in _cards(own):
        key, address = contact.signataire_id, contact.courriel.lower()
        if key in declined:
            continue
        if not address:
            reasons[key] = SANS_ADRESSE if reasons[key] == SANS_CONTACT else reasons[key]
        elif address in known.get(key, ()):
            reasons[key] = INVITE if reasons[key] in (SANS_CONTACT, SANS_ADRESSE) else reasons[key]
        else:
            reasons[key] = ""
            first = people.get(address) or ContactAwaited(contact.id, contact.nom, contact.courriel, {})
            people[address] = first._replace(signataires={**first.signataires, key: own[key]})
    left = tuple(SignataireWithheld(key, own[key], motif) for key, motif in reasons.items() if motif)
    return InvitationsPrevues(tuple(people.values()), left)


def known_animateurs(*, actor: Acteur) -> list[AccessKnown]:
    """Those of the actor's whose access is open, by name."""
    return [
        AccessKnown(
            a.numero,
            a.nom,
            a.courriel,
            frozenset(c.id for s in a.signataires for c in s.conventions),
            frozenset(s.id for s in a.signataires if not s.conventions),
        )
        for a in list_access(actor=actor)
        if a.role == ANIMATEUR and a.is_active
    ]


def forecast_giving(*, actor: Acteur, signataires: Collection[int], now: datetime) -> ConventionsPrevues:
    """The conventions of these signatories that may be given, by name then number; two statements."""
    s, c, departement = Signataire, Convention, own_departement(actor)
    mine = (s.id.in_(signataires), writable(s, actor), s.departement_code == departement)
    names = {
        row.id: row.nom for row in db.session.execute(select(s.id, s.nom).where(*mine).order_by(s.recherche, s.id))
    }
    query = (
        select(c.id, c.numero, s.nom, s.id.label("signataire_id"))
        .join(s, s.id == c.signataire_id)
        .where(*mine, writable(c, actor), is_alive(local_date(now, departement)))
        .order_by(s.recherche, s.id, c.numero, c.id)
    )
    rows = db.session.execute(query).all()
    bearing = {row.signataire_id for row in rows}
    return ConventionsPrevues(
        tuple(ConventionOffered(row.id, row.numero, row.nom, row.signataire_id) for row in rows),
        tuple(nom for key, nom in names.items() if key not in bearing),
    )


def _bound(actor: Acteur, now: datetime, only: Collection[int] | None) -> dict[int, str]:
    s, c, departement = Signataire, Convention, own_departement(actor)
    query = select(s.id, s.nom).where(writable(s, actor), s.departement_code == departement)
    if only is None:
        signed = (c.signataire_id == s.id, c.statut != PROJET, is_alive(local_date(now, departement)))
        query = query.where(exists(c.id).where(*signed))
    else:
        query = query.where(s.id.in_(only))
    return {row.id: row.nom for row in db.session.execute(query.order_by(s.recherche, s.id))}


def _cards(own: Mapping[int, str]) -> list[ContactSignataire]:
    """Cards in the order of their signatories."""
    c, order = ContactSignataire, {key: rank for rank, key in enumerate(own)}
    found = db.session.scalars(select(c).where(c.signataire_id.in_(list(own))).order_by(c.id)).all()
    return sorted(found, key=lambda contact: order[contact.signataire_id])


def _addresses(own: Collection[int]) -> dict[int, set[str]]:
    """Addresses that have an access, by signatory, as whoever gave it typed them."""
    r, u = Rattachement, Utilisateur
    query = (
        select(r.signataire_id, r.courriel, u.courriel)
        .join(u, u.id == r.utilisateur_id)
        .where(r.signataire_id.in_(list(own)), u.role == ENTREPRISE)
        .order_by(r.id)
    )
    found: dict[int, set[str]] = {}
    for key, given, courriel in db.session.execute(query):
        found.setdefault(key, set()).add((given or courriel).lower())
    return found
