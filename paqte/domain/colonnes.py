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
    """A column. `largeur` in digits of the default font, or in steps of the grid on Bilan and Qualité."""

    titre: str
    largeur: float
    format: str
    valeur: Callable[[Any], Any]
