"""Accounts: who is invited, and what is thrown away when it no longer serves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Delete, delete, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.exposition import is_fictive, is_loopback
from paqte.domain.personnes.acteurs import REFERENT, ROLES, RUNS, SYSTEME, TABLE, Acteur
from paqte.domain.personnes.entree.violations import KEPT
from paqte.domain.personnes.jetons import digest
from paqte.domain.personnes.sessions import HABIT_LIFE, HANDED_LIFE, LONGEST_FORM, SKEW, WINDOW
from paqte.domain.saisie.adresses import OMBRE, is_shadow, read_address
from paqte.domain.saisie.identifiants import read_siren_or_siret
from paqte.domain.statuts.pilotage import SESSION_TOTALE
from paqte.models import (
    Affectation,
    Convention,
    Departement,
    Envoi,
    JetonConnexion,
    ListKept,
    PasskeyAsked,
    Rattachement,
    Region,
    SessionOuverte,
    Signataire,
    TentativeConnexion,
    Utilisateur,
    ViolationCounted,
)
from paqte.queries.comptes.comptes import departement_of, held_by
from paqte.queries.comptes.invitations import INVITATION
from paqte.queries.conventions.prospects import have_declined
from paqte.queries.perimetre import LIMITED, all_departements_of, readable, scope_of, standing, to_change, writable
from paqte.queries.reglages import read_limits
from paqte.services.courriels import awaited_link, new_link, queue_link, queue_mail, replace_waiting, write_mail
from paqte.services.textes import fitted_line, required
from paqte.services.transaction import note, transaction

NAME = 120
DECLINED = "le refus noté pour ce prospect arrête tout courriel. Changez d’abord son état s’il est revenu de lui-même."
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
    region: str | None = None,
    siret: str | None = None,
    signataires: Collection[int] = (),
    conventions: Collection[int] = (),
    by_mail: bool = True,
) -> str:
    """Create the account when there is none, and invite: by mail, or by a link of one hour given back ("" by mail).

    An administrator or the command line may invite anybody; a référent, contacts and animateurs of her own
    signatories; the national team, préfectures de région. A référent's account needs a département, a région's a
    région, a contact's the key or the SIRET (or SIREN) of a signatory; an animateur is given `conventions` one by one,
    or signatories whole. Refused when the address already belongs to another kind of account; an account of the same
    kind gains what it lacked: a référent, one département more.
    """
    _require_may_invite(actor, role)
    address = _address(courriel, base_url)
    name = required(fitted_line(nom, NAME, "nom"), "nom", "Écrivez le nom de la personne.")
    with transaction(actor=actor, now=now) as session:
        _check_role(session, role, departement, region)
        given = _signatories(session, actor, siret, departement, signataires)
        single = conventions_to_give(session, actor, conventions)
        _check_given(role, given, single)
        own = None if role in LIMITED else departement  # a contact's reach is her signatories
        asked = Utilisateur(courriel=address, nom=name, role=role, departement_code=own, region_code=region)
        user = _account(session, actor, asked, now)
        attach(session, user.id, whole=given, single=single, told=(name, address, now))
        if is_shadow(user.courriel):
            queue_refusal(session, actor, (user.id, name, address), base_url, now)
            return ""
        return queue_invitation(session, actor, user, base_url, now, by_mail=by_mail)


def queue_invitation(
    session: Session, actor: Acteur, user: Utilisateur, base_url: str, now: datetime, *, by_mail: bool
) -> str:
    """A fresh link for this account, in the caller's transaction; the former dies. "" by mail: drawn as it leaves."""
    link = awaited_link(base_url) if by_mail else new_link(session, user, base_url, now, HANDED_LIFE)
    place = standing(actor) or departement_of(session, user)
    note(session, "inviter", "utilisateur", user.id, departement=place)
    if by_mail:
        message = write_mail(
            "invitation",
            user.courriel,
            nom=user.nom,
            role=user.role,
            invitant=actor.nom if actor.role == REFERENT else "L’équipe de PAQTE",
            signataires=_signatories_of(session, user.id),
            lien=link,
            duree="3 jours",
            connexion=f"{base_url}/connexion",
        )
        queue_link(session, message, user, motif=INVITATION, now=now, departement=place)
    return "" if by_mail else link


def queue_refusal(session: Session, actor: Acteur, to: tuple[int, str, str], base_url: str, now: datetime) -> None:
    """Tell the person, by name and address, that it cannot receive this access: she alone may know that it serves.

    What is left of it, in the journal (of the account that stands for her) and among the mails, is what an invitation
    that is kept leaves.
    """
    shadow, nom, address = to
    note(session, "inviter", "utilisateur", shadow, departement=scope_of(actor))
    message = write_mail("adresse", address, nom=nom, invitant=actor.nom, lien=f"{base_url}/connexion")
    replace_waiting(session, to=address, motif=INVITATION, departement=scope_of(actor))
    rests = {"compte": shadow}
    queue_mail(session, message, motif=INVITATION, now=now, departement=scope_of(actor), appui=rests)


def refusal_of(declined: Iterable[str]) -> Refused:
    """What is told of companies that declined, by name."""
    return Refused(f"{', '.join(f'« {nom} »' for nom in declined)} : {DECLINED}")


def attach(
    session: Session,
    utilisateur_id: int,
    *,
    whole: Collection[int],
    single: Mapping[int, int],
    told: tuple[str, str, datetime],
) -> None:
    """Give an account what it does not have yet: signatories, and conventions with the signatory of each.

    `told` is the name and the address as typed, and since when; what was suspended of it is given back. Refused for a
    company that declined: nobody writes to it any more.
    """
    declined = have_declined(session, {*whole, *single.values()})
    if declined:
        raise refusal_of(declined.values())
    r = Rattachement
    held = {(row.signataire_id, row.convention_id): row for row in session.scalars(
        select(r).where(r.utilisateur_id == utilisateur_id)
    )}  # fmt: skip
    wanted = [(key, None) for key in sorted(whole)] + [(owner, key) for key, owner in sorted(single.items())]
    nom, courriel, since = told
    for owner, key in wanted:
        if (owner, key) in held:
            held[owner, key].is_suspendu = False
        else:
            given = {"signataire_id": owner, "convention_id": key, "nom": nom, "courriel": courriel, "donne_le": since}
            session.add(r(utilisateur_id=utilisateur_id, is_suspendu=False, **given))
    session.flush()


def conventions_to_give(session: Session, actor: Acteur, keys: Collection[int]) -> dict[int, int]:
    """The signatory of each of these conventions; NotFound for one that is not the actor's to give."""
    found = (to_change(session, Convention, key, actor, "Cette convention") for key in sorted(keys))
    return {convention.id: convention.signataire_id for convention in found}


def _sessions_over(role: str, hours: int, now: datetime) -> Delete:
    of_role = select(Utilisateur.id).where(Utilisateur.role == role)
    o = SessionOuverte
    return delete(o).where(o.utilisateur_id.in_(of_role), o.ouverte_le < now - timedelta(hours=hours))


def purge_expired(*, actor: Acteur, now: datetime) -> int:
    """Delete links, sessions and counts that no longer serve; gives how many rows went."""
    limits = read_limits()
    with transaction(actor=actor, now=now) as session:
        return sum(
            session.execute(statement).rowcount  # type: ignore[attr-defined]
            for statement in (
                delete(JetonConnexion).where(JetonConnexion.expire_le < now - WINDOW),
                *(_sessions_over(role, limits[SESSION_TOTALE + role], now) for role in ROLES),
                # Opened in the future: the clock stepped back, and it would live again once that moment is reached.
                delete(SessionOuverte).where(SessionOuverte.ouverte_le > now + SKEW),
                delete(TentativeConnexion).where(TentativeConnexion.quand < now - WINDOW),
                delete(PasskeyAsked).where(PasskeyAsked.expire_le < now),
                delete(ViolationCounted).where(ViolationCounted.heure < now - KEPT),
                delete(ListKept).where(ListKept.gardee_le < now - HABIT_LIFE),
                delete(Envoi).where(Envoi.quand < now - LONGEST_FORM),
            )
        )


def _address(courriel: str, base_url: str) -> str:
    """An address that somebody owns, once the installation is open to others than its own machine."""
    try:
        address = read_address(courriel)
    except ValueError as error:
        raise Refused({"courriel": str(error)}) from None
    public = urlsplit(base_url).hostname
    if is_fictive(address) and public and not is_loopback(public):
        raise Refused({"courriel": "Ce nom de domaine n’existe pas : saisissez une adresse qui reçoit du courriel."})
    return address


def _check_role(session: Session, role: str, departement: str | None, region: str | None) -> None:
    if role not in ROLES:
        raise Refused({"role": f"Ce rôle n’existe pas : choisissez parmi {', '.join(ROLES)}."})
    territory = TABLE[role].territory
    if territory == "departement" and departement is None:
        raise Refused({"departement": "Donnez le code du département de ce référent, par exemple 41."})
    if territory == "region" and region is None:
        raise Refused({"region": "Donnez le code de la région, par exemple 24."})
    if territory != "region" and region is not None:
        raise Refused({"region": "Seul le compte d’une préfecture de région reçoit une région."})
    if territory == "region" and departement is not None:
        raise Refused({"departement": "Le compte d’une préfecture de région lit tous les départements de sa région."})
    if region is not None and session.get(Region, region) is None:
        raise Refused({"region": f"La région « {region[:10]} » n’existe pas."})
    if departement is not None and session.get(Departement, departement) is None:
        raise Refused({"departement": f"Le département « {departement[:10]} » n’existe pas."})


def _check_given(role: str, whole: Collection[int], single: Collection[int]) -> None:
    asks = TABLE[role]
    if asks.territory == "signataires" and not whole:
        raise Refused({"siret": "Donnez le SIRET du signataire de ce contact."})
    if asks.takes_conventions and not whole and not single:
        raise Refused({"conventions": "Cochez au moins une convention à lui confier."})
    if single and not asks.takes_conventions:
        raise Refused({"conventions": "Seul un animateur reçoit des conventions une par une."})


def _require_may_invite(actor: Acteur, role: str) -> None:
    own = TABLE.get(actor.role)
    if actor.role == SYSTEME or (own is not None and (own.acts == RUNS or role in own.invites)):
        return
    raise NotFound("Cette invitation")


def _account(session: Session, actor: Acteur, asked: Utilisateur, now: datetime) -> Utilisateur:
    """The account of this address, made as asked when there is none.

    A référent is answered alike whether the address is unknown, already serves elsewhere, or cannot serve: the last is
    told to the person alone. Refused for an account that the actor knows, when it is of another kind.
    """
    user = session.scalar(select(Utilisateur).where(Utilisateur.courriel == asked.courriel))
    if user is None:
        return _opened(session, asked, now)
    if asked.role in LIMITED and user.role == asked.role:
        user.is_active = True  # what another suspended of it stays so
        return user
    if actor.role == REFERENT and not _knows(session, actor, user):
        return _shadow(session, actor, asked, now)
    if user.role != asked.role or user.region_code != asked.region_code or not user.is_active:
        raise Refused({"courriel": TAKEN})
    if asked.departement_code is not None and asked.departement_code not in held_by(session, user.id):
        given = {"utilisateur_id": user.id, "departement_code": asked.departement_code, "created_at": now}
        session.add(Affectation(**given))
    return user


def _opened(session: Session, asked: Utilisateur, now: datetime) -> Utilisateur:
    asked.is_active, asked.created_at = not is_shadow(asked.courriel), now
    session.add(asked)
    session.flush()
    return asked


def _knows(session: Session, actor: Acteur, user: Utilisateur) -> bool:
    """Whether the actor already sees this account: hers, or of her own préfecture."""
    mine = select(Rattachement.id).join(Signataire, Signataire.id == Rattachement.signataire_id)
    mine = mine.where(Rattachement.utilisateur_id == user.id, writable(Signataire, actor)).limit(1)
    return bool(held_by(session, user.id) & all_departements_of(actor)) or session.scalar(mine) is not None


def _shadow(session: Session, actor: Acteur, asked: Utilisateur, now: datetime) -> Utilisateur:
    """The account that stands for this invitation, one an address, a role and a département."""
    mark = digest(f"{scope_of(actor)}/{asked.role}/{asked.courriel}")[:32]
    known = session.scalar(select(Utilisateur).where(Utilisateur.courriel == f"{mark}@{OMBRE}"))
    asked.courriel = f"{mark}@{OMBRE}"
    return known or _opened(session, asked, now)


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


def _signatories_of(session: Session, utilisateur_id: int) -> list[str]:
    held = select(Rattachement.signataire_id).where(Rattachement.utilisateur_id == utilisateur_id)
    return list(
        session.scalars(
            select(Signataire.nom).where(Signataire.id.in_(held)).order_by(Signataire.recherche, Signataire.id)
        )
    )
