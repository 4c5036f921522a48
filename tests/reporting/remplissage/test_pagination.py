"""A table that goes on to another page repeats its headings there, and nobody counts them as rows of data."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from paqte.domain.documents.bilan import Bilan
from tests.reporting.mondes.bilans import fill, read_back
from tests.reporting.mondes.exemples import exemple, volume
from tests.reporting.mondes.exemples_nombreux import crowded as many
from tests.reporting.tiers.lecteurs import opened, part, with_part

pytestmark = pytest.mark.lent

HEADINGS = ["Entreprise", "Commune", "Catégorie", "Axes", "Convention", "État"]


def written(content: bytes, name: str = "t_entreprises") -> tuple[list[list[object]], int, list[int]]:
    """The rows of a table of the sheet Bilan, without their empty cells, its first row, and where pages begin."""
    book = opened(content)
    ((title, cells),) = book.defined_names[name].destinations
    rows = [[c.value for c in row if c.value is not None] for row in book[title][cells]]
    first = int(re.findall(r"\d+", cells)[0])
    return rows, first, [b.id + 1 for b in book[title].row_breaks.brk]


def test_each_page_that_a_table_goes_on_to_begins_with_its_headings(template: bytes) -> None:
    rows, first, pages = written(fill(volume(150), template))
    begun = [page - first for page in pages if first < page < first + len(rows)]
    assert len(begun) >= 2
    assert [rows[n] for n in begun] == [HEADINGS] * len(begun)
    assert [n for n, row in enumerate(rows) if row == HEADINGS] == begun
    assert all(row != HEADINGS for n in begun for row in (rows[n - 1], rows[n + 1]))


def test_headings_written_again_are_read_back_by_nobody_as_a_row(template: bytes) -> None:
    document = volume(150)
    read = read_back(fill(document, template)).tableaux
    listed = [s for s in document.signataires if s.nature == "entreprise" and not s.dispositifs.startswith("Charte")]
    assert len(read["t_entreprises"]) == len(listed)
    assert HEADINGS[0] not in {row["Entreprise"] for row in read["t_entreprises"]}


def test_the_digest_of_the_tables_is_that_of_their_rows_whatever_the_pages(template: bytes) -> None:
    """The same document on a page twice as high has other ends of pages, and the same digest."""
    high = with_paper(template, "8")
    one, other = fill(volume(150), template), fill(volume(150), high)
    assert written(one)[2] != written(other)[2]
    assert read_back(one).champs["b_meta_tableaux"] == read_back(other).champs["b_meta_tableaux"]


def with_paper(template: bytes, size: str) -> bytes:
    """A template whose first sheet prints on another paper."""
    return with_part(
        template, "xl/worksheets/sheet1.xml", lambda xml: re.sub(r'(paperSize=")\d+', rf"\g<1>{size}", xml)
    )


@pytest.fixture(scope="module")
def crowded() -> Bilan:
    """An axis of forty indicators: its table goes on to other pages, and so do the bars of its chart."""
    base = exemple()
    one = next(i for i in base.indicateurs if i.axe == "SENSIBILISER" and i.taux.valeur is not None)
    more = tuple(replace(one, code=f"S{n}", libelle=f"{one.libelle} {n}") for n in range(100, 140))
    return replace(base, indicateurs=(*base.indicateurs, *more))


def test_a_chart_shows_no_bar_for_headings_written_again(template: bytes, crowded: Bilan) -> None:
    content = fill(crowded, template)
    rows, first, _ = written(content, "t_axe_sensibiliser")
    again = [first + n for n, row in enumerate(rows) if "Indicateur" in row]
    assert again
    xml = part(content, "xl/charts/chart2.xml")
    for formula in re.findall(r"<(?:\w+:)?f>([^<]*Bilan[^<]*)</", xml):
        spans = [(int(a), int(b)) for a, b in re.findall(r"\$[A-Z]+\$(\d+):\$[A-Z]+\$(\d+)", formula)]
        shown = [row for a, b in spans for row in range(a, b + 1)]
        assert shown == [row for row in range(first, first + len(rows)) if row not in again]
    assert f'ptCount val="{len(rows) - len(again)}"' in xml


@pytest.mark.parametrize("signatories", [1, 12, 20, 21, 22, 47])
def test_no_page_ends_inside_a_chart_however_many_signatories_come_before_it(template: bytes, signatories: int) -> None:
    """Read by another program: where its charts lie, and after which rows a page ends."""
    sheet = openpyxl.load_workbook(io.BytesIO(fill(many(signatories, 3), template)))["Bilan"]
    ends = [brk.id for brk in sheet.row_breaks.brk]
    lain = [(c.anchor._from.row + 1, c.anchor.to.row + (c.anchor.to.rowOff > 0)) for c in sheet._charts]
    assert lain and ends
    assert [(end, chart) for end in ends for chart in lain if chart[0] <= end < chart[1]] == []


@pytest.mark.parametrize("corrections", range(2, 50, 3))
def test_no_printed_page_bears_a_single_row_however_long_the_list_before_it(template: bytes, corrections: int) -> None:
    """Above all the sentence that ends the printed part of « Qualité », under a list of any length."""
    base = many(12, 2)
    listed = tuple(
        replace(base.corrections[0], signataire=f"Signataire {n} (fictif)", motif="Deux contrats oubliés " * (n % 4))
        for n in range(corrections)
    )
    book = openpyxl.load_workbook(io.BytesIO(fill(replace(base, corrections=listed), template)))
    for title in ("Bilan", "Qualité"):
        assert [page for page in printed_pages(book[title]) if len(page) < 2] == []


def printed_pages(sheet: Worksheet) -> list[list[int]]:
    """The rows of each page that bear something and are seen, those printed again on each page left out."""
    last = max(int(row) for row in re.findall(r"\$(\d+)$", sheet.print_area, re.MULTILINE))
    again = range(*(int(n) + end for end, n in enumerate(re.findall(r"\d+", sheet.print_title_rows or "0:0"))))
    pages: list[list[int]] = [[]]
    for row in range(1, last + 1):
        if row not in again and not sheet.row_dimensions[row].hidden and any(cell.value for cell in sheet[row]):
            pages[-1].append(row)
        if row < last and row in {brk.id for brk in sheet.row_breaks.brk}:
            pages.append([])
    return pages
