"""Who has access to the signatories of a département: contacts and animateurs, invited, signed in, disabled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, true

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import ENTREPRISE, Acteur
from paqte.domain.saisie.textes import french_order
from paqte.models import Convention, Courriel, Journal, Rattachement, Signataire, Utilisateur, db
from paqte.queries.perimetre import LIMITED, read, readable, scope_of

SIGN_IN, INVITATION = "connexion", "invitation"


class ConventionDonnee(NamedTuple):
    """A convention that may be given by itself; `libelle` says its number and its signatory."""

    id: int
    signataire_id: int
    numero: str
    libelle: str


class SignataireGiven(NamedTuple):
    """A signatory of the actor's, whole, or those `conventions` of it alone when there are any."""

    id: int
    nom: str
    conventions: tuple[ConventionDonnee, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessGiven:
    """An account and what it sees of the actor's signatories.

    `numero` names it in the actor's pages: the number of the account would tell one that is older than its invitation.
    `connexion` is the last sign-in, None when there was none. `courriel_etat` and `courriel_erreur` tell what became
    of the last invitation mailed, "" when none was.
    """

    numero: int
    utilisateur_id: int
    nom: str
    courriel: str
    role: str
    is_active: bool
    cree_le: datetime
    connexion: datetime | None
    courriel_etat: str
    courriel_erreur: str
    signataires: tuple[SignataireGiven, ...]

    @property
    def is_company(self) -> bool:
        return self.role == ENTREPRISE


def access_of_signatory(*, actor: Acteur, signataire_id: int) -> list[AccessGiven]:
    """Who sees one signatory, by name; NotFound when it is not the actor's to read. Four statements."""
    read(db.session(), Signataire, signataire_id, actor, "Ce signataire")
    return [a for a in list_access(actor=actor) if any(s.id == signataire_id for s in a.signataires)]


def read_access(*, actor: Acteur, utilisateur_id: int) -> AccessGiven:
    """One account; NotFound alike when it does not exist and when it sees nothing of the actor's."""
    found = next((a for a in list_access(actor=actor) if a.utilisateur_id == utilisateur_id), None)
    if found is None:
        raise NotFound("Ce compte")
    return found


def account_given(*, actor: Acteur, numero: int) -> int:
    """Key of the account of which an access of the actor's is a part; NotFound as `read_access`."""
    query = select(Rattachement.utilisateur_id).join(Signataire, Signataire.id == Rattachement.signataire_id)
    found = db.session.scalar(query.where(Rattachement.id == numero, readable(Signataire, actor)))
    if found is None:
        raise NotFound("Ce compte")
    return found


def list_access(*, actor: Acteur) -> list[AccessGiven]:
    """Every account that sees a signatory of the actor's, by name. Three statements."""
    given: dict[int, dict[int, list[SignataireGiven]]] = {}
    users: dict[int, Utilisateur] = {}
    parts: dict[int, list[Rattachement]] = {}
    query = (
        select(Utilisateur, Rattachement, Signataire.id, Signataire.nom, Convention.id, Convention.numero)
        .join(Rattachement, Rattachement.utilisateur_id == Utilisateur.id)
        .join(Signataire, Signataire.id == Rattachement.signataire_id)
        .outerjoin(Convention, Convention.id == Rattachement.convention_id)
        .where(readable(Signataire, actor), Utilisateur.role.in_(LIMITED))
        .order_by(Utilisateur.nom, Utilisateur.id, Signataire.recherche, Signataire.id, Convention.numero)
    )
    for user, row, key, nom, convention, numero in db.session.execute(query):
        users[user.id] = user
        parts.setdefault(user.id, []).append(row)
        single = () if convention is None else (_to_give(convention, key, numero, nom),)
        given.setdefault(user.id, {}).setdefault(key, []).append(SignataireGiven(key, nom, single))
    seen = sign_ins(users)
    mailed = last_invitations([address_given(parts[key], user) for key, user in users.items()], scope_of(actor))
    found = [
        _access(user, parts[key], _together(given[key]), seen.get(str(key)), mailed) for key, user in users.items()
    ]
    return sorted(found, key=lambda one: (french_order(one.nom), one.numero))


def name_given(rows: Sequence[Rattachement], user: Utilisateur) -> str:
    """The name as whoever gave these typed it, the first time."""
    return next((row.nom for row in sorted(rows, key=lambda row: row.id) if row.nom), user.nom)


def address_given(rows: Sequence[Rattachement], user: Utilisateur) -> str:
    """The address as whoever gave these typed it."""
    return next((row.courriel for row in sorted(rows, key=lambda row: row.id) if row.courriel), user.courriel)


def given_since(rows: Sequence[Rattachement], user: Utilisateur) -> datetime:
    """Since when these are given: nothing of the account before that is told to whoever gave them."""
    moments = [row.donne_le for row in rows if row.donne_le is not None]
    return min(moments, default=user.created_at)


def signatories_to_give(*, actor: Acteur) -> list[SignataireGiven]:
    """Every signatory the actor may give, by name."""
    query = select(Signataire.id, Signataire.nom).where(readable(Signataire, actor))
    rows = db.session.execute(query.order_by(Signataire.recherche, Signataire.id))
    return [SignataireGiven(row.id, row.nom) for row in rows]


def conventions_to_give(*, actor: Acteur, signataire_id: int | None = None) -> list[ConventionDonnee]:
    """Every convention the actor may give by itself, of one signatory when asked, by name then number."""
    c, s = Convention, Signataire
    query = select(c.id, c.signataire_id, c.numero, s.nom).join(s, s.id == c.signataire_id).where(readable(c, actor))
    if signataire_id is not None:
        query = query.where(c.signataire_id == signataire_id)
    rows = db.session.execute(query.order_by(s.recherche, s.id, c.numero))
    return [_to_give(*row) for row in rows]


def _to_give(key: int, signataire_id: int, numero: str, nom: str) -> ConventionDonnee:
    return ConventionDonnee(key, signataire_id, numero, f"{nom}, convention {numero}")


def _together(given: Mapping[int, list[SignataireGiven]]) -> list[SignataireGiven]:
    """One line a signatory; given whole, it is told whole whatever else was given of it."""
    whole = {key: any(not s.conventions for s in found) for key, found in given.items()}
    return [
        found[0]._replace(conventions=() if whole[key] else tuple(c for s in found for c in s.conventions))
        for key, found in given.items()
    ]


def _access(
    user: Utilisateur,
    rows: Sequence[Rattachement],
    signataires: Collection[SignataireGiven],
    connexion: datetime | None,
    mailed: Mapping[str, tuple[str, str]],
) -> AccessGiven:
    address, since = address_given(rows, user), given_since(rows, user)
    etat, erreur = mailed.get(address, ("", ""))
    return AccessGiven(
        numero=min(row.id for row in rows),
        utilisateur_id=user.id,
        nom=name_given(rows, user),
        courriel=address,
        role=user.role,
        is_active=any(not row.is_suspendu for row in rows),
        cree_le=since,
        connexion=connexion if connexion is not None and connexion >= since else None,
        courriel_etat=etat,
        courriel_erreur=erreur,
        signataires=tuple(signataires),
    )


def sign_ins(users: Collection[int]) -> dict[str, datetime]:
    """The last sign-in of each, by key as text."""
    keys = [str(key) for key in users]
    query = (
        select(Journal.objet_id, func.max(Journal.quand))
        .where(Journal.objet == "utilisateur", Journal.objet_id.in_(keys), Journal.acte == SIGN_IN)
        .group_by(Journal.objet_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def last_invitations(addresses: Collection[str], departement: str | None = None) -> dict[str, tuple[str, str]]:
    """State of the last invitation mailed to each address, by one département when said, and why it was refused."""
    query = (
        select(Courriel.destinataire, Courriel.etat, Courriel.erreur)
        .where(Courriel.motif == INVITATION, Courriel.destinataire.in_(addresses))
        .where(true() if departement is None else Courriel.departement_code == departement)
        .order_by(Courriel.id)
    )
    return {row.destinataire: (row.etat, row.erreur) for row in db.session.execute(query)}
