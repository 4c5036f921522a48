"""Signing in by a mailed link, and the sessions that follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.entree.demande import MOST_WRONG, is_code
from paqte.domain.personnes.jetons import digest, draw
from paqte.domain.personnes.origines import network_of
from paqte.domain.personnes.sessions import (
    PER_ADDRESS,
    PER_ORIGIN,
    PER_SHARED_ORIGIN,
    REFUSAL_EVERY,
    SHARED_FROM,
    WINDOW,
)
from paqte.domain.statuts.courriels import ADRESSE
from paqte.models import JetonConnexion, Journal, JournalAuteur, SessionOuverte, TentativeConnexion, Utilisateur, db
from paqte.queries.comptes.comptes import actor_of, departement_of
from paqte.queries.comptes.tentatives import tried
from paqte.queries.reglages import read_limits
from paqte.services.courriels import ADDRESS_TAKEN, JetonReady, ask_link, awaited_link, queue_link, write_mail
from paqte.services.transaction import note, transaction

VISITEUR = Acteur(None, "Visiteur", "")
ONE_USE = "Un lien ne sert qu’une fois, pendant 10 minutes, et seul le dernier demandé est valable."
# Of a link that is not in the base; the other reasons are in services/courriels/raisons/differees.py.
UNKNOWN = "lien inconnu"
NO_CODE = "Saisissez le code affiché dans le navigateur où vous avez demandé ce lien."
WRONG_CODE = "Ce code n’est pas celui de cette demande. Relisez-le dans le navigateur où vous avez demandé ce lien."


class TooManyLinks(Refused):
    """This origin asked for too many links in the last quarter of an hour."""


class LinkRefused(Refused):
    """The link is unknown, used, replaced or out of date, or its account is disabled."""


class CodeAsked(Refused):
    """The link was asked for in another browser: it opens with the code shown there, and this is not it."""


@dataclass(frozen=True, slots=True)
class RequestSource:
    """Where a request comes from: its address and its browser's name, '' when unknown."""

    origine: str = ""
    navigateur: str = ""

    @property
    def reseau(self) -> str:
        return network_of(self.origine)

    @property
    def said(self) -> str:
        """As the journal keeps it, beside its line: it belongs to whoever came (R30)."""
        return ", ".join(filter(None, (self.origine[:64], self.navigateur[:80])))


NOWHERE = RequestSource()


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A session just opened: the secret for the browser, and who it is."""

    secret: str
    acteur: Acteur


def request_link(*, courriel: str, origine: str, base_url: str, now: datetime, navigateur: str = "") -> None:
    """Queue a sign-in link for an active account; says nothing of whether there is one.

    `navigateur` is the hash of what the browser that asks holds: the link opens there, or with the code shown there.

    Beyond 5 requests an address in 15 minutes, nothing is sent and nothing said; beyond 20 an origin (an IPv4 address,
    a /64), 120 where several accounts hold a session, TooManyLinks. A request dropped for its address does not count
    against its origin, so that somebody who insists on one address does not shut out her neighbours.
    """
    with transaction(actor=VISITEUR, now=now) as session:
        refused = _count_request(session, courriel, origine, now)
        if not refused:
            _queue_link(session, courriel, base_url, now, navigateur)
    if refused == "origine":
        raise TooManyLinks("Trop de liens demandés depuis cette connexion : réessayez dans un quart d’heure.")


class JetonAsked(NamedTuple):
    """Who follows a link: the hash of what her browser holds, the code typed there, and the keys that draw codes."""

    navigateur: str = ""
    code: str = ""
    cles: tuple[str, ...] = ()


UNKNOWN_BROWSER = JetonAsked()


def open_session(
    *, secret: str, now: datetime, depuis: RequestSource = NOWHERE, par: JetonAsked = UNKNOWN_BROWSER
) -> SessionOpened:
    """Use a mailed link up and open a session; LinkRefused when it no longer works, which leaves a line.

    CodeAsked, beside `code`, in another browser than the one that asked, without the code shown there.
    """
    found = _token_and_actor(secret)
    if found is None:
        record_dead_link(secret=secret, now=now, depuis=depuis)
        raise LinkRefused(f"Ce lien ne fonctionne pas. {ONE_USE}")
    link_id, actor = found
    _require_same_browser(link_id, actor, now, par)
    with transaction(actor=actor, now=now) as session:
        opened = add_session(session, actor, now, depuis) if use_up(session, link_id, now) else None
    if opened is None:
        record_dead_link(secret=secret, now=now, depuis=depuis)
        raise LinkRefused(f"Ce lien ne fonctionne plus. {ONE_USE}")
    return opened


def _require_same_browser(link_id: int, actor: Acteur, now: datetime, par: JetonAsked) -> None:
    """Count a wrong code and leave its line; after five, the link opens nothing more, even with the right one."""
    key = digest(f"code-lien:{link_id}")
    with transaction(actor=VISITEUR, now=now) as session:
        asked = session.scalar(select(JetonConnexion.navigateur).where(JetonConnexion.id == link_id).with_for_update())
        if not asked or asked == par.navigateur:
            return
        if tried(session, key, now - WINDOW) >= MOST_WRONG:
            raise LinkRefused(f"Trop de codes refusés. {ONE_USE}")
        if is_code(par.code, asked, par.cles):
            return
        if par.code.strip():
            session.add(TentativeConnexion(cle=key, quand=now))
            trail = {"motif": "code du lien refusé"}
            note(session, "connexion_refusee", "utilisateur", actor.utilisateur_id, apres=trail, sujet="connexion")
    raise CodeAsked({"code": WRONG_CODE if par.code.strip() else NO_CODE})


def add_session(
    session: Session, actor: Acteur, now: datetime, depuis: RequestSource, *, moyen: str = "", jeton: str = ""
) -> SessionOpened:
    """Open a session in the caller's transaction, whose actor it is, and leave its line.

    `moyen` is what signed her in when it is no mailed link; `jeton`, what closes her session there.
    """
    sid = draw()
    told = {"depuis": depuis.said, "moyen": moyen}
    hers = f"utilisateur/{actor.utilisateur_id}"
    said = {name: value for name, value in told.items() if value}
    note(session, "connexion", "utilisateur", actor.utilisateur_id, apres=said, sujet=hers)
    opened = SessionOuverte(empreinte=digest(sid), utilisateur_id=actor.utilisateur_id, ouverte_le=now)
    opened.vue_le, opened.origine, opened.reseau = now, depuis.origine[:64], depuis.reseau
    opened.navigateur, opened.jeton_identite = depuis.navigateur[:80], jeton
    session.add(opened)
    return SessionOpened(sid, actor)


def record_dead_link(*, secret: str, now: datetime, depuis: RequestSource = NOWHERE) -> None:
    """Leave a line when a link that opens nothing is followed: never its secret, one a minute a reason and an origin.

    The line is about the account when the link was one's, and names no account otherwise.
    """
    with transaction(actor=VISITEUR, now=now) as session:
        motif, utilisateur_id = _dead_of(session, secret, now)
        key = digest(f"lien:{motif}:{depuis.reseau or depuis.origine}")
        if not motif or tried(session, key, now - REFUSAL_EVERY):
            return
        session.add(TentativeConnexion(cle=key, quand=now))
        trail = {"motif": motif, "adresse": digest(f"origine:{depuis.reseau}")[:32]}
        objet, numero = ("connexion", "") if utilisateur_id is None else ("utilisateur", str(utilisateur_id))
        note(session, "connexion_refusee", objet, numero, apres=trail, sujet="connexion")


def _dead_of(session: Session, secret: str, now: datetime) -> tuple[str, int | None]:
    """Why this link opens nothing, and whose it was; "" for one that works."""
    link = session.scalar(select(JetonConnexion).where(JetonConnexion.empreinte == digest(secret)))
    if link is None:
        return UNKNOWN, None
    return ask_link(JetonReady(session, link, now)), link.utilisateur_id


def see_session(*, secret: str, actor: Acteur, now: datetime) -> None:
    """Remember that an open session was used, so that it does not end for idleness; a busy base is not waited for."""
    with transaction(actor=actor, now=now, is_hurried=True) as session:
        session.execute(update(SessionOuverte).where(SessionOuverte.empreinte == digest(secret)).values(vue_le=now))


def prolong_session(*, secret: str, actor: Acteur, now: datetime) -> str | None:
    """Open the session anew under another secret, which is returned: copies of the former cookie are worth nothing.

    None, and nothing written, when another tab of the browser did it in the same instant: its secret is the one.
    """
    sid = draw()
    with transaction(actor=actor, now=now) as session:
        anew = {"empreinte": digest(sid), "ouverte_le": now, "vue_le": now}
        done = session.execute(update(SessionOuverte).where(SessionOuverte.empreinte == digest(secret)).values(anew))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            return None
        note(session, "prolonger_session", "utilisateur", actor.utilisateur_id)
    return sid


def close_session(*, secret: str, actor: Acteur, now: datetime) -> None:
    """Delete a session, so that a copy of its cookie is worth nothing."""
    with transaction(actor=actor, now=now) as session:
        session.execute(delete(SessionOuverte).where(SessionOuverte.empreinte == digest(secret)))
        note(session, "deconnexion", "utilisateur", actor.utilisateur_id)


def end_session(*, actor: Acteur, session_id: int, now: datetime) -> None:
    """End one of one's own sessions, whatever browser holds it; NotFound for another's, or one already ended."""
    with transaction(actor=actor, now=now) as session:
        ended = session.execute(
            delete(SessionOuverte).where(
                SessionOuverte.id == session_id, SessionOuverte.utilisateur_id == actor.utilisateur_id
            )
        )
        if ended.rowcount != 1:  # type: ignore[attr-defined]
            raise NotFound("Cette session")
        note(session, "deconnexion", "utilisateur", actor.utilisateur_id, apres={"session": session_id})


def end_other_sessions(*, actor: Acteur, secret: str, now: datetime) -> int:
    """End all of one's own sessions but that of this secret; gives how many ended."""
    with transaction(actor=actor, now=now) as session:
        ended = leave_one_session(session, actor.utilisateur_id, secret)
        if ended:
            note(session, "deconnexion", "utilisateur", actor.utilisateur_id, apres={"sessions": ended})
    return ended


def leave_one_session(session: Session, utilisateur_id: int | None, kept: str) -> int:
    """End the sessions of an account but the one whose secret is `kept`; gives how many ended."""
    o = SessionOuverte
    others = delete(o).where(o.utilisateur_id == utilisateur_id, o.empreinte != digest(kept))
    return int(session.execute(others).rowcount)  # type: ignore[attr-defined]


def record_refusal(*, actor: Acteur, objet: str, objet_id: str, now: datetime) -> None:
    """Leave a journal line when somebody signed in asks for what is not open to her.

    One a minute at most for a person and a kind of thing, and so many a day: a program that tries every number fills
    no disk (quota_jour_refus).
    """
    if _is_refusal_told(actor, objet[:40], now):
        return
    with transaction(actor=actor, now=now) as session:
        if actor.utilisateur_id is not None:
            session.execute(select(Utilisateur.id).where(Utilisateur.id == actor.utilisateur_id).with_for_update())
        # Asked again once alone: two at the same moment leave one line.
        if not _is_refusal_told(actor, objet[:40], now):
            note(session, "acces_refuse", objet[:40], objet_id[:40])


def _is_refusal_told(actor: Acteur, objet: str, now: datetime) -> bool:
    if actor.utilisateur_id is None:
        return False
    j = Journal
    hers = select(JournalAuteur.id).where(JournalAuteur.utilisateur_id == actor.utilisateur_id)
    mine = (j.acte == "acces_refuse", j.auteur_id.in_(hers))
    near = select(j.id).where(*mine, j.objet == objet, j.quand > now - REFUSAL_EVERY, j.quand <= now).limit(1)
    if db.session.scalar(near) is not None:
        return True
    day = select(func.count()).select_from(j).where(*mine, j.quand > now - timedelta(hours=24))
    return db.session.scalars(day).one() >= read_limits()["quota_jour_refus"]


def _count_request(session: Session, courriel: str, origine: str, now: datetime) -> str:
    """Which limit refuses this request: "adresse", "origine" or "" ; only the first refusal is written down."""
    reseau = network_of(origine)
    keys = {"adresse": digest(f"adresse:{courriel}"), "origine": digest(f"origine:{reseau}")}
    for kind, limit in (("adresse", PER_ADDRESS), ("origine", origin_limit(session, reseau))):
        count = tried(session, keys[kind], now - WINDOW)
        if count == limit:
            session.add(TentativeConnexion(cle=keys[kind], quand=now))
            _note_refusal(session, keys[kind], f"trop de demandes ({kind})")
        if count >= limit:
            return kind
    session.add_all(TentativeConnexion(cle=key, quand=now) for key in keys.values())
    return ""


def _note_refusal(session: Session, trail: str, motif: str) -> None:
    """The trail of an address or of an origin tells requests apart; it is the person's own, and erased with her."""
    note(session, "lien_refuse", "connexion", apres={"motif": motif, "adresse": trail[:32]}, sujet="connexion")


def origin_limit(session: Session, reseau: str) -> int:
    """How often an origin may try in a quarter of an hour: more where several accounts hold a session opened there."""
    o = SessionOuverte
    held = select(func.count(o.utilisateur_id.distinct())).where(o.reseau == reseau, o.reseau != "")
    return PER_SHARED_ORIGIN if session.scalars(held).one() >= SHARED_FROM else PER_ORIGIN


def _queue_link(session: Session, courriel: str, base_url: str, now: datetime, navigateur: str) -> None:
    user = session.scalar(select(Utilisateur).where(Utilisateur.courriel == courriel))
    if user is None or not user.is_active:
        motif = "adresse inconnue" if user is None else "compte désactivé"
        _note_refusal(session, digest(f"adresse:{courriel}"), motif)
        return
    link = awaited_link(base_url)
    message = write_mail("connexion", user.courriel, nom=user.nom, lien=link, duree="10 minutes")
    place = departement_of(session, user)
    queue_link(session, message, user, motif="connexion", now=now, departement=place, navigateur=navigateur)
    note(session, "demander_lien", "utilisateur", user.id, departement=place)


def _token_and_actor(secret: str) -> tuple[int, Acteur] | None:
    query = (
        select(JetonConnexion.id, Utilisateur)
        .join(Utilisateur, Utilisateur.id == JetonConnexion.utilisateur_id)
        .where(JetonConnexion.empreinte == digest(secret), JetonConnexion.motif != ADRESSE)
    )
    found = db.session.execute(query).first()
    return (found[0], actor_of(found[1])) if found else None


def use_up(session: Session, link_id: int, now: datetime) -> bool:
    """True for the one request that uses the link; the base decides between two at once.

    Refused, and the link stays, when what it proves is another account's by now.
    """
    link = session.get(JetonConnexion, link_id)
    if link is None:
        return False
    reason = ask_link(JetonReady(session, link, now))
    if reason == ADDRESS_TAKEN:
        raise Refused("Cette adresse sert maintenant à un autre compte : rien n’a changé.")
    if reason:
        return False
    used = session.execute(
        update(JetonConnexion)
        .where(JetonConnexion.id == link_id, JetonConnexion.utilise_le.is_(None), JetonConnexion.expire_le > now)
        .values(utilise_le=now)
    )
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]
