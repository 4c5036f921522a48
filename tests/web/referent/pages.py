"""What the tests of the référent's pages share: a browser of Camille's, and forms sent as a browser sends them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from tests.fixtures_acteurs import token_in

if TYPE_CHECKING:
    from flask.testing import FlaskClient

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1) id=xss>',
    "'-alert(1)-'",
    "{{7*7}}",
    "</textarea><script>alert(1)</script>",
)


def page_of(convention: int, rest: str = "") -> str:
    """Address of a convention, or of one of its pages."""
    return f"/referent/conventions/{convention}{rest}"


class _Fields(HTMLParser):
    """The successful controls of the page, as a browser would send them without pressing a button."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self._area = self._select = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        a = dict(attrs)
        name = a.get("name", "")
        if tag == "input" and name and a.get("type") not in ("file", "submit"):
            if a.get("type") not in ("checkbox", "radio") or "checked" in a:
                self.found[name] = a.get("value", "")
        elif tag == "textarea":
            self._area, self._text = name, []
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in a or self._select not in self.found):
            self.found[self._select] = a.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.found[self._area] = "".join(self._text).replace("\r\n", "\n").removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._select = ""


class _Live(HTMLParser):
    """What a browser would run: scripts in the page, event attributes, links that are scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        a = dict(attrs)
        runs = [name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")]
        if runs or a.get("id") == "xss" or (tag == "script" and "src" not in a):
            self.found.append(f"{tag} {runs}")


def live_parts(html: str) -> list[str]:
    """Everything in the page that a browser would run and that is not one of our files."""
    reader = _Live()
    reader.feed(html)
    return reader.found


def fields_of(html: str, form: str = "") -> dict[str, str]:
    """Fields of the page's main form, or of the one whose action contains `form`, by name."""
    forms = re.findall(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", html, re.DOTALL)
    wanted = [f for f in forms if "deconnexion" not in f and form in f.split(">")[0]]
    assert wanted, f"aucun formulaire « {form} » dans la page"
    reader = _Fields()
    reader.feed(wanted[-1])
    return reader.found


def send(browser: FlaskClient, path: str, opened: str | None = None, **typed: Any) -> Any:
    """Open the page (or take it as it was opened), type into its main form, and send it."""
    html = opened if opened is not None else browser.get(path).text
    data = {name: value for name, value in {**fields_of(html), **typed}.items() if value is not None}
    return browser.post(path, data=data)


def act(browser: FlaskClient, page: str, path: str, **typed: Any) -> Any:
    """Press a button of the page that posts to another address, with what its form asks for."""
    html = browser.get(page).text
    known = fields_of(html, path) if path.rsplit("/", 1)[1] in html else {"csrf_token": token_in(html)}
    return browser.post(path, data={**known, **typed})


def errors_of(html: str) -> list[str]:
    """Ids of the fields marked in error, each tied to its sentence."""
    found = re.findall(r'id="([^"]+)-erreur"', html)
    for name in found:
        assert re.search(rf'aria-describedby="[^"]*\b{re.escape(name)}-erreur', html), (
            f"{name} n’est pas lié à son erreur"
        )
    return found


def value_of(html: str, name: str) -> str | None:
    """What a field of the main form holds."""
    return fields_of(html).get(name)
