"""What a page shows between its tags has its no-break spaces; what is sent back or copied is as it was given."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import Environment
from markupsafe import Markup

import paqte
from paqte.web.affichage.typographie import FILTER, PageText, keep_marks_together
from tests.web.toutes_les_pages import every_page

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.fixtures_acteurs import Personne

ABOUT_PAGES = True
LINE = ('<span class="une-ligne">', "</span>")
TEMPLATES = Path(paqte.__file__).parent / "templates"
# Written anew from the rule that people read, not the pattern of the code.
# What only the program writes so: a period, a day, a name of the base, a number without its spaces.
ADDRESSES = re.compile(r"https?://\S+|réponse \d{5}|\d{5} Paris|2025-S2 ou 2025-T4")  # the last: what a person may type
CODES = re.compile(r"\b20\d\d-(?:[ST]\d|\d\d-\d\d)\b|\b[a-z]+_[a-z_]+\b|(?<![\w.,:/-])[1-9]\d{4,}(?![\w.:/-])")
BREAKS = re.compile(r"[ \n][:;?!»](?=[\s.,)<]|$)|\d [%€]|« |n° |\d \d\d\d(?!\d)")


@pytest.fixture
def pages() -> Environment:
    environment = Environment(autoescape=True, extensions=[PageText])
    environment.filters[FILTER] = keep_marks_together
    return environment


@pytest.mark.parametrize(
    ("template", "told", "shown"),
    [
        ("<p>Bilan : {{ a }} %</p>", {"a": "10 000"}, "<p>Bilan_: 10_000_%</p>"),
        ("<p>« {{ a }} »</p>", {"a": "Prêt ?"}, "<p>«_Prêt_?_»</p>"),
        ("<b>n° {{ a }}</b> : fin", {"a": 3}, "<b>n°_3</b>_: fin"),
        ('<input value="{{ a }}" title="x : y">', {"a": "a : b"}, '<input value="a : b" title="x : y">'),
        ("<input value='{{ a }}'> ?", {"a": "a > b : c"}, "<input value='a &gt; b : c'>_?"),
        ('<a title="a > b" href="{{ a }}">{{ a }}</a>', {"a": "5 %"}, '<a title="a > b" href="5 %">5_%</a>'),
        ("<textarea>\n{{ a }} : b</textarea> :", {"a": "a : b"}, "<textarea>\na : b : b</textarea>_:"),
        ("<code>{{ a }}</code><br>{{ a }}", {"a": "x : y"}, "<code>x : y</code><br>x_: y"),
        ("<option value=x>{{ a }}</option>", {"a": "5 000"}, "<option value=x>5 000</option>"),
        ('<p{% if a %} class="{{ a }}"{% endif %}>{{ a }}</p>', {"a": "5 %"}, '<p class="5 %">5_%</p>'),
        ("<p>{{ a if b else c }}</p>", {"a": "", "b": False, "c": "Oui : non"}, "<p>Oui_: non</p>"),
        ("<p>{{ a }}</p>", {"a": Markup('<input value="a : b">')}, '<p><input value="a : b"></p>'),
        ("<p>{{ 'Taux : ' ~ a }}</p>", {"a": Markup("5 %")}, "<p>Taux_: 5_%</p>"),
        ("<p>{{ a }}</p>", {"a": "<b> : </b>"}, "<p>&lt;b&gt;_: &lt;/b&gt;</p>"),
        (
            "<p>{{ a }} : {{ b }}</p>",
            {"a": "<41-2025-001", "b": "2A-2026-12"},
            f"<p>&lt;{LINE[0]}41-2025-001{LINE[1]}_: {LINE[0]}2A-2026-12{LINE[1]}</p>",
        ),
        (
            '<a title="{{ a }}">{{ b }}</a>',
            {"a": "41-2025-001", "b": "export_41-2025-001, 2026-11-22"},
            '<a title="41-2025-001">export_41-2025-001, 2026-11-22</a>',
        ),
        (
            "<p>Le {{ a }}, 1er rang</p>",
            {"a": "3e trimestre, 1er mai 2026"},
            "<p>Le 3e_trimestre, 1er_mai 2026, 1er rang</p>",
        ),
        ("<option>{{ a }}</option>", {"a": "41-2025-001"}, "<option>41-2025-001</option>"),
        ("<p>{{ a }}{{ b }}</p>", {"a": 5, "b": None}, "<p>5None</p>"),
        ("a < b : {{ a }}", {"a": "c : d"}, "a < b : c : d"),
        ("<!-- a : b -->{{ a }}", {"a": "c : d"}, "<!-- a : b -->c_: d"),
    ],
)
def test_what_is_read_is_held_together_and_nothing_else(
    pages: Environment, template: str, told: dict[str, Any], shown: str
) -> None:
    assert pages.from_string(template).render(told).replace("\u00a0", "_") == shown


class Shown(HTMLParser):
    """The texts between tags, but of what is sent back or copied as it stands."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._kept: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("title", "textarea", "script", "style", "option", "pre", "code"):
            self._kept.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._kept and self._kept[-1] == tag:
            self._kept.pop()

    def handle_data(self, data: str) -> None:
        if not self._kept:
            self.texts.append(data)


def test_no_line_of_any_page_can_end_before_a_mark_nor_inside_a_number(
    app: Flask, accounts: object, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    texts = {(path, text) for path, html in every_page(app, sign_in) for text in Shown(html).texts}
    assert len(texts) > 2_000
    assert [f"{path} : {text.strip()[:90]}" for path, text in sorted(texts) if BREAKS.search(text)] == []


def test_a_number_kept_on_one_line_is_marked_where_it_is_read_and_nowhere_else(
    app: Flask, accounts: object, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    """The title of a window and what an attribute says have no elements: they would be shown as words."""
    pages = dict(every_page(app, sign_in))
    titles = {path: html.partition("<title>")[2].partition("</title>")[0] for path, html in pages.items()}
    assert any(re.search(r"\d-\d{4}-\d", title) for title in titles.values())
    assert {path: title for path, title in titles.items() if "<" in title} == {}
    assert sum(html.count(LINE[0]) for html in pages.values()) > 10
    assert [path for path, html in pages.items() if "une-ligne" in html.replace(LINE[0], "")] == []


def test_no_page_shows_a_period_a_day_nor_a_number_as_the_program_writes_it(
    app: Flask, accounts: object, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    """But those of the administrator, whose journal tells the base as it is."""
    texts = {(path, text) for path, html in every_page(app, sign_in) for text in Shown(html).texts}
    shown = {(path, ADDRESSES.sub("", text)) for path, text in texts if not path.startswith("/admin/")}
    assert [f"{path} : {text.strip()[:90]}" for path, text in sorted(shown) if CODES.search(text)] == []


def test_no_page_puts_marks_around_a_text_that_may_hold_some() -> None:
    """The marks and the text are one expression: « Plan « 10 000 entreprises » » is then set as a whole."""
    found = {
        path.name: told
        for path in TEMPLATES.rglob("*.html")
        if "courriels" not in path.parts and (told := re.findall(r"«\s*\{\{.*?\}\}\s*»", path.read_text("utf-8")))
    }
    assert found == {}


def test_a_text_that_holds_marks_takes_inner_ones(pages: Environment) -> None:
    template = """<p>Voir {{ "« " ~ titre ~ " »" }}</p>"""
    for titre in ("Plan « 10 000 entreprises »", Markup("Plan « 10 000 entreprises »")):
        told = pages.from_string(template).render(titre=titre)
        assert told == "<p>Voir «\u00a0Plan “10\u00a0000 entreprises”\u00a0»</p>"
