"""How much a spreadsheet may hold: counted as it is read, refused with a sentence at the first thing too many."""

from __future__ import annotations

from paqte.domain.erreurs import Refused
from paqte.domain.saisie.nombres import written
from paqte.importing.door.cells import MOST_TEXT, column_letters

MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 120, 20_000, 400, 800_000
MOST_LETTERS = 24 * 1024 * 1024
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
# A merge or a link over so many cells is no heading of anybody's.
MOST_AREA = 200_000
TOO_MANY = f"Ce fichier dépasse {written(MOST_CELLS)} cellules remplies : partagez-le en plusieurs."


class Counter:
    """Rows, cells and letters met so far in the whole file."""

    def __init__(self) -> None:
        self.rows = self.cells = self.letters = 0

    def row(self, repeat: int = 1, cells: int = 0) -> None:
        """One more row that holds something; `repeat` of them, of so many cells, when a file says it once for all."""
        self.rows += repeat
        self.cells += (repeat - 1) * cells
        if self.rows > MOST_ROWS:
            raise Refused(f"Ce fichier dépasse {written(MOST_ROWS)} lignes remplies : partagez-le en plusieurs.")
        if self.cells > MOST_CELLS:
            raise Refused(TOO_MANY)

    def cell(self, row: int, column: int, length: int) -> None:
        """One more cell that holds something."""
        self.cells += 1
        self.letters += length
        if column >= MOST_COLUMNS:
            raise Refused(
                f"La cellule {column_letters(column)}{row} est au-delà de la {MOST_COLUMNS}e colonne : "
                "gardez les colonnes utiles seulement."
            )
        if length > MOST_TEXT:
            raise Refused(
                f"La cellule {column_letters(column)}{row} dépasse {written(MOST_TEXT)} caractères : raccourcissez-la."
            )
        if self.cells > MOST_CELLS or self.letters > MOST_LETTERS:
            raise Refused(TOO_MANY)


def check_sheets(count: int) -> None:
    """Refused for a workbook of too many sheets."""
    if count > MOST_SHEETS:
        raise Refused(f"Ce classeur compte {written(count)} feuilles : gardez-en {MOST_SHEETS} au plus.")
    if count == 0:
        raise Refused("Ce classeur ne contient aucune feuille de calcul.")
