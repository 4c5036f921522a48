"""Drawing the sheets of detail of the default template, Qualité and `_meta`."""

from __future__ import annotations

from dataclasses import replace

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from paqte.reporting import champs
from paqte.reporting.colonnes import (
    ACTIONS,
    CONTEXTE,
    INDICATEURS,
    META,
    PAS,
    QUALITE,
    SIGNATAIRES,
    THEMATIQUES,
)
from paqte.reporting.dessin import styles
from paqte.reporting.dessin.styles import Style
from paqte.reporting.dessin.tables import Crayon
from paqte.reporting.gabarit import TABLEAUX

_TABLES = {t.nom: t for t in TABLEAUX}
_TITLE = Style(taille=15, gras=True, couleur=styles.TITRE)
_SUBTITLE = Style(taille=9, couleur=styles.GRIS, vertical="top")

# Sheet -> title, name of the subtitle, table.
DETAIL = {
    SIGNATAIRES: ("Signataires du PAQTE", "b_signataires", "t_signataires"),
    INDICATEURS: ("Indicateurs par axe", "b_indicateurs", "t_indicateurs"),
    THEMATIQUES: ("Les 14 thématiques du plan « 10 000 entreprises »", "b_thematiques", "t_thematiques"),
    ACTIONS: ("Exemples concrets d’actions réalisées", "b_actions", "t_actions"),
    CONTEXTE: ("Éléments de contexte du département", "b_contexte", "t_contexte"),
}
# The answers come last: theirs is the long table, whose headings can then be repeated on each page that follows.
_QUALITE = (
    ("Avertissements, avec le commentaire du déclarant", "t_avertissements"),
    ("Corrections depuis l’édition précédente", "t_corrections"),
    ("Notes de lecture", "t_notes"),
    ("Textes nettoyés", "t_nettoyages"),
    ("Réponses : qui devait répondre, qui a répondu, et quand", "t_reponses"),
)
_META = (
    ("Format", "b_meta_format"),
    ("Version du gabarit", champs.VERSION_GABARIT),
    ("Gabarit retenu par l’édition", "b_meta_gabarit"),
    ("Version du catalogue", "b_meta_catalogue"),
    ("Département", "b_meta_departement"),
    ("Période", "b_meta_periode"),
    ("Édition", "b_meta_edition"),
    ("Produit le", "b_meta_genere_le"),
    ("Empreinte des données (SHA-256)", "b_meta_donnees"),
    ("Empreinte des tableaux (SHA-256)", champs.EMPREINTE),
)


def draw_detail(book: Workbook, title: str) -> Crayon:
    """A sheet with one table: title, subtitle, headings that stay in sight and on each page, filter."""
    heading, subtitle, name = DETAIL[title]
    table = _TABLES[name]
    pen = Crayon(book, title, len(table.colonnes))
    for rank, colonne in enumerate(table.colonnes, start=1):
        pen.feuille.column_dimensions[get_column_letter(rank)].width = colonne.largeur + 0.71
    _titles(pen, heading, subtitle)
    header = pen.rang
    is_short = all(c.largeur >= len(c.titre) for c in table.colonnes)
    _, bottom = pen.table(table, header=20 if is_short else 28)
    if title == ACTIONS:
        _align_top(pen, bottom)
    pen.feuille.freeze_panes = f"{'C' if title != CONTEXTE else 'A'}{header + 1}"
    pen.feuille.print_title_rows = f"{header}:{header}"
    pen.feuille.auto_filter.ref = f"A{header}:{get_column_letter(len(table.colonnes))}{bottom}"
    return pen


def draw_qualite(book: Workbook) -> Crayon:
    """The sheet Qualité: five tables one above the other."""
    pen = Crayon(book, QUALITE, PAS)
    _titles(pen, "Qualité des réponses", "b_qualite")
    pen.feuille.freeze_panes = f"A{pen.rang}"
    for heading, name in _QUALITE:
        pen.line(heading, styles.RUBRIQUE, 24)
        pen.skip(5)
        pen.feuille.print_title_rows = f"{pen.rang}:{pen.rang}"
        pen.table(_TABLES[name], None if _TABLES[name].entete else [styles.CORPS], header=26)
        pen.skip(12)
    return pen


def draw_meta(book: Workbook, version: str) -> Crayon:
    """The hidden sheet that programs read."""
    pen = Crayon(book, META, 3)
    for letter, width in zip("ABC", (34, 68, 40), strict=True):
        pen.feuille.column_dimensions[letter].width = width
    pen.write("Ce que lisent les programmes : ne pas modifier", _TITLE, 1, 2)
    pen.next(24)
    value = replace(styles.CELLULE, format=styles.TEXTE)
    for label, name in _META:
        pen.write(label, styles.CELLULE, 1, 1)
        pen.write(version if name == champs.VERSION_GABARIT else None, value, 2, 2, name)
        pen.next(16)
    pen.skip(10)
    pen.table(_TABLES["t_meta"], header=18)
    pen.feuille.freeze_panes = "A2"
    pen.feuille.sheet_state = "hidden"
    return pen


def _titles(pen: Crayon, heading: str, subtitle: str) -> None:
    """Title and subtitle in one cell each, over the whole width."""
    for text, style, height, name in ((heading, _TITLE, 24.0, ""), ("", _SUBTITLE, 16.0, subtitle)):
        pen.write(text, replace(style, renvoi=False), 1, min(pen.columns, PAS), name)
        pen.next(height)
    pen.skip(6)


def _align_top(pen: Crayon, row: int) -> None:
    """Beside a text of several paragraphs, short cells read from the top."""
    for cell in pen.feuille[row]:
        drawn = cell.alignment
        cell.alignment = Alignment(
            drawn.horizontal, "top", wrap_text=drawn.wrap_text, shrink_to_fit=drawn.shrink_to_fit, indent=drawn.indent
        )
