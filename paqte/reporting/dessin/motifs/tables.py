"""Drawing tables of the default template: headings, model rows with their styles, the name that points at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from paqte.domain.colonnes import BRUT, CHIFFRES, DATE, ENTIER, NOMBRE, OBSERVATIONS, POURCENT, RAPPORT, Colonne
from paqte.reporting import charte
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.styles import Style
from paqte.reporting.remplissage.plan.format import PAS, Table

_FORMATS = {
    "nombre": styles.ENTIER,
    "ligne": styles.ENTIER,
    "decimal": styles.DECIMAL,
    "euros": styles.EUROS,
    "pourcent": styles.POURCENT,
}
_MODELES = {
    "nombre": "Ligne modèle : nombres entiers",
    "decimal": "Ligne modèle : nombres décimaux",
    "euros": "Ligne modèle : euros",
    "pourcent": "Ligne modèle : pourcentages",
}


class Pencil:
    """Draws one sheet from top to bottom. `rang` is the next free row, `last_printed` the last one of its pages."""

    def __init__(self, book: Workbook, title: str, columns: int) -> None:
        self.feuille: Worksheet = book.create_sheet(title)
        self.rang = 1
        self.last_printed = 0
        self._book = book
        self.columns = columns
        self.feuille.sheet_view.showGridLines = False

    def end_of_print(self, text: str, style: Style) -> None:
        """What follows stays on the screen; the last line of the pages says so."""
        self.skip(10)
        self.line(text, style, 15)
        self.last_printed = self.rang - 1
        self.skip(18)

    def skip(self, height: float) -> None:
        """An empty row."""
        self.feuille.row_dimensions[self.rang].height = height
        self.rang += 1

    def line(self, text: str, style: Style, height: float, name: str = "") -> int:
        """A row with one text over the whole width, and the name of its cell; gives its number."""
        row = self.rang
        self.write(text, style, 1, self.columns, name)
        self.next(height)
        return row

    def write(self, text: object, style: Style, first: int, last: int, name: str = "") -> None:
        """A text in the current row, over columns `first` to `last`."""
        for column in range(first, last + 1):
            style.apply(self.feuille.cell(self.rang, column))
        self.feuille.cell(self.rang, first).value = text  # type: ignore[assignment]
        if last > first:
            self.feuille.merge_cells(start_row=self.rang, end_row=self.rang, start_column=first, end_column=last)
        if name:
            self.name(name, first, self.rang, first, self.rang)

    def next(self, height: float) -> None:
        """Ends the current row."""
        self.feuille.row_dimensions[self.rang].height = height
        self.rang += 1

    def name(self, name: str, left: int, top: int, right: int, bottom: int) -> None:
        """Gives a name to a range."""
        first, last = f"${get_column_letter(left)}${top}", f"${get_column_letter(right)}${bottom}"
        target = f"{quote_sheetname(self.feuille.title)}!{first}" + (f":{last}" if first != last else "")
        self._book.defined_names[name] = DefinedName(name, attr_text=target)

    def table(self, table: Table, models: Sequence[Style] | None = None, header: float = 24) -> tuple[int, int]:
        """Headings and model rows of a table; gives its first and last model rows.

        `models` are the styles of the model rows of a table that bears texts only.
        """
        spans = self._spans(table)
        if table.entete:
            for colonne, style, (first, last) in zip(table.colonnes, _headings(table), spans, strict=True):
                self.write(colonne.titre, style, first, last)
            self.next(header)
        top = self.rang
        for rank, model in enumerate(table.modeles):
            looks = [models[rank]] if models else _styles(table, model)
            for colonne, style, (first, last) in zip(table.colonnes, looks, spans, strict=True):
                self.write(_sample(table, colonne, model), style, first, last)
            self.next(13.5)
        self.name(table.nom, 1, top, spans[-1][1], self.rang - 1)
        self._shade_absent(table, spans, top)
        return top, self.rang - 1

    def _spans(self, table: Table) -> list[tuple[int, int]]:
        """First and last columns of each column of the table."""
        if self.columns != PAS:
            return [(c, c) for c in range(1, len(table.colonnes) + 1)]
        spans, first = [], 1
        for colonne in table.colonnes:
            spans.append((first, first + int(colonne.largeur) - 1))
            first += int(colonne.largeur)
        return spans

    def _shade_absent(self, table: Table, spans: Sequence[tuple[int, int]], top: int) -> None:
        """A figure that is absent shows as a shaded cell, not only as a blank (R13)."""
        fill = PatternFill("solid", bgColor=f"FF{styles.ABSENT}")
        for colonne, (first, _) in zip(table.colonnes, spans, strict=True):
            if colonne.format in (NOMBRE, POURCENT):
                letter = get_column_letter(first)
                cells = f"{letter}{top}:{letter}{self.rang - 1}"
                self.feuille.conditional_formatting.add(cells, FormulaRule([f"LEN({letter}{top})=0"], fill=fill))


def _indents(table: Table) -> list[int]:
    """A text beside a figure stands back from it."""
    numbers = [c.format in CHIFFRES for c in table.colonnes]
    texts = [not number and c.format != RAPPORT for c, number in zip(table.colonnes, numbers, strict=True)]
    return [int(before and text) for before, text in zip([False, *numbers], texts, strict=False)]


def _headings(table: Table) -> list[Style]:
    pairs = zip(table.colonnes, _indents(table), strict=True)
    return [replace(styles.EN_TETE, horizontal=_aligned(colonne), retrait=indent) for colonne, indent in pairs]


def _aligned(colonne: Colonne) -> str:
    if colonne.format == RAPPORT:
        return "center"
    return "right" if colonne.format in CHIFFRES else "left"


def _styles(table: Table, model: str) -> list[Style]:
    looks = []
    for colonne, indent in zip(table.colonnes, _indents(table), strict=True):
        partition = "" if colonne is table.colonnes[-1] else charte.CLOISON
        look = replace(_style(colonne, model), horizontal=_aligned(colonne), retrait=indent, droite=partition)
        looks.append(look)
    return looks


def _style(colonne: Colonne, model: str) -> Style:
    if colonne.format == NOMBRE:
        return replace(styles.NOMBRE, format=_FORMATS[model])
    if colonne.format == POURCENT:
        return replace(styles.NOMBRE, format=styles.POURCENT)
    if colonne.format == ENTIER:
        return replace(styles.NOMBRE, format=styles.ENTIER)
    if colonne.format == BRUT:
        return replace(styles.NOMBRE, format=styles.GENERAL)
    if colonne.format == DATE:
        return replace(styles.CELLULE, format=styles.JOUR)
    return styles.OBSERVATION if colonne.format == OBSERVATIONS else replace(styles.CELLULE, format=styles.TEXTE)


def _sample(table: Table, colonne: Colonne, model: str) -> str | None:
    """What a model row shows to whoever restyles it."""
    widest = max(table.colonnes, key=lambda c: c.largeur if c.format not in CHIFFRES else 0)
    return _MODELES.get(model, f"Ligne modèle : {model}") if colonne is widest else None
