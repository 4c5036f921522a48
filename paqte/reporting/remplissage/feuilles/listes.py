"""The tables of sheets of data made tables of Excel: programs find them by their names, whatever the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from paqte.reporting.ooxml.parts.package import MAIN, Package
from paqte.reporting.ooxml.sheets.references import CellRange, Displacement
from paqte.reporting.ooxml.sheets.tables import (
    SheetTable,
    table_part,
    with_named,
    with_table_part,
    without_filter_names,
)
from paqte.reporting.remplissage.plan.disposition import RowToWrite
from paqte.reporting.remplissage.plan.modele import ModelSheet, ModelTable


def with_lists(paquet: Package, workbook: str, sheets: Sequence[ModelSheet]) -> tuple[Package, tuple[ModelSheet, ...]]:
    """The template with a part for each table of data, and its sheets as they name them.

    A sheet that bears tables already keeps its own; so does a name that the template gave to something else.
    """
    root = paquet.tree(workbook)
    taken = {(e.get("name") or "").casefold() for e in root.iter(f"{MAIN}definedName")}
    ranks = {e.get("name", ""): rank for rank, e in enumerate(root.iter(f"{MAIN}sheet"))}
    made: list[ModelSheet] = []
    filtered: list[int] = []
    for sheet in sheets:
        table = next((t for t in sheet.tableaux if t.is_data and t.tableau.liste.casefold() not in taken), None)
        if table is None or sheet.listes:
            made.append(sheet)
            continue
        paquet, part, tie = with_table_part(paquet, sheet.feuille.part)
        filtered.append(ranks[sheet.feuille.titre])
        tables = tuple(replace(t, part=part) if t is table else t for t in sheet.tableaux)
        queue = with_named(sheet.feuille.queue, tie)
        made.append(replace(sheet, tableaux=tables, feuille=replace(sheet.feuille, queue=queue)))
    told = without_filter_names(paquet.parts[workbook].decode(), filtered).encode()
    return Package({**paquet.parts, workbook: told}), tuple(made)


def list_parts(
    sheets: Sequence[ModelSheet], laid: Mapping[str, Sequence[RowToWrite]], shifts: Mapping[str, Displacement]
) -> dict[str, bytes]:
    """The parts of the tables of data, over the rows that were written."""
    return {
        table.part: table_part(
            SheetTable(table.tableau.liste, _written_range(table, laid, shift), table.titres), table.part
        )
        for shift, table in _listed(sheets, shifts)
    }


def _listed(
    sheets: Sequence[ModelSheet], shifts: Mapping[str, Displacement]
) -> Iterator[tuple[Displacement, ModelTable]]:
    return ((shifts[s.feuille.titre], table) for s in sheets for table in s.tableaux if table.part)


def _written_range(table: ModelTable, laid: Mapping[str, Sequence[RowToWrite]], shift: Displacement) -> CellRange:
    """From the headings to the last row."""
    first = shift.row(table.plage.haut)
    last = first + len(laid[table.tableau.nom]) - 1
    return CellRange(first - 1, table.plage.gauche, last, table.plage.droite)
