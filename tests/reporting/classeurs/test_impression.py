"""Each sheet prints as it stands: paper, repeated headings, footer, page ends, charts."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from paqte.domain.documents.bilan import Bilan
from paqte.reporting.ooxml.sheets.pages import PrintedRow, page_breaks
from tests.reporting.mondes.bilans import fill
from tests.reporting.mondes.exemples import neant, volume
from tests.reporting.tiers.lecteurs import opened, part, parts, print_area

pytestmark = pytest.mark.lent

PRINTED = ("Bilan", "Qualité")
ON_SCREEN = ("Signataires", "Indicateurs", "Thématiques", "Actions", "Contexte")


@pytest.mark.parametrize("title", PRINTED)
def test_each_printed_sheet_has_its_paper_its_size_and_its_footer(title: str, workbook: bytes) -> None:
    sheet = opened(workbook)[title]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert (sheet.page_setup.scale or 100) == 100
    assert not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.freeze_panes
    assert "Loir-et-Cher (41) · 1er semestre 2026" in sheet.oddFooter.left.text
    assert "Page &P" in (sheet.oddFooter.right.text or "").replace("&[Page]", "&P").replace("&[Pages]", "&N")


@pytest.mark.parametrize("title", PRINTED)
def test_no_style_of_a_printed_cell_is_under_seven_points_and_a_half(title: str, workbook: bytes) -> None:
    sheet = opened(workbook)[title]
    sizes = {cell.font.size for row in sheet[print_area(sheet)] for cell in row if cell.value is not None}
    assert min(sizes) >= 7.5


@pytest.mark.parametrize("title", PRINTED)
def test_the_columns_of_a_printed_sheet_hold_on_its_page(title: str, workbook: bytes) -> None:
    sheet = opened(workbook)[title]
    pixels = sum(round(sheet.column_dimensions[get_column_letter(n)].width * 7) for n in range(1, 37))
    room = (210 / 25.4 - sheet.page_margins.left - sheet.page_margins.right) * 96
    assert 0.95 * room < pixels < 0.99 * room


@pytest.mark.parametrize("title", ON_SCREEN)
def test_a_sheet_of_detail_is_seen_and_does_not_print(title: str, workbook: bytes) -> None:
    """Its print area is one cell that bears nothing: neither program makes a page of it."""
    sheet = opened(workbook)[title]
    assert sheet.sheet_state == "visible"
    cell, last = (sheet[place] for place in print_area(sheet).split(":"))
    assert cell.coordinate == last.coordinate and cell.value is None and not cell.has_style
    assert cell.column > max(c.column for row in sheet.iter_rows() for c in row if c.value is not None)


def test_the_first_sheet_prints_to_its_last_row(workbook: bytes) -> None:
    sheet = opened(workbook)["Bilan"]
    last = max(cell.row for row in sheet.iter_rows() for cell in row if cell.value is not None)
    assert int(re.findall(r"\d+", sheet.print_area)[-1]) >= last


def test_what_is_as_long_as_there_are_signatories_stays_on_the_screen(workbook: bytes) -> None:
    """Corrections are printed; answers, warnings and the list of changed cells are read in the workbook."""
    book = opened(workbook)
    end = int(re.findall(r"\d+", book["Qualité"].print_area)[-1])
    rows = {}
    for name in ("corrections", "notes", "provenance", "avertissements", "ecarts", "completude", "reponses"):
        ((_, cells),) = book.defined_names[f"t_{name}"].destinations
        rows[name] = int(re.findall(r"\d+", cells)[0])
    printed = {name for name, row in rows.items() if row <= end}
    assert printed == {"corrections", "notes", "provenance"}
    assert "hors impression" in book["Qualité"].cell(end, 1).value


def test_repeated_headings_and_filter_follow_the_table(workbook: bytes, bilan: Bilan) -> None:
    sheet = opened(workbook)["Indicateurs"]
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.auto_filter.ref is None
    assert sheet.tables["Indicateurs"].autoFilter.ref == f"A1:U{1 + len(bilan.indicateurs)}"


def test_missing_figures_are_shaded_over_the_whole_column(workbook: bytes, bilan: Bilan) -> None:
    rules = opened(workbook)["Indicateurs"].conditional_formatting
    ranges = {str(rule.sqref): rule.rules[0].formula[0] for rule in rules}
    assert ranges[f"G2:G{1 + len(bilan.indicateurs)}"] == "LEN(G2)=0"


def test_a_group_that_does_not_fit_begins_the_next_page() -> None:
    rows = [PrintedRow(1, 60, False), PrintedRow(2, 30, True), PrintedRow(3, 30, False), PrintedRow(4, 30, False)]
    assert page_breaks(rows, 110) == [1]


def test_a_group_taller_than_a_page_is_cut_where_the_page_is_full() -> None:
    assert page_breaks([PrintedRow(n, 40, True) for n in range(1, 6)], 100) == [2, 4]


def test_repeated_rows_take_their_room_on_the_pages_that_follow() -> None:
    rows = [PrintedRow(n, 30, False) for n in range(1, 8)]
    assert page_breaks(rows, 100, repeated=35) == [3, 5]


def test_a_page_end_asked_for_in_the_template_is_kept() -> None:
    rows = [PrintedRow(n, 10, False) for n in range(1, 6)]
    assert page_breaks(rows, 100, forced=[2]) == [2]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(5, 90), min_size=1, max_size=9), st.integers(0, 20))
def test_pages_are_as_few_as_can_be_and_what_is_left_empty_is_shared(heights: list[int], repeated: int) -> None:
    """Against every way there is to cut: no other has fewer pages, nor, with as many, a deeper hole all in all."""
    room = 100
    whole, first = (room - repeated) * 0.98, room * 0.98
    heights = [min(height, int(whole)) for height in heights]
    rows = [PrintedRow(n, height, False) for n, height in enumerate(heights, start=1)]

    def holes(ends: tuple[int, ...]) -> tuple[int, float] | None:
        pages = [heights[a:b] for a, b in pairwise((0, *ends, len(heights)))]
        rooms = [first, *[whole] * (len(pages) - 1)]
        empty = [1 - sum(page) / r for page, r in zip(pages, rooms, strict=True)]
        if min(empty) < 0:
            return None
        return len(pages), sum(e**2 for e in empty[:-1]) + max(0, empty[-1] - 0.7) ** 2

    cuts = (c for n in range(len(rows)) for c in combinations(range(1, len(rows)), n))
    least = min(found for found in map(holes, cuts) if found is not None)
    ours = holes(tuple(page_breaks(rows, room, repeated=repeated)))
    assert ours is not None
    assert ours[0] == least[0]
    assert ours[1] == pytest.approx(least[1])


def test_what_a_chart_leaves_empty_before_it_is_shared_among_the_pages_before() -> None:
    """Ten rows, then a chart that does not fit below the last of them: five a page, and not eight and two."""
    rows = [PrintedRow(n, 12, False) for n in range(1, 11)]
    assert page_breaks([*rows, PrintedRow(11, 80, False)], 100) == [5, 10]


def test_no_page_of_the_bilan_is_overfull_nor_begins_with_a_chart_cut_in_two(template: bytes) -> None:
    sheet = opened(fill(volume(100), template))["Bilan"]
    ends = [0, *(b.id for b in sheet.row_breaks.brk), sheet.max_row]
    room = 842 - (sheet.page_margins.top + sheet.page_margins.bottom) * 72
    heights = [sum(sheet.row_dimensions[r].height or 12.75 for r in range(a + 1, b + 1)) for a, b in pairwise(ends)]
    assert len(heights) > 5
    assert max(heights[1:]) + sheet.row_dimensions[1].height <= room
    spans = [(c.anchor._from.row + 1, c.anchor.to.row) for c in sheet._charts]
    assert [end for end in ends for first, last in spans if first <= end < last] == []


def test_charts_follow_their_table_and_leave_a_gap_where_there_is_no_rate(workbook: bytes, bilan: Bilan) -> None:
    xml = part(workbook, "xl/charts/chart2.xml")
    codes = [i for i in bilan.indicateurs if i.axe == "SENSIBILISER"]
    values = re.search(r"<c:val>.*?</c:val>", xml, re.DOTALL)
    assert values
    assert f'ptCount val="{len(codes)}"' in values[0]
    absent = [rank for rank, i in enumerate(codes) if i.taux.valeur is None]
    points = [int(n) for n in re.findall(r'<c:pt idx="(\d+)">', values[0])]
    assert absent
    assert sorted(points + absent) == list(range(len(codes)))
    assert re.search(r'<c:dispBlanksAs val="gap" ?/>', xml)


def test_the_range_of_a_chart_is_the_rows_that_were_written(workbook: bytes, bilan: Bilan) -> None:
    book = opened(workbook)
    _, cells = next(iter(book.defined_names["t_axe_sensibiliser"].destinations))
    first, last = re.findall(r"\d+", cells)
    rows = re.findall(r"'Bilan'!\$[A-Z]+\$(\d+):\$[A-Z]+\$(\d+)", part(workbook, "xl/charts/chart2.xml"))
    assert {min(rows)[0], max(rows)[1]} == {first, last}


def test_one_row_in_the_template_becomes_all_the_semesters_in_the_chart(workbook: bytes, bilan: Bilan) -> None:
    assert part(workbook, "xl/charts/chart1.xml").count(f'ptCount val="{len(bilan.evolution)}"') == 4


def test_each_chart_has_an_alternative_text(workbook: bytes) -> None:
    described = re.findall(
        r'<(?:\w+:)?cNvPr id="\d+" name="[^"]+" descr="([^"]+)"', part(workbook, "xl/drawings/drawing1.xml")
    )
    assert len(described) == 5
    assert all("tableau juste au-dessus" in text for text in described)


def test_a_chart_without_any_figure_is_left_out_with_its_room(template: bytes) -> None:
    content = fill(neant(), template)
    assert "graphicFrame" not in part(content, "xl/drawings/drawing1.xml")
    assert part(content, "xl/worksheets/sheet1.xml").count('hidden="1"') > 40


def test_the_scale_of_a_chart_reaches_what_it_must_show(workbook: bytes) -> None:
    scales = [
        float(re.search(r'<c:max val="([\d.]+)"', part(workbook, f"xl/charts/chart{n}.xml"))[1]) for n in range(2, 6)
    ]  # type: ignore[index]
    assert min(scales) >= 1.25
    assert max(scales) > 1.333


def test_no_cell_of_a_figure_can_show_hash_signs(template: bytes) -> None:
    """A figure shrinks to its column rather than show ####."""
    styles = opened(template)
    for sheet, cells in (("Indicateurs", "E2:L5"), ("Thématiques", "F2:H5")):
        assert all(c.alignment.shrink_to_fit for row in styles[sheet][cells] for c in row)
    assert parts(template)
