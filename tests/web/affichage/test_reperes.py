"""Where one is, and in whose words: each page says its section in the menu; commands are told to administrators."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.fixtures_acteurs import Personne
from tests.web.toutes_les_pages import every_page

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
TRAIL = re.compile(r'<nav class="fil".*?</nav>', re.DOTALL)
MENU = re.compile(r'<ul class="menu-liste".*?</ul>', re.DOTALL)
ENTRY = re.compile(r'<a href="([^"?]*)[^"]*"( aria-current="\w+")?')
STEP = re.compile(r'<a href="([^"?]*)')
# What a person types or hands in may bear a code: a field, its hint, the name or the print of a file.
TYPED = re.compile(r"<(?:script|style|code|textarea|option)\b.*?</(?:script|style|code|textarea|option)>", re.DOTALL)
HINT = re.compile(r'<p class="champ-aide".*?</p>', re.DOTALL)
COMMAND = re.compile(r"\bpaqte [a-z]{4,}|\bmake [a-z]+")


def words(html: str) -> str:
    """What is read on a page, without what was typed there nor its addresses."""
    return " ".join(re.sub(r"<[^>]+>", " ", HINT.sub(" ", TYPED.sub(" ", html))).split())


def test_each_page_that_says_where_it_is_says_it_in_the_menu_too(
    app: Flask, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    lost, met = [], 0
    for path, html in every_page(app, sign_in):
        trail, menu = TRAIL.search(html), MENU.search(html)
        if not trail or not menu:
            continue
        met += 1
        entries = ENTRY.findall(menu[0])
        current = [url for url, mark in entries if mark]
        gone_by = [step for step in STEP.findall(trail[0])[1:] if step in dict(entries)]
        if len(current) != 1 or (gone_by and current != gone_by[-1:] and current != [path]):
            lost.append(f"{path} : {current} dans le menu, {gone_by} dans le fil")
    assert met > 60 and not lost, "\n".join(lost)


def test_commands_are_told_to_administrators_alone(app: Flask, sign_in: Callable[[Personne], FlaskClient]) -> None:
    told = [
        f"{path} : {COMMAND.findall(words(html))}"
        for path, html in every_page(app, sign_in)
        if "/admin" not in html and not path.startswith(("/admin", "/aide"))
    ]
    told = [line for line in told if not line.endswith("[]")]
    assert not told, "\n".join(told)
