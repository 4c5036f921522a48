"""The workbook of a sum of bilans received: its total, then what each département brought and from which file.

Each sheet is one table under one heading row, that programs read row after row.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from copy import copy
from decimal import Decimal
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableStyleInfo

from paqte.domain.assemblage.nation import LigneNation, Nation, PartDepartement, PartRecue, whole_of
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre, figure_read
from paqte.domain.consolidation import Somme
from paqte.domain.documents.lignes.libelles import axe_label
from paqte.domain.secret import DIFFUSIONS
from paqte.domain.statuts.recus import MARQUES
from paqte.reporting.dessin.motifs import styles
from paqte.reporting.dessin.motifs.textes import readable

NOBODY = "aucune réponse reçue"
# Why a figure is there or not, and who may read it.
_LAST = ("Observations", "Diffusion")
_COUNTS = ("Réponses reçues", "Réponses attendues", "Zéros confirmés")
_FIGURES = ("Réalisé au semestre", "Numérateur", "Dénominateur", *_COUNTS)
INDICATEURS = ("Axe", "Code", "Indicateur", "Unité", *_FIGURES, *_LAST)
DETAIL = ("Code", "Indicateur", "Unité", "Département", "Nom", *_FIGURES, *_LAST)
PARTS = (
    "Département", "Nom", "Entreprises", "Autres signataires", "Réponses attendues", "Réponses reçues", "Fichier",
    "Édition", "Empreinte du bilan", "Empreinte du fichier", "Contrôle",
)  # fmt: skip
_WIDTHS = {"Indicateur": 52, "Fichier": 40, "Nom": 24, "Valeur": 60, "Quoi": 30, "Observations": 30, "Unité": 18}


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


def draw_consolidation(found: ConsolidationToWrite) -> bytes:
    """The workbook: « Ensemble », « Indicateurs », « Détail », « Départements »."""
    book = Workbook()
    for blank in book.worksheets:
        book.remove(blank)
    _table_sheet(book, "Ensemble", ("Quoi", "Valeur"), _whole_rows(found))
    _table_sheet(book, "Indicateurs", INDICATEURS, (_total_cells(line, found.nation) for line in found.nation.lignes))
    _table_sheet(book, "Détail", DETAIL, _detail_rows(found.nation))
    _table_sheet(book, "Départements", PARTS, map(_part_cells, found.sources))
    book.properties = DocumentProperties(title=_book_title(found), creator="PAQTE", language="fr-FR")
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
    yield "Autres signataires", nation.autres
    yield "Réponses attendues", nation.dus
    yield "Réponses reçues", nation.repondus
    yield "Diffusion", nation.mention


def _total_cells(line: LigneNation, nation: Nation) -> Sequence[Any]:
    whole = whole_of(nation.parts, line.code, line.nature)
    figures = _figure_cells(whole, line.chiffre, line.unite)
    said = " ; ".join(filter(None, (line.mention, _why_absent(line.chiffre), line.marque)))
    return axe_label(line.axe), line.code, line.titre, line.unite, *figures, said, DIFFUSIONS[line.diffusion]


def _detail_rows(nation: Nation) -> Iterable[Sequence[Any]]:
    for line in nation.lignes:
        for part in nation.parts:
            if (held := part.somme(line.code, line.nature)) is not None:
                read = figure_read(held, line.genre)
                yield (
                    line.code, line.titre, line.unite, part.departement, part.nom,
                    *_figure_cells(held, read, line.unite), _of_part(part, read), DIFFUSIONS[line.diffusion],
                )  # fmt: skip


def _figure_cells(held: Somme, read: Chiffre, unite: str) -> Sequence[Any]:
    counts = (held.signataires_repondants, held.signataires_dus, held.signataires_neant)
    return _as_kept(read.valeur, unite), held.numerateur, held.denominateur, *counts


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
        part.departement, part.nom, part.entreprises, part.autres, part.dus, part.repondus, source.fichier,
        part.numero or "", part.sha256, source.sha256, (part.recue or PartRecue(0)).phrase,
    )  # fmt: skip


def _table_sheet(book: Workbook, title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(title)
    sheet.append(list(headings))
    last, looks = 1, dict[str, Any]()
    for last, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            is_percent = headings[column - 1] == _FIGURES[0] and "%" in row
            _write_value(sheet.cell(last, column), value, looks, is_percent=is_percent)
    for column, heading in enumerate(headings, start=1):
        styles.EN_TETE.apply(sheet.cell(1, column))
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(heading, 14)
    sheet.freeze_panes = "A2"
    sheet.sheet_view.showGridLines = False
    # A table has at least one row of data.
    table = Table(displayName=f"t_{len(book.worksheets)}", ref=f"A1:{get_column_letter(len(headings))}{max(last, 2)}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _write_value(cell: Any, value: Any, looks: dict[str, Any], *, is_percent: bool) -> None:
    """A number as one, a text as a text whatever it begins with; what is absent leaves the cell empty."""
    if isinstance(value, str):
        _look(cell, looks, "")
        if value:
            cell.value, cell.data_type = value, "s"
        return
    cell.value = value
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
