"""What a table of the workbook is made of, and the names of the sheets in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from paqte.domain.documents.bilan import Chiffre

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

# Model rows of a table whose figures follow the unit of the row, in the order of the template.
UNITES = ("nombre", "decimal", "euros", "pourcent")
SIMPLE = ("ligne",)

BILAN = "Bilan"
SIGNATAIRES = "Signataires"
INDICATEURS = "Indicateurs"
THEMATIQUES = "Thématiques"
ACTIONS = "Actions"
CONTEXTE = "Contexte"
QUALITE = "Qualité"
META = "_meta"
FEUILLES = (BILAN, SIGNATAIRES, INDICATEURS, THEMATIQUES, ACTIONS, CONTEXTE, QUALITE, META)

# Bilan and Qualité hold tables of several shapes one above the other, on a grid of that many narrow columns.
PAS = 36


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column. `largeur` in digits of the default font, or in steps of the grid on Bilan and Qualité."""

    titre: str
    largeur: float
    format: str
    valeur: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Tableau:
    """A table: `lignes` takes its rows from the document, `modele` names the model row that each one follows.

    `vide` is what its only row says when there is nothing; None leaves no row at all. `intitule` is what
    people call the table where its sheet holds several. `trace` says which rows a chart shows: they come first.
    """

    nom: str
    feuille: str
    lignes: Callable[[Any], Iterable[Any]]
    colonnes: tuple[Colonne, ...]
    vide: str | None
    modeles: tuple[str, ...] = SIMPLE
    modele: Callable[[Any], str] | None = None
    entete: bool = True
    intitule: str = ""
    trace: Callable[[Any], bool] = lambda row: True

    @property
    def figures(self) -> tuple[Colonne, ...]:
        """The columns whose values may be absent; its row then says why in OBSERVATIONS (R13)."""
        return tuple(c for c in self.colonnes if c.format in (NOMBRE, POURCENT))


def flow(nom: str, feuille: str, intitule: str, texte: Callable[[Any], str], vide: str | None) -> Tableau:
    """A text that runs over as many rows as it has paragraphs, without heading."""
    column = Colonne("", PAS, TEXTE, str)
    return Tableau(
        nom, feuille, lambda document: paragraphs(texte(document)), (column,), vide, entete=False, intitule=intitule
    )


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, empty ones left out."""
    return [p for p in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if p.strip()]


def answered(figure: Chiffre) -> bool:
    """Whether a figure is there and can be written; infinities and NaN are not figures."""
    return figure.valeur is not None and figure.valeur.is_finite()
