"""Excel's own tables: the rows of a sheet of data under one name that programs know, filtered by their headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from paqte.reporting.ooxml.parts.package import MAIN, TIES, Package, PieceType, with_tie
from paqte.reporting.ooxml.sheets.references import CellRange

_KIND = PieceType("table", "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml")
_FILTER = re.compile(r"<autoFilter\b(?:[^>]*/>|.*?</autoFilter>)", re.DOTALL)
_END = re.compile(r"<extLst\b.*?</extLst>\s*</worksheet>\s*$|</worksheet>\s*$", re.DOTALL)
_BREAKS = {"\r": "", "\n": "_x000a_"}


class SheetTable(NamedTuple):
    """A table of a sheet: its name, the cells from its headings to its last row, its headings as they are written."""

    nom: str
    plage: CellRange
    titres: Sequence[str]


def with_table_part(paquet: Package, sheet: str) -> tuple[Package, str, str]:
    """The package with a part for a table of a sheet, where it is, and the name of its tie to the sheet."""
    rank = next(n for n in range(1, len(paquet.parts) + 2) if f"xl/tables/table{n}.xml" not in paquet.parts)
    part = f"xl/tables/table{rank}.xml"
    tied, tie = with_tie(paquet, sheet, part, _KIND)
    return tied, part, tie


def table_part(table: SheetTable, part: str) -> bytes:
    """The part of a table; its number among those of the workbook is that of its part."""
    number = re.sub(r"\D", "", part)
    columns = "".join(
        f'<tableColumn id="{rank}" name="{_attribute(title)}"/>' for rank, title in enumerate(table.titres, start=1)
    )
    ref = table.plage.ref
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<table xmlns="{MAIN[1:-1]}" id="{number}" name="{table.nom}" displayName="{table.nom}" ref="{ref}" '
        f'totalsRowShown="0"><autoFilter ref="{ref}"/><tableColumns count="{len(table.titres)}">{columns}'
        '</tableColumns><tableStyleInfo showFirstColumn="0" showLastColumn="0" showRowStripes="0" '
        'showColumnStripes="0"/></table>'
    ).encode()


def with_named(tail: str, tie: str) -> str:
    """The end of a sheet with its table where the order of its elements wants it, whose filter takes over."""
    element = f'<tableParts count="1"><tablePart xmlns:r="{TIES[1:-1]}" r:id="{tie}"/></tableParts>'
    return _END.sub(lambda m: element + m[0], _FILTER.sub("", tail), count=1)


def without_filter_names(xml: str, sheets: Sequence[int]) -> str:
    """The workbook's part without the names that filters of these sheets keep for themselves, counted from 0."""
    ranks = "|".join(map(str, sheets))
    of_filter, of_sheets = r'(?=[^>]*_xlnm\._FilterDatabase")', rf'(?=[^>]*localSheetId="(?:{ranks})")'
    return re.sub(rf"<definedName\b{of_filter}{of_sheets}[^>]*>[^<]*</definedName>", "", xml) if sheets else xml


def _attribute(title: str) -> str:
    for character, written in _BREAKS.items():
        title = title.replace(character, written)
    return escape(title, {'"': "&quot;"})
