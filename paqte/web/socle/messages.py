"""A message told after a redirection is met first: the page that comes opens on it, never further down."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from itertools import accumulate
from urllib.parse import urldefrag

from flask import Flask, Response, flash, get_flashed_messages, session

from paqte.domain.saisie.nombres import written

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# They wait in the session's cookie, which a browser drops beyond 4,096 bytes, and signs out whoever it was.
KEPT = "_flashes"
MOST_OCTETS = 2_200


def register(app: Flask) -> None:
    # Those registered last are called first.
    app.after_request(_fit_in_the_cookie)
    app.after_request(_open_on_message)
    app.jinja_env.filters["titre_de"] = heading_at


def _open_on_message(response: Response) -> Response:
    """A browser that is sent to a part of a page gives the focus to nothing else there: the message leads to it.

    The part goes with the last message's tone, `succes#editions`: composants/alerte.html makes a link of it.
    """
    target, place = urldefrag(response.location or "")
    told = get_flashed_messages(with_categories=True) if place else []
    for rank, (tone, text) in enumerate(told):
        flash(text, f"{tone}#{place}" if rank == len(told) - 1 else tone)
    if told:
        response.location = target
    return response


def _fit_in_the_cookie(response: Response) -> Response:
    """The first messages, as many as the cookie holds, and how many more there were."""
    if 300 <= response.status_code < 400 and (told := session.get(KEPT)):
        sizes = accumulate(len(json.dumps(one)) for one in told)
        held = sum(size <= MOST_OCTETS for size in sizes)
        if held < len(told):
            session[KEPT] = [*told[:held], ("attention", _more(len(told) - held))]
    return response


def _more(count: int) -> str:
    if count == 1:
        return "Une autre remarque n’a pas trouvé place ici : corrigez celles-ci, puis recommencez."
    return f"{written(count)} autres remarques n’ont pas trouvé place ici : corrigez celles-ci, puis recommencez."


def heading_at(html: str, place: str) -> str:
    """The words of the heading that the part `place` of a page is, or opens with; "" for a part that has none."""
    reader = _Headings(place)
    reader.feed(html)
    return " ".join("".join(reader.words).split())


class _Headings(HTMLParser):
    """Keeps the words of the first heading at the place or inside it."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place, self.words = place, list[str]()
        self.opened, self.depth, self.heading, self.is_done = "", 0, "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.opened and ("id", self.place) in attrs:
            self.opened = tag
        if self.opened and not self.is_done:
            self.depth += tag == self.opened
            self.heading = self.heading or (tag if tag in HEADINGS else "")

    def handle_data(self, data: str) -> None:
        if self.heading and not self.is_done:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.depth -= bool(self.opened) and tag == self.opened
        # The heading is read, or the part is over without one.
        self.is_done = self.is_done or tag == self.heading or (bool(self.opened) and not self.depth)
