"""The tables that every kind of workbook has: corrections, cleaned texts, and what `_meta` says of the others."""

from __future__ import annotations

from operator import attrgetter
from typing import NamedTuple

from paqte.domain.comptes import told_others
from paqte.domain.regles import named
from paqte.reporting.classeurs import valeurs
from paqte.reporting.classeurs.valeurs import Document
from paqte.reporting.remplissage.colonnes import ENTIER, META, TEXTE, Colonne, Tableau, flow
from paqte.reporting.remplissage.format import T_META, T_NETTOYAGES


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


def reading_notes(feuille: str) -> Tableau:
    """What a reader must know: the rules that counted, what changed of them (R19), who else is new or active (R34)."""
    return flow("t_notes", feuille, "Notes de lecture", lambda document: "\n".join(_notes(document)), "Néant.")


def _notes(document: Document) -> tuple[str, ...]:
    """An edition of before the rules had a name says nothing of them, as it always did."""
    code = document.versions.regles
    rules = (f"{named(code).capitalize()}.", *document.regles) if code else ()
    return (*rules, *told_others(document.comptes), *document.notes)


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
