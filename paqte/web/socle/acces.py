"""The guard of every page: a view that says nothing is refused to everybody.

A room (a route) that is not one's own answers 403; a thing (a convention, an edition) that is not one's own
answers 404, exactly as one that does not exist: that is decided by queries/perimetre.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.documents.lignes.libelles import capitalized
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import TERRITORIAL, Acteur
from paqte.domain.personnes.prefectures import prefecture_of
from paqte.domain.personnes.roles import PUBLIC, roles_of
from paqte.ops import clock
from paqte.ops.health import BASE_UNAVAILABLE
from paqte.queries.perimetre import CHOOSE, WRITERS, all_departements_of
from paqte.services.comptes.connexion import record_refusal
from paqte.web.socle import session
from paqte.web.socle.factor import ask_factor

Menu = Sequence[tuple[str, str]]
# Pages of one département: whoever has several reads and writes there in the one that the address names.
STANDING = ("referent.", "taches.")
DEPARTEMENT = "departement"
_ADDRESSES = re.compile(r'href="([^"]*)"')


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of the menu; `courante` in its section, `exacte` on its very page."""

    libelle: str
    url: str
    courante: bool
    exacte: bool


@dataclass(frozen=True, slots=True)
class DepartementOffered:
    """A département of whoever asks, and the same page there; `courant` for the one that this page is of."""

    libelle: str
    url: str
    courant: bool


def register(app: Flask) -> None:
    app.extensions["paqte_menus"] = {}
    session.register(app)
    app.before_request(_guard)
    app.url_defaults(_keep_standing)
    app.jinja_env.globals.update(
        peut=may_open,
        ecrit=may_write,
        acteur_courant=current_actor,
        territoire_courant=current_territory,
        service_courant=current_body,
        territoires_courants=territory_choices,
        menu_courant=current_menu,
        page_seule=own_page,
        departement_choisi=chosen_departement,
    )


def add_menu(app: Flask, role: str, entries: Menu) -> None:
    """Give a role its menu: (label, endpoint); the first entry is its home."""
    app.extensions["paqte_menus"][role] = tuple(entries)


def may_open(endpoint: str) -> bool:
    """Whether whoever asks may open this page; False for a page that does not exist."""
    roles = roles_of(current_app.view_functions.get(endpoint))
    asking = current_actor()
    return PUBLIC in roles or (asking is not None and asking.role in roles)


def may_write() -> bool:
    """Whether whoever asks writes in the département of this page, or only reads it: what shows the acts."""
    asking = current_actor()
    return asking is not None and asking.role in WRITERS


def current_actor() -> Acteur | None:
    """Who asks, or None; never raises."""
    return session.actor() if session.current_identity() else None


def current_territory() -> str:
    """ "Loir-et-Cher (41)", that of this page among several, a région, or '' for whoever has none."""
    identite = session.current_identity()
    if identite is None:
        return ""
    return identite.territoires.get(chosen_departement(), identite.territoire)


def current_body() -> str:
    """ "Préfecture de Loir-et-Cher" where this page is of one département, else the territory, or ''."""
    told, acteur = current_territory(), current_actor()
    code = chosen_departement() or (acteur.departement if acteur else None)
    return capitalized(prefecture_of(code, told.removesuffix(f" ({code})"))) if code and told else told


def chosen_departement() -> str:
    """The département that the address of this page names, "" when there is none to name."""
    return g.get(DEPARTEMENT, "")


def own_page(**more: int) -> str:
    """The address of this page, without what filters it; `more` is added to it."""
    code = chosen_departement()
    asked = {**({DEPARTEMENT: code} if code else {}), **more}
    return request.path + (f"?{urlencode(asked)}" if asked else "")


def territory_choices() -> list[DepartementOffered]:
    """The départements of whoever has several, each with this list in it, or the first page of it."""
    identite = session.current_identity()
    if identite is None:
        return []
    return [
        DepartementOffered(name, _page_in(code), code == chosen_departement())
        for code, name in identite.territoires.items()
    ]


def home_endpoint(role: str) -> str:
    """First page of a role: the first entry of its menu."""
    menu: Menu = current_app.extensions["paqte_menus"][role]
    return menu[0][1]


def current_menu(trail: str = "") -> list[MenuEntry]:
    """The menu of whoever asks, without the pages closed to her.

    `trail`: the HTML of the page's breadcrumb, which says of which section it is; without one, its address does.
    """
    asking = current_actor()
    menu: Menu = current_app.extensions["paqte_menus"].get(asking.role, ()) if asking else ()
    entries = [(label, url_for(endpoint)) for label, endpoint in menu if may_open(endpoint) and _is_at_hand(endpoint)]
    section = _section([url.partition("?")[0] for _, url in entries], trail)
    return [
        MenuEntry(label, url, rank == section, request.path == url.partition("?")[0])
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


def page_elsewhere() -> Response | None:
    """The page asked for, when the thing that it is about belongs to another département of whoever asks.

    A link of a mail or of another page names no département: the one that holds the thing is found here, and named
    in the address. None when none of them does.
    """
    keys = [value for value in (request.view_args or {}).values() if isinstance(value, int)]
    here = chosen_departement()
    if request.method != "GET" or not here or not keys or request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    for code in sorted(all_departements_of(session.actor()) - {here}):
        g.departement = code
        with suppress(Refused):
            answer = make_response(view(**_given()))
            is_page = answer.status_code == 200 and answer.mimetype == "text/html"
            return make_response(redirect(own_page())) if is_page else answer
    g.departement = here
    return None


def _given() -> dict[str, Any]:
    return dict(request.view_args or {})


def _page_in(code: str) -> str:
    rule = request.url_rule
    is_list = rule is not None and rule.endpoint.startswith(STANDING) and "GET" in (rule.methods or ())
    if rule is not None and is_list and not any(isinstance(value, int) for value in _given().values()):
        return url_for(rule.endpoint, **{**_given(), DEPARTEMENT: code})
    menu: Menu = current_app.extensions["paqte_menus"][session.actor().role]
    first = next(endpoint for _, endpoint in menu if endpoint.startswith(STANDING))
    return url_for(first, **{DEPARTEMENT: code})


def _is_at_hand(endpoint: str) -> bool:
    """Whether a page may be led to: a page of one département, only once one is chosen by whoever has several."""
    asking = current_actor()
    if asking is None or not endpoint.startswith(STANDING) or asking.role not in TERRITORIAL:
        return True
    return bool(asking.departement)


def _keep_standing(endpoint: str, values: dict[str, Any]) -> None:
    """Links from a page of one département lead to pages of the same one."""
    if endpoint.startswith(STANDING) and chosen_departement():
        values.setdefault(DEPARTEMENT, chosen_departement())


def _stand() -> ResponseReturnValue | None:
    """Which département this page is of, by its address; one that names none is sent to the last one chosen."""
    asking, asked = session.actor(), request.args.get(DEPARTEMENT)
    if asking.role not in TERRITORIAL or not str(request.endpoint).startswith(STANDING):
        return None
    own = all_departements_of(asking)
    if asked is not None and asked not in own:
        raise NotFound("Ce département")
    if asking.departement is not None:
        return None
    if asked is not None or len(own) == 1:
        session.stand(asked or next(iter(own)))
        return None
    if request.method not in ("GET", "HEAD"):
        raise Refused(CHOOSE)
    last = session.last_chosen()
    code = last if last in own else min(own)
    query = [*request.args.items(multi=True), (DEPARTEMENT, code)]
    return redirect(f"{request.path}?{urlencode(query)}")


def _section(paths: list[str], trail: str) -> int | None:
    """Which entry of the menu this page is of: its own, the last that its breadcrumb goes by, else the one above it."""
    steps = {address.partition("?")[0] for address in _ADDRESSES.findall(trail)}
    ranks = range(len(paths))
    own = [rank for rank in ranks if paths[rank] == request.path]
    gone_by = [rank for rank in ranks[1:] if paths[rank] in steps]
    above = [rank for rank in ranks[1:] if request.path.startswith(paths[rank].rstrip("/") + "/")]
    return next(iter([*own, *gone_by[::-1], *above, *([0] if steps and paths else [])]), None)


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
    return ask_factor() or _stand()


def _to_sign_in() -> ResponseReturnValue:
    """A page asked for comes back after signing in; typed data is kept on the page of the refusal."""
    if request.method not in ("GET", "HEAD"):
        abort(401)
    return redirect(url_for("compte.connexion", next=request.full_path.rstrip("?")))
