"""The tables that every kind of workbook has: corrections, cleaned texts, and what `_meta` says of the others."""

from __future__ import annotations

from operator import attrgetter

from paqte.domain.colonnes import ENTIER, TEXTE, Colonne
from paqte.domain.comptes import told_others
from paqte.domain.documents import libelles
from paqte.domain.regles import named
from paqte.domain.secret import DIFFUSIONS
from paqte.reporting.classeurs.valeurs import Document
from paqte.reporting.remplissage.format import EMPREINTE, FORMAT, META, T_META, T_NETTOYAGES, Champ, Tableau, flow


def corrections(feuille: str) -> Tableau:
    """What changed since the last edition (R19), on the grid of that sheet."""
    return Tableau(
        "t_corrections",
        feuille,
        attrgetter("corrections"),
        (
            Colonne("Signataire", 7, TEXTE, attrgetter("signataire")),
            Colonne("Période", 4, TEXTE, lambda c: libelles.period_label(c.periode)),
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


def meta_fields(marque: str) -> tuple[Champ, ...]:
    """The named cells of `_meta`, the same for every kind of workbook."""
    return (
        Champ(FORMAT, META, lambda d: marque),
        Champ("b_meta_gabarit", META, attrgetter("versions.gabarit")),
        Champ("b_meta_catalogue", META, attrgetter("versions.catalogue")),
        Champ("b_meta_departement", META, attrgetter("departement")),
        Champ("b_meta_periode", META, attrgetter("periode")),
        Champ("b_meta_edition", META, attrgetter("edition"), ENTIER),
        Champ("b_meta_genere_le", META, attrgetter("genere_le")),
        Champ("b_meta_diffusion", META, lambda d: DIFFUSIONS[d.diffusion]),
        Champ("b_meta_donnees", META, attrgetter("sha256")),
        Champ(EMPREINTE, META, lambda d: None),
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
