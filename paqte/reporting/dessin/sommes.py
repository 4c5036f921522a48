"""The workbook of a sum of documents: its total, then what each département brought, from which edition or which file.

Each sheet is one table under one heading row, that programs read row after row; its columns are the document's.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from paqte.domain.colonnes import DATE, NOMBRE, POURCENT, Colonne
from paqte.domain.documents.lignes.tables import VERSIONS, Comparaison
from paqte.domain.documents.somme import SommeTerritoire, TotalTerritoire
from paqte.domain.secret import DIFFUSIONS
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.textes import readable

# In points: a line of text, and the tallest row that spreadsheets allow.
_LINE, _TALLEST = 11.5, 409
_A4 = 9
# What workbooks alone do not give: a sum of files that the base does not know has no such sheet.
_OF_BASE = frozenset({"contexte", "textes"})


def draw_somme(document: SommeTerritoire) -> bytes:
    """The workbook: totals, then one row a département; its texts and its context where they are known; the sources."""
    book = Workbook(write_only=True)
    title = f"PAQTE, {document.territoire_nom}, {document.periode_libelle}"
    book.properties = DocumentProperties(title=title, creator="PAQTE", language="fr-FR")
    for table in document.tables:
        if table is not VERSIONS and _has_sheet(document, table):
            _table_sheet(book, table, tuple(_rows_drawn(document, table)), document)
    held = io.BytesIO()
    book.save(held)
    return readable(held.getvalue())


def _has_sheet(document: SommeTerritoire, table: Comparaison) -> bool:
    if table.champ == "ecarts":
        return bool(document.ecarts)
    return table.champ not in _OF_BASE or bool(document.genere_le)


def _rows_drawn(document: SommeTerritoire, table: Comparaison) -> Iterator[Any]:
    yield from getattr(document, table.champ)
    if table.champ == "ensemble":
        if document.edition:
            yield TotalTerritoire("Édition", f"n° {document.edition}")
            yield TotalTerritoire("Produite le", document.genere_le)
            yield TotalTerritoire("Empreinte de l’édition", document.sha256)
        if document.empreinte:
            yield TotalTerritoire("Empreinte de la somme", document.empreinte)
        yield TotalTerritoire("Diffusion", document.mention)


def _cells_shown(columns: Sequence[Colonne], row: Any) -> list[tuple[Any, bool]]:
    """What each column shows of a row, with whether it is a percentage, which a spreadsheet keeps as a fraction."""
    told = []
    for column in columns:
        value: Any = column.of(row)
        if column.format == DATE:
            value = date.fromisoformat(value) if value else None
        is_percent = column.format == POURCENT or (column.format == NOMBRE and getattr(row, "unite", "") == "%")
        told.append((value / 100 if is_percent and value is not None else value, is_percent))
    return told


def _table_sheet(book: Workbook, table: Comparaison, rows: Sequence[Any], document: SommeTerritoire) -> None:
    """One sheet, a row after another: none stays in memory, so what comes before the rows is set before them."""
    columns = table.colonnes
    headings = [c.titre for c in columns]
    sheet = book.create_sheet(table.tableau)
    for rank, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(rank)].width = column.largeur
    sheet.freeze_panes = "A2"
    sheet.sheet_view.showGridLines = False
    _set_page(sheet, book.properties.title, document)
    looks = dict[str, Any]()
    sheet.row_dimensions[1].height = _height(columns, headings)
    titles = [WriteOnlyCell(sheet, text) for text in headings]
    for cell in titles:
        styles.EN_TETE.apply(cell)
    sheet.append(titles)
    last = 1
    for last, row in enumerate(rows, start=2):
        cells = _cells_shown(columns, row)
        sheet.row_dimensions[last].height = _height(columns, [value for value, _ in cells])
        sheet.append([_value_cell(sheet, value, looks, is_percent=is_percent) for value, is_percent in cells])
    # A table has at least one row of data.
    placed = Table(displayName=f"t_{len(book.worksheets)}", ref=f"A1:{get_column_letter(len(headings))}{max(last, 2)}")
    placed.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    # The headings have left: openpyxl cannot read them again.
    placed.tableColumns = [TableColumn(id=rank, name=text) for rank, text in enumerate(headings, start=1)]
    placed.autoFilter = AutoFilter(ref=placed.ref)
    sheet.tables.add(placed)
    printed = next((headings.index(one) + 1 for one in document.imprimees if one in headings), len(headings))
    sheet.print_area = f"A1:{get_column_letter(printed)}{max(last, 2)}"


def _set_page(sheet: Any, title: str, document: SommeTerritoire) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.6, bottom=0.6, header=0.25, footer=0.25)
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = f"&8{title}", f"&8{sheet.title}"
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = f"&8{DIFFUSIONS[document.diffusion]}", "&8&P / &N"


def _height(columns: Sequence[Colonne], row: Sequence[Any]) -> float:
    """How high a row is for its longest text to be read whole: nothing that prints computes it by itself."""
    shown = [(text, c.largeur) for c, text in zip(columns, row, strict=True) if isinstance(text, str)]
    lines = (
        sum(ceil(max(len(part), 1) / (1.2 * width)) for part in text.splitlines())
        for text, width in shown
        if not text.isalnum()
    )
    return min(_LINE * max(lines, default=1) + 3, _TALLEST)


def _value_cell(sheet: Any, value: Any, looks: dict[str, Any], *, is_percent: bool) -> Any:
    """A number as one, a text as a text whatever it begins with; what is absent leaves the cell empty."""
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet)
        _look(cell, looks, "")
        if value:
            cell.value, cell.data_type = value, "s"
        return cell
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, date):
        _look(cell, looks, styles.JOUR)
        return cell
    _look(cell, looks, styles.POURCENT if is_percent else styles.DECIMAL if _is_broken(value) else styles.ENTIER)
    return cell


def _look(cell: Any, looks: dict[str, Any], number_format: str) -> None:
    """Give a cell the look of a text (""), or of a number of this format; one drawn before is copied, far sooner."""
    if number_format in looks:
        cell._style = copy(looks[number_format])
        return
    (styles.NOMBRE if number_format else styles.CELLULE).apply(cell)
    if number_format:
        cell.number_format = number_format
    looks[number_format] = copy(cell._style)


def _is_broken(value: Any) -> bool:
    return isinstance(value, Decimal) and value != value.to_integral_value()
