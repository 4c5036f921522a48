"""Somebody as PAQTE knows her: an account, contacts of signatories, or both when they share one address (R30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import REFERENT, ROLES, Acteur
from paqte.domain.personnes.effacement import DOMAINE_EFFACE, Personne
from paqte.domain.saisie.adresses import is_shadow
from paqte.models import ContactSignataire, JournalPersonne, Rattachement, Signataire, Utilisateur
from paqte.queries.cles import bears
from paqte.queries.comptes.invitations import address_given, given_since, name_given
from paqte.queries.perimetre import LIMITED, Condition, readable, require_admin, to_change, writable


@dataclass(frozen=True, slots=True)
class PersonneKnown:
    """Who she is and what of hers may be told or erased; `signataires` are those she is tied to, by key.

    `is_shared`: her account also serves where the actor reads nothing. `is_shadow`: it stands for an invitation that
    could not be kept. `depuis`: nothing of the account before that moment is told to a référent, who gave her part of
    it then; `acces` is that part, by the number it is known by there.
    """

    nom: str
    courriel: str
    role: str
    departement: str | None
    utilisateur_id: int | None
    contacts: tuple[int, ...]
    signataires: dict[int, str]
    is_shared: bool
    personne: Personne
    is_active: bool = True
    is_shadow: bool = False
    depuis: datetime | None = None
    acces: int | None = None

    @property
    def is_answering(self) -> bool:
        """Whether she can sign in and answer for a company."""
        return self.utilisateur_id is not None and self.role in LIMITED


def person_of_contact(session: Session, actor: Acteur, signataire_id: int, contact_id: int) -> PersonneKnown:
    """A contact of a signatory, with the account and the other contacts of the actor's that share her address."""
    to_change(session, Signataire, signataire_id, actor, "Ce contact")
    row = session.get(ContactSignataire, contact_id)
    if row is None or row.signataire_id != signataire_id:
        raise NotFound("Ce contact")
    address = row.courriel.strip().lower()
    same = _contacts_at(session, writable(Signataire, actor), address) if address else []
    user = session.scalar(_accounts(actor).where(Utilisateur.courriel == address)) if address else None
    return together(session, actor, user, same or [row])


def person_of_account(session: Session, actor: Acteur, utilisateur_id: int) -> PersonneKnown:
    """An account that sees a signatory of the actor's, with the contacts that share its address."""
    user = session.scalar(_accounts(actor).where(Utilisateur.id == utilisateur_id))
    if user is None:
        raise NotFound("Ce compte")
    return together(session, actor, user, _contacts_at(session, writable(Signataire, actor), user.courriel))


def person_of_state(session: Session, actor: Acteur, utilisateur_id: int) -> PersonneKnown:
    """An account of the State, for whoever runs PAQTE; those of companies are their référents' business."""
    require_admin(actor, "Ce compte")
    user = session.get(Utilisateur, utilisateur_id)
    if user is None or user.role in LIMITED or is_erased(user.courriel):
        raise NotFound("Ce compte")
    return together(session, actor, user, [])


def own_person(session: Session, actor: Acteur) -> PersonneKnown:
    """Whoever is signed in."""
    user = session.get(Utilisateur, actor.utilisateur_id)
    if user is None:
        raise NotFound("Ce compte")
    return together(session, actor, user, _contacts_at(session, readable(Signataire, actor), user.courriel))


def together(
    session: Session, actor: Acteur, user: Utilisateur | None, contacts: Sequence[ContactSignataire]
) -> PersonneKnown:
    """An account and contacts as one person."""
    first = user or contacts[0]
    held = _signatories_tied(session, actor, user, contacts)
    mine = _attachments_of(session, actor, user)
    hidden = mine if user is not None and actor.role == REFERENT and actor.utilisateur_id != user.id else []
    nom = name_given(hidden, user) if user and hidden else first.nom
    courriel = address_given(hidden, user) if user and hidden else first.courriel
    is_shared = user is not None and _is_shared(session, actor, user)
    # The name she has elsewhere is not this département's to look for.
    others = (*contacts,) if is_shared else (first, *contacts)
    return PersonneKnown(
        nom=nom,
        courriel=courriel,
        is_active=_is_open(user, hidden),
        is_shadow=user is not None and is_shadow(user.courriel),
        depuis=given_since(hidden, user) if user and hidden else None,
        acces=min((row.id for row in hidden), default=None),
        role=user.role if user else "",
        departement=user.departement_code if user else None,
        utilisateur_id=user.id if user else None,
        contacts=tuple(c.id for c in contacts),
        signataires=held,
        is_shared=is_shared,
        personne=Personne(
            noms=frozenset({nom, *(one.nom for one in others)}),
            adresses=frozenset(
                {text.strip().lower() for text in (courriel, *(one.courriel for one in others))}
                | (set() if user is None or is_shared else _former_addresses(session, user)) - {""}
            ),
            telephones=frozenset({c.telephone for c in contacts} - {""}),
        ),
    )


def _former_addresses(session: Session, user: Utilisateur) -> set[str]:
    """Those the account bore before, which mails still name."""
    p = JournalPersonne
    query = select(p.valeur).where(p.sujet == f"utilisateur/{user.id}", p.champ == "avant.courriel")
    return {address.lower() for address in session.scalars(query) if address}


def _is_open(user: Utilisateur | None, hidden: Sequence[Rattachement]) -> bool:
    """Whether she may come in, as far as the actor is told: the part of the account that is the actor's."""
    return any(not row.is_suspendu for row in hidden) if hidden else user is not None and user.is_active


def is_erased(courriel: str) -> bool:
    """Whether an account is what is left of somebody who was erased."""
    return courriel.endswith(f"@{DOMAINE_EFFACE}")


def _accounts(actor: Acteur) -> Select[Utilisateur]:
    """Accounts outside the State that see a signatory of the actor's."""
    mine = select(Rattachement.utilisateur_id).join(Signataire, Signataire.id == Rattachement.signataire_id)
    return select(Utilisateur).where(
        Utilisateur.role.in_(LIMITED), Utilisateur.id.in_(mine.where(writable(Signataire, actor)))
    )


def _contacts_at(session: Session, mine: Condition, address: str) -> list[ContactSignataire]:
    c = ContactSignataire
    query = select(c).join(Signataire, Signataire.id == c.signataire_id).where(mine)
    return list(session.scalars(query.where(func.lower(c.courriel) == address).order_by(c.id)))


def _signatories_tied(
    session: Session, actor: Acteur, user: Utilisateur | None, contacts: Sequence[ContactSignataire]
) -> dict[int, str]:
    """The actor's signatories she answers for or is a contact of, by name."""
    given = select(Rattachement.signataire_id).where(bears(Rattachement.utilisateur_id, user.id if user else None))
    keys = [c.signataire_id for c in contacts]
    query = select(Signataire.id, Signataire.nom).where(
        readable(Signataire, actor), Signataire.id.in_(given) | Signataire.id.in_(keys)
    )
    return dict(session.execute(query.order_by(Signataire.recherche, Signataire.id)).all())


def _attachments_of(session: Session, actor: Acteur, user: Utilisateur | None) -> list[Rattachement]:
    r = Rattachement
    query = select(r).join(Signataire, Signataire.id == r.signataire_id).where(writable(Signataire, actor))
    return list(session.scalars(query.where(bears(r.utilisateur_id, user.id if user else None)).order_by(r.id)))


def _is_shared(session: Session, actor: Acteur, user: Utilisateur) -> bool:
    r = Rattachement
    query = select(r.id).join(Signataire, Signataire.id == r.signataire_id).where(r.utilisateur_id == user.id)
    return session.scalar(query.where(~readable(Signataire, actor)).limit(1)) is not None


def role_of(connue: PersonneKnown) -> str:
    """What she is, as people read it."""
    return ROLES.get(connue.role, "Contact d’un signataire")
