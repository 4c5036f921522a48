"""A table of a document, said once: where its rows are, its columns, what names a row, what each cell is made from.

The comparison of two editions, the sheet that details it, the canonical text and the CSV derive from it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from paqte.domain.colonnes import BRUT, ENTIER, POURCENT, TEXTE, Colonne
from paqte.domain.documents.lignes.comptes import TITRES_AUTRES
from paqte.domain.documents.lignes.lignes import ENSEMBLE, INDICATEUR, LigneCompletude
from paqte.domain.indicateurs.catalogue import catalogue

# What a changed answer can be behind: (kind, code) of these kinds, or of those of a line of completeness.
TOUT, DECLARATION = "tout", "declaration"
Cause = tuple[str, Hashable]

# Not compared: what says which edition this is, what is told of the edition before, and what repeats other figures.
NEVER_COMPARED: dict[str, str] = {
    "departement": "two départements are not compared",
    "periode": "what is compared across periods is the figures",
    "periode_libelle": "repeats the period",
    "edition": "its number",
    "genere_le": "its moment",
    "corrections": "told of the edition before",
    "regles": "told of the edition before",
    "notes": "repeat the grid and the signatories",
    "diffusion": "only whole editions are compared",
}


@dataclass(frozen=True, slots=True)
class Comparaison:
    """One table. `champ` is the field that holds its rows, a lone record, or "" for the document.

    `cle` names a row whatever its rank, `ligne` is what people read of it. `causes` says what a cell of a row is made
    from.
    """

    champ: str
    tableau: str
    colonnes: tuple[Colonne, ...]
    cle: Callable[[Any], Hashable] = lambda row: ""
    ligne: Callable[[Any], str] = lambda row: ""
    causes: Callable[[Any, str], Iterable[Cause]] = lambda row, colonne: ()

    @property
    def comparees(self) -> Mapping[str, str]:
        """The columns that are compared: field -> heading."""
        return {c.champ: c.titre for c in self.colonnes if c.comparee}

    def read(self, row: Any, champ: str) -> Any:
        """What a row keeps in a column, by the word that people read."""
        return next(c for c in self.colonnes if c.champ == champ).read(getattr(row, champ))

    @property
    def parts(self) -> frozenset[str]:
        """The columns in percent."""
        return frozenset(c.champ for c in self.colonnes if c.format == POURCENT)

    @property
    def montrees(self) -> tuple[Colonne, ...]:
        """The columns of the sheet that details it."""
        return tuple(c for c in self.colonnes if c.largeur)


# The version of the columns that came before an edition said which it knows.
PREMIERE = "2026-11"

# Of which département a document is.
LIEU = (
    Colonne("departement_nom", "Département", largeur=0),
    Colonne("prefecture", "Préfecture", largeur=0),
)
# How many answered, out of how many owed it (R13).
REPONSES = (
    Colonne("repondu", "Réponses reçues", ENTIER, largeur=9),
    Colonne("du", "Réponses attendues", ENTIER, largeur=9, ancien="Réponses dues"),
)
# Whose figures a line tells (R38): part of its name, shown with its label.
NATURE = Colonne("nature", "Nature", TEXTE, PREMIERE, largeur=0, comparee=False)
# The two exact numbers behind a share or a mean of the period, without which it does not add up (R14, R33).
ADDITIONNEE = "2026-12"
DEUX_NOMBRES = (
    Colonne("numerateur", "Numérateur", BRUT, ADDITIONNEE, largeur=11),
    Colonne("denominateur", "Dénominateur", BRUT, ADDITIONNEE, largeur=12),
)
# What is achieved of what has a target, what is aimed at and what a target of a share weighs, without which objectives
# and rates do not add up (R22, R33).
VISEE = "2026-12.2"
OBJECTIF_EXACT = (
    Colonne("realise_vise", "Réalisé avec objectif", BRUT, VISEE, largeur=12),
    Colonne("vise", "Visé", BRUT, VISEE, largeur=12),
    Colonne("poids_vise", "Poids de l’objectif", BRUT, VISEE, largeur=12),
)
# How many of each other nature are new, and active (R34).
AUTRES_NATURES = tuple(Colonne(champ, titre, ENTIER, PREMIERE, largeur=0) for champ, titre in TITRES_AUTRES.items())
VERSIONS = Comparaison(
    "versions",
    "Versions",
    (
        Colonne("catalogue", "Catalogue", largeur=0),
        Colonne("gabarit", "Modèle", largeur=0),
        Colonne("regles", "Règles de calcul", TEXTE, PREMIERE, largeur=0, comparee=False),
        Colonne("colonnes", "Colonnes", TEXTE, PREMIERE, largeur=0, comparee=False),
    ),
)


@cache
def free_codes() -> frozenset[str]:
    """Codes shared by several lines: free commitments, each on its own line (R5)."""
    return frozenset(i.code for i in catalogue().indicateurs.values() if i.traits.is_free)


def valuing(thematique: str) -> Iterable[Cause]:
    """What is valued beside a thématique is made from the indicators that feed it (R10)."""
    return ((INDICATEUR, i.code) for i in catalogue().valuing(thematique))


def of_completeness(row: LigneCompletude, colonne: str) -> Iterable[Cause]:
    """A line of completeness is made from all the answers, or from those it is about."""
    return ((TOUT, ""),) if row.genre == ENSEMBLE else ((row.genre, row.code),)
