"""Headers and footers of a sheet as they print: their words, and whether these can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from paqte.reporting.ooxml.parts.package import MAIN
from paqte.reporting.relecture.styles_vus import is_seen_on_paper

_FONT_CODES = re.compile(r'&(?:"[^"]*"|\d+|[BIUSXYEO]|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3})')
_SIZE, _INK = re.compile(r"&(\d+)"), re.compile(r"&K([0-9A-Fa-f]{6})")
_STRUCK = re.compile(r"&S(?![a-z])")
_SECTIONS = re.compile(r"&([LCR])")
_BANDS = {"odd": "", "even": " des pages paires", "first": " de la première page"}
_SIDES = {"L": "à gauche", "C": "au centre", "R": "à droite"}
_TRUE = ("1", "true")


def read_bands(root: Element) -> dict[str, str]:
    """Headers and footers, without their fonts: "en-tête, à gauche" -> text."""
    element = root.find(f"{MAIN}headerFooter")
    found: dict[str, str] = {}
    if element is None:
        return found
    for kind, which in _BANDS.items():
        option = {"odd": "", "even": "differentOddEven", "first": "differentFirst"}[kind]
        for band, name in (("Header", "en-tête"), ("Footer", "pied de page")):
            text = element.findtext(f"{MAIN}{kind}{band}") or ""
            if not option or element.get(option) in _TRUE:
                found |= {f"{name}{which}, {side}": said for side, said in _sections(text)}
    return found


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """What is said on each side."""
    pieces = _SECTIONS.split(text.replace("&&", "\0"))
    for side, words in zip(["C", *pieces[1::2]], pieces[::2], strict=False):
        said = " ".join(_FONT_CODES.sub("", words).replace("\0", "&").split())
        if said:
            yield _SIDES[side], f"{said}{_disguise(words)}"


def _disguise(words: str) -> str:
    """ " (illisible)" for tiny letters or the colour of paper, " (barré)" when struck through."""
    sizes, inks = _SIZE.findall(words), _INK.findall(words)
    if any(not is_seen_on_paper(ink, 10) for ink in inks) or any(not is_seen_on_paper("", int(s)) for s in sizes):
        return " (illisible)"
    return " (barré)" if _STRUCK.search(words) else ""
