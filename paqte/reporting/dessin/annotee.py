"""The copy of a file handed in, with what is wrong written beside its cells: its values alone, none of its formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string

from paqte.reporting.charte import FAUTE
from paqte.reporting.dessin.motifs.textes import readable

_FAULTY = PatternFill("solid", fgColor=FAUTE)
_AUTHOR = "PAQTE"
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_LONGEST = 32_000


class SheetToAnnotate(NamedTuple):
    """A sheet: its title, and its rows as (number, {column from 0: text})."""

    titre: str
    rows: Iterable[tuple[int, Mapping[int, str]]]


class RemarkToWrite(NamedTuple):
    """What to write beside a cell; `colonne` "" is the first of the row."""

    feuille: str
    ligne: int
    colonne: str
    texte: str


def annotated_copy(sheets: Iterable[SheetToAnnotate], remarks: Iterable[RemarkToWrite]) -> bytes:
    """The workbook whose faulty cells bear a comment and a colour; every value is a text, as it was read."""
    book = Workbook()
    for blank in book.worksheets:
        book.remove(blank)
    drawn = {}
    for rank, sheet in enumerate(sheets):
        titre = sheet.titre.translate(_FORBIDDEN)[:31].strip() or f"Feuille {rank + 1}"
        page = drawn[sheet.titre] = book.create_sheet(titre)
        for numero, cells in sheet.rows:
            for column, text in cells.items():
                cell = page.cell(numero, column + 1)
                # Never a formula, whatever it begins with.
                cell.value, cell.data_type = _kept_text(text), "s"
    for remark in remarks:
        if (page := drawn.get(remark.feuille)) is not None:
            cell = page.cell(remark.ligne, column_index_from_string(remark.colonne) if remark.colonne else 1)
            said = f"{cell.comment.text}\n{remark.texte}" if cell.comment else remark.texte
            cell.comment, cell.fill = Comment(said[:2_000], _AUTHOR, height=120, width=320), _FAULTY
    held = io.BytesIO()
    if not drawn:
        book.create_sheet("Vide")
    book.save(held)
    return readable(held.getvalue())


def _kept_text(text: str) -> str:
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))[:_LONGEST]
