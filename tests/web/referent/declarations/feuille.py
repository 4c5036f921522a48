"""The typing table as a browser holds it, and what the base keeps of it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from paqte.domain.calendrier.periodes import Periode
from paqte.queries.declarations.lecture.declaration import read_to_type
from tests import factories
from tests.factories import a_convention, a_signataire, a_siren, engagement_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

T3 = Periode.from_code("2026-T3")
PAGE = "/referent/declarations/tableau/2026-T3?axe=tous"
CODES = ("S1", "S2", "F1", "F1p", "R1", "R3")


class Table:
    """The page as a browser holds it, and what the base keeps."""

    def __init__(self, app: Flask, browser: FlaskClient) -> None:
        self.app, self.browser = app, browser

    def add(self, nom: str, *codes: str, rank: int = 1, **more: Any) -> int:
        with self.app.app_context():
            return a_convention(a_signataire(nom, siren=a_siren(rank)), *(codes or CODES), **more)

    def field(self, convention: int, code: str, part: str = "valeur") -> str:
        with self.app.app_context():
            return f"{part}_{engagement_of(convention, code)}"

    def html(self, page: str = PAGE) -> str:
        return plain(self.browser.get(page).text)

    def send(self, typed: dict[str, str], page: str = PAGE, opened: str = "") -> Any:
        """Open the page, type into its cells, save."""
        return self.browser.post(page, data=sent_back(opened or self.browser.get(page).text) | typed)

    def stored(self, convention: int) -> Any:
        with self.app.app_context():
            return read_to_type(actor=factories.CAMILLE, conventions=[convention], periode=T3)[convention]

    def answers(self, convention: int) -> dict[str, Any]:
        lignes = self.stored(convention).lignes
        return {one.indicateur.code: one.actuelle for one in lignes if one.actuelle}

    def values(self, convention: int) -> dict[str, Any]:
        return {code: one.valeur for code, one in self.answers(convention).items()}


def plain(html: str) -> str:
    return unescape(html).replace("\u00a0", " ").replace("\u202f", " ")


def sent_back(html: str) -> dict[str, str]:
    """What a browser without a script would send of the table's form, boxes left alone."""
    form = html.partition('<form method="post" action="/referent/declarations/tableau')[2].partition("</form>")[0]
    assert form, html
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if attributes.get("type") != "checkbox":
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    return found


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", plain(html), flags=re.DOTALL).split())
