"""A template restyled and saved by another program works the same: nothing depends on where things were."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from paqte.domain.documents.bilan import Bilan
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.reporting.dessin.gabarits import bilan as dessin_bilan
from paqte.reporting.dessin.gabarits.classeur import draw
from tests.reporting.mondes.bilans import check_template, fill, read_back
from tests.reporting.tiers.lecteurs import opened, part, parts, saved_by_openpyxl, table, with_part

pytestmark = pytest.mark.lent

# Saved by LibreOffice 7.4: soffice --headless --convert-to xlsx --outdir tests/reporting <the default template>
LIBREOFFICE = Path(__file__).parents[1] / "gabarit_libreoffice.xlsx"
# The one that LibreOffice saved.
FORMER = Path(__file__).parents[1] / "modeles" / "bilan_2026.1.xlsx"


def same_cells(content: bytes, other: bytes) -> bool:
    return (
        read_back(content).tableaux == read_back(other).tableaux
        and read_back(content).champs == read_back(other).champs
    )


def test_the_default_template_is_the_one_the_code_draws() -> None:
    assert draw() == FORMAT_BILAN.gabarit.read_bytes()


def test_a_template_saved_by_openpyxl_gives_the_same_cells(bilan: Bilan, template: bytes, workbook: bytes) -> None:
    assert same_cells(fill(bilan, saved_by_openpyxl(template)), workbook)


def test_a_template_saved_by_libreoffice_gives_the_same_cells_and_charts(bilan: Bilan) -> None:
    content = fill(bilan, LIBREOFFICE.read_bytes())
    assert "sharedStrings" in " ".join(parts(content))
    drawn = fill(bilan, FORMER.read_bytes())
    assert same_cells(content, drawn)
    assert _points(content) == _points(drawn)
    assert sum(_points(content)) > 50


def _points(content: bytes) -> list[int]:
    """How many categories and values each chart bears."""
    charts = (part(content, f"xl/charts/chart{n}.xml") for n in range(1, 6))
    data = ("".join(re.findall(r"<(?:c:)?(?:cat|val)>.*?</(?:c:)?(?:cat|val)>", xml, re.DOTALL)) for xml in charts)
    return [len(re.findall(r"<(?:c:)?pt ", xml)) for xml in data]


def test_sheets_in_another_order_change_nothing(bilan: Bilan, template: bytes, workbook: bytes) -> None:
    def reorder(book: Any) -> None:
        book.move_sheet("Qualité", -5)

    assert same_cells(fill(bilan, saved_by_openpyxl(template, reorder)), workbook)


def test_columns_in_another_order_take_their_figures_with_them(bilan: Bilan, template: bytes) -> None:
    def swap(book: Any) -> None:
        sheet = book["Indicateurs"]
        for row in range(1, 6):
            sheet.cell(row, 5).value, sheet.cell(row, 6).value = sheet.cell(row, 6).value, sheet.cell(row, 5).value

    content = fill(bilan, saved_by_openpyxl(template, swap))
    heading, first, *_ = table(content, "t_indicateurs")
    assert heading[4:6] == ["Objectif", "Référence"]
    assert first[4:6] == [44, 28]
    assert read_back(content).tableaux["t_indicateurs"][0]["Objectif"] == 44


def test_rows_inserted_above_tables_move_everything_below(
    bilan: Bilan, workbook: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = dessin_bilan._title_block

    def lower(pen: Any) -> None:
        drawn(pen)
        for _ in range(7):
            # Low enough to move no end of page: headings written again would move what is below.
            pen.skip(0.25)

    monkeypatch.setattr(dessin_bilan, "_title_block", lower)
    content = fill(bilan, draw())
    assert same_cells(content, workbook)
    assert _chart_rows(content) == [row + 7 for row in _chart_rows(workbook)]


def _chart_rows(content: bytes) -> list[int]:
    return [chart.anchor._from.row for chart in opened(content)["Bilan"]._charts]


def test_wider_columns_make_lower_rows(bilan: Bilan, template: bytes) -> None:
    def widen(book: Any) -> None:
        book["Actions"].column_dimensions["E"].width = 140

    narrow, wide = (
        sum(opened(c)["Actions"].row_dimensions[r].height for r in range(2, 12))
        for c in (fill(bilan, template), fill(bilan, saved_by_openpyxl(template, widen)))
    )
    assert wide < narrow * 0.8


def test_styles_of_the_model_row_are_given_to_each_row(bilan: Bilan, template: bytes) -> None:
    from openpyxl.styles import Font

    def restyle(book: Any) -> None:
        book["Signataires"]["B2"].font = Font(name="Arial", size=9, color="FFAA0000")

    sheet = opened(fill(bilan, saved_by_openpyxl(template, restyle)))["Signataires"]
    assert {sheet.cell(row, 2).font.color.rgb for row in range(2, 26)} == {"FFAA0000"}
    assert sheet["C3"].font.color.rgb != "FFAA0000"


def test_what_lies_below_a_table_moves_with_its_formulas_merges_rules_and_names(bilan: Bilan, template: bytes) -> None:
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import PatternFill
    from openpyxl.workbook.defined_name import DefinedName
    from openpyxl.worksheet.datavalidation import DataValidation

    def add(book: Any) -> None:
        sheet = book["Signataires"]
        sheet["B5"] = '=COUNTA(B2:B2)&" signataires, A2"'
        sheet["B6"] = "=Indicateurs!G2"
        sheet.merge_cells("B5:D5")
        sheet.conditional_formatting.add("B5:D5", FormulaRule(["$B$5>B2"], fill=PatternFill("solid", bgColor="FFFF00")))
        choice = DataValidation(type="list", formula1="$B$2:$B$2")
        choice.add("F6")
        sheet.add_data_validation(choice)
        book.defined_names["Total"] = DefinedName("Total", attr_text="Signataires!$B$5")
        book["Contexte"]["J2"] = "=Signataires!B5"

    book = opened(fill(bilan, saved_by_openpyxl(template, add)))
    sheet = book["Signataires"]
    assert sheet["B28"].value == '=COUNTA(B2:B25)&" signataires, A2"'
    assert sheet["B29"].value == "=Indicateurs!G2"
    assert "B28:D28" in [str(m) for m in sheet.merged_cells.ranges]
    rules = {str(r.sqref): r.rules[0].formula for r in sheet.conditional_formatting}
    assert rules["B28:D28"] == ["$B$28>B2"]
    (choice,) = sheet.data_validations.dataValidation
    assert (str(choice.sqref), choice.formula1) == ("F29", "$B$2:$B$25")
    assert book.defined_names["Total"].attr_text == "Signataires!$B$28"
    assert book["Contexte"]["J2"].value == "=Signataires!B28"
    assert book.calculation.fullCalcOnLoad


def test_an_excel_table_around_the_model_row_grows_with_it(bilan: Bilan, template: bytes) -> None:
    from openpyxl.worksheet.table import Table

    def tabulate(book: Any) -> None:
        sheet = book["Contexte"]
        sheet.auto_filter.ref = None
        sheet.add_table(Table(displayName="Contexte_", ref="A1:H2"))
        book.defined_names["t_contexte"].attr_text = "Contexte!$A$2:$H$5"

    content = fill(bilan, saved_by_openpyxl(template, tabulate))
    assert opened(content)["Contexte"].tables["Contexte_"].ref == f"A1:H{1 + len(bilan.contexte)}"


def test_the_list_of_formulas_that_excel_keeps_is_dropped_since_rows_move(bilan: Bilan, template: bytes) -> None:
    tie = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/>'  # noqa: E501
    override = '<Override PartName="/xl/calcChain.xml" ContentType="application/x+xml"/>'
    altered = with_part(template, "xl/calcChain.xml", lambda _: '<calcChain><c r="A5" i="2"/></calcChain>')
    altered = with_part(
        altered, "xl/_rels/workbook.xml.rels", lambda x: x.replace("</Relationships>", f"{tie}</Relationships>")
    )
    altered = with_part(altered, "[Content_Types].xml", lambda x: x.replace("</Types>", f"{override}</Types>"))
    content = fill(bilan, altered)
    assert "xl/calcChain.xml" not in parts(content)
    assert "calcChain" not in part(content, "[Content_Types].xml") + part(content, "xl/_rels/workbook.xml.rels")


def test_a_new_version_says_its_number(template: bytes) -> None:
    def renumber(book: Any) -> None:
        book["_meta"]["B3"] = "2027.1"

    assert check_template(saved_by_openpyxl(template, renumber)).version == "2027.1"
