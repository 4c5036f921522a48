"""Whoever sends a form is met by what it did: a refusal, a message or the part asked for has the focus (RGAA 7.5).

Each button of each form of each page is pressed with its texts emptied, then with a file that is none where it asks
for one; a page that is another one begins at its top.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from tests.web.toutes_les_pages import pages_and_browsers

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.fixtures_acteurs import Personne

ABOUT_PAGES = True
TEXTS = frozenset({"text", "email", "tel", "search", "date", "number", "file"})
# What would end the walk: sessions closed, accounts shut or erased.
LAST = re.compile(r"session|deconnexion|desactiver|effacer|facteur|code")
FOCUSABLE = frozenset({"input", "select", "textarea", "button", "a", "summary"})


@dataclass
class Form:
    """Where it is sent, and its buttons: name, value and an address of their own."""

    action: str
    sent: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Read(HTMLParser):
    """The forms of a page, what takes the focus when it opens, and what may be given it by its name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.takes_focus = False
        self.title = ""
        self.focusable: set[str] = set()
        self._form: Form | None = None
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: text or "" for name, text in attrs}
        self.takes_focus = self.takes_focus or "autofocus" in given
        if "id" in given and ("tabindex" in given or tag in FOCUSABLE):
            self.focusable.add(given["id"])
        self._in_title = self._in_title or tag == "h1"
        if tag == "form":
            self._form = Form(given.get("action", "")) if given.get("method") == "post" else None
            self.forms += [self._form] if self._form else []
        elif self._form and tag == "input" and given.get("type") == "file":
            self._form.files.append(given.get("name", ""))
        elif self._form and tag == "input" and given.get("name") and given.get("type", "text") not in TEXTS:
            if given.get("type") in ("hidden", "submit") or "checked" in given:
                self._form.sent.append((given["name"], given.get("value", "")))
        elif self._form and tag == "button" and given.get("type", "submit") == "submit":
            told = (given.get("name", ""), given.get("value", ""), given.get("formaction", ""))
            self._form.buttons.append(told)

    def handle_data(self, data: str) -> None:
        self.title += data if self._in_title else ""

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "h1"
        if tag == "form":
            self._form = None


def test_the_focus_is_on_what_was_done_after_each_button_of_each_page(
    app: Flask, accounts: object, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    lost, seen = [], set()
    for browser, path, html in pages_and_browsers(app, sign_in):
        page = Read(html)
        for form in page.forms:
            for name, value, elsewhere in form.buttons:
                pressed = (re.sub(r"\d+", "N", form.action or path), name, elsewhere)
                if pressed in seen or LAST.search(form.action or path):
                    continue
                seen.add(pressed)
                lost += _lost(browser, path, page.title, form, (name, value, elsewhere))
    assert len(seen) > 60
    assert not lost, "\n".join(lost)


def test_the_focus_is_on_what_became_of_a_file_handed_in(
    app: Flask, accounts: object, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    lost, seen = [], set()
    for browser, path, html in pages_and_browsers(app, sign_in):
        page = Read(html)
        for form in page.forms:
            pressed = re.sub(r"\d+", "N", form.action or path)
            if form.files and pressed not in seen and form.buttons:
                seen.add(pressed)
                lost += _lost(browser, path, page.title, form, form.buttons[0], with_files=True)
    assert len(seen) > 6
    assert not lost, "\n".join(lost)


def _lost(
    browser: FlaskClient, path: str, title: str, form: Form, button: tuple[str, str, str], *, with_files: bool = False
) -> list[str]:
    """What is wrong with the page that answers, in a line; nothing when one is met, or on a page of another title."""
    name, value, elsewhere = button
    address, _, part = (elsewhere or form.action).partition("#")
    sent: dict[str, list[Any]] = {}
    for key, text in [*form.sent, *([(name, value)] if name else [])]:
        sent.setdefault(key, []).append(text)
    for key in form.files if with_files else ():
        sent[key] = [(io.BytesIO(b"rien"), "rien.xlsx")]
    answer = browser.post(address or path, data=sent)
    if answer.location:
        answer = browser.get(answer.location, follow_redirects=True)
    read = Read(answer.text)
    if answer.mimetype != "text/html" or read.takes_focus or read.title != title:
        return []
    if part in read.focusable:
        return []
    return [f"{path} : {form.action} {name} {part} {answer.status_code}, rien n’a le focus"]
