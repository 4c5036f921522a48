"""What a file shows beside the edition it says it is: each way to show what is not kept is told, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Color, Font, GradientFill, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import SheetFormatProperties
from openpyxl.worksheet.hyperlink import Hyperlink

from paqte.reporting.relecture.relecture_a_part import compare_apart
from paqte.reporting.relecture.vue import read_view
from paqte.reporting.relecture.vues_comparees import Difference, compare_views
from tests.reporting.tiers.lecteurs import part, parts, saved_by_openpyxl, with_part

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
    return list(compare_views(read_view(issued), read_view(found)))


def one(issued: bytes, change: Change) -> Difference:
    """The only difference that a change makes."""
    (difference,) = told(issued, saved_by_openpyxl(issued, change))
    return difference


@pytest.mark.lent
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
        book["Indicateurs"]["G3"].number_format = code

    difference = one(small, disguise)
    assert difference[:3] == ("Indicateurs", "G3", "format de nombre")
    assert difference.avant == "63 s’affiche « 63 » (format [$-40C]#,##0)"
    assert difference.apres == f"63 s’affiche {text} (format {code})"


@pytest.mark.parametrize("code", ["#,##0", "0", "[$-40C]#,##0;-#,##0", "[=0]0;0"])
def test_a_format_that_shows_the_same_is_not_told(small: bytes, code: str) -> None:
    def restyle(book: Any) -> None:
        book["Indicateurs"]["G3"].number_format = code

    assert told(small, saved_by_openpyxl(small, restyle)) == []


def _white(book: Any) -> None:
    book["Indicateurs"]["G3"].font = Font(color="FFFFFFFF")


def _on_its_own_colour(book: Any) -> None:
    cell = book["Indicateurs"]["G3"]
    cell.font, cell.fill = Font(color="FF203040"), PatternFill("solid", fgColor="FF203040")


def _tiny(book: Any) -> None:
    book["Indicateurs"]["G3"].font = Font(size=1)


@pytest.mark.parametrize("change", [_white, _on_its_own_colour, _tiny])
def test_a_figure_that_cannot_be_read_is_told(small: bytes, change: Change) -> None:
    assert one(small, change)[:3] == ("Indicateurs", "G3", "lisibilité")


def test_a_white_format_is_told(small: bytes) -> None:
    def disguise(book: Any) -> None:
        book["Indicateurs"]["G3"].number_format = "[White]#,##0"

    assert one(small, disguise).quoi in ("format de nombre", "lisibilité")


def _struck(book: Any) -> None:
    book["Indicateurs"]["G3"].font = Font(strike=True)


def _raised(book: Any) -> None:
    book["Indicateurs"]["G3"].font = Font(vertAlign="superscript")


def _in_symbols(book: Any) -> None:
    book["Indicateurs"]["G3"].font = Font(name="Wingdings 2")


def _repeated(book: Any) -> None:
    book["Indicateurs"]["G3"].alignment = Alignment("fill")


def _on_a_gradient_of_its_colour(book: Any) -> None:
    cell = book["Indicateurs"]["G3"]
    cell.font, cell.fill = Font(color="FF203040"), GradientFill(stop=("FF203040", "FF203040"))


def _in_hatches_of_its_colour(book: Any) -> None:
    cell = book["Indicateurs"]["G3"]
    cell.font, cell.fill = Font(color="FF203040"), PatternFill("darkDown", fgColor="FF203040", bgColor="FF203040")


def _a_white_word_of_the_theme(book: Any) -> None:
    text = book["Indicateurs"]["C6"].value
    white = InlineFont(color=Color(theme=0))
    book["Indicateurs"]["C6"] = CellRichText(text[:5], TextBlock(white, text[5:9]), text[9:])


def _a_word_inside_its_text(book: Any) -> None:
    text = book["Indicateurs"]["C6"].value
    book["Indicateurs"]["C6"] = CellRichText(text[:5], TextBlock(InlineFont(strike=True), text[5:9]), text[9:])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (_struck, "G3"),
        (_raised, "G3"),
        (_in_symbols, "G3"),
        (_repeated, "G3"),
        (_on_a_gradient_of_its_colour, "G3"),
        (_in_hatches_of_its_colour, "G3"),
        (_a_word_inside_its_text, "C6"),
        (_a_white_word_of_the_theme, "C6"),
    ],
    ids=lambda given: getattr(given, "__name__", None),
)
def test_what_reads_as_something_else_is_told(small: bytes, change: Change, place: str) -> None:
    assert one(small, change)[:3] == ("Indicateurs", place, "lisibilité")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("{}\u200b", "{}[U+200B]"), ("\u202e{}", "[U+202E]{}"), ("{}\u00ad", "{}[U+00AD]")],
    ids=["without width", "turned round", "soft hyphen"],
)
def test_letters_that_nobody_sees_are_told_by_their_number(small: bytes, text: str, shown: str) -> None:
    def slip(book: Any) -> None:
        cell = book["Indicateurs"]["B6"]
        cell.value = text.format(cell.value)

    difference = one(small, slip)
    assert (difference.quoi, difference.apres) == ("contenu", shown.format(difference.avant))


def test_a_numbered_colour_that_the_workbook_makes_white_is_told(small: bytes) -> None:
    def number(book: Any) -> None:
        book["Indicateurs"]["G3"].font = Font(color=Color(indexed=10))

    red = saved_by_openpyxl(small, number)
    palette = re.compile(r'(<rgbColor rgb=)"\w+"')
    white = with_part(red, "xl/styles.xml", lambda xml: palette.sub(r'\1"00FFFFFF"', xml))
    assert told(small, red) == []
    assert [(d.place, d.quoi) for d in told(small, white)] == [("G3", "lisibilité")]


def test_a_space_of_another_kind_is_told_by_its_number(small: bytes) -> None:
    def slip(book: Any) -> None:
        cell = book["Indicateurs"]["C6"]
        cell.value = cell.value.replace(" ", "\u2009", 1)

    difference = one(small, slip)
    assert "[U+2009]" in difference.apres and "[U+2009]" not in difference.avant


def test_a_cell_that_does_not_say_where_it_stands_is_seen_all_the_same(small: bytes) -> None:
    name = next(n for n in sorted(parts(small)) if "worksheets/sheet" in n and 'r="G3"' in part(small, n))
    found = told(
        small, with_part(small, name, lambda xml: re.sub(r"(<row r=\"6\".*?)</row>", r"\1<c><v>999</v></c></row>", xml))
    )
    assert [(d.quoi, d.avant, d.apres) for d in found] == [("contenu", "", "999")]


def test_other_colours_and_fonts_are_nobodys_business(small: bytes) -> None:
    def restyle(book: Any) -> None:
        cell = book["Indicateurs"]["G3"]
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
    book["Indicateurs"]["G3"].comment = Comment("Faux", "X")


def _conditional(book: Any) -> None:
    look = DifferentialStyle(numFmt=NumberFormat(numFmtId=190, formatCode='0"0"'))
    rule = FormulaRule(["TRUE"])
    rule.dxf = look
    book["Indicateurs"].conditional_formatting.add("G3", rule)


def _number_as_text(book: Any) -> None:
    book["Indicateurs"]["G3"] = "63"


def _figure(book: Any) -> None:
    book["Indicateurs"]["G3"] = 170


def _shorter_row(book: Any) -> None:
    book["Indicateurs"].row_dimensions[6].height /= 2


def _narrower_column(book: Any) -> None:
    book["Indicateurs"].column_dimensions["P"].width /= 2


def _low_by_default(book: Any) -> None:
    for row in book["Indicateurs"].row_dimensions.values():
        row.height = None
    book["Indicateurs"].sheet_format = SheetFormatProperties(defaultRowHeight=1, customHeight=True)


def _prompt(book: Any) -> None:
    check = DataValidation("whole", formula1="0", showInputMessage=True, promptTitle="Vrai chiffre", prompt="170")
    check.add("G3")
    book["Indicateurs"].add_data_validation(check)


def _bubble(book: Any) -> None:
    book["Indicateurs"]["G3"].hyperlink = Hyperlink("G3", location="Indicateurs!G6", tooltip="En fait 170")


def _without_tabs(book: Any) -> None:
    book.views[0].showSheetTabs = False


def _white_footer(book: Any) -> None:
    book["Qualité"].oddFooter.left.color = "FFFFFF"


def _formula(book: Any) -> None:
    book["Indicateurs"]["G3"] = "=60+3"


def _very_hidden(book: Any) -> None:
    book["Contexte"].sheet_state = "veryHidden"


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
        (_number_as_text, "G3", "contenu"),
        (_figure, "G3", "contenu"),
        (_print_area, "zone imprimée de Indicateurs", "nom défini"),
        (_shorter_row, "ligne 6", "hauteur"),
        (_narrower_column, "colonne P", "largeur"),
        (_low_by_default, "ligne 6", "ligne"),
        (_prompt, "", "objet posé sur la feuille"),
        (_bubble, "", "objet posé sur la feuille"),
        (_without_tabs, "onglets des feuilles", "affichage"),
        (_white_footer, "", "pied de page, à gauche"),
        (_formula, "G3", "contenu"),
        (_very_hidden, "", "feuille"),
    ],
    ids=lambda given: getattr(given, "__name__", None),
)
def test_what_a_reader_sees_otherwise_is_told(small: bytes, change: Change, place: str, what: str) -> None:
    found = told(small, saved_by_openpyxl(small, change))
    assert (place, what) in [(d.place, d.quoi) for d in found]


@pytest.mark.lent
def test_a_file_is_compared_apart(workbook: bytes) -> None:
    assert compare_apart(workbook, saved_by_openpyxl(workbook)) == []
    (difference,) = compare_apart(workbook, saved_by_openpyxl(workbook, _figure))
    assert difference == Difference("Indicateurs", "G3", "contenu", "63", "170")
