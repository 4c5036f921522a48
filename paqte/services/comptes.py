"""Accounts: who is invited, and what is thrown away when it no longer serves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paqte.auth.adresses import read_address
from paqte.auth.session import INVITATION_LIFE, LONGEST_SESSION, WINDOW
from paqte.domain.acteurs import ADMIN, ENTREPRISE, REFERENT, ROLES, SYSTEME, Acteur
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.identifiants import read_siren_or_siret
from paqte.models import (
    Departement,
    JetonConnexion,
    Rattachement,
    SessionOuverte,
    Signataire,
    TentativeConnexion,
    Utilisateur,
)
from paqte.services.connexion import new_link
from paqte.services.courriels import Message, queue_mail
from paqte.services.transaction import note, transaction


def invite_user(
    *,
    actor: Acteur,
    role: str,
    courriel: str,
    nom: str,
    base_url: str,
    now: datetime,
    departement: str | None = None,
    siret: str | None = None,
    by_mail: bool = True,
) -> str:
    """Create the account when there is none and give a one-hour sign-in link, mailed too when `by_mail`.

    Only an administrator or the command line may invite. A référent needs a département, a company contact
    the SIRET (or SIREN) of a signatory. Refused when the address already belongs to another kind of account.
    """
    if actor.role not in (ADMIN, SYSTEME):
        raise NotFound("Cette invitation")
    address = _address(courriel)
    with transaction(actor=actor, now=now) as session:
        _check_role(session, role, departement)
        own = None if role == ENTREPRISE else departement  # a contact's reach is her signatories
        user = _account(session, Utilisateur(courriel=address, nom=nom, role=role, departement_code=own), now)
        if siret is not None:
            _attach(session, user, siret, departement)
        elif role == ENTREPRISE:
            raise Refused({"siret": "Donnez le SIRET du signataire de ce contact."})
        link = new_link(session, user, base_url, now, INVITATION_LIFE)
        note(session, "inviter", "utilisateur", user.id, departement=user.departement_code)
        if by_mail:
            queue_mail(session, _invitation(user, link), motif="invitation", now=now, departement=own)
    return link


def purge_expired(*, actor: Acteur, now: datetime) -> int:
    """Delete links, sessions and counts that no longer serve; gives how many rows went."""
    with transaction(actor=actor, now=now) as session:
        return sum(
            session.execute(statement).rowcount  # type: ignore[attr-defined]
            for statement in (
                delete(JetonConnexion).where(JetonConnexion.expire_le < now - WINDOW),
                delete(SessionOuverte).where(SessionOuverte.ouverte_le < now - LONGEST_SESSION),
                delete(TentativeConnexion).where(TentativeConnexion.quand < now - WINDOW),
            )
        )


def _address(courriel: str) -> str:
    try:
        return read_address(courriel)
    except ValueError as error:
        raise Refused({"courriel": str(error)}) from None


def _check_role(session: Session, role: str, departement: str | None) -> None:
    if role not in ROLES:
        raise Refused({"role": f"Ce rôle n’existe pas : choisissez parmi {', '.join(ROLES)}."})
    if role == REFERENT and departement is None:
        raise Refused({"departement": "Donnez le code du département de ce référent, par exemple 41."})
    if departement is not None and session.get(Departement, departement) is None:
        raise Refused({"departement": f"Le département « {departement[:10]} » n’existe pas."})


def _account(session: Session, asked: Utilisateur, now: datetime) -> Utilisateur:
    """The account of this address, made as asked when there is none."""
    user = session.scalar(select(Utilisateur).where(Utilisateur.courriel == asked.courriel))
    if user is None:
        asked.is_active, asked.created_at = True, now
        session.add(asked)
        session.flush()
        return asked
    if (user.role, user.departement_code, user.is_active) != (asked.role, asked.departement_code, True):
        raise Refused({"courriel": "Cette adresse a déjà un compte, d’un autre rôle ou département, ou désactivé."})
    return user


def _attach(session: Session, user: Utilisateur, siret: str, departement: str | None) -> None:
    """Give a contact her signatories: those that bear this identifier, in one département when it is said."""
    try:
        identifiant = read_siren_or_siret(siret)
    except ValueError as error:
        raise Refused({"siret": str(error)}) from None
    query = select(Signataire.id).where(Signataire.identifiant == identifiant)
    if departement is not None:
        query = query.where(Signataire.departement_code == departement)
    found = set(session.scalars(query))
    if not found:
        raise Refused({"siret": "Aucun signataire ne porte ce numéro : entrez d’abord sa convention."})
    held = set(session.scalars(select(Rattachement.signataire_id).where(Rattachement.utilisateur_id == user.id)))
    session.add_all(Rattachement(utilisateur_id=user.id, signataire_id=key) for key in sorted(found - held))


def _invitation(user: Utilisateur, link: str) -> Message:
    texte = (
        f"Bonjour {user.nom},\n\nUn compte vous est ouvert dans PAQTE, le suivi du Pacte avec les quartiers pour "
        f"toutes les entreprises.\n\nPour vous connecter :\n\n{link}\n\n"
        "Ce lien ne sert qu’une fois, pendant une heure. Ensuite, "
        "demandez-en un autre sur la page de connexion avec cette adresse électronique.\n"
    )
    return Message(user.courriel, "Votre accès à PAQTE", texte)
