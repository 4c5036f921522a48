"""The guard of every page: a view that says nothing is refused to everybody.

A room (a route) that is not one's own answers 403; a thing (a convention, an edition) that is not one's own
answers 404, exactly as one that does not exist: that is decided by queries/perimetre.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.personnes.roles import PUBLIC, roles_of
from paqte.ops import clock
from paqte.ops.health import BASE_UNAVAILABLE
from paqte.services.comptes.connexion import record_refusal
from paqte.web.socle import session

Menu = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the declared table of routes."""

    rule: str
    methods: tuple[str, ...]
    endpoint: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of the menu; `courante` in its section, `exacte` on its very page."""

    libelle: str
    url: str
    courante: bool
    exacte: bool


def register(app: Flask) -> None:
    app.extensions["paqte_menus"] = {}
    session.register(app)
    app.before_request(_guard)
    app.jinja_env.globals.update(
        peut=may_open, acteur_courant=current_actor, territoire_courant=current_territory, menu_courant=current_menu
    )


def add_menu(app: Flask, role: str, entries: Menu) -> None:
    """Give a role its menu: (label, endpoint); the first entry is its home."""
    app.extensions["paqte_menus"][role] = tuple(entries)


def route_table(app: Flask) -> list[Route]:
    """Every route with its methods and who may use it ("public", or codes of roles; nobody when empty)."""
    rules = sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, r.endpoint))
    return [
        Route(
            r.rule, tuple(sorted(r.methods or ())), r.endpoint, tuple(sorted(roles_of(app.view_functions[r.endpoint])))
        )
        for r in rules
    ]


def may_open(endpoint: str) -> bool:
    """Whether whoever asks may open this page; False for a page that does not exist."""
    roles = roles_of(current_app.view_functions.get(endpoint))
    asking = current_actor()
    return PUBLIC in roles or (asking is not None and asking.role in roles)


def current_actor() -> Acteur | None:
    """Who asks, or None; never raises."""
    identite = session.current_identity()
    return identite.acteur if identite else None


def current_territory() -> str:
    """ "Loir-et-Cher (41)", or '' for whoever has no département."""
    identite = session.current_identity()
    return identite.territoire if identite else ""


def home_endpoint(role: str) -> str:
    """First page of a role: the first entry of its menu."""
    menu: Menu = current_app.extensions["paqte_menus"][role]
    return menu[0][1]


def current_menu() -> list[MenuEntry]:
    """The menu of whoever asks, without the pages closed to her."""
    asking = current_actor()
    menu: Menu = current_app.extensions["paqte_menus"].get(asking.role, ()) if asking else ()
    entries = [(label, url_for(endpoint)) for label, endpoint in menu if may_open(endpoint)]
    return [
        MenuEntry(label, url, _is_inside(request.path, url, is_home=rank == 0), request.path == url)
        for rank, (label, url) in enumerate(entries)
    ]


def refuse(objet: str) -> None:
    """Leave a journal line about what somebody signed in was refused, if the base can take it."""
    asking = current_actor()
    if asking is None:
        return
    things = "/".join(str(value) for value in (request.view_args or {}).values())
    try:
        record_refusal(actor=asking, objet=objet, objet_id=things, now=clock.now())
    except BASE_UNAVAILABLE:
        current_app.logger.warning("refusal not written to the journal: the base is busy")


def _is_inside(path: str, url: str, *, is_home: bool) -> bool:
    return path == url or (not is_home and path.startswith(url.rstrip("/") + "/"))


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    roles = roles_of(current_app.view_functions[request.endpoint])
    if PUBLIC in roles:
        return None
    if not session.is_signed_in():
        return _to_sign_in() if roles else abort(403)
    if session.actor().role not in roles:
        refuse(request.endpoint)
        abort(403)
    return None


def _to_sign_in() -> ResponseReturnValue:
    """A page asked for comes back after signing in; typed data is kept on the page of the refusal."""
    if request.method not in ("GET", "HEAD"):
        abort(401)
    return redirect(url_for("compte.connexion", next=request.full_path.rstrip("?")))
