"""What was understood of a template: its sheets, its named cells, the model rows of its tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from paqte.reporting.ooxml.parts.package import Package
from paqte.reporting.ooxml.sheets.references import CellRange, column_letter
from paqte.reporting.ooxml.sheets.sheet import Sheet, SheetCell
from paqte.reporting.ooxml.texts.widths import Font
from paqte.reporting.remplissage.plan.format import Format, NamedCell, Table

_RANK = re.compile(r"<[^>]*>|\s")
# Stands for the number of the row in XML prepared once; no text can hold it (texte.clean).
RANG = "\0"


class KeptText(NamedTuple):
    """A text of the template that the row shows as it is: its element among the shared strings."""

    element: str


# Written pieces of a row: XML, the position of the value to write there, or a text that stays.
Morceau = str | int | KeptText


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A row ready to be written as many times as needed: XML pieces, merges, room of each column."""

    attributs: str
    hauteur: float | None
    morceaux: tuple[Morceau, ...]
    fusions: tuple[str, ...]
    largeurs: tuple[float, ...]
    polices: tuple[Font, ...]


@dataclass(frozen=True, slots=True)
class ModelTable:
    """A table of the template: where its model rows are, each of them by its name, where its columns begin.

    `rappel` are its headings, to be written again on the pages it goes on to; None where the reader repeats them.
    `titres` are its headings as the template writes them, where it is a table of data: nothing stands above them nor
    between them, and `part` is where the workbook says so (ooxml.tables).
    """

    tableau: Table
    plage: CellRange
    colonnes: tuple[int, ...]
    rangs: Mapping[str, ModelRow]
    vide: ModelRow
    rappel: ModelRow | None = None
    titres: tuple[str, ...] = ()
    part: str = ""

    @property
    def is_data(self) -> bool:
        """Whether programs read it row after row under one heading row."""
        return bool(self.titres)


@dataclass(frozen=True, slots=True)
class ModelCell:
    """A named cell of the template."""

    champ: NamedCell
    ligne: int
    colonne: int
    largeur: float
    police: Font


@dataclass(frozen=True, slots=True)
class DrawnObject:
    """What a drawing puts over rows `haut` to `bas`.

    `graphique` is the part of its chart, tied by `lien` to the drawing; both are "" for anything else.
    """

    haut: int
    bas: int
    graphique: str
    lien: str


@dataclass(frozen=True, slots=True)
class ModelSheet:
    """A sheet of the template with what is written into it, tables from top to bottom.

    `derniere_imprimee` is the last row of its print area, None where it has none.
    """

    feuille: Sheet
    tableaux: tuple[ModelTable, ...]
    champs: Mapping[int, tuple[ModelCell, ...]]
    fixes: Mapping[int, ModelRow]
    dessins: tuple[str, ...]
    objets: tuple[DrawnObject, ...]
    listes: tuple[str, ...]
    titres_repetes: tuple[int, ...]
    derniere_imprimee: int | None


@dataclass(frozen=True, slots=True)
class GabaritReady:
    """A template that holds everything its kind of workbook needs. `version` is what it says of itself.

    `chaines` is the part of its strings. `format` is that kind less the columns that came after
    the template, which `sans` names with their sheet.
    """

    version: str
    format: Format
    sans: tuple[str, ...]
    sha256: str
    paquet: Package
    classeur: str
    chaines: str
    feuilles: tuple[ModelSheet, ...]
    graphiques: tuple[str, ...]


def bears_nothing(rang: ModelRow) -> bool:
    """Whether a row of the template holds neither text nor named cell."""
    return len(rang.morceaux) <= 1 and "</c>" not in "".join(map(str, rang.morceaux))


def prepare_row(
    cells: list[SheetCell], slots: Mapping[int, int], elements: Sequence[str], styles: Mapping[int, str] | None = None
) -> tuple[Morceau, ...]:
    """Pieces of a row: `slots` says which columns receive which value; neighbours of a value are left as drawn.

    `elements` are the shared strings of the template. `styles` adds or changes the style of columns; they need not be
    drawn in the template.
    """
    drawn = {c.colonne: c for c in cells}
    wanted = dict(styles or {})
    pieces: list[Morceau] = []
    text = ""
    for column in sorted({*drawn, *slots, *wanted}):
        cell = drawn.get(column, SheetCell(column, "0", "", ""))
        style = wanted.get(column, cell.style)
        text += f'<c r="{column_letter(column)}{RANG}"' + (f' s="{style}"' if style != "0" else "")
        if column in slots:
            pieces += [text, slots[column]]
            text = ""
        elif column in wanted or not cell.contenu:
            text += "/>"
        elif cell.genre == "s":
            pieces += [text, KeptText(elements[int(_RANK.sub("", cell.contenu))])]
            text = ""
        else:
            text += (f' t="{cell.genre}"' if cell.genre else "") + f">{cell.contenu}</c>"
    return (*pieces, text) if text else tuple(pieces)
