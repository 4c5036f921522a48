"""The name and the address of an account, changed by whoever it is (R30): no new account, nothing of it lost.

A new address counts once a link sent there is followed; the former one is told.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.jetons import digest
from paqte.domain.personnes.sessions import PER_ADDRESS, WINDOW
from paqte.domain.saisie.adresses import masked, read_address
from paqte.domain.statuts.courriels import ADRESSE, EN_ATTENTE
from paqte.models import (
    ContactSignataire,
    Courriel,
    JetonConnexion,
    Rattachement,
    Signataire,
    TentativeConnexion,
    Utilisateur,
    db,
)
from paqte.queries.comptes.comptes import actor_of, departement_of, referent_addresses
from paqte.queries.comptes.tentatives import tried
from paqte.queries.perimetre import readable
from paqte.services.comptes.comptes import NAME
from paqte.services.comptes.connexion import (
    NOWHERE,
    LinkRefused,
    RequestSource,
    leave_one_session,
    record_dead_link,
    use_up,
)
from paqte.services.courriels import awaited_link, forget_links, queue_link, queue_mail, write_mail
from paqte.services.textes import fitted_line, required
from paqte.services.transaction import note, transaction

DEAD = "Ce lien ne fonctionne plus : demandez de nouveau le changement depuis « Mon compte »."


def change_own_name(*, actor: Acteur, nom: str, now: datetime) -> None:
    """Give one's own account another name, on the access that référents gave and on one's own cards of contact too.

    What was signed before keeps the name it was signed with.
    """
    name = required(fitted_line(nom, NAME, "nom"), "nom", "Écrivez votre prénom et votre nom.")
    with transaction(actor=actor, now=now) as session:
        user = _own(session, actor)
        for card in _cards(session, actor, user.courriel):
            if card.nom == user.nom:
                card.nom = name
        user.nom = name
        session.execute(update(Rattachement).where(Rattachement.utilisateur_id == user.id).values(nom=name))


def ask_new_address(*, actor: Acteur, courriel: str, base_url: str, now: datetime) -> None:
    """Send a link to the new address of one's own account: nothing changes before it is followed.

    Refused beside the field for what is no address, or one's own already. The answer is the same when another account
    has this address: its owner alone is told.
    """
    try:
        address = read_address(courriel)
    except ValueError as error:
        raise Refused({"courriel": str(error)}) from None
    with transaction(actor=actor, now=now) as session:
        user = _own(session, actor)
        if address == user.courriel:
            raise Refused({"courriel": "C’est déjà l’adresse de votre compte."})
        _count_asked(session, user, now)
        is_taken = session.scalar(select(Utilisateur.id).where(Utilisateur.courriel == address)) is not None
        link = "" if is_taken else awaited_link(base_url)
        told = {"nom": user.nom, "ancienne": masked(user.courriel), "lien": link, "duree": "24 heures"}
        message = write_mail("nouvelle_adresse", address, **told)
        place = departement_of(session, user)
        if is_taken:
            queue_mail(session, message, motif="adresse_changee", now=now, departement=place)
        else:
            queue_link(session, message, user, motif=ADRESSE, now=now, departement=place)
        note(session, "demander_adresse", "utilisateur", user.id, departement=place)


def prove_address(*, secret: str, kept: str, base_url: str, now: datetime, depuis: RequestSource = NOWHERE) -> str:
    """Take the new address that this link proves, and give it; LinkRefused when the link is dead.

    The sessions and the links of the account end, but the session whose secret is `kept`; mails that wait for the
    former address leave for the new one; the former one is told. Refused when another account took it meanwhile.
    """
    found = _proof(secret)
    if found is None:
        record_dead_link(secret=secret, now=now, depuis=depuis)
        raise LinkRefused(DEAD)
    link_id, address, actor = found
    with transaction(actor=actor, now=now) as session:
        is_good = use_up(session, link_id, now)
        if is_good:
            _take(session, actor, address, kept=kept, base_url=base_url, now=now)
    if not is_good:
        record_dead_link(secret=secret, now=now, depuis=depuis)
        raise LinkRefused(DEAD)
    return address


def _take(session: Session, actor: Acteur, address: str, *, kept: str, base_url: str, now: datetime) -> None:
    user = _own(session, actor)
    former, user_id, place = user.courriel, user.id, departement_of(session, user)
    for card in _cards(session, actor, former):
        card.courriel = address
    user.courriel = address
    session.execute(update(Rattachement).where(Rattachement.utilisateur_id == user_id).values(courriel=address))
    waiting = update(Courriel).where(Courriel.destinataire == former, Courriel.etat == EN_ATTENTE)
    session.execute(waiting.values(destinataire=address))
    forget_links(session, user_id)
    leave_one_session(session, user_id, kept)
    note(session, "changer_adresse", "utilisateur", user_id, departement=place)
    whom = referent_addresses(place) if place else []
    told = {"nom": user.nom, "nouvelle": masked(address), "a_qui": whom, "lien": f"{base_url}/connexion"}
    message = write_mail("adresse_changee", former, **told)
    queue_mail(session, message, motif="adresse_changee", now=now, departement=place)


def _own(session: Session, actor: Acteur) -> Utilisateur:
    user = session.get(Utilisateur, actor.utilisateur_id, with_for_update=True) if actor.utilisateur_id else None
    if user is None or not user.is_active:
        raise NotFound("Ce compte")
    return user


def _cards(session: Session, actor: Acteur, address: str) -> list[ContactSignataire]:
    """Her own cards: those of her signatories that bear the address of her account."""
    c = ContactSignataire
    query = select(c).join(Signataire, Signataire.id == c.signataire_id).where(readable(Signataire, actor))
    return list(session.scalars(query.where(func.lower(c.courriel) == address).order_by(c.id)))


def _count_asked(session: Session, user: Utilisateur, now: datetime) -> None:
    """An account sends no more of these mails than links: it writes to addresses of strangers."""
    key = digest(f"nouvelle_adresse:{user.id}")
    if tried(session, key, now - WINDOW) >= PER_ADDRESS:
        raise Refused("Trop de demandes : réessayez dans un quart d’heure.")
    session.add(TentativeConnexion(cle=key, quand=now))


def _proof(secret: str) -> tuple[int, str, Acteur] | None:
    t = JetonConnexion
    query = select(t.id, t.adresse, Utilisateur).join(Utilisateur, Utilisateur.id == t.utilisateur_id)
    found = db.session.execute(query.where(t.empreinte == digest(secret), t.motif == ADRESSE)).first()
    return None if found is None else (found[0], found[1], actor_of(found[2]))
