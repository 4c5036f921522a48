"""Every page that the roles may open, of a world that has one thing of each sort."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import time_machine

from paqte.domain.personnes.roles import PUBLIC
from paqte.ops.routes import route_table
from tests.architecture.acces.monde import NOW, furnish
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, Personne

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

WORDS = {"periode": "2026-S1", "trimestre": "2026-T2", "axe": "RECRUTER", "nom": "partenaires", "code": "strategie",
         "indicateur": "S2", "genre": "bilan", "cote": "nouveau", "secret": "perime", "format": "csv"}  # fmt: skip


def every_page(app: Flask, sign_in: Callable[[Personne], FlaskClient]) -> Iterator[tuple[str, str]]:
    """Path and HTML of each page, as each of those who may open it sees it."""
    for _, path, html in pages_and_browsers(app, sign_in):
        yield path, html


def pages_and_browsers(
    app: Flask, sign_in: Callable[[Personne], FlaskClient]
) -> Iterator[tuple[FlaskClient, str, str]]:
    """The same with the browser in which each is open, while time stands still."""
    with time_machine.travel(NOW, tick=False):
        keys = furnish(app)
        browsers = {p.role: sign_in(p) for p in (CAMILLE, BRUNO, NADIA, ALIX)} | {PUBLIC: app.test_client()}
        for route in route_table(app):
            if "GET" not in route.methods or route.endpoint.startswith(("essai", "cata")):
                continue
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(WORDS.get(m[1]) or keys.get(m[1], 1)), route.rule)
            for role in sorted(set(route.roles) & browsers.keys()):
                answer = browsers[role].get(path)
                if answer.mimetype == "text/html":
                    yield browsers[role], path, answer.text
