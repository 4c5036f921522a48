"""The workbook of a sum of documents: its total, then what each département brought, from which edition or which file.

Each sheet is one table under one heading row, that programs read row after row; its columns are the document's.
Openpyxl draws the workbook without its rows, once for those that look alike; they are written in it one by one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from itertools import chain
from math import ceil
from operator import attrgetter
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from paqte.domain.colonnes import DATE, NOMBRE, POURCENT
from paqte.domain.documents.lignes.tables import VERSIONS, Comparaison
from paqte.domain.documents.somme import SommeTerritoire, TotalTerritoire
from paqte.domain.secret import DIFFUSIONS
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.textes import readable
from paqte.reporting.ooxml.parts.package import Package, open_package, pack, sheet_parts, workbook_part
from paqte.reporting.ooxml.parts.properties import stated
from paqte.reporting.ooxml.sheets.plain_rows import CellsMade, written_rows
from paqte.reporting.ooxml.sheets.strings import PART, SharedTexts, read_elements
from paqte.reporting.ooxml.sheets.values import Valeur, date_value, fraction
from paqte.reporting.ooxml.texts.text import CELL_LIMIT, clean

# In points: a line of text, and the tallest row that spreadsheets allow.
_LINE, _TALLEST = 11.5, 409
_A4 = 9
# What workbooks alone do not give: a sum of files that the base does not know has no such sheet.
_OF_BASE = frozenset({"contexte", "textes"})
# The looks of a cell, in the order in which the first row of the drawing shows them.
_LOOKS = ("", styles.ENTIER, styles.DECIMAL, styles.POURCENT, styles.JOUR)
_TEXT, _WHOLE, _BROKEN, _SHARE, _DAY = range(len(_LOOKS))
_FIRST = 2
_PERCENT = "%"
_DRAWN_ROW = re.compile(rf'<row r="{_FIRST}".*?</row>', re.DOTALL)
_STYLE = re.compile(r'<c r="[A-Z]+\d+" s="(\d+)"')


class SheetDrawn(NamedTuple):
    """A sheet without its rows: its title, its part, that of its table, and what comes before and after its rows."""

    titre: str
    part: str
    table: str
    avant: str
    apres: str


class SommeDrawn(NamedTuple):
    """The workbook without its rows, its texts, and the number of each look."""

    paquet: Package
    classeur: str
    feuilles: tuple[SheetDrawn, ...]
    textes: tuple[str, ...]
    looks: tuple[int, ...]


def draw_somme(document: SommeTerritoire) -> bytes:
    """The workbook: totals, then one row a département; its texts and its context where they are known; the sources."""
    tables = tuple(t for t in document.tables if t is not VERSIONS and _has_sheet(document, t))
    title = f"PAQTE, {document.territoire_nom}, {document.periode_libelle}"
    drawn = _rowless(tables, document.imprimees, title, DIFFUSIONS[document.diffusion])
    strings = SharedTexts(drawn.textes)
    parts: dict[str, Any] = {**drawn.paquet.parts, **stated(drawn.paquet, title, document.genere_le)}
    workbook = parts[drawn.classeur].decode()
    for table, sheet in zip(tables, drawn.feuilles, strict=True):
        rows = _rows_drawn(document, table)
        last = max(len(rows) + 1, _FIRST)
        written = _rows_written(table, rows, drawn.looks, strings)
        parts[sheet.part] = chain([_until(sheet.avant, last)], written, [_until(sheet.apres, last)])
        parts[sheet.table] = _until(drawn.paquet.parts[sheet.table].decode(), last)
        workbook = _printed_until(workbook, sheet.titre, last)
    parts[drawn.classeur] = workbook.encode()
    # The last of all: only once every row is written are its texts known.
    del parts[PART]
    parts[PART] = _last_asked(strings)
    return pack(parts)


def _last_asked(strings: SharedTexts) -> Iterator[bytes]:
    yield strings.part()


def _until(xml: str, last: int) -> bytes:
    """What names the cells of a table drawn with one row, with as many as it has."""
    return re.sub(rf'(\sref="A1:[A-Z]+){_FIRST}"', rf'\g<1>{last}"', xml).encode()


def _printed_until(workbook: str, sheet: str, last: int) -> str:
    """The same of what prints."""
    area = rf"('{re.escape(sheet)}'!\$A\$1:\$[A-Z]+\$){_FIRST}\b"
    return re.sub(area, rf"\g<1>{last}", workbook)


def _has_sheet(document: SommeTerritoire, table: Comparaison) -> bool:
    if table.champ == "ecarts":
        return bool(document.ecarts)
    return table.champ not in _OF_BASE or bool(document.genere_le)


def _rows_drawn(document: SommeTerritoire, table: Comparaison) -> Sequence[Any]:
    rows: Sequence[Any] = getattr(document, table.champ)
    return (*rows, *_said_of_it(document)) if table.champ == "ensemble" else rows


def _said_of_it(document: SommeTerritoire) -> Iterator[TotalTerritoire]:
    if document.edition:
        yield TotalTerritoire("Édition", f"n° {document.edition}")
        yield TotalTerritoire("Produite le", document.genere_le)
        yield TotalTerritoire("Empreinte de l’édition", document.sha256)
    if document.empreinte:
        yield TotalTerritoire("Empreinte de la somme", document.empreinte)
    yield TotalTerritoire("Diffusion", document.mention)


def _rows_written(
    table: Comparaison, rows: Sequence[Any], looks: Sequence[int], strings: SharedTexts
) -> Iterator[bytes]:
    cells, lines = [], [[1] * len(rows)] * 2
    units = [getattr(row, "unite", "") for row in rows]
    for rank, column in enumerate(table.colonnes, start=1):
        said = list(map(column.valeur or attrgetter(column.champ), rows))
        follows = rank + 1 if rank < len(table.colonnes) else 0
        made = CellsMade(partial(_cell_shown, looks, column.format), strings, follows)
        if column.format == NOMBRE and _PERCENT in units:
            shares = CellsMade(partial(_cell_shown, looks, POURCENT), strings, follows)
            kinds = (shares if unit == _PERCENT else made for unit in units)
            cells.append([kind[value] for kind, value in zip(kinds, said, strict=True)])
            continue
        cells.append(list(map(made.__getitem__, said)))
        tall = {value: _lines_high(value, column.largeur) for value in made}
        if max(tall.values(), default=1) > 1:
            lines.append(list(map(tall.__getitem__, said)))
    return written_rows(cells, list(map(_height, map(max, *lines))), _FIRST)


def _cell_shown(looks: Sequence[int], how: str, value: Any) -> tuple[int, Valeur]:
    """The look and the value of a cell; a spreadsheet keeps a percentage as a fraction."""
    if how == DATE:
        return looks[_DAY], date_value(value) if value else None
    if isinstance(value, str):
        return looks[_TEXT], clean(value).texte[:CELL_LIMIT] or None
    if how == POURCENT:
        return looks[_SHARE], None if value is None else fraction(Decimal(value))
    return looks[_BROKEN if _is_broken(value) else _WHOLE], value


def _is_broken(value: Any) -> bool:
    return isinstance(value, Decimal) and value != value.to_integral_value()


@lru_cache(maxsize=256)
def _height(lines: int) -> float:
    """How high a row of so many lines is, for its longest text to be read whole: nothing that prints computes it."""
    return min(_LINE * lines + 3, _TALLEST)


def _lines_high(text: Any, width: float) -> int:
    if not isinstance(text, str) or text.isalnum():
        return 1
    return max(1, sum(ceil(max(len(part), 1) / (1.2 * width)) for part in text.splitlines()))


@lru_cache(maxsize=16)
def _rowless(tables: tuple[Comparaison, ...], printable: tuple[str, ...], title: str, diffusion: str) -> SommeDrawn:
    """The workbook of these tables, each with one row that shows every look."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        _draw_sheet(book, table, title, diffusion, printable)
    held = io.BytesIO()
    book.save(held)
    paquet = open_package(readable(held.getvalue()))
    workbook, sheets = workbook_part(paquet), sheet_parts(paquet)
    drawn = {part: paquet.parts[part].decode() for part in sheets.values()}
    (row,) = _DRAWN_ROW.findall(next(iter(drawn.values())))
    return SommeDrawn(
        paquet,
        workbook,
        tuple(
            SheetDrawn(name, part, *paquet.linked(part, "table"), *_DRAWN_ROW.split(drawn[part]))
            for name, part in sheets.items()
        ),
        tuple(read_elements(paquet, workbook)),
        tuple(map(int, _STYLE.findall(row))),
    )


def _draw_sheet(book: Workbook, table: Comparaison, title: str, diffusion: str, printable: Sequence[str]) -> None:
    columns = table.colonnes
    headings = [c.titre for c in columns]
    sheet = book.create_sheet(table.tableau)
    for rank, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(rank)].width = column.largeur
        cell = sheet.cell(1, rank)
        cell.value, cell.data_type = column.titre, "s"
        styles.EN_TETE.apply(cell)
    sheet.row_dimensions[1].height = _height(max(_lines_high(c.titre, c.largeur) for c in columns))
    for rank, number_format in enumerate(_LOOKS, start=1):
        cell = sheet.cell(_FIRST, rank)
        (styles.NOMBRE if number_format else styles.CELLULE).apply(cell)
        cell.number_format = number_format or cell.number_format
    sheet.freeze_panes = "A2"
    sheet.sheet_view.showGridLines = False
    _set_page(sheet, title, diffusion)
    ref = f"A1:{get_column_letter(len(headings))}{_FIRST}"
    placed = Table(displayName=f"t_{len(book.worksheets)}", ref=ref)
    placed.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    placed.tableColumns = [TableColumn(id=rank, name=text) for rank, text in enumerate(headings, start=1)]
    placed.autoFilter = AutoFilter(ref=ref)
    sheet.add_table(placed)
    printed = next((headings.index(one) + 1 for one in printable if one in headings), len(headings))
    sheet.print_area = f"A1:{get_column_letter(printed)}{_FIRST}"


def _set_page(sheet: Any, title: str, diffusion: str) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.6, bottom=0.6, header=0.25, footer=0.25)
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = f"&8{title}", f"&8{sheet.title}"
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = f"&8{diffusion}", "&8&P / &N"
