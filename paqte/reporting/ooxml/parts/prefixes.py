"""Drawings and charts with the prefixes that all programs write: some readers look for `xdr:wsDr`, not for a meaning.

openpyxl gives the root no prefix, and such a workbook cannot be opened by them at all.
"""

from __future__ import annotations

import re
from itertools import chain, count

from paqte.reporting.ooxml.parts.package import TIES, Package, workbook_part

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
    """The package whose drawings and charts name each element with its usual prefix; other parts as they are.

    In its workbook's part the prefix of the ties is bound at the root, where some readers look for it alone.
    """
    workbook = workbook_part(paquet)
    changed = {name: _prefixed(data.decode()).encode() for name, data in paquet.parts.items() if _PARTS.fullmatch(name)}
    changed[workbook] = _with_ties_bound(paquet.parts[workbook].decode()).encode()
    return Package({**paquet.parts, **changed})


def _with_ties_bound(xml: str) -> str:
    place = TIES[1:-1]
    root = next((m for m in _TAG.finditer(xml) if m["name"]), None)
    meanings = {where for prefix, where in _bindings(xml) if prefix == "r"}
    if root is None or meanings != {place} or ("r", place) in _bindings(root[0]):
        return xml
    start, rest = xml[: root.end()], xml[root.end() :]
    return f'{start.removesuffix(">")} xmlns:r="{place}">' + rest.replace(f' xmlns:r="{place}"', "")


def _prefixed(xml: str) -> str:
    root = next((m for m in _TAG.finditer(xml) if m["name"]), None)
    if root is None or ":" in root["name"] or not _DEFAULT.search(root["more"]):
        return xml
    return _Converter(xml).done(xml)


class _Converter:
    """One part being rewritten: the default namespace of each open element, and the prefix of each namespace."""

    def __init__(self, xml: str) -> None:
        bound = _bindings(xml)
        # A prefix that means two things in the part is left to the elements that say which; any other is bound once.
        sure = {p: place for p, place in bound if {where for q, where in bound if q == p} == {place}}
        self._sure = frozenset(sure)
        self._prefixes = {place: p for p, place in sure.items()}
        self._taken = {prefix for prefix, _ in bound}
        self._added: dict[str, str] = dict(self._prefixes)
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
        kept = _BOUND.sub(lambda m: "" if m[1] in self._sure else m[0], _DEFAULT.sub("", more))
        return f"<{self._named(name, default)}{mark}{kept}{match['void']}>"

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
