"""The tables that every kind of workbook has: corrections, cleaned texts, and what `_meta` says of the others."""

from __future__ import annotations

from operator import attrgetter
from typing import NamedTuple

from paqte.reporting import valeurs
from paqte.reporting.colonnes import ENTIER, META, TEXTE, Colonne, Tableau
from paqte.reporting.format import T_META, T_NETTOYAGES


class Nettoyage(NamedTuple):
    """A text cleaned before it was written: on which sheet, where, and what."""

    feuille: str
    endroit: str
    nettoyage: str


class LigneMeta(NamedTuple):
    """What `_meta` says of a table: how many rows of data, and which written rows continue the one above."""

    tableau: str
    lignes: int
    suites: str


def corrections(feuille: str) -> Tableau:
    """What changed since the last edition (R19), on the grid of that sheet."""
    return Tableau(
        "t_corrections",
        feuille,
        attrgetter("corrections"),
        (
            Colonne("Signataire", 7, TEXTE, attrgetter("signataire")),
            Colonne("Période", 4, TEXTE, lambda c: valeurs.period_label(c.periode)),
            Colonne("Indicateur", 6, TEXTE, attrgetter("indicateur")),
            Colonne("Avant", 4, TEXTE, attrgetter("avant")),
            Colonne("Après", 4, TEXTE, attrgetter("apres")),
            Colonne("Motif", 11, TEXTE, attrgetter("motif")),
        ),
        "Néant : aucune correction depuis l’édition précédente.",
        intitule="Corrections",
    )


def cleanings(feuille: str) -> Tableau:
    """Filled from what the other tables had to clean, hence the last of its sheet."""
    return Tableau(
        T_NETTOYAGES,
        feuille,
        lambda document: (),
        (
            Colonne("Feuille", 5, TEXTE, attrgetter("feuille")),
            Colonne("Endroit", 15, TEXTE, attrgetter("endroit")),
            Colonne("Ce qui a été nettoyé", 16, TEXTE, attrgetter("nettoyage")),
        ),
        "Néant : tous les textes sont écrits tels qu’ils ont été saisis.",
        intitule="Textes nettoyés",
    )


# Filled from what was written everywhere else.
META_TABLEAU = Tableau(
    T_META,
    META,
    lambda document: (),
    (
        Colonne("Tableau", 26, TEXTE, attrgetter("tableau")),
        Colonne("Lignes", 12, ENTIER, attrgetter("lignes")),
        Colonne("Suites", 40, TEXTE, attrgetter("suites")),
    ),
    None,
)
