"""Drawings and charts with the prefixes that all programs write: some readers look for `xdr:wsDr`, not for a meaning.

openpyxl gives the root no prefix, and such a workbook cannot be opened by them at all.
"""

from __future__ import annotations

import re
from itertools import chain, count

from paqte.reporting.ooxml.package import Package

_PARTS = re.compile(r"xl/(?:drawings/drawing|charts/chart)[^/]*\.xml")
_USUAL = {
    "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing": "xdr",
    "http://schemas.openxmlformats.org/drawingml/2006/chart": "c",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
}
# A tag, or what may hold "<" and is none.
_TAG = re.compile(
    r"<(?:!--.*?--|\?.*?\?|!\[CDATA\[.*?\]\]|(?P<end>/?)(?P<name>[^\s/>!?]+)(?P<more>[^<>]*?)(?P<void>/?))>", re.DOTALL
)
# Where the root will bind what it did not: no part can hold that character.
_ROOT = "\0"
_DEFAULT = re.compile(r"""\sxmlns=(?:"([^"]*)"|'([^']*)')""")
_BOUND = re.compile(r"""\sxmlns:(\w+)=(?:"([^"]*)"|'([^']*)')""")


def with_prefixes(paquet: Package) -> Package:
    """The package whose drawings and charts name each element with its usual prefix; other parts as they are."""
    changed = {name: _prefixed(data.decode()).encode() for name, data in paquet.parts.items() if _PARTS.fullmatch(name)}
    return Package({**paquet.parts, **changed})


def _prefixed(xml: str) -> str:
    root = next((m for m in _TAG.finditer(xml) if m["name"]), None)
    if root is None or ":" in root["name"] or not _DEFAULT.search(root["more"]):
        return xml
    return _Converter(xml, root["more"]).done(xml)


class _Converter:
    """One part being rewritten: the default namespace of each open element, and the prefix of each namespace."""

    def __init__(self, xml: str, root: str) -> None:
        bound = _bindings(xml)
        # A prefix that means two things in the part is left to the elements that say which.
        self._prefixes = {
            place: p for p, place in _bindings(root) if {where for q, where in bound if q == p} == {place}
        }
        self._taken = {prefix for prefix, _ in bound}
        self._added: dict[str, str] = {}
        self._defaults = [""]

    def done(self, xml: str) -> str:
        """The part, rewritten."""
        written = _TAG.sub(self._tag, xml)
        bindings = "".join(f' xmlns:{prefix}="{place}"' for place, prefix in self._added.items())
        return written.replace(_ROOT, bindings, 1)

    def _tag(self, match: re.Match[str]) -> str:
        name, more = match["name"], match["more"]
        if not name:
            return match[0]
        if match["end"]:
            return f"</{self._named(name, self._defaults.pop())}>"
        given = _DEFAULT.search(more)
        default = (given[1] or given[2] or "") if given else self._defaults[-1]
        mark = _ROOT if len(self._defaults) == 1 else ""
        if not match["void"]:
            self._defaults.append(default)
        return f"<{self._named(name, default)}{mark}{_DEFAULT.sub('', more)}{match['void']}>"

    def _named(self, name: str, default: str) -> str:
        return f"{self._prefix(default)}:{name}" if default and ":" not in name else name

    def _prefix(self, place: str) -> str:
        if place not in self._prefixes:
            wanted = chain([_USUAL.get(place, "n")], (f"n{rank}" for rank in count(1)))
            self._added[place] = self._prefixes[place] = next(p for p in wanted if p not in self._taken)
            self._taken.add(self._prefixes[place])
        return self._prefixes[place]


def _bindings(xml: str) -> list[tuple[str, str]]:
    return [(m[1], m[2] or m[3]) for m in _BOUND.finditer(xml)]
