"""Passkeys beside the codes of a telephone: added, used in their place, taken away.

They hang on a second factor in force: who has no browser for them, no script, or no key at hand gives a code.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.entree.cles import ADD, CHALLENGE_LIFE, MOST_KEYS, NAME, PROVE, PasskeyHolder
from paqte.domain.personnes.jetons import digest, draw
from paqte.models import PasskeyAsked, PasskeyKept, SecondFactor, SessionOuverte, Utilisateur
from paqte.queries.comptes.comptes import departement_of
from paqte.services.comptes.connexion import RequestSource, leave_one_session
from paqte.services.comptes.entree.facteurs import (
    ISSUER,
    NONE,
    FactorProved,
    factor_held,
    note_wrong,
    own_key,
    require_tries_left,
)
from paqte.services.comptes.entree.webauthn_lu import (
    AnswerRefused,
    creation_options,
    key_named,
    read_creation,
    read_signature,
    request_options,
)
from paqte.services.courriels import queue_mail, write_mail
from paqte.services.textes import fitted_line, required
from paqte.services.transaction import note, transaction

WHAT = "Cette clé d’accès"
BY_KEY = "clé d’accès"
WRONG = "Cette clé d’accès n’est pas acceptée. Réessayez, ou donnez un code."
UNMADE = "La clé d’accès n’est pas ajoutée : recommencez."
SAME_NAME = "Une de vos clés porte déjà ce nom."
FULL = f"Vous avez déjà {MOST_KEYS} clés d’accès : retirez-en une."


def ask_new_passkey(*, actor: Acteur, session_secret: str, now: datetime, holder: PasskeyHolder) -> dict[str, Any]:
    """What the actor's browser is asked to make a key of. Refused without a factor in force, or with ten keys."""
    key = own_key(actor)
    with transaction(actor=actor, now=now) as session:
        _factor_in_force(session, key)
        held = _numbers_held(session, key)
        if len(held) >= MOST_KEYS:
            raise Refused(FULL)
        user = session.get_one(Utilisateur, key)
        named: dict[str, Any] = {"titre": ISSUER, "compte": key, "courriel": user.courriel, "nom": user.nom}
        return creation_options(holder, defi=_new_challenge(session, key, session_secret, ADD, now), held=held, **named)


def add_passkey(
    *,
    actor: Acteur,
    nom: str,
    reponse: str,
    session_secret: str,
    now: datetime,
    holder: PasskeyHolder,
    base_url: str,
) -> None:
    """Keep the key that the actor's browser has just made, under a name; her other sessions end, a mail says so.

    Refused for a name taken or missing, and for an answer that is not to what this session was asked last.
    """
    key = own_key(actor)
    with transaction(actor=actor, now=now) as session:
        _factor_in_force(session, key)
        titre = required(fitted_line(nom, NAME, "nom"), "nom", "Saisissez un nom pour cette clé.")
        _require_room(session, key, titre)
        defi = _taken_challenge(session, key, session_secret, ADD, now)
        try:
            made = read_creation(reponse, holder=holder, defi=defi) if defi else None
        except AnswerRefused:
            made = None
        is_known = made is not None and _key_numbered(session, made.identifiant) is not None
        if made is not None and not is_known:
            kept = PasskeyKept(utilisateur_id=key, nom=titre, cree_le=now, **made._asdict())
            session.add(kept)
            session.flush()
            note(session, "ajouter_cle", "utilisateur", key, apres={"cle": kept.id})
            leave_one_session(session, key, session_secret)
            _write_to_owner(session, key, titre, base_url, now, is_added=True)
    if made is None or is_known:
        raise Refused(UNMADE)


def remove_passkey(*, actor: Acteur, cle_id: int, session_secret: str, now: datetime, base_url: str) -> None:
    """Take one of the actor's keys away; her other sessions end, a mail says so. NotFound for any other."""
    key = own_key(actor)
    with transaction(actor=actor, now=now) as session:
        found = session.get(PasskeyKept, cle_id)
        if found is None or found.utilisateur_id != key:
            raise NotFound(WHAT)
        nom = found.nom
        session.delete(found)
        note(session, "retirer_cle", "utilisateur", key, avant={"cle": cle_id})
        leave_one_session(session, key, session_secret)
        _write_to_owner(session, key, nom, base_url, now, is_added=False)


def ask_passkey(*, actor: Acteur, session_secret: str, now: datetime, holder: PasskeyHolder) -> dict[str, Any]:
    """What the actor's browser is asked to have signed by one of her keys; NotFound when she has none."""
    key = own_key(actor)
    with transaction(actor=actor, now=now) as session:
        _factor_in_force(session, key)
        held = _numbers_held(session, key)
        if not held:
            raise NotFound(WHAT)
        return request_options(holder, defi=_new_challenge(session, key, session_secret, PROVE, now), held=held)


def prove_passkey(
    *,
    actor: Acteur,
    reponse: str,
    session_secret: str,
    now: datetime,
    holder: PasskeyHolder,
    depuis: RequestSource,
) -> FactorProved:
    """Take what a key of the actor signed, in place of a code; the session goes on under a new secret.

    What was asked serves once, whatever the answer. Refused for a wrong answer, which leaves a line and counts as a
    wrong code does; TooManyLinks after five.
    """
    key, sid = own_key(actor), draw()
    with transaction(actor=actor, now=now) as session:
        require_tries_left(session, key, now)
        _factor_in_force(session, key)
        defi = _taken_challenge(session, key, session_secret, PROVE, now)
        found = _signed_by(session, key, reponse, holder, defi)
        if found is not None:
            found.employee_le = now
            o = SessionOuverte
            anew = {"empreinte": digest(sid), "facteur_le": now}
            session.execute(update(o).where(o.empreinte == digest(session_secret)).values(**anew))
            told = {"moyen": BY_KEY, "depuis": depuis.said}
            note(session, "facteur_prouve", "utilisateur", key, apres=told, sujet=f"utilisateur/{key}")
        else:
            note_wrong(session, actor, now)
    if found is None:
        raise Refused(WRONG)
    return FactorProved(sid, False)


def _signed_by(session: Session, key: int, reponse: str, holder: PasskeyHolder, defi: str) -> PasskeyKept | None:
    """The account's own key that signed this, its count moved on; None for any other answer."""
    found = _key_numbered(session, key_named(reponse)) if defi else None
    if found is None or found.utilisateur_id != key:
        return None
    kept: dict[str, Any] = {"cle_publique": found.cle_publique, "compteur": found.compteur, "compte": key}
    try:
        found.compteur = read_signature(reponse, holder=holder, defi=defi, **kept)
    except AnswerRefused:
        return None
    return found


def _factor_in_force(session: Session, key: int) -> SecondFactor:
    """Held until the commit: what was asked is taken once, and two keys never pass the limit together."""
    found = factor_held(session, key)
    if found is None or found.actif_le is None:
        raise Refused(NONE)
    return found


def _numbers_held(session: Session, key: int) -> list[str]:
    p = PasskeyKept
    return list(session.scalars(select(p.identifiant).where(p.utilisateur_id == key).order_by(p.id)))


def _key_numbered(session: Session, identifiant: str) -> PasskeyKept | None:
    return session.scalar(select(PasskeyKept).where(PasskeyKept.identifiant == identifiant))


def _require_room(session: Session, key: int, nom: str) -> None:
    p = PasskeyKept
    mine = select(func.count()).select_from(p).where(p.utilisateur_id == key)
    if session.scalars(mine).one() >= MOST_KEYS:
        raise Refused(FULL)
    if session.scalars(mine.where(p.nom == nom)).one():
        raise Refused({"nom": SAME_NAME})


def _new_challenge(session: Session, key: int, session_secret: str, usage: str, now: datetime) -> str:
    """A challenge of 256 bits for this session, in place of the one it was given before for the same use."""
    defi, a = draw(), PasskeyAsked
    session.execute(delete(a).where(a.session == digest(session_secret), a.usage == usage))
    given = {"session": digest(session_secret), "usage": usage, "defi": defi}
    session.add(PasskeyAsked(utilisateur_id=key, expire_le=now + CHALLENGE_LIFE, **given))
    return defi


def _taken_challenge(session: Session, key: int, session_secret: str, usage: str, now: datetime) -> str:
    """The challenge that this session was given for this use, which then serves no more; "" without one in time."""
    a = PasskeyAsked
    mine = a.session == digest(session_secret), a.usage == usage, a.utilisateur_id == key
    found = session.scalar(select(a).where(*mine))
    if found is None:
        return ""
    session.delete(found)
    session.flush()
    return found.defi if now < found.expire_le <= now + CHALLENGE_LIFE else ""


def _write_to_owner(session: Session, key: int, cle: str, base_url: str, now: datetime, *, is_added: bool) -> None:
    user = session.get_one(Utilisateur, key)
    told = {"nom": user.nom, "cle": cle, "ajoutee": is_added, "lien": f"{base_url}/compte/facteur"}
    message = write_mail("cle_acces", user.courriel, **told)
    queue_mail(session, message, motif="cle_acces", now=now, departement=departement_of(session, user))
