"""One worksheet of the template, taken apart: what precedes the rows, the rows, what follows them.

Everything is kept as the XML it was, so that a restyled template loses nothing; only rows are understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

from paqte.reporting.ooxml.parts.package import MAIN, PaquetRefused, parse_xml
from paqte.reporting.ooxml.sheets.references import CellRange, column_number, parse_range
from paqte.reporting.ooxml.sheets.strings import run_told

_LETTERS = re.compile(r"[A-Z]+")
_MERGES = re.compile(r"<mergeCells\b.*?</mergeCells>|<mergeCells\b[^>]*/>", re.DOTALL)
_DIMENSION = re.compile(r"<dimension\b[^>]*/>")
_FORMULA = re.compile(r"<f\b")
# A cell that holds nothing, told in one tag. Comments and raw text may hold such words without being such cells.
_EMPTY_CELL = re.compile(rb'<c(?:\s+[\w:]+="[^"<>]*")*\s*/>')
_UNPLACED = re.compile(rb'<c(?=[\s/>])(?![^<>]*\sr=")')
_RAW = (b"<!--", b"<![CDATA[")
_CONSTANT_ATTRIBUTES = frozenset({"r", "spans", "ht", "customHeight"})
_DEFAULT_WIDTH = 8.43
_DEFAULT_HEIGHT = 12.75
_MM = 72 / 25.4
_PAPERS = {"8": (297 * _MM, 420 * _MM), "9": (210 * _MM, 297 * _MM), "11": (148 * _MM, 210 * _MM)}
_A4 = _PAPERS["9"]


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell of the template. `attributs` holds all but its place; `contenu` is its inner XML."""

    colonne: int
    style: str
    genre: str
    contenu: str

    @property
    def has_formula(self) -> bool:
        return bool(_FORMULA.search(self.contenu))


@dataclass(slots=True)
class SheetRow:
    """A row of the template. `hauteur` in points, None when left to the reader; `attributs` ready to write."""

    attributs: str = ""
    hauteur: float | None = None
    cellules: list[SheetCell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """What the printed page holds, in points; `ajustee` when the reader scales the sheet to fit."""

    hauteur: float
    largeur: float
    ajustee: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: XML before and after its rows, without its merges and its dimension, which are rebuilt.

    `largeurs` are in digits of the workbook's default font, `chiffre` pixels each.
    """

    titre: str
    part: str
    tete: str
    lignes: Mapping[int, SheetRow]
    queue: str
    fusions: tuple[CellRange, ...]
    largeurs: Mapping[int, float]
    largeur_defaut: float
    hauteur_defaut: float
    page: Page
    chiffre: int = 7

    def column_points(self, column: int) -> float:
        """Width of a column in points, its inner margins taken off."""
        width = self.largeurs.get(column, self.largeur_defaut)
        return int(width * self.chiffre + 0.5) * 0.75

    def width(self, left: int, right: int) -> float:
        """Room for text, in points, over columns `left` to `right`."""
        return sum(self.column_points(c) for c in range(left, right + 1)) - 4.0

    def height(self, row: int) -> float:
        """Height in points of a row of the template."""
        ligne = self.lignes.get(row)
        return self.hauteur_defaut if ligne is None or ligne.hauteur is None else ligne.hauteur

    def merged_at(self, row: int, column: int) -> CellRange:
        """The merged range that holds a cell, or the cell alone."""
        for plage in self.fusions:
            if plage.haut <= row <= plage.bas and plage.gauche <= column <= plage.droite:
                return plage
        return CellRange(row, column, row, column)

    def starts(self, row: int, left: int, right: int) -> list[int]:
        """Columns of a row where a cell begins, between two columns: those hidden by a merge are left out."""
        covered = {
            column
            for plage in self.fusions
            if plage.haut <= row <= plage.bas
            for column in range(plage.gauche + (plage.haut == row), plage.droite + 1)
        }
        return [column for column in range(left, right + 1) if column not in covered]

    def text(self, row: int, column: int, shared: Sequence[str]) -> str:
        """What a reader sees in a cell of the template, as text."""
        ligne = self.lignes.get(row)
        for cellule in ligne.cellules if ligne else ():
            if cellule.colonne == column:
                return cell_text(cellule, shared)
        return ""


def cell_text(cellule: SheetCell, shared: Sequence[str]) -> str:
    """The text or the written figure of a cell; `shared` are the strings of the workbook."""
    if not cellule.contenu:
        return ""
    inner = ElementTree.fromstring(f"<c>{cellule.contenu}</c>")
    if cellule.genre == "inlineStr":
        return "".join(run_told(t.text or "") for t in inner.iter("t"))
    value = inner.findtext("v") or ""
    if cellule.genre == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    return value


def parse_sheet(title: str, part: str, data: bytes, chiffre: int = 7) -> Sheet:
    """Take a worksheet apart; PaquetRefused when it is not one that we can write into."""
    said = f"la feuille « {title} »"
    root = parse_xml(data, said)
    reader = _RowsFinder(data, said)
    head, tail = data[: reader.start].decode(), data[reader.end :].decode()
    form = root.find(f"{MAIN}sheetFormatPr")
    given = form.attrib if form is not None else {}
    return Sheet(
        titre=title,
        part=part,
        tete=_DIMENSION.sub("<dimension/>", head, count=1),
        lignes=reader.rows,
        queue=_MERGES.sub("<mergeCells/>", tail, count=1),
        fusions=tuple(parse_range(m.get("ref", "")) for m in root.iter(f"{MAIN}mergeCell")),
        largeurs=_widths(root),
        largeur_defaut=float(given.get("defaultColWidth", _DEFAULT_WIDTH)),
        hauteur_defaut=float(given.get("defaultRowHeight", _DEFAULT_HEIGHT)),
        page=_page(root),
        chiffre=chiffre,
    )


def parse_filled_sheet(title: str, part: str, data: bytes) -> Sheet:
    """The same, of what holds something alone: ten thousand rows that are only formatted cost their bytes."""
    # Of cells that bear no address, an empty one keeps the place of those behind it.
    is_plain = not any(mark in data for mark in _RAW) and not _UNPLACED.search(data)
    return parse_sheet(title, part, _EMPTY_CELL.sub(b"", data) if is_plain else data)


class _RowsFinder:
    """Finds rows and cells by their place in the bytes, so that their XML is kept as it is."""

    def __init__(self, data: bytes, said: str) -> None:
        self.rows: dict[int, SheetRow] = {}
        self.start = self.end = -1
        self._data = data
        self._said = said
        self._cell: tuple[dict[str, str], int] | None = None
        self._row = SheetRow()
        self._line = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.Parse(data, True)
        if self.start < 0 or self.end < 0:
            raise PaquetRefused(f"{said} n’a pas la forme attendue : enregistrez-la depuis Excel ou LibreOffice")

    def _after_tag(self) -> int:
        return self._data.index(b">", self._parser.CurrentByteIndex) + 1

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheetData":
            self.start = self._parser.CurrentByteIndex
        elif name == "row":
            # What bears no address stands behind what precedes it, as several programs write it.
            self._line = int(attributes.get("r", self._line + 1))
            self._row = self.rows[self._line] = _row_opened(attributes)
        elif name == "c":
            self._cell = attributes, self._after_tag()

    def _close(self, name: str) -> None:
        if name == "sheetData":
            self.end = self._after_tag()
        elif name == "c" and self._cell:
            attributes, start = self._cell
            # An empty element closes where it opened: nothing lies between.
            inner = self._data[start : max(start, self._parser.CurrentByteIndex)].decode()
            after = self._row.cellules[-1].colonne + 1 if self._row.cellules else 1
            self._row.cellules.append(_cell(attributes, inner, self._said, after))


def _row_opened(attributes: Mapping[str, str]) -> SheetRow:
    kept = "".join(f' {k}="{v}"' for k, v in attributes.items() if k not in _CONSTANT_ATTRIBUTES and ":" not in k)
    return SheetRow(kept, float(attributes["ht"]) if "ht" in attributes else None)


def _cell(attributes: Mapping[str, str], inner: str, said: str, after: int) -> SheetCell:
    address = attributes.get("r", "")
    letters = _LETTERS.match(address)
    if address and not letters:
        raise PaquetRefused(f"une cellule de {said} a une adresse qui n’en est pas une : « {address[:20]} »")
    column = column_number(letters[0]) if letters else after
    if re.search(r'<f\b[^>]*\bt="(?:shared|array|dataTable)"', inner):
        named = address or f"de la colonne {column}"
        raise PaquetRefused(
            f"la cellule {named} de {said} porte une formule recopiée ou matricielle : écrivez-la seule"
        )
    return SheetCell(column, attributes.get("s", "0"), attributes.get("t", ""), inner)


def _widths(root: ElementTree.Element) -> dict[int, float]:
    widths: dict[int, float] = {}
    for col in root.iter(f"{MAIN}col"):
        first, last = int(col.get("min", "1")), int(col.get("max", "1"))
        width = 0.0 if col.get("hidden") in ("1", "true") else float(col.get("width", _DEFAULT_WIDTH))
        # Restyled sheets often end with one entry for the 16,000 columns that follow.
        widths.update(dict.fromkeys(range(first, min(last, first + 256) + 1), width))
    return widths


def _page(root: ElementTree.Element) -> Page:
    setup, margins = root.find(f"{MAIN}pageSetup"), root.find(f"{MAIN}pageMargins")
    given = setup.attrib if setup is not None else {}
    short, long = _PAPERS.get(given.get("paperSize", "9"), _A4)
    width, height = (long, short) if given.get("orientation") == "landscape" else (short, long)
    scale = float(given.get("scale", "100")) / 100

    def room(size: float, first: str, last: str, default: str) -> float:
        taken = 0.0 if margins is None else sum(float(margins.get(side, default)) for side in (first, last))
        return (size - taken * 72) / scale

    fit = root.find(f"{MAIN}sheetPr/{MAIN}pageSetUpPr")
    is_fit = fit is not None and fit.get("fitToPage") in ("1", "true")
    return Page(room(height, "top", "bottom", "1"), room(width, "left", "right", "0.75"), is_fit)


def map_attribute(xml: str, names: str, change: Callable[[str], str]) -> str:
    """The XML with the value of some attributes changed; `names` separates them by "|"."""
    return re.sub(rf'(\s(?:{names})=")([^"]*)(")', lambda m: m[1] + change(m[2]) + m[3], xml)
