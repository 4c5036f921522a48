"""Drawing the sheets of detail of the templates, Qualité and `_meta`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from openpyxl.styles import Alignment
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.workbook import Workbook

from paqte.reporting import charte
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.classeurs.bilan_detail import QUALITE
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.blocs import draw_heading
from paqte.reporting.dessin.motifs.styles import Style
from paqte.reporting.dessin.motifs.tables import Pencil
from paqte.reporting.remplissage.plan.format import EMPREINTE, FORMAT, META, PAS, T_META, VERSION_GABARIT, Format, Table

_TITLE = Style(taille=15, gras=True, couleur=charte.FONCE)
_SUBTITLE = Style(taille=9, couleur=charte.GRIS, vertical="top")


@dataclass(frozen=True, slots=True)
class Detail:
    """A sheet of data: its table, the title it prints at the head of its pages, the column that its panes stop before.

    `is_tall` is for a table whose texts run over several paragraphs. `coupure` is the last column of the first of two
    pages side by side; the frozen columns are then on both.
    """

    tableau: Table
    titre: str
    volet: str = "C"
    is_tall: bool = False
    coupure: str = ""

    @property
    def of_first_page(self) -> int:
        """How many columns the first page holds."""
        titles = [c.titre for c in self.tableau.colonnes]
        return titles.index(self.coupure) + 1 if self.coupure else len(titles)

    @property
    def frozen(self) -> int:
        """How many columns stay in sight."""
        return column_index_from_string(self.volet) - 1


def _detail(name: str, title: str, volet: str = "C", *, is_tall: bool = False, coupure: str = "") -> Detail:
    return Detail(FORMAT_BILAN.tableau(f"t_{name}"), title, volet, is_tall, coupure)


DETAIL = (
    _detail("signataires", "Signataires du PAQTE"),
    _detail("indicateurs", "Indicateurs par axe", "D", coupure="Même semestre un an avant"),
    _detail("thematiques", "Les 14 thématiques du plan « 10 000 entreprises »"),
    _detail("actions", "Exemples concrets d’actions réalisées", is_tall=True),
    _detail("contexte", "Éléments de contexte du département", "A"),
)
# What a reader of the pages must know.
_IMPRIME = (
    ("Corrections depuis l’édition précédente, par signataire", "t_corrections"),
    ("Notes de lecture", "t_notes"),
    ("Provenance des réponses validées", "t_provenance"),
)
# What is looked up on the screen: as long as there are signatories, and their cells.
_A_L_ECRAN = (
    ("Avertissements, avec le commentaire du déclarant", "t_avertissements"),
    ("Cases qui ont changé depuis l’édition précédente", "t_ecarts"),
    (
        "Taux de réponse : réponses validées, et transmises dans les délais, sur celles qui étaient attendues",
        "t_completude",
    ),
    ("Réponses : qui devait répondre, qui a répondu, et quand", "t_reponses"),
    ("Textes nettoyés", "t_nettoyages"),
)
_SUITE = (
    "Les réponses, les avertissements et la liste des cases qui ont changé figurent dans la feuille « Qualité » du "
    "classeur, hors impression."
)
_META = (
    ("Format", FORMAT),
    ("Version du modèle", VERSION_GABARIT),
    ("Modèle retenu par l’édition", "b_meta_gabarit"),
    ("Version du catalogue", "b_meta_catalogue"),
    ("Département", "b_meta_departement"),
    ("Période", "b_meta_periode"),
    ("Édition", "b_meta_edition"),
    ("Produit le", "b_meta_genere_le"),
    ("Version", "b_meta_diffusion"),
    ("Empreinte des données (SHA-256)", "b_meta_donnees"),
    ("Empreinte des tableaux (SHA-256)", EMPREINTE),
)


def draw_detail(book: Workbook, detail: Detail) -> Pencil:
    """A sheet of data: headings on its first row, in sight and on each page, and nothing that programs would skip."""
    table = detail.tableau
    pen = Pencil(book, table.feuille, len(table.colonnes))
    for rank, colonne in enumerate(table.colonnes, start=1):
        pen.feuille.column_dimensions[get_column_letter(rank)].width = colonne.largeur + 0.71
    header = pen.rang
    is_short = all(c.largeur >= len(c.titre) for c in table.colonnes)
    _, bottom = pen.table(table, header=20 if is_short else 28)
    if detail.is_tall:
        _align_top(pen, bottom)
    pen.feuille.freeze_panes = f"{detail.volet}{header + 1}"
    pen.feuille.print_title_rows = f"{header}:{header}"
    pen.feuille.HeaderFooter.oddHeader.left.text = f'&"{styles.POLICE},Bold"&11{detail.titre}'  # type: ignore[union-attr]
    # Said for what is meant as text (page.finished); the table of the workbook brings its own filter.
    pen.feuille.auto_filter.ref = f"A{header}:{get_column_letter(len(table.colonnes))}{bottom}"
    return pen


def draw_qualite(book: Workbook) -> Pencil:
    """The sheet Qualité: tables one above the other."""
    pen = Pencil(book, QUALITE, PAS)
    draw_titles(pen, "Qualité des réponses", "b_qualite")
    pen.feuille.freeze_panes = f"A{pen.rang}"
    for listed in (_IMPRIME, _A_L_ECRAN):
        for heading, name in listed:
            draw_heading(pen, heading)
            table = FORMAT_BILAN.tableau(name)
            pen.table(table, None if table.entete else [replace(styles.CORPS, taille=7.5)], header=26)
        if not pen.last_printed:
            pen.end_of_print(_SUITE, styles.PRECISION)
    return pen


def draw_meta(book: Workbook, version: str, format: Format) -> Pencil:
    """The hidden sheet that programs read."""
    pen = Pencil(book, META, 3)
    for letter, width in zip("ABC", (34, 68, 40), strict=True):
        pen.feuille.column_dimensions[letter].width = width
    pen.write("Ce que lisent les programmes : ne pas modifier", _TITLE, 1, 2)
    pen.next(24)
    value = replace(styles.CELLULE, format=styles.TEXTE)
    for label, name in _META:
        pen.write(label, styles.CELLULE, 1, 1)
        pen.write(version if name == VERSION_GABARIT else None, value, 2, 2, name)
        pen.next(16)
    pen.skip(10)
    pen.table(format.tableau(T_META), header=18)
    pen.feuille.freeze_panes = "A2"
    pen.feuille.sheet_state = "hidden"
    return pen


def draw_titles(pen: Pencil, heading: str, subtitle: str, columns: int = PAS) -> None:
    """Title and subtitle in one cell each, over so many columns; where there are few, the subtitle wraps."""
    looks = (replace(_TITLE, renvoi=False), replace(_SUBTITLE, renvoi=columns < PAS))
    for text, style, height, name in ((heading, looks[0], 24.0, ""), ("", looks[1], 16.0, subtitle)):
        pen.write(text, style, 1, min(pen.columns, columns), name)
        pen.next(height)
    pen.skip(6)


def _align_top(pen: Pencil, row: int) -> None:
    """Beside a text of several paragraphs, short cells read from the top."""
    for cell in pen.feuille[row]:
        drawn = cell.alignment
        cell.alignment = Alignment(
            drawn.horizontal, "top", wrap_text=drawn.wrap_text, shrink_to_fit=drawn.shrink_to_fit, indent=drawn.indent
        )
