"""The tables of the sheets that detail the bilan: one table a sheet, then Qualité and `_meta`."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

from paqte.domain.colonnes import TEXTE, Colonne
from paqte.domain.documents.bilan import Bilan
from paqte.reporting.classeurs.communs import META_TABLEAU, cleanings, corrections, reading_notes
from paqte.reporting.remplissage.plan.format import META, UNITES, Table

BILAN = "Bilan"
SIGNATAIRES = "Signataires"
INDICATEURS = "Indicateurs"
THEMATIQUES = "Thématiques"
ACTIONS = "Actions"
CONTEXTE = "Contexte"
QUALITE = "Qualité"
FEUILLES = (BILAN, SIGNATAIRES, INDICATEURS, THEMATIQUES, ACTIONS, CONTEXTE, QUALITE, META)


def columns_of(champ: str) -> tuple[Colonne, ...]:
    """The columns of the sheet that details a table of the bilan, as the document says them."""
    return next(table.montrees for table in Bilan.tables if table.champ == champ)


def on_grid(champ: str, **largeurs: int) -> tuple[Colonne, ...]:
    """Some columns of a table of the bilan, as the document says them, so many steps wide on the grid of a sheet."""
    said = {c.champ: c for table in Bilan.tables if table.champ == champ for c in table.colonnes}
    return tuple(replace(said[name], largeur=largeur) for name, largeur in largeurs.items())


TABLEAUX_DETAIL: tuple[Table, ...] = (
    Table(
        "t_signataires",
        SIGNATAIRES,
        attrgetter("signataires"),
        columns_of("signataires"),
        "Néant : aucun signataire sur la période.",
        liste="Signataires",
    ),
    Table(
        "t_indicateurs",
        INDICATEURS,
        attrgetter("indicateurs"),
        columns_of("indicateurs"),
        "Néant : aucun indicateur engagé sur la période.",
        UNITES,
        liste="Indicateurs",
    ),
    Table(
        "t_thematiques",
        THEMATIQUES,
        attrgetter("thematiques"),
        columns_of("thematiques"),
        "Néant : aucune thématique.",
        UNITES,
        liste="Thematiques",
    ),
    Table(
        "t_actions",
        ACTIONS,
        attrgetter("actions"),
        columns_of("actions"),
        "Néant : aucune action n’est rapportée pour la période.",
        liste="Actions",
    ),
    Table(
        "t_contexte",
        CONTEXTE,
        attrgetter("contexte"),
        columns_of("contexte"),
        "Aucun élément de contexte n’est renseigné.",
        UNITES,
        liste="Contexte",
    ),
    Table(
        "t_reponses",
        QUALITE,
        attrgetter("reponses"),
        columns_of("reponses"),
        "Néant : aucune déclaration n’était attendue sur la période.",
        intitule="Réponses",
    ),
    Table(
        "t_avertissements",
        QUALITE,
        attrgetter("avertissements"),
        columns_of("avertissements"),
        "Néant : aucun avertissement.",
        intitule="Avertissements",
    ),
    corrections(QUALITE),
    Table(
        "t_ecarts",
        QUALITE,
        attrgetter("ecarts"),
        (
            Colonne("tableau", "Tableau", TEXTE, largeur=5),
            Colonne("ligne", "Ligne", TEXTE, largeur=9),
            Colonne("colonne", "Colonne", TEXTE, largeur=5),
            Colonne("avant", "Avant", TEXTE, largeur=4),
            Colonne("apres", "Après", TEXTE, largeur=4),
            Colonne("declarations", "Déclarations en cause", TEXTE, largeur=9),
        ),
        "Néant : aucune case n’a changé depuis l’édition précédente, ou c’est la première.",
        intitule="Écarts",
    ),
    Table(
        "t_provenance",
        QUALITE,
        attrgetter("provenance"),
        columns_of("provenance"),
        "Néant : aucune réponse n’est validée.",
        intitule="Provenance",
    ),
    Table(
        "t_completude",
        QUALITE,
        attrgetter("completude"),
        columns_of("completude"),
        "Néant : aucune réponse n’était attendue sur la période.",
        intitule="Taux de réponse",
    ),
    reading_notes(QUALITE),
    cleanings(QUALITE),
    META_TABLEAU,
)
