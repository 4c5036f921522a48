"""A column of a table, said once: its field, its heading, how it is written, since when it exists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# How a value is written. NOMBRE follows the unit of its row; POURCENT is always 0–100 in the document.
TEXTE = "texte"
NOMBRE = "nombre"
POURCENT = "pourcent"
ENTIER = "entier"
DATE = "date"
# A number written as it is, whatever the unit of its row; where it is absent another column of the row says why.
BRUT = "brut"
# "12 / 14": how many answered out of how many owed it (R13).
RAPPORT = "rapport"
# The text column where a row says why its figures are absent (R13), after what its getter gives.
OBSERVATIONS = "observations"

# What stands to the right of its column, and takes no text.
CHIFFRES = (NOMBRE, POURCENT, ENTIER, BRUT)


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column of a table: the field of its rows, its heading, how it is written, and since when it exists.

    `depuis` is the version of the columns it came with, "" for the first ones. The field of a later one has a value
    that says nothing: what an edition of before says, whose hash does not move; a template drawn before it still
    serves; only editions that both know it are compared on it.
    `largeur` is in digits of the default font, or in steps of the grid on Bilan and Qualité; 0 shows it on no sheet of
    details. `valeur` gives what is shown where that is not the field itself. What names a row is not `comparee`.
    `mot` reads what is kept by today's word, on sheets and where two editions are compared.
    `cle` is its name in the canonical text, where that is not the field's. `ancien` heads it in the templates drawn
    before its heading changed.
    """

    champ: str
    titre: str
    format: str = TEXTE
    depuis: str = ""
    largeur: float = 12
    valeur: Callable[[Any], Any] | None = None
    comparee: bool = True
    cle: str = ""
    ancien: str = ""
    mot: Callable[[Any], Any] | None = None

    def of(self, row: Any) -> Any:
        """What the row says in this column."""
        return self.read(getattr(row, self.champ)) if self.valeur is None else self.valeur(row)

    def read(self, kept: Any) -> Any:
        """What is kept, by the word that people read."""
        return kept if self.mot is None else self.mot(kept)

    def shown(self, document: Any, row: Any) -> Any:
        """What people read of a row of a document."""
        return self.of(row)
