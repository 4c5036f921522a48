"""Every workbook that leaves the product is read equal, cell for cell, by programs that are not ours."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.merge import MergedCellRange

from paqte.reporting.dessin.annotee import RemarkToWrite, SheetToAnnotate, annotated_copy
from paqte.reporting.dessin.listes import ListSheet, draw_list
from paqte.reporting.ooxml.parts.package import open_package
from tests.fixtures_classeurs import AS_OPENPYXL_DOES
from tests.fixtures_libreoffice import Bureau
from tests.reporting.mondes.classeurs_exemples import FILLED, MODELES, every_workbook
from tests.reporting.mondes.classeurs_simples import NAMES as SIMPLES
from tests.reporting.mondes.classeurs_simples import NUMBERED, ODD, drawn_workbooks
from tests.reporting.tiers.lecteurs import opened, part, parts, read_with_openpyxl
from tests.reporting.tiers.lecteurs_tiers import DU_VERROU, SI_PRESENTS, Cells, Lecteur, read_with_libreoffice, said

pytestmark = pytest.mark.lent

NAMES = (*FILLED, *MODELES)


@pytest.fixture(scope="module")
def read_by_libreoffice(bureau: Bureau) -> dict[str, Cells]:
    return read_with_libreoffice(bureau, {name: w.octets for name, w in every_workbook().items()})


def expected(name: str, *, is_typed: bool = True) -> dict[tuple[str, int, int], object]:
    return said(read_with_openpyxl(every_workbook()[name].octets), is_typed=is_typed)


def unlike(found: dict[tuple[str, int, int], object], wanted: dict[tuple[str, int, int], object]) -> list[object]:
    places = sorted({*found, *wanted})
    return [(p, found.get(p), wanted.get(p)) for p in places if found.get(p) != wanted.get(p)]


def test_the_workbooks_read_here_are_all_those_that_the_product_makes() -> None:
    assert tuple(every_workbook()) == NAMES
    assert all(len(expected(name)) > 150 for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lecteur", DU_VERROU, ids=lambda lecteur: lecteur.nom)
def test_each_program_of_the_lock_reads_every_cell(lecteur: Lecteur, name: str) -> None:
    found = said(lecteur.lit(every_workbook()[name].octets), is_typed=lecteur.is_typed)
    assert unlike(found, expected(name, is_typed=lecteur.is_typed)) == []


def styles_of(content: bytes) -> tuple[list[object], list[str]]:
    """Each cell with its value and the numbers of its style, and what each number of border is."""
    book = load_workbook(io.BytesIO(content))
    cells = [(s.title, place, c.value, type(c), *c._style) for s in book for place, c in s._cells.items()]
    return cells, [repr(border) for border in book._borders]


@pytest.mark.parametrize("name", ("bilan", "export"))
def test_merged_cells_formatted_once_are_as_openpyxl_formats_them(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    once = styles_of(every_workbook()[name].octets)
    monkeypatch.setattr(MergedCellRange, "format", AS_OPENPYXL_DOES)
    assert once == styles_of(every_workbook()[name].octets)


@pytest.mark.tableur
@pytest.mark.parametrize("name", NAMES)
def test_libreoffice_reads_every_cell(read_by_libreoffice: dict[str, Cells], name: str) -> None:
    assert unlike(said(read_by_libreoffice[name], is_typed=True), expected(name)) == []


@pytest.mark.tableur
def test_what_is_drawn_from_nothing_is_read_equal_too(bureau: Bureau) -> None:
    """The form that companies fill, a table with its remarks, a consolidation, a list: by the six of each run."""
    made = drawn_workbooks()
    assert tuple(made) == SIMPLES
    by_libreoffice = read_with_libreoffice(bureau, made)
    for name, octets in made.items():
        wanted = read_with_openpyxl(octets)
        assert {text.strip() for text in map(str, wanted.values())} >= {text.strip() for text in ODD}, name
        assert unlike(said(by_libreoffice[name], is_typed=True), said(wanted, is_typed=True)) == [], name
        for lecteur in DU_VERROU:
            found = said(lecteur.lit(octets), is_typed=lecteur.is_typed)
            assert unlike(found, said(wanted, is_typed=lecteur.is_typed)) == [], (name, lecteur.nom)


@pytest.mark.tableur
def test_what_somebody_typed_as_excel_tells_a_character_is_read_as_typed(bureau: Bureau) -> None:
    """« _x0041_ » is no « A »: in a cell, the heading of a table and a remark alike.

    Of those of each run, excelize alone decodes it: it puts the runs of a text together first, unlike Excel.
    """
    sheets = [SheetToAnnotate("Suivi", [(n, {0: text}) for n, text in enumerate(NUMBERED, start=1)])]
    copie = annotated_copy(sheets, [RemarkToWrite("Suivi", 1, "A", "lu _x0041_")])
    listed = ListSheet("Liste", NUMBERED, [NUMBERED])
    liste = draw_list(listed, par="Camille", fait_le=datetime(2026, 11, 2, 9, tzinfo=UTC))
    told = {
        "copie": {("Suivi", n, 1): text for n, text in enumerate(NUMBERED, start=1)},
        "liste": {("Liste", row, n): text for row in (1, 2) for n, text in enumerate(NUMBERED, start=1)},
    }
    made = {"copie": copie, "liste": liste}
    assert {n: said(cells, is_typed=True) for n, cells in read_with_libreoffice(bureau, made).items()} == told
    for lecteur in (one for one in DU_VERROU if one.nom != "excelize"):
        assert {n: said(lecteur.lit(o), is_typed=True) for n, o in made.items()} == told, lecteur.nom
    assert "_x0041_" not in part(copie, "xl/comments1.xml")
    assert opened(copie)["Suivi"]["A1"].comment.text == "lu _x0041_"
    assert 'name="_x005F_x0041_"' in part(liste, "xl/tables/table1.xml")


@pytest.mark.parametrize("name", SIMPLES)
def test_what_is_drawn_from_nothing_keeps_no_text_in_its_cell(name: str) -> None:
    found = parts(drawn_workbooks()[name])
    sheets = [data.decode() for path, data in found.items() if path.startswith("xl/worksheets/sheet")]
    assert sum(xml.count(' t="s"') for xml in sheets) > 10
    assert not any("inlineStr" in xml or "<is>" in xml for xml in sheets)


@pytest.mark.parametrize(("lecteur", "is_here", "remede"), SI_PRESENTS, ids=lambda given: getattr(given, "nom", ""))
def test_a_program_that_this_machine_has_reads_every_cell(
    lecteur: Lecteur, is_here: Callable[[], bool], remede: str
) -> None:
    if not is_here():
        pytest.skip(f"{lecteur.nom} n’est pas sur cette machine. Pour l’ajouter à cet essai : {remede}")
    every = {name: workbook.octets for name, workbook in every_workbook().items()} | drawn_workbooks()
    for name, octets in every.items():
        found, wanted = lecteur.lit(octets), read_with_openpyxl(octets)
        assert unlike(*(said(cells, is_typed=lecteur.is_typed) for cells in (found, wanted))) == [], name


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_kept_in_its_cell_and_none_bears_an_attribute_it_does_not_need(name: str) -> None:
    """R openxlsx prints the attribute, pylightxl loses the text: cells number a part that all programs know."""
    found = parts(every_workbook()[name].octets)
    sheets = [data.decode() for path, data in found.items() if path.startswith("xl/worksheets/sheet")]
    assert not any("inlineStr" in xml or "<is>" in xml for xml in sheets)
    assert sum(xml.count(' t="s"') for xml in sheets) > 100
    strings = found["xl/sharedStrings.xml"].decode()
    kept = re.findall(r'<t xml:space="preserve">([^<]*)</t>', strings)
    assert [text for text in kept if text == text.strip()] == []
    assert strings.count("<si>") == int(re.findall(r'uniqueCount="(\d+)"', strings)[0])


@pytest.mark.parametrize("name", NAMES)
def test_every_drawing_and_chart_names_its_elements_with_the_usual_prefixes(name: str) -> None:
    """exceljs looks for « xdr:wsDr », and opens nothing of a workbook whose drawing has another root."""
    paquet = open_package(every_workbook()[name].octets)
    drawn = [n for n in paquet.parts if re.fullmatch(r"xl/(drawings/drawing|charts/chart)\d+\.xml", n)]
    assert bool(drawn) or name.endswith("neant")
    for drawing in drawn:
        xml = paquet.parts[drawing].decode()
        assert re.match(r"(<\?xml[^>]*>\s*)?<(xdr:wsDr|c:chartSpace)[ >]", xml), drawing
        assert re.findall(r"<(?![?/!])(?!(?:xdr|c|a):)[^>]*>", xml) == [], drawing
        assert "xmlns=" not in xml


@pytest.mark.parametrize("name", SIMPLES)
def test_every_tie_is_told_from_where_it_stands_and_remarks_are_where_excel_keeps_them(name: str) -> None:
    """exceljs finds no table tied from the root of the file; pylightxl opens remarks as « xl/comments1.xml » alone."""
    found = parts(drawn_workbooks()[name])
    ties = [data.decode() for path, data in found.items() if path.endswith(".rels")]
    assert len(ties) > 1
    assert [xml for xml in ties if 'Target="/' in xml] == []
    remarks = [path for path in found if "comment" in path]
    assert remarks == (["xl/comments1.xml"] if name == "copie-annotee" else [])
