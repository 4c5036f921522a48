"""Many declarations typed as one table: its columns, what its cells hold, and a block pasted into it (R13, R16).

A cell is one field of one declaration; a column is one field of one indicator, for whoever promised it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from paqte.domain.declarations.champs import CHOICE, DAY, NUMBER, FieldAsked, fields_of, read_cell, tick_of
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.saisie.nombres import written
from paqte.domain.saisie.textes import clean_lines

NEANT_TYPED = "néant"
# What a cell of a spreadsheet holds at most; a quotation mark never closed makes one of all that follows it.
MOST_CELLS, LONGEST = 5_000, 32_767
OUTSIDE = "Hors du tableau : aucune case à cet endroit."
NOT_PROMISED = "Cette convention n’a pas d’engagement sur cet indicateur."
TOO_BIG = f"Collez {written(MOST_CELLS)} cases au plus à la fois."
TOO_LONG = f"Une case a plus de {written(LONGEST)} caractères : un guillemet y est sans doute ouvert et pas refermé."


@dataclass(frozen=True, slots=True)
class ColonneTyped:
    """One field of one indicator; `detail` says which of its two numbers, or its day, where it asks for several."""

    code: str
    part: str
    libelle: str
    detail: str
    aide: str

    @property
    def cle(self) -> str:
        return f"{self.code}.{self.part}"

    @property
    def titre(self) -> str:
        """What it is called away from its heading."""
        return f"{self.code}, {self.libelle}{f' ({self.detail})' if self.detail else ''}"


class BlockField(NamedTuple):
    """A text of a block: the row and the column (from 0) where it goes, and why it does not, "" when it does."""

    ligne: int
    colonne: int
    texte: str
    refus: str


def typed_codes(grid: Catalogue) -> tuple[str, ...]:
    """The indicators that are typed in a table: not those that each convention names itself, which ask for a text."""
    return tuple(code for code, one in grid.indicateurs.items() if not one.traits.is_free)


def columns_of(codes: Iterable[str], grid: Catalogue) -> tuple[ColonneTyped, ...]:
    """The columns of these indicators, in the order given."""
    return tuple(column for code in codes for column in _typed_columns(code, grid))


def cell_fields(fields: Iterable[FieldAsked]) -> dict[str, FieldAsked]:
    """Of the fields of one engagement, those that stand in a cell, by part."""
    return {asked.part: asked for asked in fields if asked.sorte in (NUMBER, CHOICE, DAY)}


def cell_text(asked: FieldAsked, values: Mapping[str, Any]) -> str:
    """What a cell shows of the values of a declaration, by name of field."""
    value = values.get(asked.nom)
    if value is None or value == "":
        return NEANT_TYPED if values.get(tick_of(asked.nom)) else ""
    if asked.sorte == CHOICE:
        return asked.choix.get(value, str(value)).lower()
    return f"{value:%d/%m/%Y}" if asked.sorte == DAY else written(value)


def read_block(text: str) -> list[list[str]]:
    """The rows of cells that a spreadsheet puts on the clipboard; ValueError when too many, or too long."""
    try:
        block = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
    except csv.Error:
        raise ValueError(TOO_LONG) from None
    # The reader has a limit of its own, which any library of the same process may move.
    if any(len(cell) > LONGEST for row in block for cell in row):
        raise ValueError(TOO_LONG)
    if sum(len(row) or 1 for row in block) > MOST_CELLS:
        raise ValueError(TOO_BIG)
    return block


def place_block(
    block: Sequence[Sequence[str]],
    cells: Sequence[Sequence[FieldAsked | str]],
    names: Sequence[Collection[str]],
    at: tuple[int, int],
) -> list[BlockField]:
    """Where each cell of a block goes when its first one is put `at` (row, column), and what is refused there.

    `cells` are the table, each its field or the sentence that says why nothing is typed there; `names` the fields of
    the declaration of each row. An empty cell of the block empties the one it falls on, and asks nothing elsewhere.
    """
    placed = []
    for down, row in enumerate(block):
        for right, text in enumerate(row):
            ligne, colonne = at[0] + down, at[1] + right
            inside = ligne < len(cells) and colonne < len(cells[ligne])
            found: FieldAsked | str = cells[ligne][colonne] if inside else OUTSIDE
            given = clean_lines(text)[0]
            if isinstance(found, FieldAsked):
                placed.append(BlockField(ligne, colonne, given, _fault(found, given, names[ligne])))
            elif given:
                placed.append(BlockField(ligne, colonne, given, found))
    return placed


def _fault(asked: FieldAsked, text: str, names: Collection[str]) -> str:
    try:
        read_cell(asked, text, names)
    except ValueError as error:
        return str(error)
    return ""


def _typed_columns(code: str, grid: Catalogue) -> list[ColonneTyped]:
    indicateur = grid.indicateurs[code]
    asked = fields_of(0, indicateur.libelle, indicateur, grid, asks_text=False, is_repeat=False)
    fields = list(cell_fields(asked).values())
    return [
        ColonneTyped(
            code,
            one.part,
            indicateur.libelle,
            one.libelle if len(fields) > 1 else "",
            _hint(one, "" if indicateur.traits.is_pair else indicateur.unite),
        )
        for one in fields
    ]


def _hint(asked: FieldAsked, unite: str) -> str:
    """What is typed there, in a few words."""
    if asked.sorte == CHOICE:
        return " ou ".join(word.lower() for word in asked.choix.values())
    return "jj/mm/aaaa" if asked.sorte == DAY else unite
