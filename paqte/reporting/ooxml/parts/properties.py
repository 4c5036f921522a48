"""What a workbook says of itself in its properties: which document, made when, by the product and by no person."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from paqte.reporting.ooxml.parts.package import Package, sheet_parts, workbook_part

AUTEUR = "PAQTE"
# What the program of whoever restyled the template notes of the person and of the house.
_OF_THE_HOUSE = re.compile(rb"<(?:\w+:)?(Company|Manager)>[^<]*</(?:\w+:)?\1>")
# The folder of the machine where Excel last saved the file, and the tie of a sheet to the settings of a printer.
_PATH = re.compile(
    rb"<mc:AlternateContent\b[^>]*>\s*<mc:Choice\b[^>]*>\s*<x15ac:absPath\b.*?</mc:AlternateContent>", re.DOTALL
)
_PRINTER = re.compile(rb"<Relationship\b[^>]*/printerSettings\"[^>]*/>")
_TIED = re.compile(rb"(<pageSetup\b[^>]*?)\s+r:id=\"[^\"]*\"")
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>fr-FR</dc:language>{moments}"
    "</cp:coreProperties>"
)
_MOMENT = '<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'


def stated(paquet: Package, title: str, made: str) -> Mapping[str, bytes]:
    """The parts that bear the properties, with those of this document in place of the template's.

    `made` is the moment it was made, in ISO form. A template without such parts is given none.
    """
    core = [link.cible for link in paquet.links("") if link.genre == "core-properties"]
    more = [link.cible for link in paquet.links("") if link.genre == "extended-properties"]
    return {part: _core(title, made) for part in core} | {
        part: _OF_THE_HOUSE.sub(b"", paquet.parts[part]) for part in more if part in paquet.parts
    }


def without_machine(paquet: Package) -> Package:
    """The package without what names the machine that last saved it: its folder, its printers and their network."""
    workbook = workbook_part(paquet)
    printers: set[str] = set()
    changed = {workbook: _PATH.sub(b"", paquet.parts[workbook])}
    for sheet in sheet_parts(paquet).values():
        found = paquet.linked(sheet, "printerSettings")
        if found:
            folder, name = posixpath.split(sheet)
            ties = posixpath.join(folder, "_rels", f"{name}.rels")
            changed[ties] = _PRINTER.sub(b"", paquet.parts[ties])
            changed[sheet] = _TIED.sub(rb"\1", paquet.parts[sheet])
            printers.update(found)
    return Package({name: changed.get(name, data) for name, data in paquet.parts.items() if name not in printers})


def _core(title: str, made: str) -> bytes:
    moment = f"{datetime.fromisoformat(made).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if made else ""
    moments = "".join(_MOMENT.format(name=name, moment=moment) for name in ("created", "modified") if moment)
    return _CORE.format(title=escape(title), author=AUTEUR, moments=moments).encode()
