"""Accounts of the State: référents, national team, administrators (those of companies are in invitations.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import TABLE, Acteur
from paqte.domain.personnes.effacement import DOMAINE_EFFACE
from paqte.models import Affectation, Departement, Region, Utilisateur, db
from paqte.queries.comptes.invitations import last_invitations, sign_ins
from paqte.queries.perimetre import require_admin

ROLES_ETAT: dict[str, str] = {code: role.libelle for code, role in TABLE.items() if role.is_of_state}


@dataclass(frozen=True, slots=True)
class UtilisateurShown:
    """An account of the State. `territoire`: "Loir-et-Cher (41)", several of them, a région, or "".

    `departements`: those of a référent who holds several, by code; `connexion` None when never signed in.
    """

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
    departements: Mapping[str, str] = field(default_factory=dict)


def list_users(*, actor: Acteur) -> list[UtilisateurShown]:
    """Every account of the State: administrators, national team, régions, référents by département. Four statements."""
    require_admin(actor)
    query = (
        select(Utilisateur, Departement.nom, Region.nom)
        .outerjoin(Departement, Departement.code == Utilisateur.departement_code)
        .outerjoin(Region, Region.code == Utilisateur.region_code)
        .where(Utilisateur.role.in_(ROLES_ETAT), ~Utilisateur.courriel.endswith(f"@{DOMAINE_EFFACE}"))
        .order_by(Utilisateur.role, Utilisateur.departement_code, Utilisateur.nom, Utilisateur.id)
    )
    rows = db.session.execute(query).all()
    users = [row[0] for row in rows]
    seen, more = sign_ins([user.id for user in users]), _further_departements()
    mailed = last_invitations([user.courriel for user in users])
    found = []
    for user, departement, region in rows:
        held = dict(more.get(user.id, {}))
        if departement and user.departement_code:
            held[user.departement_code] = f"{departement} ({user.departement_code})"
        place = ", ".join(held[code] for code in sorted(held)) or region or ""
        shown = _utilisateur_shown(user, place, actor, seen, mailed)
        found.append(replace(shown, departements=dict(sorted(held.items()))) if len(held) > 1 else shown)
    return found


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


def list_regions() -> dict[str, str]:
    """Name of every région, by code."""
    return {
        row.code: row.nom
        for row in db.session.execute(select(Region.code, Region.nom).order_by(Region.nom, Region.code))
    }


def _further_departements() -> dict[int, dict[str, str]]:
    """What référents hold beside their first département: name with its code, by code, by account."""
    query = select(Affectation.utilisateur_id, Departement.code, Departement.nom)
    found: dict[int, dict[str, str]] = {}
    for key, code, nom in db.session.execute(query.join(Departement, Departement.code == Affectation.departement_code)):
        found.setdefault(key, {})[code] = f"{nom} ({code})"
    return found


def _utilisateur_shown(
    user: Utilisateur,
    place: str,
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
        territoire=place,
        is_active=user.is_active,
        is_mine=user.id == actor.utilisateur_id,
        cree_le=user.created_at,
        connexion=seen.get(str(user.id)),
        courriel_etat=etat,
        courriel_erreur=erreur,
    )
