"""Who is signed in, for the pages: Flask-Login over sessions kept in the base.

The browser holds a random secret inside its signed cookie; the base holds its hash. Deleting the row ends the
session everywhere, whatever copies of the cookie there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from flask import Flask, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, current_user, login_user, logout_user

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.jetons import digest, draw
from paqte.domain.personnes.origines import browser_of
from paqte.domain.personnes.sessions import TOLD_BEFORE, time_left
from paqte.ops import clock
from paqte.ops.health import BASE_ERROR, BASE_UNAVAILABLE
from paqte.queries.comptes.comptes import Identity, find_session
from paqte.queries.perimetre import stand_in
from paqte.services.comptes import connexion

CHOSEN = "departement"
PROLONGED = "prolongee"
ASKED = "demande"
login = LoginManager()
login.session_protection = None  # sessions live in the base: nothing to guess from the browser's name


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What Flask-Login hands around: the secret of the session and whose it is."""

    secret: str
    identite: Identity
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.secret


class SignedSessions(SecureCookieSessionInterface):
    """The signed cookie, by HMAC of SHA-256 where Flask takes SHA-1."""

    digest_method = staticmethod(sha256)


def register(app: Flask) -> None:
    app.session_interface = SignedSessions()
    login.init_app(app, add_context_processor=False)
    app.jinja_env.globals.update(duree_session=time_to_live)


@login.user_loader
def _load(secret: str) -> SignedIn | None:
    now = clock.now()
    identite = find_session(secret=secret, now=now)
    if identite is None:
        return None
    g.compte = identite.acteur.utilisateur_id  # the logs name an account by its number, and nobody
    if identite.must_be_seen:
        try:
            connexion.see_session(secret=secret, actor=identite.acteur, now=now)
        except BASE_UNAVAILABLE:
            current_app.logger.warning("session not marked as seen: the base is busy")
    return SignedIn(secret, identite)


def is_signed_in() -> bool:
    """Whether this request comes from an open session."""
    return bool(current_user.is_authenticated)


def actor() -> Acteur:
    """Who asks, on a page open to roles; a bug (RuntimeError) anywhere else."""
    if not is_signed_in():
        raise RuntimeError("nobody is signed in: is this view open to a role?")
    asking: Acteur = current_user.identite.acteur
    return stand_in(asking, g.departement) if "departement" in g else asking


def stand(departement: str) -> None:
    """Have this request ask and act in one département of whoever asks; NotFound for one that is not her own."""
    stand_in(current_user.identite.acteur, departement)
    g.departement = departement
    if session.get(CHOSEN) != departement:
        session[CHOSEN] = departement


def last_chosen() -> str | None:
    """The département that the last page of this browser stood in."""
    found = session.get(CHOSEN)
    return found if isinstance(found, str) else None


def current_identity() -> Identity | None:
    """Who asks, or None for nobody; never raises, so that error pages may call it."""
    if "base_is_down" in g:
        return None
    try:
        return current_user.identite if is_signed_in() else None
    except BASE_ERROR:
        g.base_is_down = True
        return None


def provenance() -> connexion.RequestSource:
    """Where this request comes from."""
    return connexion.RequestSource(request.remote_addr or "", browser_of(request.headers.get("User-Agent", "")))


def own_secret() -> str:
    """The secret of this browser's session, "" for nobody's."""
    return str(current_user.secret) if is_signed_in() else ""


def signed_in_at() -> datetime | None:
    """When whoever asks last proved who she is in this browser; None once the session was prolonged without that."""
    identite = current_identity()
    return None if identite is None or PROLONGED in session else identite.ouverte_le


def prepare_to_ask() -> None:
    """Give this browser, before it asks for a link, the secret by which it is known again; one until it signs in."""
    if ASKED not in session:
        session[ASKED] = draw()


def asked_here() -> str:
    """What the base keeps of this browser with the links that it asks for, "" while it was shown no form for one."""
    found = session.get(ASKED)
    return digest(found) if isinstance(found, str) else ""


def enter(secret: str, code: str = "") -> None:
    """Open a session of the link's owner in this browser; what the cookie held before is thrown away."""
    settings = current_app.extensions["paqte"]
    par = connexion.JetonAsked(asked_here(), code, (settings.secret_key, *settings.anciennes_cles))
    take_seat(connexion.open_session(secret=secret, now=clock.now(), depuis=provenance(), par=par))


def take_seat(opened: connexion.SessionOpened) -> None:
    """Give this browser a session just opened; the one that it held ends, and what its cookie held is thrown away."""
    if is_signed_in():
        connexion.close_session(secret=current_user.secret, actor=actor(), now=clock.now())
    session.clear()
    login_user(SignedIn(opened.secret, Identity(opened.acteur, "", False)))


def go_on(secret: str) -> None:
    """Go on under the secret that a code of the second factor was answered with: no copy of the former one serves."""
    login_user(SignedIn(secret, replace(current_user.identite, facteur_le=clock.now())))


@dataclass(frozen=True, slots=True)
class SessionTime:
    """Seconds that this session surely lasts: without another request, and in all; how long before it is told; whether
    the whole may be prolonged, which is once."""

    inactive: int
    reste: int
    avis: int
    prolongeable: bool


def time_to_live() -> SessionTime | None:
    """How long the session of this request lasts from now; None for nobody's."""
    identite = current_identity()
    if identite is None:
        return None
    now = clock.now()
    idle, left = time_left(identite.bornes, identite.ouverte_le or now, now)
    told = int(TOLD_BEFORE.total_seconds())
    return SessionTime(int(idle.total_seconds()), int(left.total_seconds()), told, PROLONGED not in session)


def prolong() -> SessionTime | None:
    """Go on, as whoever is at the page asks: idleness counts from now; near the end of the longest, once, all of it.

    That it was done is in the signed cookie beside the new secret: no copy of the former one opens anything.
    """
    now, identite = clock.now(), current_user.identite
    if PROLONGED in session or identite.ouverte_le + identite.bornes.longest - now > 2 * TOLD_BEFORE:
        connexion.see_session(secret=own_secret(), actor=identite.acteur, now=now)
        return time_to_live()
    secret = connexion.prolong_session(secret=own_secret(), actor=identite.acteur, now=now)
    if secret:  # otherwise this browser already holds the cookie that another of its tabs was given: it stays
        login_user(SignedIn(secret, replace(identite, ouverte_le=now)))
        session[PROLONGED] = True
    return time_to_live()


def leave() -> None:
    """Close this browser's session, in the base first."""
    if is_signed_in():
        connexion.close_session(secret=current_user.secret, actor=actor(), now=clock.now())
    logout_user()
    session.clear()
