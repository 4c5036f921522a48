"""Templates as an administrator could send them: restyled, altered by mistake, or not a workbook at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl

from tests.reporting.mondes.bilans import read_template
from tests.reporting.tiers.lecteurs import packed, saved_by_openpyxl, with_part, without_name

VERSION = "b_version_gabarit"


@cache
def sound(version: str = "2027.1", change: Callable[[Any], None] | None = None) -> bytes:
    """The product's template restyled: another version, a title in red, and what else is asked for."""

    def restyle(book: Any) -> None:
        sheet, cell = next(iter(book.defined_names[VERSION].destinations))
        book[sheet][cell.replace("$", "")].value = version
        book["Bilan"]["A1"].font = openpyxl.styles.Font(color="FF0000", bold=True)
        if change is not None:
            change(book)

    return saved_by_openpyxl(read_template(), restyle)


def _renamed() -> bytes:
    def rename(book: Any) -> None:
        book["Thématiques"].title = "Thèmes"

    return saved_by_openpyxl(read_template(), rename)


def _with_unknown() -> bytes:
    added = '<definedName name="b_inconnu">Bilan!$A$1</definedName></definedNames>'
    return with_part(read_template(), "xl/workbook.xml", lambda x: x.replace("</definedNames>", added))


# What must be refused, and what the refusal must name.
ALTERED: dict[str, tuple[Callable[[], bytes], str]] = {
    "un nom manque": (lambda: without_name(read_template(), "b_periode"), "b_periode"),
    "un nom inconnu": (_with_unknown, "b_inconnu"),
    "feuille renommée": (_renamed, "« Thématiques »"),
    "pas un classeur": (lambda: b"%PDF-1.7 un PDF", "ce n’est pas un classeur Excel"),
    "page web renommée": (
        lambda: b"<!doctype html><html><body>404</body></html>",
        "ce n’est pas un classeur Excel",
    ),
    "archive sans classeur": (lambda: packed({"a.txt": b"bonjour"}), "ce n’est pas un classeur Excel"),
    "vide": (lambda: b"", "le fichier est vide"),
    "cent mégaoctets": (lambda: b"PK" + bytes(100 * 1024 * 1024), "pèse plus de 10 Mo"),
}


def texts_of(workbook: bytes) -> str:
    """All that a workbook says, one cell a line."""
    sheets = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets
    return "\n".join(str(value) for sheet in sheets for row in sheet.values for value in row if value is not None)


def version_in(workbook: bytes) -> str:
    """The version that a filled workbook bears."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet, cell = next(iter(book.defined_names[VERSION].destinations))
    return str(book[sheet][cell.replace("$", "")].value)
