"""openpyxl, which tests read workbooks with, told once what the edges of merged cells become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl.cell import MergedCell
from openpyxl.styles import Border
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.merge import MergedCellRange

AS_OPENPYXL_DOES = MergedCellRange.format
EDGES = ("top", "left", "right", "bottom")


def format_once(merged: Any) -> None:
    """What `MergedCellRange.format` does, cell by cell, asking once of each pair of borders what they make together.

    openpyxl compares each border with all those of the workbook, field by field: nine tenths of the time of reading
    a bilan, which has a thousand merged rows.
    """
    known = merged.ws.parent.__dict__.setdefault("_edges_known", {})
    start = _cell_at(merged.ws, merged.min_row, merged.min_col)
    for name in EDGES:
        side = getattr(start.border, name)
        if side and side.style is None:
            continue
        given = start._style.borderId
        for coord in getattr(merged, name):
            cell = _cell_at(merged.ws, *coord)
            key = (given, name, cell._style.borderId)
            if key not in known:
                cell.border += Border(**{name: side})
                known[key] = cell._style.borderId
            cell._style.borderId = known[key]
    for coord in merged.cells:
        _cell_at(merged.ws, *coord)._style.protectionId = start._style.protectionId


def _cell_at(sheet: Any, row: int, column: int) -> Any:
    """The cell that stands there, made when there is none, its style open to be told."""
    if (row, column) not in sheet._cells:
        sheet._cells[row, column] = MergedCell(sheet, row=row, column=column)
    cell = sheet._cells[row, column]
    if cell._style is None:
        cell._style = StyleArray()
    return cell


@pytest.fixture(scope="session", autouse=True)
def merged_cells_formatted_once() -> Iterator[None]:
    """Workbooks are read the same, ten times as fast."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MergedCellRange, "format", format_once)
        yield
