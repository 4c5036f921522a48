"""What a file shows beside the edition it says it is: each way to show what is not kept is told, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from paqte.reporting.relecture.relecture_a_part import compare_apart
from paqte.reporting.relecture.vue import read_vue
from paqte.reporting.relecture.vues_comparees import Difference, compare_views
from tests.reporting.lecteurs import part, parts, saved_by_openpyxl, with_part

Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def small(workbook: bytes) -> bytes:
    """The workbook with few of its sheets and of its merged cells: to save all of them each time would cost minutes."""

    def reduce(book: Any) -> None:
        for title in ("Bilan", "Signataires", "Thématiques", "Actions"):
            del book[title]
        for merged in sorted(map(str, book["Qualité"].merged_cells.ranges))[20:]:
            book["Qualité"].unmerge_cells(merged)

    return saved_by_openpyxl(workbook, reduce)


def told(issued: bytes, found: bytes) -> list[Difference]:
    return list(compare_views(read_vue(issued), read_vue(found)))


def one(issued: bytes, change: Change) -> Difference:
    """The only difference that a change makes."""
    (difference,) = told(issued, saved_by_openpyxl(issued, change))
    return difference


def test_a_workbook_only_saved_again_differs_in_nothing(workbook: bytes) -> None:
    assert told(workbook, workbook) == []
    assert told(workbook, saved_by_openpyxl(workbook)) == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('0"0"', "« 630 »"),
        ("0\\0", "« 630 »"),
        ("#,##0,", "« 0 »"),
        ("0%", "« 6300% »"),
        (";;;", "«  »"),
        ('"170"', "« 170 »"),
        ("[>10]0.0;0", "« 63,0 »"),
        ("dd/mm/yyyy", "« 03/03/1900 »"),
        ("0E+0", "autrement"),
    ],
)
def test_a_format_that_shows_another_figure_is_told_with_what_it_shows(small: bytes, code: str, text: str) -> None:
    def disguise(book: Any) -> None:
        book["Indicateurs"]["G6"].number_format = code

    difference = one(small, disguise)
    assert difference[:3] == ("Indicateurs", "G6", "format de nombre")
    assert difference.avant == "63 s’affiche « 63 » (format [$-40C]#,##0)"
    assert difference.apres == f"63 s’affiche {text} (format {code})"


@pytest.mark.parametrize("code", ["#,##0", "0", "[$-40C]#,##0;-#,##0", "[=0]0;0"])
def test_a_format_that_shows_the_same_is_not_told(small: bytes, code: str) -> None:
    def restyle(book: Any) -> None:
        book["Indicateurs"]["G6"].number_format = code

    assert told(small, saved_by_openpyxl(small, restyle)) == []


def _white(book: Any) -> None:
    book["Indicateurs"]["G6"].font = Font(color="FFFFFFFF")


def _on_its_own_colour(book: Any) -> None:
    cell = book["Indicateurs"]["G6"]
    cell.font, cell.fill = Font(color="FF203040"), PatternFill("solid", fgColor="FF203040")


def _tiny(book: Any) -> None:
    book["Indicateurs"]["G6"].font = Font(size=1)


@pytest.mark.parametrize("change", [_white, _on_its_own_colour, _tiny])
def test_a_figure_that_cannot_be_read_is_told(small: bytes, change: Change) -> None:
    assert one(small, change)[:3] == ("Indicateurs", "G6", "lisibilité")


def test_a_white_format_is_told(small: bytes) -> None:
    def disguise(book: Any) -> None:
        book["Indicateurs"]["G6"].number_format = "[White]#,##0"

    assert one(small, disguise).quoi in ("format de nombre", "lisibilité")


def test_other_colours_and_fonts_are_nobodys_business(small: bytes) -> None:
    def restyle(book: Any) -> None:
        cell = book["Indicateurs"]["G6"]
        cell.font, cell.alignment = Font(color="FFAA0000", name="Georgia", size=11), Alignment("center")

    assert told(small, saved_by_openpyxl(small, restyle)) == []


def _hide_row(book: Any) -> None:
    book["Indicateurs"].row_dimensions[6].hidden = True


def _flatten_row(book: Any) -> None:
    book["Indicateurs"].row_dimensions[6].height = 0.5


def _hide_column(book: Any) -> None:
    book["Indicateurs"].column_dimensions["G"].hidden = True


def _hide_sheet(book: Any) -> None:
    book["Qualité"].sheet_state = "hidden"


def _show_meta(book: Any) -> None:
    book["_meta"].sheet_state = "visible"


def _remove_sheet(book: Any) -> None:
    del book["Contexte"]


def _merge(book: Any) -> None:
    # Written as it is: openpyxl would empty the cells that it covers.
    book["Indicateurs"].merged_cells.add("G6:H6")


def _heading(book: Any) -> None:
    book["Indicateurs"]["G4"] = "Réalisé sur l’année"


def _stray(book: Any) -> None:
    book["Indicateurs"]["T40"] = "Total : 999"


def _title(book: Any) -> None:
    book["Indicateurs"]["A1"] = "Indicateurs définitifs"


def _footer(book: Any) -> None:
    book["Indicateurs"].oddFooter.left.text = "Version publiable"


def _header(book: Any) -> None:
    book["Indicateurs"].oddHeader.center.text = "Annule et remplace"


def _zeros(book: Any) -> None:
    book["Indicateurs"].sheet_view.showZeros = False


def _calendar(book: Any) -> None:
    book.epoch = CALENDAR_MAC_1904


def _note(book: Any) -> None:
    book["Indicateurs"]["G6"].comment = Comment("Faux", "X")


def _conditional(book: Any) -> None:
    look = DifferentialStyle(numFmt=NumberFormat(numFmtId=190, formatCode='0"0"'))
    rule = FormulaRule(["TRUE"])
    rule.dxf = look
    book["Indicateurs"].conditional_formatting.add("G6", rule)


def _number_as_text(book: Any) -> None:
    book["Indicateurs"]["G6"] = "63"


def _figure(book: Any) -> None:
    book["Indicateurs"]["G6"] = 170


def _print_area(book: Any) -> None:
    book["Indicateurs"].print_area = "A1:D9"


@pytest.mark.parametrize(
    ("change", "place", "what"),
    [
        (_hide_row, "ligne 6", "ligne"),
        (_flatten_row, "ligne 6", "ligne"),
        (_hide_column, "colonne G", "colonne"),
        (_hide_sheet, "", "feuille"),
        (_show_meta, "", "feuille"),
        (_remove_sheet, "", "feuille"),
        (_merge, "", "cellules fusionnées"),
        (_heading, "G4", "contenu"),
        (_stray, "T40", "contenu"),
        (_title, "A1", "contenu"),
        (_footer, "", "pied de page, à gauche"),
        (_header, "", "en-tête, au centre"),
        (_zeros, "zéros", "affichage"),
        (_calendar, "", "année d’où les jours sont comptés"),
        (_note, "", "objet posé sur la feuille"),
        (_conditional, "", "mise en forme conditionnelle"),
        (_number_as_text, "G6", "contenu"),
        (_figure, "G6", "contenu"),
        (_print_area, "zone imprimée de Indicateurs", "nom défini"),
    ],
    ids=lambda given: getattr(given, "__name__", None),
)
def test_what_a_reader_sees_otherwise_is_told(small: bytes, change: Change, place: str, what: str) -> None:
    found = told(small, saved_by_openpyxl(small, change))
    assert (place, what) in [(d.place, d.quoi) for d in found]


def _rates(workbook: bytes) -> str:
    return next(n for n in sorted(parts(workbook)) if "charts/chart" in n and "Sensibiliser" in part(workbook, n))


@pytest.mark.parametrize(
    ("pattern", "replacement", "what"),
    [
        (r"<v>0\.960</v>", "<v>9.60</v>", "valeurs"),
        (r"<a:t>Sensibiliser : réalisé", "<a:t>Sensibiliser : dépassé", "titre"),
        (r'<max val="1\.5"', '<max val="15"', "échelle et formats"),
        (r'formatCode="0\\ %"', 'formatCode="0\\\\0\\\\ %"', "échelle et formats"),
        (r"\$Z\$(\d+):\$Z\$(\d+)", r"$Q$\1:$Q$\2", "plages"),
        (r"barChart>", "lineChart>", "sorte"),
        (r"<tx><v>[^<]*</v></tx>", "<tx><v>Objectif</v></tx>", "nom de la série"),
    ],
)
def test_a_chart_that_shows_otherwise_is_told(workbook: bytes, pattern: str, replacement: str, what: str) -> None:
    name = _rates(workbook)
    found = told(workbook, with_part(workbook, name, lambda xml: re.sub(pattern, replacement, xml)))
    assert what in [d.quoi for d in found]
    assert all(d.place.startswith("graphique « Sensibiliser") for d in found)


def test_a_file_is_compared_apart(workbook: bytes) -> None:
    assert compare_apart(workbook, saved_by_openpyxl(workbook)) == []
    (difference,) = compare_apart(workbook, saved_by_openpyxl(workbook, _figure))
    assert difference == Difference("Indicateurs", "G6", "contenu", "63", "170")
