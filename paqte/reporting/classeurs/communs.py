"""The tables that every kind of workbook has: corrections, cleaned texts, and what `_meta` says of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from paqte.domain.colonnes import ENTIER, TEXTE, Colonne
from paqte.domain.documents.lignes import libelles
from paqte.domain.documents.lignes.comptes import told_others
from paqte.domain.editions.regles import named
from paqte.domain.secret import DIFFUSIONS
from paqte.reporting.classeurs.valeurs import Document
from paqte.reporting.remplissage.plan.format import (
    EMPREINTE,
    FORMAT,
    META,
    T_META,
    T_NETTOYAGES,
    NamedCell,
    Table,
    flow,
)


def corrections(feuille: str) -> Table:
    """What changed since the last edition (R19), on the grid of that sheet."""
    return Table(
        "t_corrections",
        feuille,
        attrgetter("corrections"),
        (
            Colonne("signataire", "Signataire", TEXTE, largeur=9),
            Colonne("", "Période", TEXTE, largeur=4, valeur=lambda c: libelles.period_label(c.periode)),
            Colonne("indicateur", "Indicateur", TEXTE, largeur=8),
            Colonne("avant", "Avant", TEXTE, largeur=3),
            Colonne("apres", "Après", TEXTE, largeur=3),
            Colonne("motif", "Motif", TEXTE, largeur=9),
        ),
        "Néant : aucune correction depuis l’édition précédente.",
        intitule="Corrections",
    )


def cleanings(feuille: str) -> Table:
    """Filled from what the other tables had to clean, hence the last of its sheet."""
    return Table(
        T_NETTOYAGES,
        feuille,
        lambda document: (),
        (
            Colonne("feuille", "Feuille", TEXTE, largeur=5),
            Colonne("endroit", "Endroit", TEXTE, largeur=15),
            Colonne("nettoyage", "Ce qui a été nettoyé", TEXTE, largeur=16),
        ),
        "Néant : tous les textes sont écrits tels qu’ils ont été saisis.",
        intitule="Textes nettoyés",
    )


def reading_notes(feuille: str, more: Callable[[Any], Iterable[str]] = lambda document: ()) -> Table:
    """What a reader must know: the rules that counted, what changed of them (R19), who else is new or active (R34).

    `more` is what the workbook itself adds.
    """

    def told(document: Any) -> str:
        return "\n".join((*_notes(document), *more(document)))

    return flow("t_notes", feuille, "Notes de lecture", told, "Néant.")


def _notes(document: Document) -> tuple[str, ...]:
    """An edition of before the rules had a name says nothing of them, as it always did."""
    code = document.versions.regles
    rules = (f"{named(code).capitalize()}.", *document.regles) if code else ()
    counts = getattr(document, "comptes", None)
    return (*rules, *(told_others(counts) if counts else ()), *document.notes)


def meta_fields(marque: str) -> tuple[NamedCell, ...]:
    """The named cells of `_meta`, the same for every kind of workbook."""
    return (
        NamedCell(FORMAT, META, lambda d: marque),
        NamedCell("b_meta_gabarit", META, attrgetter("versions.gabarit")),
        NamedCell("b_meta_catalogue", META, attrgetter("versions.catalogue")),
        NamedCell("b_meta_departement", META, attrgetter("departement")),
        NamedCell("b_meta_periode", META, attrgetter("periode")),
        NamedCell("b_meta_edition", META, attrgetter("edition"), ENTIER),
        NamedCell("b_meta_genere_le", META, attrgetter("genere_le")),
        NamedCell("b_meta_diffusion", META, lambda d: DIFFUSIONS[d.diffusion]),
        NamedCell("b_meta_donnees", META, attrgetter("sha256")),
        NamedCell(EMPREINTE, META, lambda d: None),
    )


# Filled from what was written everywhere else.
META_TABLEAU = Table(
    T_META,
    META,
    lambda document: (),
    (
        Colonne("tableau", "Tableau", TEXTE, largeur=26),
        Colonne("lignes", "Lignes", ENTIER, largeur=12),
        Colonne("suites", "Suites", TEXTE, largeur=40),
    ),
    None,
)
