"""Reading an .xlsx, as Excel, LibreOffice, Google or a Mac writes it, strict Open XML too: in the child alone.

Read by the names of its parts' ties, never by the names of the parts; each cell with its address, so that a fault can
be shown. What acts when the file is opened is refused by the rules of every file received.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from typing import NamedTuple

from paqte.domain.erreurs import Refused
from paqte.importing.door.cells import SheetGiven
from paqte.importing.door.guard import DAMAGED
from paqte.importing.door.limits import MOST_CELLS, MOST_LETTERS, TOO_MANY, Counter, check_sheets
from paqte.importing.door.xlsx_sheet import RUN, Styles, decoded, read_cells
from paqte.importing.door.xml import Attributes, attribute, local, walk
from paqte.reporting.ooxml.parts.package import is_foreign, leads_outside
from paqte.reporting.ooxml.parts.received import FORMULAS, LIVE, MACROS, acts, is_harmless_bytes, is_live
from paqte.reporting.ooxml.parts.words import part_in_words

_TYPES = "[Content_Types].xml"
# What shows a number as a day or an hour: built in (ECMA-376, 18.8.30), else the letters of a format of one's own.
_DAYS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_PERCENTAGES = frozenset({9, 10})
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DAY_LETTERS = re.compile(r"[dmyhsaj]", re.IGNORECASE)
# Spellings of « General » in other languages hold such letters too.
_GENERAL = re.compile(r"general|standard|estandar|geral", re.IGNORECASE)


class _Tab(NamedTuple):
    titre: str
    is_hidden: bool
    tie: str


class _Book:
    """The workbook's own part: its tabs, and from which day it counts."""

    def __init__(self) -> None:
        self.tabs: list[_Tab] = []
        self.is_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        kind = local(name)
        if kind == "sheet":
            titre, state = attributes.get("name", ""), attributes.get("state", "visible")
            self.tabs.append(_Tab(titre, state != "visible", attribute(attributes, "id")))
        elif kind == "workbookPr":
            self.is_1904 = attributes.get("date1904", "0") in ("1", "true")


def read_xlsx(archive: zipfile.ZipFile) -> list[SheetGiven]:
    """Its sheets, hidden ones too; Refused with a sentence when it acts, is damaged, or holds too much."""
    _check_parts(archive)
    workbook = _targets(archive, "", "officeDocument")
    if not workbook:
        raise Refused("Ce fichier n’est pas un classeur Excel : enregistrez votre tableau en .xlsx.")
    part, book = next(iter(workbook.values())), _Book()
    _require(archive, part)
    walk(archive, part, book.start)
    check_sheets(len(book.tabs))
    paths = _targets(archive, part, "worksheet")
    strings = [s for path in _targets(archive, part, "sharedStrings").values() for s in _strings(archive, path)]
    styles = _styles(archive, part)._replace(is_1904=book.is_1904)
    counter = Counter()
    sheets = []
    for tab in book.tabs:
        if (path := paths.get(tab.tie)) is None:
            continue  # a sheet of charts alone
        _require(archive, path)
        lines, merged = read_cells(archive, path, strings, styles, counter)
        sheets.append(SheetGiven(tab.titre, tab.is_hidden, merged, lines))
    check_sheets(len(sheets))
    return sheets


def _require(archive: zipfile.ZipFile, part: str) -> None:
    if part not in archive.NameToInfo:
        raise Refused(DAMAGED)


def _targets(archive: zipfile.ZipFile, part: str, genre: str) -> dict[str, str]:
    """Parts tied to this one by that kind of relationship, by the name of the tie."""
    folder, name = posixpath.split(part)
    ties = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, str] = {}

    def start(_name: str, attributes: Attributes) -> None:
        if attributes.get("Type", "").rpartition("/")[2] == genre and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            joined = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = joined

    if ties in archive.NameToInfo:
        walk(archive, ties, start)
    return found


def _strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    """The shared strings, without what tells how they are pronounced."""
    found: list[str] = []
    pieces: list[str] = []
    state = {"told": False, "aside": False}
    left = MOST_LETTERS

    def start(name: str, _attributes: Attributes) -> None:
        kind = local(name)
        state["told"] = kind == "t" and not state["aside"]
        state["aside"] = state["aside"] or kind == "rPh"
        if state["told"] and pieces:
            pieces.append(RUN)

    def end(name: str) -> None:
        kind = local(name)
        state["told"] = False
        state["aside"] = state["aside"] and kind != "rPh"
        if kind == "si":
            found.append(decoded("".join(pieces)))
            pieces.clear()
            if len(found) > MOST_CELLS:
                raise Refused(TOO_MANY)

    def text(data: str) -> None:
        nonlocal left
        if state["told"]:
            pieces.append(data)
            left -= len(data)
            if left < 0:
                raise Refused(TOO_MANY)

    if part in archive.NameToInfo:
        walk(archive, part, start, end, text)
    return found


def _styles(archive: zipfile.ZipFile, workbook: str) -> Styles:
    """Which styles of cells show a day, which a share."""
    codes: dict[int, str] = {}
    used: list[int] = []
    state = {"cells": False}

    def start(name: str, attributes: Attributes) -> None:
        kind = local(name)
        if kind == "numFmt" and (key := attributes.get("numFmtId", "")).isdecimal():
            codes[int(key)] = attributes.get("formatCode", "")
        elif kind == "cellXfs":
            state["cells"] = True
        elif kind == "xf" and state["cells"]:
            key = attributes.get("numFmtId", "0")
            used.append(int(key) if key.isdecimal() else 0)

    def end(name: str) -> None:
        if local(name) == "cellXfs":
            state["cells"] = False

    for part in _targets(archive, workbook, "styles").values():
        if part in archive.NameToInfo:
            walk(archive, part, start, end)
    days = frozenset(rank for rank, key in enumerate(used) if _is_day(key, codes))
    shares = frozenset(
        rank for rank, key in enumerate(used) if key in _PERCENTAGES or "%" in _QUOTED.sub("", codes.get(key, ""))
    )
    return Styles(days, shares - days)


def _is_day(key: int, codes: dict[int, str]) -> bool:
    if key not in codes:
        return key in _DAYS
    shown = _QUOTED.sub("", codes[key].split(";")[0])
    return bool(_DAY_LETTERS.search(_GENERAL.sub("", shown)))


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Every part but sheets of cells and strings, which are read anyway: nothing in them acts, none declares a type."""
    for info in archive.infolist():
        name = info.filename
        if is_foreign(name):
            raise Refused(_not_taken(f"{MACROS} ({part_in_words(name)})"))
        with archive.open(name) as stream:
            begun = stream.read(64)
        if name.lower().endswith((".xml", ".rels", ".vml")) or _is_markup(begun):
            if "/worksheets/sheet" not in name.lower():
                _Scan(name).read(archive)
        elif not (info.is_dir() or is_harmless_bytes(name, begun)):
            raise Refused(_not_taken(f"{MACROS} ({part_in_words(name)})"))


def _is_markup(begun: bytes) -> bool:
    return begun.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" or begun.startswith((b"\xff\xfe<", b"\xfe\xff\0<"))


class _Scan:
    """A part read only to know that nothing in it acts."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.formula: list[str] | None = None

    def read(self, archive: zipfile.ZipFile) -> None:
        walk(archive, self.part, self.start, self.end, self.text)

    def start(self, name: str, attributes: Attributes) -> None:
        kind = local(name).lower()
        if acts(kind, attributes):
            raise Refused(_not_taken(f"{MACROS} ({part_in_words(self.part)})"))
        if kind == "relationship" and leads_outside(attributes):
            raise Refused(_not_taken("le classeur est lié à un autre fichier"))
        if kind in FORMULAS:
            self.formula = []

    def end(self, name: str) -> None:
        if self.formula is not None and local(name).lower() in FORMULAS:
            if is_live("".join(self.formula)):
                raise Refused(_not_taken(LIVE))
            self.formula = None

    def text(self, data: str) -> None:
        if self.formula is not None:
            self.formula.append(data)


def _not_taken(why: str) -> str:
    return f"Ce fichier n’est pas accepté : {why}. Copiez vos valeurs dans un classeur neuf, sans macro ni lien."
