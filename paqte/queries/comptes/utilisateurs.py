"""Accounts of the State: référents, national team, administrators (those of companies are in invitations.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, REFERENT, ROLES, Acteur
from paqte.domain.personnes.effacement import DOMAINE_EFFACE
from paqte.models import Departement, Utilisateur, db
from paqte.queries.comptes.invitations import last_invitations, sign_ins
from paqte.queries.perimetre import require_admin

ROLES_ETAT: dict[str, str] = {role: ROLES[role] for role in (REFERENT, NATIONAL, ADMIN)}


@dataclass(frozen=True, slots=True)
class UtilisateurShown:
    """An account of the State. `territoire`: "Loir-et-Cher (41)" or ""; `connexion` None when never signed in."""

    utilisateur_id: int
    nom: str
    courriel: str
    role: str
    territoire: str
    is_active: bool
    is_mine: bool
    cree_le: datetime
    connexion: datetime | None
    courriel_etat: str
    courriel_erreur: str


def list_users(*, actor: Acteur) -> list[UtilisateurShown]:
    """Every account of the State: administrators, national team, référents by département. Three statements."""
    require_admin(actor)
    query = (
        select(Utilisateur, Departement.nom)
        .outerjoin(Departement, Departement.code == Utilisateur.departement_code)
        .where(Utilisateur.role.in_(ROLES_ETAT), ~Utilisateur.courriel.endswith(f"@{DOMAINE_EFFACE}"))
        .order_by(Utilisateur.role, Utilisateur.departement_code, Utilisateur.nom, Utilisateur.id)
    )
    rows = [(row[0], row[1]) for row in db.session.execute(query)]
    seen = sign_ins([user.id for user, _ in rows])
    mailed = last_invitations([user.courriel for user, _ in rows])
    return [_utilisateur_shown(user, place, actor, seen, mailed) for user, place in rows]


def read_user(*, actor: Acteur, utilisateur_id: int) -> UtilisateurShown:
    """One of them; NotFound for any other account."""
    found = next((c for c in list_users(actor=actor) if c.utilisateur_id == utilisateur_id), None)
    if found is None:
        raise NotFound("Ce compte")
    return found


def list_departements() -> dict[str, str]:
    """Name of every département with its code, by code: "Loir-et-Cher (41)"."""
    query = select(Departement.code, Departement.nom).order_by(Departement.code)
    return {code: f"{nom} ({code})" for code, nom in db.session.execute(query)}


def _utilisateur_shown(
    user: Utilisateur,
    place: str | None,
    actor: Acteur,
    seen: dict[str, datetime],
    mailed: dict[str, tuple[str, str]],
) -> UtilisateurShown:
    etat, erreur = mailed.get(user.courriel, ("", ""))
    return UtilisateurShown(
        utilisateur_id=user.id,
        nom=user.nom,
        courriel=user.courriel,
        role=user.role,
        territoire=f"{place} ({user.departement_code})" if place else "",
        is_active=user.is_active,
        is_mine=user.id == actor.utilisateur_id,
        cree_le=user.created_at,
        connexion=seen.get(str(user.id)),
        courriel_etat=etat,
        courriel_erreur=erreur,
    )
