"""Bruno's company with a convention, and Bruno signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import time_machine
from sqlalchemy import event, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Signataire, db
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import open_declaration
from tests import factories
from tests.factories import a_convention, engagement_of
from tests.fixtures_acteurs import BRUNO, SIRET_BRUNO

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.fixtures_base import KeptBases

CODES = ("S2", "S2p", "S7", "R1", "R3", "X1")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
T3 = Periode.from_code("2026-T3")


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Maison:
    """Bruno's company: its convention, its declaration of 2026-T3, and his browser."""

    app: Flask
    browser: FlaskClient
    signataire: int
    convention: int
    keys: dict[str, int] = field(default_factory=dict)
    id: int = 0

    @property
    def path(self) -> str:
        return f"/entreprise/declarations/{self.id}"

    @property
    def contact(self) -> Acteur:
        return factories.bruno(self.signataire)

    def html(self, path: str = "/entreprise/", browser: FlaskClient | None = None) -> str:
        return plain((browser or self.browser).get(path, follow_redirects=True).text)

    def type(self, geste: str = "brouillon", opened: str = "", action: str = "saisir", **typed: str) -> Any:
        """Open the page, type into it (S2="4", S2_neant="y", S2p_sur="12"), press a button."""
        opened = opened or self.browser.get(f"{self.path}/saisir").text
        data = fields_in(opened) | {self.name(f): value for f, value in typed.items()} | {"geste": geste}
        body = urlencode(data, errors="surrogatepass")
        return self.browser.post(f"{self.path}/{action}", data=body, content_type="application/x-www-form-urlencoded")

    def name(self, name: str) -> str:
        code, _, part = name.partition("_")
        if code not in self.keys:
            return name
        key = self.keys[code]
        if code == "S2p" and part in ("", "sur"):
            return f"denominateur_{key}" if part else f"numerateur_{key}"
        special = {"": "valeur", "neant": "neant", "date": "date", "precision": "precision"}
        return f"{special[part]}_{key}" if part in special else f"explication_{key}_{part}"

    def stored(self) -> Any:
        with self.app.app_context():
            return read_declaration(actor=factories.CAMILLE, declaration_id=self.id)

    def answer(self, code: str) -> Any:
        return self.stored().ligne(self.keys[code]).actuelle

    def by_camille(self, use_case: Any, **given: Any) -> Any:
        """A use case of the référente on the declaration as it stands."""
        with self.app.app_context():
            version = read_declaration(actor=factories.CAMILLE, declaration_id=self.id).version
            return use_case(actor=factories.CAMILLE, now=NOW, declaration_id=self.id, version=version, **given)

    def send(self, **typed: str) -> None:
        """Type, read again, send."""
        assert self.type("relire", **typed).location.endswith("/relire")
        opened = self.browser.get(f"{self.path}/relire").text
        answer = self.browser.post(f"{self.path}/relire", data=fields_in(opened))
        assert answer.location == self.path


@pytest.fixture
def maison(app: Flask, accounts: object, sign_in: Callable[..., FlaskClient], kept_bases: KeptBases) -> Maison:
    signataire, convention, keys, declaration = kept_bases.write_once(app, f"{__name__}: maison", lambda: _open(app))
    return Maison(app, sign_in(BRUNO), signataire, convention, dict(keys), declaration)


def _open(app: Flask) -> tuple[int, int, dict[str, int], int]:
    with app.app_context():
        key = db.session.scalars(select(Signataire.id).where(Signataire.identifiant == SIRET_BRUNO)).one()
        convention = a_convention(key, *CODES, cibles={"S2": 30, "R3": 12})
        keys = {code: engagement_of(convention, code) for code in CODES}
        declaration = open_declaration(actor=factories.bruno(key), now=NOW, convention_id=convention, periode=T3)
    return key, convention, keys, declaration


def fields_in(html: str) -> dict[str, str]:
    """What a browser would send back of this page, buttons and files apart."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        kind, name = attributes.get("type", "text"), attributes.get("name")
        if name and kind != "file" and (kind not in ("checkbox", "radio") or " checked" in tag):
            found[name] = attributes.get("value", "")
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?([^<]*)</textarea>', html))
    return {name: unescape(value) for name, value in found.items()}


def plain(html: str) -> str:
    """As read aloud: entities and no-break spaces undone."""
    return unescape(html).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def statements() -> Callable[[Maison, str], int]:
    """`statements(maison, "/entreprise/")` counts the SQL statements of a page."""

    def count(maison: Maison, path: str) -> int:
        seen: list[str] = []
        with maison.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        assert maison.browser.get(path).status_code == 200
        return len(seen)

    return count
