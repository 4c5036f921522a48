"""What an administrator does with the accounts of the State: disable, enable, invite again. Nobody disables herself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.jetons import digest
from paqte.models import Affectation, SessionOuverte, Utilisateur
from paqte.queries.comptes.personnes import is_erased
from paqte.queries.comptes.utilisateurs import ROLES_ETAT
from paqte.queries.perimetre import require_admin
from paqte.services.comptes.acces import close_account, open_account
from paqte.services.comptes.comptes import queue_invitation
from paqte.services.transaction import note, transaction


def disable_user(*, actor: Acteur, utilisateur_id: int, now: datetime) -> None:
    """Close an account of the State; her sessions and links die with it. Refused for one's own."""
    require_admin(actor, "Ce compte")
    with transaction(actor=actor, now=now) as session:
        user = _user(session, utilisateur_id)
        if user.id == actor.utilisateur_id:
            raise Refused("Vous ne pouvez pas désactiver votre propre compte : demandez-le à un autre administrateur.")
        close_account(session, user, user.departement_code)


def disable_by_address(*, actor: Acteur, courriel: str, now: datetime) -> None:
    """Close the account of this address, whoever's it is: what the command line does before anybody can sign in."""
    require_admin(actor, "Ce compte")
    with transaction(actor=actor, now=now) as session:
        user = session.scalar(select(Utilisateur).where(Utilisateur.courriel == courriel.strip().lower()))
        if user is None:
            raise Refused("Aucun compte ne porte cette adresse : rien n’a changé.")
        close_account(session, user, user.departement_code)


def hand_link(*, actor: Acteur, courriel: str, base_url: str, now: datetime) -> str:
    """A sign-in link of one hour for the open account of this address, whose access stays as it is."""
    require_admin(actor, "Ce compte")
    with transaction(actor=actor, now=now) as session:
        user = session.scalar(select(Utilisateur).where(Utilisateur.courriel == courriel, Utilisateur.is_active))
        if user is None:
            raise NotFound("Ce compte")
        return queue_invitation(session, actor, user, base_url, now, by_mail=False)


def enable_user(*, actor: Acteur, utilisateur_id: int, now: datetime) -> None:
    """Open a disabled account again; she signs in as before."""
    require_admin(actor, "Ce compte")
    with transaction(actor=actor, now=now) as session:
        user = _user(session, utilisateur_id)
        open_account(session, user, user.departement_code)


def invite_user_again(*, actor: Acteur, utilisateur_id: int, base_url: str, now: datetime) -> None:
    """Mail a fresh invitation; the former link dies. Refused for a disabled account."""
    require_admin(actor, "Ce compte")
    with transaction(actor=actor, now=now) as session:
        user = _user(session, utilisateur_id)
        if not user.is_active:
            raise Refused("Ce compte est désactivé : réactivez-le avant de l’inviter à nouveau.")
        queue_invitation(session, actor, user, base_url, now, by_mail=True)


def end_user_sessions(*, actor: Acteur, utilisateur_id: int, now: datetime) -> None:
    """End every session of somebody of the State, whatever browsers hold them; she signs in again as before."""
    require_admin(actor, "Ce compte")
    with transaction(actor=actor, now=now) as session:
        user = _user(session, utilisateur_id)
        session.execute(delete(SessionOuverte).where(SessionOuverte.utilisateur_id == user.id))
        note(session, "fermer_sessions", "utilisateur", user.id, departement=user.departement_code)


def end_all_sessions(*, actor: Acteur, kept: str, now: datetime) -> int:
    """End every session of everybody but the one whose secret is `kept`; gives how many ended."""
    require_admin(actor, "Ces sessions")
    with transaction(actor=actor, now=now) as session:
        others = delete(SessionOuverte).where(SessionOuverte.empreinte != digest(kept))
        ended: int = session.execute(others).rowcount  # type: ignore[attr-defined]
        note(session, "fermer_sessions", "connexion", apres={"nombre": ended})
    return ended


def withdraw_departement(*, actor: Acteur, utilisateur_id: int, departement: str, now: datetime) -> None:
    """Take one département away from a référent who holds several, from her next page on.

    Refused for the only one, the account being disabled instead, and for one that she does not hold.
    """
    require_admin(actor, "Ce compte")
    with transaction(actor=actor, now=now) as session:
        user = _user(session, utilisateur_id)
        rows = {row.departement_code: row for row in session.scalars(
            select(Affectation).where(Affectation.utilisateur_id == user.id).order_by(Affectation.departement_code)
        )}  # fmt: skip
        if departement not in {user.departement_code, *rows}:
            raise Refused("Ce compte n’a pas ce département : rien n’a changé.")
        if not rows:
            raise Refused("C’est le seul département de ce référent : désactivez plutôt son compte.")
        if departement == user.departement_code:
            departement = next(iter(rows))
            user.departement_code = departement
        session.delete(rows[departement])


def _user(session: Session, utilisateur_id: int) -> Utilisateur:
    """An account of the State; those of companies are their référents' business."""
    user = session.get(Utilisateur, utilisateur_id, with_for_update=True)
    if user is None or user.role not in ROLES_ETAT or is_erased(user.courriel):
        raise NotFound("Ce compte")
    return user
