"""The second factor: prepared, put in force by a first code, asked at sign-in and before grave acts, taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import pyotp
from pyotp.utils import strings_equal
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.entree.facteurs import (
    DIGITS,
    DRIFT,
    MOST_WRONG,
    STEP,
    draw_recovery_codes,
    is_recovery,
    may_have_factor,
    typed_code,
)
from paqte.domain.personnes.jetons import digest, draw
from paqte.domain.personnes.sessions import WINDOW
from paqte.models import (
    PasskeyAsked,
    PasskeyKept,
    RecoveryCode,
    SecondFactor,
    SessionOuverte,
    TentativeConnexion,
    Utilisateur,
    db,
)
from paqte.queries.comptes.comptes import departement_of
from paqte.queries.comptes.entree.facteurs import factor_of
from paqte.queries.comptes.tentatives import tried
from paqte.queries.comptes.utilisateurs import ROLES_ETAT
from paqte.queries.perimetre import require_admin
from paqte.services.comptes.connexion import RequestSource, TooManyLinks, leave_one_session
from paqte.services.comptes.entree.chiffre import code_mark, decrypted, draw_salt, encrypted, salt_of
from paqte.services.courriels import queue_mail, write_mail
from paqte.services.transaction import note, transaction

ISSUER = "PAQTE"
WRONG = "Ce code n’est pas valable. Vérifiez l’heure de votre téléphone, puis saisissez le code affiché maintenant."
NONE = "Aucun second facteur n’est actif sur ce compte : rien n’a changé."
UNREADABLE = "Votre second facteur ne peut plus être lu. Demandez à un administrateur de le retirer."
BY_CODE, BY_RECOVERY = "code", "code de secours"


class FactorOffered(NamedTuple):
    """What a telephone is given: the secret in letters, and the address that its picture bears."""

    secret: str
    uri: str


class FactorProved(NamedTuple):
    """A code was right: the new secret of the session, and the recovery codes left when one was used."""

    secret: str
    by_recovery: bool


def prepare_factor(*, actor: Acteur, now: datetime, cles: Sequence[str]) -> None:
    """Draw a secret for the actor, who has none in force; another that waited is forgotten. NotFound for companies."""
    key = own_key(actor)
    with transaction(actor=actor, now=now) as session:
        found = factor_of(session, key)
        if found is not None and found.actif_le is not None:
            raise Refused("Un second facteur est déjà actif sur votre compte.")
        made = encrypted(pyotp.random_base32(), key, cles)
        if found is None:
            session.add(SecondFactor(utilisateur_id=key, secret_chiffre=made, cree_le=now))
        else:
            found.secret_chiffre, found.cree_le = made, now


def offered_factor(*, actor: Acteur, courriel: str, cles: Sequence[str]) -> FactorOffered | None:
    """What the actor's telephone is to be given; None when nothing waits. In force, it is never shown again."""
    key = own_key(actor)
    found = factor_of(db.session(), key)
    secret = decrypted(found.secret_chiffre, key, cles) if found is not None and found.actif_le is None else None
    if secret is None:
        return None
    uri = pyotp.TOTP(secret, digits=DIGITS, interval=STEP).provisioning_uri(name=courriel, issuer_name=ISSUER)
    return FactorOffered(secret, uri)


def activate_factor(*, actor: Acteur, code: str, session_secret: str, now: datetime, cles: Sequence[str]) -> list[str]:
    """Put the factor that waits in force by its first code, which counts for this session; gives the recovery codes.

    The actor's other sessions end. Refused for a wrong code, TooManyLinks after five.
    """
    key, drawn = own_key(actor), draw_codes()
    with transaction(actor=actor, now=now) as session:
        require_tries_left(session, key, now)
        found = factor_held(session, key)
        if found is None or found.actif_le is not None:
            raise Refused("Aucun second facteur n’attend son premier code : préparez-en un.")
        is_good = _is_totp(session, found, typed_code(code), now, cles)
        if is_good:
            found.actif_le = now
            _keep_codes(session, key, drawn)
            leave_one_session(session, key, session_secret)
            o = SessionOuverte
            session.execute(update(o).where(o.empreinte == digest(session_secret)).values(facteur_le=now))
            note(session, "activer_facteur", "utilisateur", key)
        else:
            note_wrong(session, actor, now)
    if not is_good:
        raise Refused({"code": WRONG})
    return list(drawn)


def prove_factor(
    *, actor: Acteur, code: str, session_secret: str, now: datetime, cles: Sequence[str], depuis: RequestSource
) -> FactorProved:
    """Take a code of the actor's telephone, or one of her recovery codes; the session goes on under a new secret.

    Refused for a wrong code, or one that served, which leaves a line; TooManyLinks after five in a quarter of an hour.
    """
    key, typed, sid = own_key(actor), typed_code(code), draw()
    by = BY_RECOVERY if is_recovery(typed) else BY_CODE
    with transaction(actor=actor, now=now) as session:
        require_tries_left(session, key, now)
        found = factor_held(session, key)
        if found is None or found.actif_le is None:
            raise Refused(NONE)
        is_good = _is_recovery_code(session, key, typed, now) if by == BY_RECOVERY else _is_totp(
            session, found, typed, now, cles
        )  # fmt: skip
        if is_good:
            anew = {"empreinte": digest(sid), "facteur_le": now}
            o = SessionOuverte
            session.execute(update(o).where(o.empreinte == digest(session_secret)).values(**anew))
            told = {"moyen": by, "depuis": depuis.said}
            note(session, "facteur_prouve", "utilisateur", key, apres=told, sujet=f"utilisateur/{key}")
        else:
            note_wrong(session, actor, now)
    if not is_good:
        raise Refused({"code": WRONG})
    return FactorProved(sid, by == BY_RECOVERY)


def renew_codes(*, actor: Acteur, session_secret: str, now: datetime) -> list[str]:
    """Ten recovery codes in place of those of before, which serve no more; the actor's other sessions end."""
    key, drawn = own_key(actor), draw_codes()
    with transaction(actor=actor, now=now) as session:
        found = factor_of(session, key)
        if found is None or found.actif_le is None:
            raise Refused(NONE)
        note(session, "renouveler_codes", "utilisateur", key)
        _keep_codes(session, key, drawn)
        leave_one_session(session, key, session_secret)
    return list(drawn)


def remove_own_factor(*, actor: Acteur, session_secret: str, now: datetime, is_required: bool) -> None:
    """Take one's own factor away, in force or waiting; the actor's other sessions end. Refused where it is required."""
    key = own_key(actor)
    with transaction(actor=actor, now=now) as session:
        found = factor_of(session, key)
        if found is None:
            raise Refused(NONE)
        if is_required and found.actif_le is not None:
            raise Refused("Le second facteur est exigé : demandez à un administrateur de le retirer.")
        _take_away(session, key)
        leave_one_session(session, key, session_secret)


def remove_factor(*, actor: Acteur, utilisateur_id: int, now: datetime, base_url: str) -> None:
    """An administrator takes away the factor of somebody of the State: her sessions end, and a mail tells her.

    Refused when there is none, and for one's own; NotFound for an account of a company.
    """
    require_admin(actor, "Ce compte")
    with transaction(actor=actor, now=now) as session:
        user = session.get(Utilisateur, utilisateur_id)
        if user is None or user.role not in ROLES_ETAT:
            raise NotFound("Ce compte")
        if factor_of(session, utilisateur_id) is None:
            raise Refused(NONE)
        if user.id == actor.utilisateur_id:
            raise Refused("Demandez à un autre administrateur de retirer votre second facteur.")
        _take_away(session, user.id)
        session.execute(delete(SessionOuverte).where(SessionOuverte.utilisateur_id == user.id))
        message = write_mail("facteur_retire", user.courriel, nom=user.nom, lien=f"{base_url}/connexion")
        queue_mail(session, message, motif="facteur_retire", now=now, departement=departement_of(session, user))


def own_key(actor: Acteur) -> int:
    """The number of the actor's account; NotFound for whoever has no second factor."""
    if actor.utilisateur_id is None or not may_have_factor(actor.role):
        raise NotFound("Ce second facteur")
    return actor.utilisateur_id


def factor_held(session: Session, key: int) -> SecondFactor | None:
    """The row of an account, held until the commit: what it is answered with is taken once."""
    return session.scalar(select(SecondFactor).where(SecondFactor.utilisateur_id == key).with_for_update())


def _is_totp(session: Session, found: SecondFactor, typed: str, now: datetime, cles: Sequence[str]) -> bool:
    """Whether this is a code of this moment, and none of its step or later was taken: it is then taken."""
    secret = decrypted(found.secret_chiffre, found.utilisateur_id, cles)
    if secret is None:
        raise Refused(UNREADABLE)
    totp, step = pyotp.TOTP(secret, digits=DIGITS, interval=STEP), int(now.timestamp()) // STEP
    right = [at for at in range(step - DRIFT, step + DRIFT + 1) if strings_equal(totp.generate_otp(at), typed)]
    fresh = [at for at in right if at > found.dernier_pas]
    if not fresh:
        return False
    found.dernier_pas = fresh[-1]
    found.secret_chiffre = encrypted(secret, found.utilisateur_id, cles)  # by the key of now, whichever closed it
    session.flush()
    return True


def _is_recovery_code(session: Session, key: int, typed: str, now: datetime) -> bool:
    """Whether this is one of the codes left, which is then used: those of one drawing have one salt."""
    c = RecoveryCode
    left = c.utilisateur_id == key, c.employe_le.is_(None)
    salts = {salt_of(kept) for kept in session.scalars(select(c.empreinte).where(*left))}
    marks = [code_mark(typed, salt) if salt else digest(f"secours:{key}:{typed}") for salt in sorted(salts)]
    used = session.execute(update(c).where(*left, c.empreinte.in_(marks)).values(employe_le=now))
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]


def draw_codes() -> dict[str, str]:
    """Ten recovery codes, each with what the base keeps of it: slow to make, and made before anybody waits."""
    salt = draw_salt()
    return {one: code_mark(typed_code(one), salt) for one in draw_recovery_codes()}


def _keep_codes(session: Session, key: int, drawn: Mapping[str, str]) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.utilisateur_id == key))
    session.add_all(RecoveryCode(utilisateur_id=key, empreinte=mark) for mark in drawn.values())


def _take_away(session: Session, key: int) -> None:
    for model in (PasskeyAsked, PasskeyKept, RecoveryCode, SecondFactor):
        session.execute(delete(model).where(model.utilisateur_id == key))
    session.execute(update(SessionOuverte).where(SessionOuverte.utilisateur_id == key).values(facteur_le=None))
    note(session, "retirer_facteur", "utilisateur", key)


def require_tries_left(session: Session, key: int, now: datetime) -> None:
    """TooManyLinks once five answers of this account, codes or keys, were refused in a quarter of an hour."""
    if tried(session, digest(f"facteur:{key}"), now - WINDOW) >= MOST_WRONG:
        raise TooManyLinks("Trop de codes refusés : réessayez dans un quart d’heure.")


def note_wrong(session: Session, actor: Acteur, now: datetime) -> None:
    """Count a wrong code or key, and leave its line: five in a quarter of an hour at most."""
    session.add(TentativeConnexion(cle=digest(f"facteur:{actor.utilisateur_id}"), quand=now))
    note(session, "facteur_refuse", "utilisateur", actor.utilisateur_id)
