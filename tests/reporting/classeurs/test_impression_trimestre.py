"""The sheets of the quarterly export print at a size that people read, and their pages say what they are."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from openpyxl.utils import get_column_letter

from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from tests.reporting.bilans import fill, read_template
from tests.reporting.exemples_trimestre import exemple_trimestre
from tests.reporting.lecteurs import opened, part

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


@pytest.mark.parametrize(("title", "kept"), [("Entreprises", 2), ("Axes PAQTE", 3)])
def test_a_wide_sheet_prints_on_two_pages_side_by_side_at_a_size_that_people_read(
    workbook: bytes, title: str, kept: int
) -> None:
    assert_readable(opened(workbook)[title], kept)


def assert_readable(sheet: Any, kept: int) -> None:
    """Each of the two pages holds its columns and those kept on both, at seven points and a half at least."""
    (end,) = [b.id for b in sheet.col_breaks.brk]
    widths = [sheet.column_dimensions[get_column_letter(n)].width * 7 for n in range(1, sheet.max_column + 1)]
    pages = [sum(widths[:end]), sum(widths[:kept]) + sum(widths[end:])]
    assert max(pages) * sheet.page_setup.scale / 100 <= ROOM
    assert 8.5 * sheet.page_setup.scale / 100 >= 7.5
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.pageOrder == "overThenDown"


def test_the_indicators_of_the_bilan_too() -> None:
    assert_readable(opened(read_template())["Indicateurs"], 3)


def test_both_pages_of_the_enterprises_bear_the_names_and_the_headings(workbook: bytes) -> None:
    sheet = opened(workbook)["Entreprises"]
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$B", "$4:$4")
    titles = sorted(str(r) for r in sheet.merged_cells.ranges if r.min_row < 3)
    assert titles == ["A1:B1", "A2:B2"]


def test_what_a_sheet_says_of_its_pages_comes_in_the_order_that_excel_asks_for(workbook: bytes) -> None:
    """Another order opens in LibreOffice, and Excel offers to repair the file."""
    order = ("<pageMargins", "<pageSetup", "<headerFooter", "<rowBreaks", "<colBreaks", "<ignoredErrors", "<drawing")
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


def test_sixty_signatories_with_names_of_two_hundred_letters_keep_to_their_pages(template: bytes) -> None:
    """A name wraps in its column: no row is higher than Excel takes, no page is overfull, no row is lost."""
    names = ("Établissements réunis du Val de Loire " * 6)[:200], "ABCDEFGHIJ" * 20
    example = exemple_trimestre()
    listed = tuple(replace(example.entreprises[0], nom=names[n % 2], convention=f"41-2026-{n:03}") for n in range(60))
    content = fill(replace(example, entreprises=listed), template, FORMAT_TRIMESTRE)
    sheet = opened(content)["Entreprises"]
    shown = [row[0].value for row in sheet.iter_rows() if row[0].value in names]
    assert len(shown) == 60
    heights = [sheet.row_dimensions[n].height or 12.75 for n in range(1, sheet.max_row + 1)]
    assert max(heights) <= 409
    ends = [0, *(b.id for b in sheet.row_breaks.brk), sheet.max_row]
    room = (595 - (sheet.page_margins.top + sheet.page_margins.bottom) * 72) * 100 / sheet.page_setup.scale
    assert all(sum(heights[a:b]) <= room for a, b in pairwise(ends))
    assert len(ends) > 10
