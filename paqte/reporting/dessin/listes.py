"""A list of the pages as a workbook: one Excel table, with dates and numbers that are dates and numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from paqte.reporting.dessin.motifs.textes import readable
from paqte.reporting.liste_csv import ListCell

_DAY = "dd/mm/yyyy"
_NARROWEST, _WIDEST, _ROOM = 10, 60, 3
# Beyond it a spreadsheet cuts a text, or refuses the file.
_LONGEST = 32_767
_TABLE = "Liste"


class ListSheet(NamedTuple):
    """A list to draw: its name, its headings, each once, and its rows, all as long as them."""

    titre: str
    titres: Sequence[str]
    lignes: Sequence[Sequence[ListCell]]


def draw_list(listed: ListSheet, *, par: str, fait_le: datetime) -> bytes:
    """The workbook. A text stays a text, whatever it begins with."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = listed.titre[:31]
    sheet.append(list(listed.titres))
    for row, line in enumerate(listed.lignes, start=2):
        for column, value in enumerate(line, start=1):
            _write_cell(sheet, row, column, value)
    # A table has a row at least, which stays blank when the list is empty.
    last = f"{get_column_letter(len(listed.titres))}{max(2, len(listed.lignes) + 1)}"
    table = Table(displayName=_TABLE, ref=f"A1:{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.freeze_panes = "B2"
    _set_widths(sheet, listed)
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    naive = fait_le.replace(tzinfo=None, microsecond=0)
    book.properties = DocumentProperties(
        title=listed.titre, creator=par, language="fr-FR", created=naive, modified=naive
    )
    buffer = io.BytesIO()
    book.save(buffer)
    return readable(buffer.getvalue())


def _write_cell(sheet: Worksheet, row: int, column: int, value: ListCell) -> None:
    if value is None or value == "":
        return
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = value[:_LONGEST]
        cell.data_type = "s"
        cell.number_format = "@"
        cell.alignment = Alignment(vertical="top", wrap_text="\n" in value)
        return
    cell.value = value
    cell.alignment = Alignment(vertical="top")
    if isinstance(value, date):
        cell.number_format = _DAY


def _set_widths(sheet: Worksheet, listed: ListSheet) -> None:
    for rank, title in enumerate(listed.titres):
        longest = max((_widest_line(line[rank]) for line in listed.lignes), default=0)
        width = min(_WIDEST, max(_NARROWEST, len(title) + _ROOM, longest + 1))
        sheet.column_dimensions[get_column_letter(rank + 1)].width = width


def _widest_line(value: ListCell) -> int:
    """How wide a cell reads: its longest line."""
    if isinstance(value, date):
        return len("31/12/2026")
    return max((len(line) for line in str(value or "").split("\n")), default=0)
