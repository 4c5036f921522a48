"""Reads back what people read: sheets by their headings, CSV, tables of a page, texts of a PDF, French numbers."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from html.parser import HTMLParser
from io import BytesIO, StringIO
from typing import Any

import pdfplumber
import python_calamine

# What stands in a cell of a page that has no figure.
ABSENT = "∅"
# How a title says whose figures a line gives (R38).
WHOSE = {
    "réseaux": "reseau",
    "employeurs publics": "employeur_public",
    "associations": "association",
    "Total, toutes natures": "ensemble",
}

Row = dict[str, Any]


class Classeur:
    """The sheets of a workbook, each read once, as another reader than the one that wrote it gives them."""

    def __init__(self, octets: bytes) -> None:
        self._book = python_calamine.load_workbook(BytesIO(octets))
        self._sheets: dict[str, list[list[Any]]] = {}

    def rows(self, sheet: str, *headings: str) -> list[Row]:
        """Rows by heading of all the tables of a sheet that have these headings, down to an empty row."""
        if sheet not in self._sheets:
            self._sheets[sheet] = self._book.get_sheet_by_name(sheet).to_python()
        found: list[Row] = []
        titles: list[Any] = []
        is_known = False
        for row in self._sheets[sheet]:
            if set(headings) <= set(row):
                titles, is_known = row, True
            elif not any(cell != "" for cell in row):
                titles = []
            elif titles:
                found.append({t: cell for t, cell in zip(titles, row, strict=True) if t != ""})
        if not is_known:
            raise LookupError(f"{sheet} : aucun tableau {headings}")
        return found

    def texts(self, sheet: str) -> list[list[Any]]:
        """The cells that are not empty, row by row."""
        return [
            kept for row in self._book.get_sheet_by_name(sheet).to_python() if (kept := [c for c in row if c != ""])
        ]


def nature_of(title: str) -> str:
    """Whose figures a line says that it gives: the enterprises' when it says nothing."""
    return next((nature for whose, nature in WHOSE.items() if f"— {whose}" in title), "entreprise")


def read_csv(octets: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(octets.decode("utf-8-sig")), delimiter=";"))


def number(text: str) -> Fraction | None:
    """« 1 234,5 % » and « 12 € »; None where a reason or nothing stands instead of a figure."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    found = re.fullmatch(r"(\d+)(?:,(\d+))?(?:%|€|€HT)?", plain)
    if not found:
        return None
    return Fraction(f"{found[1]}.{found[2] or 0}")


@dataclass
class Case:
    """A cell: what it says, and what it adds in small."""

    texte: str
    mention: str = ""


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[list[str], list[list[Case]]]] = []
        self._case: Case | None = None
        # What is open inside the cell: "", "small", "hidden" or "absent".
        self._open: list[str] = []
        self._in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append(([], []))
        elif tag == "thead":
            self._in_head = True
        elif tag == "tr" and self.tables and not self._in_head:
            self.tables[-1][1].append([])
        elif tag in ("td", "th") and self.tables:
            self._case, self._open = Case(""), []
            if not self._in_head:
                self.tables[-1][1][-1].append(self._case)
        elif self._case is not None and tag not in ("br", "img", "use", "path"):
            self._enter((dict(attrs).get("class") or "").split())

    def _enter(self, classes: list[str]) -> None:
        if "absent" in classes and self._case is not None:
            self._case.texte = ABSENT
        kinds = {"absent": "hidden", "visually-hidden": "hidden", "discret": "small"}
        self._open.append(next((kind for name, kind in kinds.items() if name in classes), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self._in_head = False
        elif tag in ("td", "th") and self._case is not None:
            if self._in_head:
                self.tables[-1][0].append(self._case.texte.strip())
            self._case = None
        elif self._open and tag not in ("br", "img", "use", "path"):
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._case is None or "hidden" in self._open:
            return
        data = data.replace("\u00a0", " ")  # a page puts its no-break spaces wherever French reads two words as one
        if "small" in self._open:
            self._case.mention += data
        else:
            self._case.texte += data


def page_rows(html: str, *headings: str) -> list[dict[str, Case]]:
    """Rows by heading of every table of a page that has these headings."""
    parser = _Tables()
    parser.feed(html)
    known = [(titles, rows) for titles, rows in parser.tables if set(headings) <= set(titles)]
    if not known:
        raise LookupError(f"aucun tableau {headings} parmi {[titles for titles, _ in parser.tables]}")
    return [
        dict(zip(titles, cells, strict=True)) for titles, rows in known for cells in rows if len(cells) == len(titles)
    ]


def pdf_rows(octets: bytes) -> list[list[str]]:
    """The rows of data of the tables of a tagged PDF, cell by cell, as its structure tells them to a screen reader."""
    with pdfplumber.open(BytesIO(octets)) as pdf:
        texts = [marked_texts(page) for page in pdf.pages]
        return [
            [_text_of(cell, texts) for cell in row["children"]]
            for row in _elements(pdf.structure_tree, "TR")
            if any(cell["type"] == "TD" for cell in row["children"])
        ]


def marked_texts(page: Any) -> dict[int, str]:
    """The texts of a page by the number of their marked content."""
    texts: dict[int, str] = defaultdict(str)
    for character in page.chars:
        texts[character["mcid"]] += character["text"]
    return texts


def _text_of(element: Any, texts: list[dict[int, str]]) -> str:
    own = "".join(texts[element["page_number"] - 1][n] for n in element.get("mcids", ()))
    return own + "".join(_text_of(child, texts) for child in element.get("children", ()))


def _elements(tree: Any, kind: str) -> Iterator[Any]:
    for element in tree:
        if element["type"] == kind:
            yield element
        yield from _elements(element.get("children", ()), kind)
