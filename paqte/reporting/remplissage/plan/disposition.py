"""Laying rows out on the template: how high each one is, and where a text too tall goes on in the next row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from paqte.reporting.ooxml.sheets.values import Valeur
from paqte.reporting.ooxml.texts.text import CELL_LIMIT, SUITE, units
from paqte.reporting.ooxml.texts.widths import ROW_LIMIT, Font, split, text_height
from paqte.reporting.remplissage.plan.composition import RowComposed
from paqte.reporting.remplissage.plan.modele import ModelRow, ModelTable

VIDE = "vide"
# The headings of a table, written again where a page cuts it.
ENTETE = "entete"
# Readers draw no row higher, in points.
_HIGHEST = 409.0


class RowToWrite(NamedTuple):
    """A row to write. `suite` tells that it continues the one above."""

    modele: str
    valeurs: tuple[Valeur, ...]
    hauteur: float
    suite: bool = False
    trace: bool = True


class TableWritten(NamedTuple):
    """A table once laid out: its rows, and what was written of each."""

    rows: Sequence[RowComposed]
    laid: list[list[RowToWrite]]


def lay_out(
    table: ModelTable, rows: Sequence[RowComposed], known: dict[str, TableWritten] | None = None
) -> list[RowToWrite]:
    """The rows of a table with their heights in points; one row says "Néant" when there is none, or nothing at all in
    a table of data, where it would be read as one.

    A text that would be taller than a row may be goes on in the rows below, each beginning with "(suite)";
    put end to end without that mark, the pieces are the text. `known` holds the tables of another version, by name:
    rows that are the very same serve again. It takes this one.
    """
    if not rows:
        if table.is_data:
            return [_row_laid(VIDE, table.vide, ())]
        if table.tableau.vide is None:
            return []
        return [_row_laid(VIDE, table.vide, (table.tableau.vide,))]
    past = (known or {}).get(table.tableau.nom) or TableWritten((), [])
    laid = [
        past.laid[rank] if rank < len(past.rows) and past.rows[rank] is row else _row_out(table, row)
        for rank, row in enumerate(rows)
    ]
    if known is not None:
        known[table.tableau.nom] = TableWritten(rows, laid)
    return [rang for written in laid for rang in written]


def _row_out(table: ModelTable, row: RowComposed) -> list[RowToWrite]:
    lay = _data_rows if table.is_data else _rows_of_page
    written = lay(table.rangs[row.modele], row)
    return written if row.trace else [rang._replace(trace=False) for rang in written]


def content_height(texts: Sequence[Valeur], widths: Sequence[float], fonts: Sequence[Font]) -> float:
    """Height in points that the texts of a row need, each wrapped in its column."""
    said = zip(texts, widths, fonts, strict=True)
    return max((text_height(text, width, font) for text, width, font in said if isinstance(text, str)), default=0.0)


def _rows_of_page(model: ModelRow, row: RowComposed) -> list[RowToWrite]:
    whole = _row_laid(row.modele, model, row.valeurs)
    if whole.hauteur <= ROW_LIMIT and all(
        not isinstance(v, str) or len(v) <= CELL_LIMIT // 2 or units(v) <= CELL_LIMIT for v in row.valeurs
    ):
        return [whole]
    return _continued(model, row)


def _data_rows(model: ModelRow, row: RowComposed) -> list[RowToWrite]:
    """One row whatever its height, unless no cell can hold the text."""
    whole = _row_laid(row.modele, model, row.valeurs)
    if all(not isinstance(v, str) or units(v) <= CELL_LIMIT for v in row.valeurs):
        return [whole._replace(hauteur=min(whole.hauteur, _HIGHEST))]
    return _continued(model, row)


def _row_laid(name: str, model: ModelRow, values: tuple[Valeur, ...]) -> RowToWrite:
    needed = content_height(values, model.largeurs, model.polices)
    return RowToWrite(name, values, max(needed, model.hauteur or 0.0))


def _continued(model: ModelRow, row: RowComposed) -> list[RowToWrite]:
    pieces = [
        split(value, width, font, font.lines_within(ROW_LIMIT)) if isinstance(value, str) else [value]
        for value, width, font in zip(row.valeurs, model.largeurs, model.polices, strict=True)
    ]
    rows = []
    for rank in range(max(map(len, pieces))):
        values = tuple(_piece(given, rank) for given in pieces)
        laid = _row_laid(row.modele, model, values)
        rows.append(laid._replace(hauteur=min(laid.hauteur, _HIGHEST), suite=rank > 0))
    return rows


def _piece(pieces: Sequence[Valeur], rank: int) -> Valeur:
    if rank >= len(pieces):
        return None
    return f"{SUITE} {pieces[rank]}" if rank else pieces[0]
