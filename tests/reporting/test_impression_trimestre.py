"""The sheets of the quarterly export print at a size that people read, and their pages say what they are."""

from __future__ import annotations

import pytest
from openpyxl.utils import get_column_letter

from paqte.domain.compte_rendu import CompteRendu
from paqte.reporting.classeur import fill
from paqte.reporting.format_trimestre import FORMAT_TRIMESTRE
from paqte.reporting.gabarit import read_template
from tests.reporting.exemples_trimestre import exemple_trimestre
from tests.reporting.lecteurs import opened, part

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


def test_the_enterprises_print_on_two_pages_side_by_side_at_a_size_that_people_read(workbook: bytes) -> None:
    sheet = opened(workbook)["Entreprises"]
    (end,) = [b.id for b in sheet.col_breaks.brk]
    widths = [sheet.column_dimensions[get_column_letter(n)].width * 7 for n in range(1, sheet.max_column + 1)]
    pages = [sum(widths[:end]), sum(widths[:2]) + sum(widths[end:])]
    assert max(pages) * sheet.page_setup.scale / 100 <= ROOM
    assert 8.5 * sheet.page_setup.scale / 100 >= 7.5
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.pageOrder == "overThenDown"


def test_both_pages_of_the_enterprises_bear_the_names_and_the_headings(workbook: bytes) -> None:
    sheet = opened(workbook)["Entreprises"]
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$B", "$4:$4")
    titles = sorted(str(r) for r in sheet.merged_cells.ranges if r.min_row < 3)
    assert titles == ["A1:K1", "A2:K2"]


def test_what_a_sheet_says_of_its_pages_comes_in_the_order_that_excel_asks_for(workbook: bytes) -> None:
    """Another order opens in LibreOffice, and Excel offers to repair the file."""
    order = ("<pageMargins", "<pageSetup", "<headerFooter", "<rowBreaks", "<colBreaks", "<ignoredErrors", "<drawing")
    for number in range(1, len(FORMAT_TRIMESTRE.feuilles) + 1):
        xml = part(workbook, f"xl/worksheets/sheet{number}.xml")
        found = [xml.index(tag) for tag in order if tag in xml]
        assert found == sorted(found), number
