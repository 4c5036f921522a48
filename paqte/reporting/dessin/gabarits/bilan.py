"""Drawing the sheet Bilan of the default template: an A4 page one can print and send as it stands."""

from __future__ import annotations

from dataclasses import replace

from openpyxl.workbook import Workbook

from paqte.reporting import charte
from paqte.reporting.classeurs.bilan import AXES
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.classeurs.bilan_detail import BILAN
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.blocs import draw_cards, draw_counts, draw_heading, draw_sub_heading, draw_title
from paqte.reporting.dessin.motifs.graphiques import evolution_chart, place, rate_chart
from paqte.reporting.dessin.motifs.styles import Style
from paqte.reporting.dessin.motifs.tables import Pencil
from paqte.reporting.remplissage.plan.format import PAS, Table

_TABLES = {t.nom: t for t in FORMAT_BILAN.tableaux}
_CHART_ROW = 15.0
_EVOLUTION_ROWS = 5

# Wording of the circular of 22 January 2019, annexe 2; what it gives as examples is set apart, smaller.
_ORGANISATION = (
    "(ex : chargé de mission au sein de la préfecture ; désignation d’un délégué du préfet référent ; subventions "
    "accordées à des partenaires en charge de l’animation…)"
)
_CONTEXTE = (
    "Nombre de QPV, de PRU d’intérêt national et population des QPV ; nombre de demandeurs d’emploi en fin de mois "
    "(DEFM) dans les QPV"
)
_AXES = {
    "SENSIBILISER": ("Sensibiliser", "les plus jeunes au monde de l’entreprise", 14),
    "FORMER": ("Former", "en favorisant l’accès à l’alternance", 8),
    "RECRUTER": ("Recruter", "de manière non discriminatoire", 8),
    "ACHETER": ("Acheter", "de manière plus responsable et inclusive", 10),
    "AUTRE": ("Autres engagements", "engagements spécifiques, jamais additionnés", 0),
}
_DETAIL = (
    "Le détail de chaque signataire, indicateur, thématique et action figure dans les autres feuilles, hors impression."
)
_CARTES = (
    ("b_entreprises", "entreprises\nsignataires"),
    ("b_reseaux", "réseaux\nd’entreprises"),
    ("b_employeurs_publics", "employeurs\npublics"),
    ("b_associations", "associations\nsignataires"),
)
_REPERES = (
    ("b_nouvelles", "Nouvelles entreprises", "première convention commencée pendant la période"),
    (
        "b_actives",
        "Entreprises actives",
        "une réponse non nulle dans les quatre derniers trimestres ou deux semestres",
    ),
    ("b_a_renouveler", "Conventions à renouveler", "échéance dans les 180 jours"),
    ("b_chartes", "Chartes à transformer", "chartes « Entreprises et quartiers » encore en vigueur"),
    ("b_plan_10000", "Plan « 10 000 entreprises »", "entreprises qui y ont adhéré"),
    ("b_club", "Membres du club", "entreprises engagées dans les deux dispositifs"),
    ("b_nationales", "Couvertes au national", "relevant aussi d’une convention nationale"),
)


def draw_bilan(book: Workbook) -> Pencil:
    """The sheet Bilan, whole."""
    pen = Pencil(book, BILAN, PAS)
    for column in range(1, PAS + 1):
        pen.feuille.cell(1, column)
    _title_block(pen)
    _headings_1_2(pen)
    _heading_3(pen)
    _heading_4(pen)
    _heading_5(pen)
    _heading_6(pen)
    _qualitative(pen)
    return pen


def _title_block(pen: Pencil) -> None:
    draw_title(pen, "Bilan semestriel du PAQTE", "Pacte avec les quartiers pour toutes les entreprises", "Semestre")
    draw_cards(pen, _CARTES)
    pen.line(_DETAIL, styles.PRECISION, 15)
    pen.skip(4)
    pen.table(_TABLES["t_neant"], [styles.NEANT])


def _headings_1_2(pen: Pencil) -> None:
    draw_heading(pen, "1. Référent du PAQTE (coordonnées)")
    pen.table(_TABLES["t_referents"], header=18)
    draw_heading(pen, "2. Organisation retenue de suivi et d’animation du PAQTE", _ORGANISATION)
    pen.table(_TABLES["t_organisation"], [styles.CORPS])


def _heading_3(pen: Pencil) -> None:
    draw_heading(pen, "3. Nombre et liste des entreprises signataires au niveau départemental")
    pen.line("", replace(styles.CORPS, gras=True), 17, "b_phrase_signataires")
    pen.skip(4)
    draw_counts(pen, _REPERES)
    draw_sub_heading(pen, "Entreprises signataires")
    pen.table(_TABLES["t_entreprises"], header=18)
    draw_sub_heading(pen, "Autres signataires (réseaux, employeurs publics, associations), comptés à part")
    pen.table(_TABLES["t_autres_signataires"], header=18)
    draw_sub_heading(pen, "Chartes « Entreprises et quartiers » à transformer en convention")
    pen.table(_TABLES["t_chartes"], header=18)
    draw_sub_heading(pen, "Évolution du nombre de signataires")
    table = _TABLES["t_evolution"]
    heading = pen.rang
    top, bottom = pen.table(table, header=26)
    starts = _starts(table)
    chart = evolution_chart(pen.feuille, top, bottom, starts[0], (starts[1], starts[2]))
    # Beside its table, and lower than it while there are few semesters.
    for _ in range(_EVOLUTION_ROWS):
        pen.skip(_CHART_ROW)
    place(pen.feuille, chart, heading, pen.rang - 1, PAS, first_column=sum(int(c.largeur) for c in table.colonnes) + 2)


def _heading_4(pen: Pencil) -> None:
    draw_heading(pen, "4. Associations et autres acteurs partenaires du déploiement du PAQTE")
    pen.table(_TABLES["t_partenaires"], header=18)


def _heading_5(pen: Pencil) -> None:
    draw_heading(
        pen,
        "5. Résultats agrégés des entreprises signataires de votre département, ainsi que des exemples concrets "
        "d’actions réalisées",
        height=38,
    )
    for code in AXES:
        name, purpose, rows = _AXES[code]
        # Right under the heading, the first axis stays with it: a gap would let them part.
        draw_sub_heading(pen, f"{name} — {purpose}", gap=0 if code == AXES[0] else 9)
        table = _TABLES[f"t_axe_{code.lower()}"]
        rows_of = pen.table(table, header=26)
        if rows:
            pen.skip(6)
            _chart(pen, rate_chart(pen.feuille, name, rows_of, *_label_and_rate(table)), rows)
    draw_sub_heading(pen, "Exemples concrets d’actions réalisées")
    title = replace(styles.CORPS, taille=9, gras=True, couleur=charte.FONCE, vertical="bottom")
    mention = Style(taille=8, couleur=charte.GRIS, vertical="top")
    pen.table(_TABLES["t_exemples"], [replace(styles.CORPS, taille=8.5), title, mention])


def _heading_6(pen: Pencil) -> None:
    draw_heading(pen, "6. Éléments de contexte de votre département", _CONTEXTE)
    pen.table(_TABLES["t_elements"], header=18)


def _qualitative(pen: Pencil) -> None:
    draw_heading(pen, "Stratégie définie")
    pen.table(_TABLES["t_strategie"], [styles.CORPS])
    draw_heading(pen, "Obstacles rencontrés")
    pen.table(_TABLES["t_obstacles"], [styles.CORPS])


def _chart(pen: Pencil, chart: object, rows: int) -> None:
    first = pen.rang
    for _ in range(rows):
        pen.skip(_CHART_ROW)
    place(pen.feuille, chart, first, pen.rang - 1, PAS)  # type: ignore[arg-type]


def _starts(table: Table) -> list[int]:
    """First column of each column of a table."""
    starts, first = [], 1
    for colonne in table.colonnes:
        starts.append(first)
        first += int(colonne.largeur)
    return starts


def _label_and_rate(table: Table) -> tuple[int, int]:
    """Columns of the label and of the rate of an indicator."""
    starts = _starts(table)

    def of(titre: str) -> int:
        return starts[[c.titre for c in table.colonnes].index(titre)]

    return of("Indicateur"), of("% de l’objectif")
