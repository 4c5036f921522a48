"""Reading a workbook with the two libraries that have nothing of ours, and altering templates for tests."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

Cells = dict[tuple[str, int, int], Any]


@lru_cache(maxsize=6)
def opened(content: bytes) -> Any:
    """The workbook as openpyxl opens it, once for all the tests that only look at it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def read_with_openpyxl(content: bytes) -> Cells:
    """Values by sheet, row and column; empty cells left out."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return {
        (sheet.title, cell.row, cell.column): _plain(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def read_with_calamine(content: bytes) -> Cells:
    """The same, by the other library, which gives "" for an empty cell."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        (name, row, column): _plain(value)
        for name in book.sheet_names
        for row, values in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1)
        for column, value in enumerate(values, start=1)
        if value != ""
    }


def texts(cells: Cells) -> list[str]:
    """The texts of a workbook, in order."""
    return [value for value in cells.values() if isinstance(value, str)]


def table(content: bytes, name: str) -> list[list[Any]]:
    """Rows of a named table as openpyxl sees them, the hidden cells of merges left out, headings first and once."""
    book = opened(content)
    sheet_name, cells = next(iter(book.defined_names[name].destinations))
    sheet = book[sheet_name]
    (first, *_, last) = [cell for row in sheet[cells] for cell in row]
    rows = sheet.iter_rows(first.row - 1, last.row, first.column, last.column)
    headings, *data = [[_plain(c.value) for c in row if type(c).__name__ != "MergedCell"] for row in rows]
    return [headings, *(row for row in data if row != headings)]


def named(content: bytes, name: str) -> Any:
    """Value of a named cell."""
    book = opened(content)
    sheet_name, cell = next(iter(book.defined_names[name].destinations))
    return _plain(book[sheet_name][cell.replace("$", "")].value)


def print_area(sheet: Any) -> str:
    """What a sheet of openpyxl prints: "A1:AJ120"; one cell is "N1:N1"."""
    area = str(sheet.print_area).rsplit("!", 1)[-1].replace("$", "")
    return area if ":" in area else f"{area}:{area}"


def part(content: bytes, name: str) -> str:
    """A part of the package, as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def parts(content: bytes) -> dict[str, bytes]:
    """Every part of the package."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The package with one part changed, or added when the change starts from nothing."""
    changed = parts(content)
    changed[name] = change(changed.get(name, b"").decode()).encode()
    return packed(changed)


def packed(given: dict[str, bytes]) -> bytes:
    """A package made of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in given.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def without_name(content: bytes, name: str) -> bytes:
    """The template without one of its defined names."""
    pattern = re.compile(rf'<definedName\b[^>]*\bname="{name}"[^>]*>[^<]*</definedName>')
    return with_part(content, "xl/workbook.xml", lambda xml: pattern.sub("", xml))


def saved_by_openpyxl(content: bytes, change: Callable[[Any], None] = lambda book: None) -> bytes:
    """The workbook as openpyxl saves it again, changed or not."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _plain(value: Any) -> Any:
    """A day is a day, whether a library calls it a date or a moment."""
    return value.date() if isinstance(value, datetime) else value
