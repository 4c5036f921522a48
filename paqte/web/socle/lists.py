"""A list opens as its person left it: her filters and her sort are kept with her account, nobody else's.

Plain addresses, without JavaScript: opened bare, the list reads what its address said last time; an address that says
something wins, and is what is kept; `?tout=1` shows everything and forgets.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from urllib.parse import parse_qsl, urlencode

from flask import current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.ops import clock
from paqte.ops.health import BASE_UNAVAILABLE
from paqte.queries.comptes.habitudes import read_habit
from paqte.services.comptes.habitudes import keep_habit
from paqte.web.socle import session
from paqte.web.socle.typed.ticked import whole

View = Callable[..., ResponseReturnValue]
EVERYTHING = "tout"
# What a period names is let go with the quarter in which it was chosen: the next one opens on its own.
DATED = "periode"


def as_left(*names: str) -> Callable[[View], View]:
    """Mark a list whose parameters of these names are kept from a visit to the next."""

    def mark(view: View) -> View:
        @wraps(view)
        def opened(**given: object) -> ResponseReturnValue:
            if EVERYTHING in request.args or any(name in request.args for name in names):
                _keep(urlencode([(name, text) for name in names for text in request.args.getlist(name) if text]))
            elif not request.args.keys() - {session.CHOSEN}:
                # As if the address said it: its links to sort, to turn pages and to take away follow.
                request.args = ImmutableMultiDict([*request.args.items(multi=True), *_left()])
            return view(**given)

        opened.kept_names = names  # type: ignore[attr-defined]
        return opened

    return mark


def names_of(endpoint: str | None) -> tuple[str, ...]:
    """The parameters that a list keeps; none for a page that is no list."""
    return getattr(current_app.view_functions.get(endpoint or ""), "kept_names", ())


def page_asked() -> int:
    """The page of a list that its address asks for; the first for anything that is no number of a page."""
    return max(1, whole(request.args.get("page")) or 1)


def page_within(total: int, per_page: int) -> int:
    """The same, and the last one for any that comes after it."""
    return max(1, min(page_asked(), -(-total // per_page)))


def _name() -> str:
    """The list, in the département that its address names to whoever has several: each is left in its own way."""
    return f"{request.endpoint}/{g.get(session.CHOSEN, '')}".rstrip("/")


def _keep(filtres: str) -> None:
    try:
        keep_habit(actor=session.actor(), liste=_name(), filtres=filtres, now=clock.now())
    except BASE_UNAVAILABLE:
        current_app.logger.warning("list habit not kept: the base is busy")


def _left() -> list[tuple[str, str]]:
    kept = read_habit(actor=session.actor(), liste=_name())
    if kept is None:
        return []
    place = session.actor().departement or ""
    was, today = local_date(kept.gardee_le, place), local_date(clock.now(), place)
    asked = parse_qsl(kept.filtres)
    return [(name, text) for name, text in asked if name != DATED or _quarter(was) == _quarter(today)]


def _quarter(day: date) -> str:
    return Periode.containing(day, "T").code
