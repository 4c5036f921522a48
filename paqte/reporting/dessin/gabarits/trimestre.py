"""The default template of the quarterly export, sheet by sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from paqte.reporting.classeurs.compte_rendu import ANALYSE, SYNTHESE
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from paqte.reporting.dessin.gabarits.detail import Detail, draw_detail, draw_meta, draw_titles
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.blocs import draw_cards, draw_counts, draw_heading, draw_title
from paqte.reporting.dessin.motifs.graphiques import PREVISION, place, rate_chart
from paqte.reporting.dessin.motifs.page import finished, new_book, set_page, set_unprinted
from paqte.reporting.dessin.motifs.tables import Pencil
from paqte.reporting.remplissage.plan.format import PAS, T_NETTOYAGES

VERSION = "2026.2"

_SUITE = "Le détail par entreprise, par indicateur et par valeur figure dans les autres feuilles, hors impression."
_CARTES = (
    ("b_engagees", "entreprises\nengagées"),
    ("b_nouvelles", "nouvelles\nau trimestre"),
    ("b_actives", "entreprises\nactives"),
    ("b_club", "membres\ndu club"),
)
_REPERES = (
    ("b_paqte", "Entreprises du PAQTE", "signataires d’une convention en vigueur au moins un jour du trimestre"),
    ("b_plan_10000", "Plan « 10 000 entreprises »", "entreprises adhérentes ; repère : une centaine par département"),
    ("b_reseaux", "Réseaux d’entreprises", "comptés à part"),
    ("b_employeurs_publics", "Employeurs publics", "comptés à part"),
    ("b_associations", "Associations", "comptées à part"),
    ("b_chartes", "Chartes à transformer", "chartes « Entreprises et quartiers » encore en vigueur"),
    ("b_semestriels", "Déclarants semestriels", "répondent pour le semestre : hors des chiffres du trimestre"),
)
_LEGENDE = (
    "Engagées : dans le PAQTE, dans le plan ou dans les deux. Actives : au moins une réponse validée non nulle "
    "dans les quatre derniers trimestres ou deux semestres. Club : engagées dans les deux dispositifs."
)
_ENGAGES = "Indicateurs engagés ; tous figurent dans la feuille « Axes PAQTE »."
_CHART_ROWS = 20
# What an A4 page in landscape holds between its margins at its own size, in digits, less a hair.
_PAGE_WIDTH = 147.0
_CHARTS = (
    (
        "Thématiques",
        "Barres : pour chaque thématique, le réalisé depuis le début en pourcentage de la prévision, avec un trait à "
        "100 %. L’axe s’arrête au plus loin à 150 % ; l’étiquette d’une barre dit toujours sa valeur. Une thématique "
        "sans barre n’a pas de taux. Les valeurs sont dans le tableau juste au-dessus.",
    ),
)
_DETAIL = {
    name: Detail(FORMAT_TRIMESTRE.tableau(f"t_{name}"), title)
    for name, title in (
        ("thematiques", "Les 14 thématiques du plan « 10 000 entreprises »"),
        ("donnees", "Données : une ligne par valeur"),
    )
}
# Twenty-one columns: on one A4 page they would be printed under five points.
_ENTREPRISES = Detail(FORMAT_TRIMESTRE.tableau("t_entreprises"), "Entreprises engagées", coupure="Fin")
_AUTRES = Detail(FORMAT_TRIMESTRE.tableau("t_autres_signataires"), "Autres signataires, comptés à part", coupure="Fin")
_AXES = Detail(
    FORMAT_TRIMESTRE.tableau("t_indicateurs"),
    "Axes du PAQTE au trimestre",
    volet="D",
    coupure="Même trimestre un an avant",
)


def draw_trimestre() -> bytes:
    """The default template of the quarterly export, the same bytes at each call."""
    book = new_book()
    set_page(_draw_synthese(book), is_wide=False, is_fit=False, step=19)
    thematiques = _draw_thematiques(book)
    set_page(thematiques, is_wide=True, is_fit=False)
    for detail in (_ENTREPRISES, _AUTRES, _AXES):
        set_unprinted(draw_detail(book, detail))
    set_page(_draw_analyse(book), is_wide=False, is_fit=False, step=19)
    set_unprinted(draw_detail(book, _DETAIL["donnees"]))
    draw_meta(book, VERSION, FORMAT_TRIMESTRE)
    book[SYNTHESE].freeze_panes = "A2"
    return finished(book, "Export trimestriel du PAQTE", _CHARTS)


def _draw_synthese(book: Workbook) -> Pencil:
    pen = Pencil(book, SYNTHESE, PAS)
    for column in range(1, PAS + 1):
        pen.feuille.cell(1, column)
    draw_title(pen, "Export trimestriel", "PAQTE et plan « 10 000 entreprises »", "Trimestre")
    draw_cards(pen, _CARTES)
    pen.skip(4)
    pen.line(_LEGENDE, styles.PRECISION, 26)
    pen.skip(2)
    pen.table(FORMAT_TRIMESTRE.tableau("t_neant"), [styles.NEANT])
    draw_heading(pen, "Signataires et réponses")
    pen.line("", replace(styles.CORPS, gras=True), 17, "b_phrase")
    pen.skip(4)
    draw_counts(pen, _REPERES)
    draw_heading(pen, "Les axes du PAQTE au trimestre", _ENGAGES)
    top, _ = pen.table(FORMAT_TRIMESTRE.tableau("t_axes_synthese"), header=26)
    # The table is the last of the sheet and often runs over: its headings stand again on each page that follows.
    pen.feuille.print_title_rows = f"{top - 1}:{top - 1}"
    return pen


def _draw_thematiques(book: Workbook) -> Pencil:
    """The thématiques, then how much of each forecast is achieved: forecasts have several units, shares have one."""
    detail = _DETAIL["thematiques"]
    pen = draw_detail(book, detail)
    _narrow(pen, [c.titre for c in detail.tableau.colonnes])
    bottom = pen.rang - 1
    rows = (bottom - len(detail.tableau.modeles) + 1, bottom)
    titles = [c.titre for c in detail.tableau.colonnes]
    labels, rates = (titles.index(t) + 1 for t in ("Thématique", "% de la prévision"))
    pen.skip(12)
    first = pen.rang
    for _ in range(_CHART_ROWS):
        pen.skip(15)
    chart = rate_chart(pen.feuille, "Thématiques", rows, labels, rates, aim=PREVISION)
    place(pen.feuille, chart, first, pen.rang - 1, len(titles))
    return pen


def _narrow(pen: Pencil, titles: Sequence[str]) -> None:
    """Columns made to hold on one page without being printed smaller; no word of a heading is cut."""
    columns = [pen.feuille.column_dimensions[get_column_letter(rank)] for rank in range(1, len(titles) + 1)]
    needed = [max(map(len, title.split())) * 0.92 for title in titles]
    spare = [column.width - least for column, least in zip(columns, needed, strict=True)]
    share = min(1.0, (_PAGE_WIDTH - sum(needed)) / sum(spare))
    for column, least, more in zip(columns, needed, spare, strict=True):
        column.width = int((least + more * share) * 7) / 7


def _draw_analyse(book: Workbook) -> Pencil:
    pen = Pencil(book, ANALYSE, PAS)
    draw_titles(pen, "Analyse et propositions", "b_analyse")
    for heading, name in (
        ("Efficacité des actions", "t_efficacite"),
        ("Propositions", "t_propositions"),
        ("Corrections depuis l’édition précédente, par signataire", "t_corrections"),
        ("Notes de lecture", "t_notes"),
        ("Textes nettoyés", T_NETTOYAGES),
    ):
        if name == T_NETTOYAGES:
            pen.end_of_print(_SUITE, styles.PRECISION)
        draw_heading(pen, heading)
        table = FORMAT_TRIMESTRE.tableau(name)
        pen.table(
            table,
            None if table.entete else [replace(styles.CORPS, taille=7.5) if name == "t_notes" else styles.CORPS],
            header=26,
        )
    return pen
