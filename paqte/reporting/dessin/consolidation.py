"""The workbook of a sum of bilans: its total, then what each département brought, from which edition or which file.

Each sheet is one table under one heading row, that programs read row after row.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.table import Table, TableStyleInfo

from paqte.domain.assemblage.grille.natures import AUTRES
from paqte.domain.assemblage.nation import LigneNation, Nation, PartDepartement, whole_of
from paqte.domain.assemblage.territoire import NON_CONNU, SommeObjectif, ThematiqueNation, measure_in
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre, figure_read
from paqte.domain.consolidation import Somme
from paqte.domain.documents.lignes.libelles import axe_label
from paqte.domain.secret import DIFFUSIONS, INTERNE
from paqte.domain.statuts.conventions import ASSOCIATION, EMPLOYEUR_PUBLIC, RESEAU
from paqte.domain.statuts.recus import MARQUES
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.textes import readable

NOBODY = "aucune réponse reçue"
OF_NATURE = {RESEAU: "Réseaux", EMPLOYEUR_PUBLIC: "Employeurs publics", ASSOCIATION: "Associations"}
# What the bilan of some départements may not tell: they are not in its sums (R13).
UNTOLD = {
    "objectifs": "Objectifs et taux non connus",
    "thematiques": "Thématiques non connues",
    "natures": "Nature des autres signataires non connue",
    "a_temps": "Réponses données à temps non connues",
    "sirens": "SIREN non connus",
}
_COUNTS = ("Réponses reçues", "Réponses attendues", "Zéros confirmés")
# In percent where the unit is.
_SHARES = ("Réalisé au semestre", "Objectif")
_RATE = "Taux de réalisation"
# What is read of a figure, why it is there or not and who may read it; then the exact numbers, which are not printed.
_READ = ("Réalisé au semestre", "Objectif", _RATE, *_COUNTS, "Observations", "Diffusion")
_EXACT = ("Numérateur", "Dénominateur", "Réalisé avec objectif", "Visé", "Poids de l’objectif")
INDICATEURS = ("Axe", "Code", "Indicateur", "Unité", *_READ, *_EXACT)
DETAIL = ("Code", "Indicateur", "Unité", "Département", "Nom", *_READ, *_EXACT)
_MEASURED = (
    "Entreprises engagées", "Prévision", "Réalisé au semestre", "Depuis le début", "Réponses reçues",
    "Réponses attendues",
)  # fmt: skip
THEMATIQUES = ("Code", "Thématique", "Unité", *_MEASURED, "Diffusion")
THEMATIQUES_DETAIL = ("Code", "Thématique", "Unité", "Département", "Nom", *_MEASURED, "Diffusion")
TEXTES = (
    "Département", "Nom", "Sujet", "Action", "Signataire", "Date de l’action", "Texte", "Document", "Période",
    "Édition", "Diffusion",
)  # fmt: skip
CONTEXTE = ("Département", "Nom", "Élément", "Chiffre", "Unité", "Date", "Source", "Observations", "Édition")
PARTS = (
    "Département", "Nom", "Entreprises", "Autres signataires", "Réseaux", "Employeurs publics", "Associations",
    "Réponses attendues", "Réponses reçues", "Dont à temps", "Édition", "Fichier", "Contrôle", "Empreinte du bilan",
    "Empreinte du fichier",
)  # fmt: skip
# The last column that is printed, where others follow.
_LAST_PRINTED = ("Diffusion", "Contrôle")
ALONE = "édition de cette application"
# In characters; a line of text in points, and the tallest row that spreadsheets allow.
_WIDTH, _LINE, _TALLEST = 14, 11.5, 409
_WIDTHS = {
    "Indicateur": 46, "Thématique": 52, "Texte": 80, "Élément": 44, "Action": 26, "Signataire": 24, "Source": 26,
    "Fichier": 34, "Nom": 20, "Valeur": 68, "Quoi": 36, "Observations": 30, "Unité": 12, "Code": 7, "Axe": 12,
    "Sujet": 18, "Document": 16, "Contrôle": 24, **dict.fromkeys(_COUNTS, 10), "Zéros confirmés": 10,
}  # fmt: skip


class PartSource(NamedTuple):
    """What a département brings, the name of its file, and the SHA-256 of its bytes."""

    part: PartDepartement
    fichier: str
    sha256: str


class ConsolidationToWrite(NamedTuple):
    """A sum: over a région, "" for the nation."""

    nation: Nation
    periode: Periode
    region: str
    sources: tuple[PartSource, ...]
    # Rows under TEXTES and CONTEXTE, None where nothing but figures is added up.
    textes: Sequence[Sequence[Any]] | None = None
    contexte: Sequence[Sequence[Any]] | None = None
    empreinte: str = ""


def draw_consolidation(found: ConsolidationToWrite) -> bytes:
    """The workbook: totals, then one row a département; its texts and its context where they are known; the sources."""
    book = Workbook()
    for blank in book.worksheets:
        book.remove(blank)
    book.properties = DocumentProperties(title=_book_title(found), creator="PAQTE", language="fr-FR")
    _table_sheet(book, "Ensemble", ("Quoi", "Valeur"), _whole_rows(found))
    _table_sheet(book, "Indicateurs", INDICATEURS, (_total_cells(line, found.nation) for line in found.nation.lignes))
    _table_sheet(book, "Détail", DETAIL, _detail_rows(found.nation))
    measures = found.nation.thematiques
    _table_sheet(book, "Thématiques", THEMATIQUES, map(_measure_cells, measures))
    _table_sheet(book, "Thématiques, détail", THEMATIQUES_DETAIL, _measure_rows(found.nation))
    if found.contexte is not None:
        _table_sheet(book, "Contexte", CONTEXTE, found.contexte)
    if found.textes is not None:
        _table_sheet(book, "Textes et actions", TEXTES, found.textes)
    _table_sheet(book, "Départements", PARTS, map(_part_cells, found.sources))
    held = io.BytesIO()
    book.save(held)
    return readable(held.getvalue())


def _book_title(found: ConsolidationToWrite) -> str:
    return f"PAQTE, {found.region or 'national'}, {found.periode.libelle}"


def _whole_rows(found: ConsolidationToWrite) -> Iterable[Sequence[Any]]:
    nation = found.nation
    yield "Période", found.periode.libelle
    yield "Territoire", found.region or "National"
    yield "Départements additionnés", len(nation.parts)
    yield "Entreprises", nation.entreprises
    if nation.sirens is not None:
        yield "Entreprises, chaque SIREN une fois", nation.sirens
    yield "Autres signataires", nation.autres
    yield "Réponses attendues", nation.dus
    yield "Réponses reçues", nation.repondus
    for nature, count in nation.natures.items():
        yield OF_NATURE[nature], count
    if nation.a_temps is not None:
        yield "Réponses données à temps", nation.a_temps
    for subject, sentence in UNTOLD.items():
        if silent := nation.silent_on(subject):
            yield sentence, ", ".join(silent)
    if found.empreinte:
        yield "Empreinte de la somme", found.empreinte
    yield "Diffusion", nation.mention


def _total_cells(line: LigneNation, nation: Nation) -> Sequence[Any]:
    whole = whole_of(nation.parts, line.code, line.nature)
    said = " ; ".join(filter(None, (line.mention, _why_absent(line.chiffre), line.marque)))
    figures = _figure_cells(whole, line.chiffre, line, line.objectif, said)
    return axe_label(line.axe), line.code, line.titre, line.unite, *figures


def _detail_rows(nation: Nation) -> Iterable[Sequence[Any]]:
    for line in nation.lignes:
        for part in nation.parts:
            if (held := part.somme(line.code, line.nature)) is not None:
                read = figure_read(held, line.genre)
                aimed = part.objectif(line.code, line.nature)
                figures = _figure_cells(held, read, line, aimed, _of_part(part, read))
                yield line.code, line.titre, line.unite, part.departement, part.nom, *figures


def _figure_cells(
    held: Somme, read: Chiffre, line: LigneNation, aimed: SommeObjectif | None, said: str
) -> Sequence[Any]:
    """What is read, then the exact numbers."""
    cible, taux = (aimed.cible(line.genre), aimed.taux) if aimed is not None else (NON_CONNU, NON_CONNU)
    return (
        *(_as_kept(read.valeur, line.unite), _as_kept(cible.valeur, line.unite), _as_kept(taux.valeur, "%")),
        *(held.signataires_repondants, held.signataires_dus, held.signataires_neant),
        *(said, DIFFUSIONS[line.diffusion]),
        *(held.numerateur, held.denominateur, *(aimed or SommeObjectif())),
    )


def _measure_cells(one: ThematiqueNation) -> Sequence[Any]:
    return one.code, one.titre, one.unite, *one.somme, DIFFUSIONS[INTERNE]


def _measure_rows(nation: Nation) -> Iterable[Sequence[Any]]:
    for one in nation.thematiques:
        for part in nation.parts:
            if (held := measure_in(part.beside, one.key)) is not None:
                yield one.code, one.titre, one.unite, part.departement, part.nom, *held, DIFFUSIONS[INTERNE]


def _as_kept(value: Decimal | None, unite: str) -> Decimal | None:
    """A figure as a spreadsheet keeps it: a percentage is a fraction."""
    return value / 100 if value is not None and unite == "%" else value


def _why_absent(read: Chiffre) -> str:
    """Why there is no figure (R13)."""
    return "" if read.valeur is not None else read.motif or NOBODY


def _of_part(part: PartDepartement, read: Chiffre) -> str:
    """What is said beside a figure of a département: why there is none, and that nothing proves it."""
    return " ; ".join(
        filter(None, (_why_absent(read), MARQUES[part.recue.marque] if part.recue and part.is_marked else ""))
    )


def _part_cells(source: PartSource) -> Sequence[Any]:
    part = source.part
    return (
        part.departement, part.nom, part.entreprises, part.autres,
        *((part.beside.natures or {}).get(nature) for nature in AUTRES), part.dus, part.repondus, part.beside.a_temps,
        part.numero or "", source.fichier, part.recue.phrase if part.recue else ALONE, part.sha256, source.sha256,
    )  # fmt: skip


def _table_sheet(book: Workbook, title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(title)
    sheet.append(list(headings))
    last, looks = 1, dict[str, Any]()
    for last, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            is_percent = headings[column - 1] == _RATE or (headings[column - 1] in _SHARES and "%" in row)
            _write_value(sheet.cell(last, column), value, looks, is_percent=is_percent)
        sheet.row_dimensions[last].height = _height(headings, row)
    sheet.row_dimensions[1].height = _height(headings, headings)
    for column, heading in enumerate(headings, start=1):
        styles.EN_TETE.apply(sheet.cell(1, column))
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(heading, _WIDTH)
    sheet.freeze_panes = "A2"
    sheet.sheet_view.showGridLines = False
    # A table has at least one row of data.
    table = Table(displayName=f"t_{len(book.worksheets)}", ref=f"A1:{get_column_letter(len(headings))}{max(last, 2)}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.6, bottom=0.6, header=0.25, footer=0.25)
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    printed = next((headings.index(last_one) + 1 for last_one in _LAST_PRINTED if last_one in headings), len(headings))
    sheet.print_area = f"A1:{get_column_letter(printed)}{max(last, 2)}"
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = f"&8{book.properties.title}", f"&8{title}"
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = f"&8{DIFFUSIONS[INTERNE]}", "&8&P / &N"


def _height(headings: Sequence[str], row: Sequence[Any]) -> float:
    """How high a row is for its longest text to be read whole: nothing that prints computes it by itself."""
    told = [(text, _WIDTHS.get(h, _WIDTH)) for h, text in zip(headings, row, strict=True) if isinstance(text, str)]
    shown = [(text, width) for text, width in told if not text.isalnum()]
    lines = (sum(ceil(max(len(part), 1) / (1.2 * width)) for part in text.splitlines()) for text, width in shown)
    return min(_LINE * max(lines, default=1) + 3, _TALLEST)


def _write_value(cell: Any, value: Any, looks: dict[str, Any], *, is_percent: bool) -> None:
    """A number as one, a text as a text whatever it begins with; what is absent leaves the cell empty."""
    if isinstance(value, str):
        _look(cell, looks, "")
        if value:
            cell.value, cell.data_type = value, "s"
        return
    cell.value = value
    if isinstance(value, date):
        _look(cell, looks, styles.JOUR)
        return
    _look(cell, looks, styles.POURCENT if is_percent else styles.DECIMAL if _is_broken(value) else styles.ENTIER)


def _look(cell: Any, looks: dict[str, Any], number_format: str) -> None:
    """Give a cell the look of a text (""), or of a number of this format; one drawn before is copied, far sooner."""
    if number_format in looks:
        cell._style = copy(looks[number_format])
        return
    (styles.NOMBRE if number_format else styles.CELLULE).apply(cell)
    if number_format:
        cell.number_format = number_format
    looks[number_format] = copy(cell._style)


def _is_broken(value: Any) -> bool:
    return isinstance(value, Decimal) and value != value.to_integral_value()
