"""The guides of docs/, shown as pages from the very Markdown that is read beside the code."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from paqte.domain.saisie.espaces import held_together

# Each guide a page shows: its file, and what people call it.
GUIDES: dict[str, str] = {
    "guide_entreprise": "Guide de l’entreprise",
    "guide_referent": "Guide du référent",
    "guide_national": "Guide de l’équipe nationale",
    "indicateurs": "Ce qui est compté",
    "statuts": "États des conventions et des déclarations",
    "glossaire": "Glossaire",
    "exploitation": "Exploitation",
    "accessibilite": "Accessibilité : les 106 critères",
}
BESIDE_THE_CODE = Path(__file__).resolve().parents[3] / "docs"
INSTALLED = Path(sys.prefix) / "share" / "paqte" / "docs"
_READER = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False}).enable("table")


def guides_there() -> dict[str, str]:
    """The guides that this installation holds, by code."""
    return {code: titre for code, titre in GUIDES.items() if (_folder() / f"{code}.md").is_file()}


@cache
def guide_html(code: str, address: str, pictures: str) -> Markup:
    """A guide as HTML, each heading a place to open it at; links go to the guides at `address`, pictures to `pictures`.

    A link to what is no guide, and a picture that this installation lacks, leave their words alone. No HTML of a
    guide is taken as it is. KeyError for a code that is no guide.
    """
    tokens = _READER.parse((_folder() / f"{_required_guide(code)}.md").read_text(encoding="utf-8"))
    for rank, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", place_of(tokens[rank + 1].content))
        if token.type == "table_open":
            token.attrSet("class", "table tableau")
        token.children = list(_led(token.children or (), address, pictures)) if token.children else token.children
    return Markup(_READER.renderer.render(tokens, _READER.options, {}))


def source_of(name: str) -> str:
    """The Markdown of a file of docs/, "" where it is not installed."""
    path = _folder() / f"{name}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def place_of(heading: str) -> str:
    """What an address calls the place of a guide under this heading: `transmettre-le-bilan`."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def picture_path(name: str) -> Path | None:
    """Where a picture of the guides is; None for a name that is none of theirs."""
    return next((path for path in _pictures() if path.name == name), None)


def _led(tokens: list[Token] | tuple[Token, ...], address: str, pictures: str) -> Iterator[Token]:
    is_dropped = False
    for token in tokens:
        if token.type == "link_open":
            led = _destination(str(token.attrGet("href") or ""), address)
            is_dropped = led is None
            token.attrSet("href", led or "")
        if token.type == "image":
            name = Path(str(token.attrGet("src") or "")).name
            if picture_path(name) is None:
                continue
            token.attrSet("src", f"{pictures}?{urlencode({'nom': name})}")
            token.attrSet("loading", "lazy")
        if token.type == "text":
            token.content = held_together(token.content)
        if not (is_dropped and token.type in ("link_open", "link_close")):
            yield token
        is_dropped = is_dropped and token.type != "link_close"


def _destination(href: str, address: str) -> str | None:
    """Where a link of a guide leads from a page; None when it leads nowhere there."""
    if href.startswith("https://"):
        return href
    code, _, anchor = href.removesuffix("/").partition("#")
    code = code.removesuffix(".md")
    return f"{address}?{urlencode({'guide': code})}{'#' + anchor if anchor else ''}" if code in GUIDES else None


@cache
def _pictures() -> tuple[Path, ...]:
    return tuple(sorted((_folder() / "images").glob("*.png")))


@cache
def _folder() -> Path:
    return BESIDE_THE_CODE if (BESIDE_THE_CODE / "guide_entreprise.md").is_file() else INSTALLED


def _required_guide(code: str) -> str:
    if code not in guides_there():
        raise KeyError(code)
    return code
