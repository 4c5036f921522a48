"""What comes out of the printer, read back by another program from the PDF that LibreOffice makes of the workbooks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import pairwise

import pdfplumber
import pytest
from pdfplumber.page import Page

from paqte.reporting.classeurs.compte_rendu import FORMAT as FORMAT_TRIMESTRE
from tests.fixtures_libreoffice import Bureau
from tests.reporting.mondes.bilans import fill, read_template
from tests.reporting.mondes.exemples import neant
from tests.reporting.mondes.exemples_nombreux import LONG, crowded
from tests.reporting.mondes.exemples_trimestre import exemple_trimestre

# Margins of a page, in points: the footer is below.
TOP, FOOT = 26.0, 38.0
# What a page before another bears, at least, of what it can.
FULL = 0.66
LINES = (15, 18, 21, 24, 28)
EXPORTS = ("export", *(f"export-{n}" for n in LINES))
BANDEAU = "Bilan semestriel du PAQTE · "
HEADINGS = (
    "Entreprise Commune Catégorie Axes Convention État",
    "Signataire Commune Nature Axes Convention État",
    "Signataire Commune Catégorie Nature Charte État",
    "Code Indicateur Objectif",
    "Signataire Période Indicateur Avant Après Motif",
)


@dataclass(frozen=True, slots=True)
class Printed:
    """The pages of a PDF: the size of their smallest letter, their lines in order, what share of each bears ink."""

    tailles: tuple[float, ...]
    lignes: tuple[tuple[str, ...], ...]
    remplissages: tuple[float, ...]

    @property
    def text(self) -> str:
        return "\n".join(line for page in self.lignes for line in page)


def read_pdf(content: bytes) -> Printed:
    sizes, lines, filled = [], [], []
    with pdfplumber.open(BytesIO(content)) as pdf:
        for page in pdf.pages:
            sizes.append(min(c["size"] for c in page.chars if c["text"].strip()))
            edge = page.height - FOOT
            body = page.crop((0, TOP, page.width, edge))
            # Lines are found by where they stand, not by the order in which the program wrote them.
            said = (line["text"] for line in body.extract_text_lines(return_chars=False))
            lines.append(tuple(line for line in said if not line.startswith(BANDEAU)))
            filled.append((_lowest_ink(page) - TOP) / (edge - TOP))
    return Printed(tuple(sizes), tuple(lines), tuple(filled))


def _lowest_ink(page: Page) -> float:
    """How low, in points, the page bears anything that is seen above its footer: a letter that is cut off is not."""
    drawn = page.to_image(resolution=72, antialias=True).original.convert("L")
    dark = drawn.point([255 if shade < 200 else 0 for shade in range(256)])
    seen = dark.crop((0, 0, drawn.width, drawn.height - int(FOOT))).getbbox()
    return float(seen[3]) if seen else TOP


@pytest.fixture(scope="module")
def printed(bureau: Bureau) -> dict[str, Printed]:
    template, quarterly = read_template(), read_template(FORMAT_TRIMESTRE.gabarit)
    rows = exemple_trimestre()
    names = [replace(rows.entreprises[0], nom=LONG.format(n), convention=f"41-{n:03}") for n in range(150)]
    lines = rows.thematiques
    # As many lines of thématiques as natures of signatories give (R38): the chart follows them wherever they end.
    more = {f"export-{n}": replace(rows, thematiques=(lines * 3)[:n]) for n in LINES}
    made = {name: fill(document, quarterly, FORMAT_TRIMESTRE) for name, document in more.items()}
    made |= {
        "moyen": fill(crowded(25, 10), template),
        "grand": fill(crowded(150, 40), template),
        "vide": fill(neant(), template),
        "export": fill(replace(rows, entreprises=tuple(names)), quarterly, FORMAT_TRIMESTRE),
    }
    return {name: read_pdf(content) for name, content in bureau.printed(made).items()}


@pytest.mark.parametrize(("name", "most"), [("moyen", 12), ("grand", 20), ("vide", 4), ("export", 10)])
def test_a_document_has_so_many_pages_at_most(printed: dict[str, Printed], name: str, most: int) -> None:
    assert len(printed[name].lignes) <= most


@pytest.mark.parametrize("name", ["moyen", "grand", "vide", "export"])
def test_nothing_is_printed_under_seven_points_and_a_half(printed: dict[str, Printed], name: str) -> None:
    assert min(printed[name].tailles) >= 7.45


@pytest.mark.parametrize("name", ["moyen", "grand", *EXPORTS])
def test_no_page_before_another_is_left_half_empty(printed: dict[str, Printed], name: str) -> None:
    """The last page of a sheet may be: the title of the next one begins a page."""
    pages = printed[name]
    followed = [n for n in range(len(pages.lignes) - 1) if not _begins_a_sheet(pages.lignes, n + 1)]
    assert len(followed) >= 2
    assert {n + 1: round(pages.remplissages[n], 2) for n in followed if pages.remplissages[n] < FULL} == {}


@pytest.mark.parametrize("name", ["moyen", "grand", "vide", "export"])
def test_no_page_holds_one_line_alone(printed: dict[str, Printed], name: str) -> None:
    """The titles that a sheet repeats at the top of each page are not what a page holds."""
    pages = printed[name].lignes
    titles = [0, *(sum(a == b for a, b in zip(one[:2], other[:2], strict=False)) for one, other in pairwise(pages))]
    assert [n for n, lines in enumerate(pages, start=1) if len(lines) - titles[n - 1] < 3] == []


@pytest.mark.parametrize("name", ["moyen", "grand"])
def test_each_page_that_a_table_goes_on_to_begins_with_its_headings(printed: dict[str, Printed], name: str) -> None:
    """A row of the list of enterprises, or of an axis, is never the first of a page; a remark may be."""
    row = re.compile(r"\d\d/\d\d/\d{4} – \d\d/\d\d/\d{4}|^[SFRAX]\d\w* (?!: |20\d\d )")
    for lines in printed[name].lignes:
        first = next((n for n, line in enumerate(lines) if row.search(line)), None)
        if first is not None:
            assert any(heading in line for line in lines[:first] for heading in HEADINGS), lines[: first + 1]


def test_each_long_list_repeats_its_headings_as_many_times_as_it_has_pages(printed: dict[str, Printed]) -> None:
    pages = [page for page in printed["grand"].lignes if any(HEADINGS[0] in line for line in page)]
    assert len(pages) >= 4


def test_corrections_are_told_by_signatory_and_changed_cells_are_not_printed(printed: dict[str, Printed]) -> None:
    text = printed["grand"].text
    assert text.count("Deux contrats oubliés") == 19
    assert "Case changée" not in text
    assert "Corrections depuis l’édition précédente, par signataire" in text


def test_forty_long_actions_are_all_told_and_say_where_they_go_on(printed: dict[str, Printed]) -> None:
    text = printed["grand"].text
    assert {int(n) for n in re.findall(r"Action (\d+), menée", text)} == set(range(40))
    assert len(re.findall(r"texte entier : feuille\s+«", text)) == 40


@pytest.mark.parametrize("axis", ["Sensibiliser", "Former", "Recruter", "Acheter"])
def test_a_chart_is_on_a_page_of_its_table(printed: dict[str, Printed], axis: str) -> None:
    for name in ("moyen", "grand"):
        (page,) = [p for p in printed[name].lignes if any(f"{axis} : réalisé depuis le début" in line for line in p)]
        assert any("Code Indicateur" in line for line in page)


def _begins_a_sheet(pages: tuple[tuple[str, ...], ...], rank: int) -> bool:
    """A sheet that bears its title on each of its pages begins where the page before does not."""
    titles = ("Qualité des réponses", "Analyse et propositions", "Les 14 thématiques")
    title = next((t for t in titles if pages[rank][0].startswith(t)), None)
    return title is not None and not pages[rank - 1][0].startswith(title)
