"""The sheets of the quarterly export print at a size that people read, and their pages say what they are."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl.utils import get_column_letter

from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from tests.reporting.mondes.bilans import fill, read_template
from tests.reporting.mondes.exemples_trimestre import exemple_trimestre
from tests.reporting.tiers.lecteurs import opened, part, print_area

pytestmark = pytest.mark.lent

# What an A4 page in landscape holds between its margins, in pixels.
ROOM = 277 / 25.4 * 96


@pytest.fixture(scope="module")
def template() -> bytes:
    return read_template(FORMAT_TRIMESTRE.gabarit)


@pytest.fixture(scope="module")
def example() -> CompteRendu:
    return exemple_trimestre()


@pytest.fixture(scope="module")
def workbook(example: CompteRendu, template: bytes) -> bytes:
    return fill(example, template, FORMAT_TRIMESTRE)


@pytest.mark.parametrize("title", ["Entreprises", "Axes PAQTE", "Données"])
def test_a_sheet_of_detail_does_not_print(workbook: bytes, title: str) -> None:
    """Twenty-one columns would be printed under five points; the sheet is read on the screen."""
    sheet = opened(workbook)[title]
    cell, last = (sheet[place] for place in print_area(sheet).split(":"))
    assert cell.coordinate == last.coordinate and cell.value is None
    assert cell.column > max(c.column for row in sheet.iter_rows() for c in row if c.value is not None)


def test_the_thematiques_hold_on_one_page_wide_at_their_own_size(workbook: bytes) -> None:
    sheet = opened(workbook)["Thématiques"]
    widths = [sheet.column_dimensions[get_column_letter(n)].width * 7 for n in range(1, sheet.max_column + 1)]
    assert 0.9 * ROOM < sum(widths) < 0.995 * ROOM
    assert (sheet.page_setup.scale or 100) == 100 and not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert min(c.font.size for row in sheet[print_area(sheet)] for c in row if c.value is not None) >= 7.5


def test_what_a_sheet_says_of_its_pages_comes_in_the_order_that_excel_asks_for(workbook: bytes) -> None:
    """Another order opens in LibreOffice, and Excel offers to repair the file."""
    order = (
        "<pageMargins",
        "<pageSetup",
        "<headerFooter",
        "<rowBreaks",
        "<colBreaks",
        "<ignoredErrors",
        "<drawing",
        "<tableParts",
    )
    for number in range(1, len(FORMAT_TRIMESTRE.feuilles) + 1):
        xml = part(workbook, f"xl/worksheets/sheet{number}.xml")
        found = [xml.index(tag) for tag in order if tag in xml]
        assert found == sorted(found), number


def test_the_chart_of_the_export_shows_each_thematique_and_a_gap_where_there_is_no_rate(
    workbook: bytes, example: CompteRendu
) -> None:
    xml = part(workbook, "xl/charts/chart1.xml")
    (values,) = re.findall(r"<c:val>.*?</c:val>", xml, re.DOTALL)
    first, last = re.findall(r"\d+", str(next(iter(opened(workbook).defined_names["t_thematiques"].destinations))[1]))
    assert set(re.findall(r"'Thématiques'!\$[A-Z]+\$(\d+):\$[A-Z]+\$(\d+)", xml)) == {(first, last)}
    points = {int(rank): value for rank, value in re.findall(r'<c:pt idx="(\d+)"><c:v>([^<]*)', values)}
    rates = {n: f"{p.taux.valeur / 100:f}" for n, p in enumerate(example.progres) if p.taux.valeur is not None}
    assert rates
    assert {n: Decimal(v) for n, v in points.items()} == {n: Decimal(v) for n, v in rates.items()}


def test_the_chart_of_the_export_has_its_alternative_text_and_is_not_cut_by_a_page_end(workbook: bytes) -> None:
    assert 'descr="Barres : pour chaque thématique' in part(workbook, "xl/drawings/drawing1.xml")
    sheet = opened(workbook)["Thématiques"]
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    (chart,) = sheet._charts
    ends = [b.id for b in sheet.row_breaks.brk]
    assert not any(chart.anchor._from.row + 1 <= end < chart.anchor.to.row for end in ends)


def test_without_any_rate_the_export_has_no_chart(example: CompteRendu, template: bytes) -> None:
    """Neither has an edition of before the rates were kept."""
    content = fill(replace(example, progres=()), template, FORMAT_TRIMESTRE)
    assert "graphicFrame" not in part(content, "xl/drawings/drawing1.xml")


def test_the_two_measures_of_one_thematique_are_told_apart(workbook: bytes) -> None:
    shown = [row[1] for row in opened(workbook)["Thématiques"].iter_rows(values_only=True) if row[0] == "T12"]
    assert len(set(shown)) == 2
