"""A workbook as Excel spells it: what reads one back goes by the letters of its parts, and honest programs differ.

A prefix on every element, and strict Open XML, say the same otherwise. Nothing else is mended here.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from paqte.reporting.ooxml.parts.package import MAIN, Package, parse_xml, sheet_parts
from paqte.reporting.ooxml.parts.words import part_in_words

_STRICT = b"http://purl.oclc.org/ooxml/"
_LOOSE = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", MAIN[1:-1].encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/",
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
    ),
)
_PREFIXED = re.compile(rb"<\w+:worksheet\b")


def usual(paquet: Package) -> Package:
    """The package with its sheets named as Excel names them; itself when they are already."""
    parts = {name: _loose(data) if _STRICT in data else data for name, data in paquet.parts.items()}
    loose = Package(parts)
    prefixed = [part for part in sheet_parts(loose).values() if part in parts and _PREFIXED.search(parts[part])]
    return Package({**parts, **{part: _without_prefix(part, parts[part]) for part in prefixed}})


def _loose(data: bytes) -> bytes:
    for strict, loose in _LOOSE:
        data = data.replace(strict, loose)
    return data


def _without_prefix(part: str, data: bytes) -> bytes:
    root = parse_xml(data, part_in_words(part))
    for element in root.iter():
        element.tag = element.tag.removeprefix(MAIN)
    root.set("xmlns", MAIN[1:-1])
    told: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return told
