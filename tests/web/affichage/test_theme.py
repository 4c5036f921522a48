"""The theme holds together: what templates name exists, what exists is used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import flask_bootstrap
import pytest

import paqte

if TYPE_CHECKING:
    from flask import Flask

ABOUT_PAGES = True
ROOT = Path(paqte.__file__).parent
TEMPLATES = ROOT / "templates"
# Mails are not pages: they bear their own style and no address of the theme.
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "courriels" not in path.parts)
STYLESHEET = ROOT / "static" / "paqte.css"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/css/bootstrap.min.css"


def read(path: Path) -> str:
    return re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def classes_in(html: str) -> set[str]:
    """Class names written plainly; those put together by Jinja are left out."""
    values = re.findall(r'class="([^"]*)"', re.sub(r"\{[{%].*?[%}]\}", "§", html, flags=re.DOTALL))
    return {name for value in values for name in value.split() if "§" not in name}


def test_every_class_of_a_page_is_in_a_stylesheet() -> None:
    known = set(re.findall(r"\.(-?[_a-zA-Z][\w-]*)", STYLESHEET.read_text(encoding="utf-8")))
    known |= set(re.findall(r"\.(-?[_a-zA-Z][\w-]*)", BOOTSTRAP.read_text(encoding="utf-8")))
    unknown = {name_of(path): classes_in(read(path)) - known for path in PAGES}
    assert {name: found for name, found in unknown.items() if found} == {}


def test_every_class_of_the_stylesheet_is_used() -> None:
    written = "".join(read(path) for path in PAGES)
    written += "".join(
        p.read_text(encoding="utf-8") for p in [*(ROOT / "web").rglob("*.py"), *ROOT.glob("static/*.js")]
    )
    ours = set(re.findall(r"\.(-?[_a-zA-Z][\w-]*)", re.sub(r"\d\.\d+|url\(.*?\)", "", STYLESHEET.read_text("utf-8"))))
    stems = ("btn-", "constat-", "etiquette-", "alerte-", "carte-", "champ-", "etape-", "tableau-", "tuile-")
    unused = {name for name in ours if not re.search(rf"\b{re.escape(name)}\b", written) and not name.startswith(stems)}
    assert unused == set()


def test_every_icon_exists(app: Flask) -> None:
    icon = app.jinja_env.globals["icone"]
    named = {name for path in PAGES for name in re.findall(r'icone\("([\w-]+)"\)', read(path))}
    assert named
    for name in named:
        icon(name)


def test_every_address_named_in_a_page_exists(app: Flask) -> None:
    named = {(name_of(p), e) for p in PAGES for e in re.findall(r"""url_for\(["']([\w.]+)["']""", read(p))}
    assert named
    assert {pair for pair in named if pair[1] not in app.view_functions} == set()


def test_every_page_has_a_title_of_its_own() -> None:
    titles: dict[str, str] = {}
    for path in PAGES:
        html = read(path)
        if '{% extends "base.html" %}' not in html:
            continue
        found = re.search(r"\{% block titre %\}(.+?)\{% endblock %\}", html, re.DOTALL)
        assert found, f"{name_of(path)} n’a pas de titre"
        if re.fullmatch(r"\{\{[^{}]+\}\}", found[1]):
            continue
        assert found[1] not in titles, f"{name_of(path)} et {titles[found[1]]} ont le même titre"
        titles[found[1]] = name_of(path)


def test_every_template_is_used() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "web").rglob("*.py"))
    code += "".join(read(path) for path in PAGES)
    assert [name_of(path) for path in PAGES if f'"{name_of(path)}"' not in code] == []


def test_no_page_calls_another_site() -> None:
    outside = {name_of(p): re.findall(r"""(?:src|href|action)=["'](?:https?:)?//[^"']*""", read(p)) for p in PAGES}
    # A link that the law asks for leads there when it is followed; nothing is fetched from it.
    told = {"aide/accessibilite.html": ['href="https://www.defenseurdesdroits.fr']}
    assert {name: found for name, found in outside.items() if found} == told


@pytest.mark.parametrize("mark", ["marianne", "dsfr", "gouvernement", "fr-btn", "République"])
def test_the_state_s_marks_are_not_imitated(mark: str) -> None:
    everything = [*PAGES, *(ROOT / "static").iterdir()]
    assert [p.name for p in everything if re.search(mark, p.read_text(encoding="utf-8"), re.IGNORECASE)] == []
