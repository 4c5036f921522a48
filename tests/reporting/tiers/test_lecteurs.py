"""Every workbook that leaves the product is read equal, cell for cell, by programs that are not ours."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from paqte.reporting.ooxml.parts.package import open_package
from tests.fixtures_libreoffice import Bureau
from tests.reporting.mondes.classeurs_exemples import FILLED, MODELES, every_workbook
from tests.reporting.mondes.classeurs_simples import NAMES as SIMPLES
from tests.reporting.mondes.classeurs_simples import ODD, drawn_workbooks
from tests.reporting.tiers.lecteurs import parts, read_with_openpyxl
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


@pytest.mark.tableur
@pytest.mark.parametrize("name", NAMES)
def test_libreoffice_reads_every_cell(read_by_libreoffice: dict[str, Cells], name: str) -> None:
    assert unlike(said(read_by_libreoffice[name], is_typed=True), expected(name)) == []


@pytest.mark.tableur
def test_what_is_drawn_from_nothing_is_read_equal_too(bureau: Bureau) -> None:
    """The form that companies fill, the copy of a table with its remarks, a consolidation: by the five of each run."""
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


@pytest.mark.parametrize(("lecteur", "is_here", "remede"), SI_PRESENTS, ids=lambda given: getattr(given, "nom", ""))
def test_a_program_that_this_machine_has_reads_every_cell(
    lecteur: Lecteur, is_here: Callable[[], bool], remede: str
) -> None:
    if not is_here():
        pytest.skip(f"{lecteur.nom} n’est pas sur cette machine. Pour l’ajouter à cet essai : {remede}")
    for name in NAMES:
        found = said(lecteur.lit(every_workbook()[name].octets), is_typed=lecteur.is_typed)
        assert unlike(found, expected(name, is_typed=lecteur.is_typed)) == [], name


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
    for part in drawn:
        xml = paquet.parts[part].decode()
        assert re.match(r"(<\?xml[^>]*>\s*)?<(xdr:wsDr|c:chartSpace)[ >]", xml), part
        assert re.findall(r"<(?![?/!])(?!(?:xdr|c|a):)[^>]*>", xml) == [], part
        assert "xmlns=" not in xml
