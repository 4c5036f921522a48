"""The typeface of the pages comes with the product, asked for once, and nothing moves on the page when it has come."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fontTools.ttLib import TTFont
from PIL import ImageFont

import paqte
from paqte.reporting import typeface

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Page, Route

    from tests.fixtures_application import LiveServer

ABOUT_PAGES = True
STYLESHEET = Path(paqte.__file__).parent / "static" / "paqte.css"
WRITTEN = "Łódź, Ağrı, Ελλάδα, œuvre, 12\u202f%, 1\u202f234\u00a0€ – « né » → ≥"
# Top and height of each block of the page, in pixels.
BLOCKS = """() => [...document.querySelectorAll('h1, h2, p, li, label, button, td')]
    .map(e => e.getBoundingClientRect()).map(b => [Math.round(b.top), Math.round(b.height)])"""


def addresses(client: FlaskClient) -> list[str]:
    """The files of the typeface that the stylesheet of a page names, as a browser would ask for them."""
    link = re.search(r'href="(/static/paqte\.css\?v=\w+)"', client.get("/connexion").text)
    assert link
    return [f"/static/{name}" for name in re.findall(r"url\(([^)]+)\)", client.get(link[1]).text)]


def test_the_stylesheet_names_each_file_of_the_typeface_and_no_other() -> None:
    told = re.findall(r"url\(([^)]+)\)", STYLESHEET.read_text(encoding="utf-8"))
    assert sorted(told) == sorted(typeface.PAGE_FILES)


def test_the_typeface_is_served_and_kept_for_a_year(app: Flask) -> None:
    client = app.test_client()
    asked = addresses(client)
    assert len(asked) == 2
    for address in asked:
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "font/woff")
        assert "immutable" in answer.headers["Cache-Control"]
        assert "font-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "immutable" not in client.get(address.partition("?")[0]).headers["Cache-Control"]


def test_the_typeface_writes_what_people_are_called_and_figures_of_one_width() -> None:
    for name in typeface.PAGE_FILES:
        font = TTFont(io.BytesIO(typeface.page_file(name)))
        drawn = font.getBestCmap()
        assert [c for c in WRITTEN if ord(c) not in drawn] == []
        font.flavor = None
        plain = io.BytesIO()
        font.save(plain)
        plain.seek(0)
        pen = ImageFont.truetype(plain, 200)
        assert len({pen.getlength(digit) for digit in "0123456789"}) == 1


def test_the_typeface_bears_its_licence_and_not_the_name_kept_for_its_makers() -> None:
    for name in typeface.PAGE_FILES:
        told = {record.nameID: str(record) for record in TTFont(io.BytesIO(typeface.page_file(name)))["name"].names}
        assert "SIL Open Font Licen" in told[13]
        assert {1, 4, 6, 16}.isdisjoint(told)


def test_nothing_moves_when_the_typeface_comes(live_server: LiveServer, page: Page) -> None:
    def blocks(with_typeface: bool) -> tuple[list[Any], bool]:
        page.unroute_all()
        if not with_typeface:
            page.route("**/*.woff*", refuse)
        page.goto(f"{live_server.url}/connexion")
        page.evaluate("document.fonts.ready.then(() => null)")
        return page.evaluate(BLOCKS), bool(
            page.evaluate("[...document.fonts].some(f => f.status === 'loaded' && f.family.includes('Texte'))")
        )

    def refuse(route: Route) -> None:
        route.abort()

    page.set_viewport_size({"width": 360, "height": 800})
    waiting, has_come_early = blocks(with_typeface=False)
    come, has_come = blocks(with_typeface=True)
    assert (has_come_early, has_come) == (False, True)
    assert come == waiting
