"""Accounts: who is invited, and what is thrown away when it no longer serves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from paqte.auth.adresses import read_address
from paqte.auth.session import HANDED_LIFE, LONGEST_SESSION, SKEW, WINDOW
from paqte.domain.acteurs import ADMIN, ANIMATEUR, ENTREPRISE, REFERENT, ROLES, SYSTEME, Acteur
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.identifiants import read_siren_or_siret
from paqte.models import (
    Convention,
    Departement,
    JetonConnexion,
    Rattachement,
    SessionOuverte,
    Signataire,
    TentativeConnexion,
    Utilisateur,
)
from paqte.queries.comptes import departement_of
from paqte.queries.perimetre import LIMITED, readable, to_change
from paqte.services.courriels import queue_link
from paqte.services.courriers import write_mail
from paqte.services.liens import awaited_link, new_link
from paqte.services.textes import fitted_line, required
from paqte.services.transaction import note, transaction

NAME = 120
TAKEN = (
    "Cette adresse ne peut pas recevoir cet accès : elle sert déjà à un compte PAQTE d’une autre sorte, ou désactivé. "
    "Donnez une autre adresse, ou demandez à l’administrateur."
)


def invite_user(  # noqa: PLR0913 - keyword-only: who is invited, and to what
    *,
    actor: Acteur,
    role: str,
    courriel: str,
    nom: str,
    base_url: str,
    now: datetime,
    departement: str | None = None,
    siret: str | None = None,
    signataires: Collection[int] = (),
    conventions: Collection[int] = (),
    by_mail: bool = True,
) -> str:
    """Create the account when there is none, and invite: by mail, or by a link of one hour given back ("" by mail).

    An administrator or the command line may invite anybody; a référent, contacts and animateurs of her own
    signatories. A référent's account needs a département, a contact's the key or the SIRET (or SIREN) of a signatory;
    an animateur is given `conventions` one by one, or signatories whole. Refused when the address already belongs to
    another kind of account; an account of the same kind gains what it lacked.
    """
    _require_may_invite(actor, role)
    address, name = _address(courriel), required(fitted_line(nom, NAME, "nom"), "nom", "Écrivez le nom de la personne.")
    with transaction(actor=actor, now=now) as session:
        _check_role(session, role, departement)
        given = _signatories(session, actor, siret, departement, signataires)
        single = conventions_to_give(session, actor, conventions)
        _check_given(role, given, single)
        own = None if role in LIMITED else departement  # a contact's reach is her signatories
        user = _account(session, Utilisateur(courriel=address, nom=name, role=role, departement_code=own), now)
        attach(session, user.id, whole=given, single=single)
        return queue_invitation(session, actor, user, base_url, now, by_mail=by_mail)


def queue_invitation(
    session: Session, actor: Acteur, user: Utilisateur, base_url: str, now: datetime, *, by_mail: bool
) -> str:
    """A fresh link for this account, in the caller's transaction; the former dies. "" by mail: drawn as it leaves."""
    link = awaited_link(base_url) if by_mail else new_link(session, user, base_url, now, HANDED_LIFE)
    place = actor.departement or departement_of(session, user)
    note(session, "inviter", "utilisateur", user.id, departement=place)
    if by_mail:
        message = write_mail(
            "invitation",
            user.courriel,
            nom=user.nom,
            role=user.role,
            invitant=actor.nom if actor.role == REFERENT else "L’équipe de PAQTE",
            signataires=_names(session, user.id),
            lien=link,
            duree="3 jours",
            connexion=f"{base_url}/connexion",
        )
        queue_link(session, message, user, motif="invitation", now=now, departement=place)
    return "" if by_mail else link


def attach(session: Session, utilisateur_id: int, *, whole: Collection[int], single: Mapping[int, int]) -> None:
    """Give an account what it does not have yet: signatories, and conventions with the signatory of each."""
    query = select(Rattachement.signataire_id, Rattachement.convention_id)
    held = set(map(tuple, session.execute(query.where(Rattachement.utilisateur_id == utilisateur_id))))
    wanted = [(key, None) for key in sorted(whole)] + [(owner, key) for key, owner in sorted(single.items())]
    session.add_all(
        Rattachement(utilisateur_id=utilisateur_id, signataire_id=owner, convention_id=key)
        for owner, key in wanted
        if (owner, key) not in held
    )
    session.flush()


def conventions_to_give(session: Session, actor: Acteur, keys: Collection[int]) -> dict[int, int]:
    """The signatory of each of these conventions; NotFound for one that is not the actor's to give."""
    found = (to_change(session, Convention, key, actor, "Cette convention") for key in sorted(keys))
    return {convention.id: convention.signataire_id for convention in found}


def purge_expired(*, actor: Acteur, now: datetime) -> int:
    """Delete links, sessions and counts that no longer serve; gives how many rows went."""
    with transaction(actor=actor, now=now) as session:
        return sum(
            session.execute(statement).rowcount  # type: ignore[attr-defined]
            for statement in (
                delete(JetonConnexion).where(JetonConnexion.expire_le < now - WINDOW),
                delete(SessionOuverte).where(SessionOuverte.ouverte_le < now - LONGEST_SESSION),
                # Opened in the future: the clock stepped back, and it would live again once that moment is reached.
                delete(SessionOuverte).where(SessionOuverte.ouverte_le > now + SKEW),
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


def _check_given(role: str, whole: Collection[int], single: Collection[int]) -> None:
    if role == ENTREPRISE and not whole:
        raise Refused({"siret": "Donnez le SIRET du signataire de ce contact."})
    if role == ANIMATEUR and not whole and not single:
        raise Refused({"conventions": "Cochez au moins une convention à lui confier."})
    if role != ANIMATEUR and single:
        raise Refused({"conventions": "Seul un animateur reçoit des conventions une par une."})


def _require_may_invite(actor: Acteur, role: str) -> None:
    if actor.role not in (ADMIN, SYSTEME) and not (actor.role == REFERENT and role in LIMITED):
        raise NotFound("Cette invitation")


def _account(session: Session, asked: Utilisateur, now: datetime) -> Utilisateur:
    """The account of this address, made as asked when there is none. A refusal never says whose it is, nor where."""
    user = session.scalar(select(Utilisateur).where(Utilisateur.courriel == asked.courriel))
    if user is None:
        asked.is_active, asked.created_at = True, now
        session.add(asked)
        session.flush()
        return asked
    is_placed = asked.role in LIMITED or user.departement_code == asked.departement_code
    if user.role != asked.role or not is_placed or not user.is_active:
        raise Refused({"courriel": TAKEN})
    return user


def _signatories(
    session: Session, actor: Acteur, siret: str | None, departement: str | None, keys: Collection[int]
) -> set[int]:
    """Those named by key, each the actor's to give, and those that bear the identifier, in one département if said."""
    given = {to_change(session, Signataire, key, actor, "Ce signataire").id for key in keys}
    if siret is None:
        return given
    try:
        identifiant = read_siren_or_siret(siret)
    except ValueError as error:
        raise Refused({"siret": str(error)}) from None
    query = select(Signataire.id).where(Signataire.identifiant == identifiant, readable(Signataire, actor))
    if departement is not None:
        query = query.where(Signataire.departement_code == departement)
    found = set(session.scalars(query))
    if not found:
        raise Refused({"siret": "Aucun signataire ne porte ce numéro : entrez d’abord sa convention."})
    return given | found


def _names(session: Session, utilisateur_id: int) -> list[str]:
    held = select(Rattachement.signataire_id).where(Rattachement.utilisateur_id == utilisateur_id)
    return list(
        session.scalars(select(Signataire.nom).where(Signataire.id.in_(held)).order_by(Signataire.nom, Signataire.id))
    )
