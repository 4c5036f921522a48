"""What a third reader sees is what was written; a workbook edited, foreign or damaged is refused with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.documents.bilan import Bilan
from paqte.reporting.ooxml.parts.package import MAIN
from paqte.reporting.ooxml.sheets.references import column_number
from paqte.reporting.relecture.relecture import RelectureRefused
from tests.reporting.mondes.bilans import fill, read_back
from tests.reporting.mondes.exemples import neant
from tests.reporting.tiers.lecteurs import packed, parts, saved_by_openpyxl

pytestmark = pytest.mark.lent

_SHEET = r"xl/worksheets/sheet[0-9]+[.]xml"


def test_meta_and_figures_are_read_back_as_the_bilan_gave_them(bilan: Bilan, workbook: bytes) -> None:
    relu = read_back(workbook)
    assert (relu.departement, relu.periode, relu.edition) == ("41", "2026-S1", 2)
    assert (relu.sha256, relu.gabarit, relu.catalogue) == (bilan.sha256, "2026.3", "2019.1")
    for row, line in zip(relu.tableaux["t_indicateurs"], bilan.indicateurs, strict=True):
        assert row["Code"] == line.code
        assert row["Réalisé au semestre"] == line.realise.valeur
        assert row["Depuis le début"] == line.cumul.valeur
        assert row["Taux de réalisation"] == line.taux.valeur
        assert row["Réponses attendues"] == line.du


def test_every_table_is_read_back_with_its_rows(bilan: Bilan, workbook: bytes) -> None:
    counts = {name: len(rows) for name, rows in read_back(workbook).tableaux.items()}
    assert counts["t_signataires"] == len(bilan.signataires)
    assert counts["t_thematiques"] == len(bilan.thematiques)
    assert counts["t_reponses"] == len(bilan.reponses)
    assert counts["t_evolution"] == len(bilan.evolution)
    assert (counts["t_neant"], counts["t_nettoyages"]) == (0, 0)


def test_dates_and_percentages_are_given_back_as_they_were(bilan: Bilan, workbook: bytes) -> None:
    tables = read_back(workbook).tableaux
    share = next(r for r in tables["t_contexte"] if r["Code"] == "part_population")
    assert (share["Valeur"], share["Date"]) == (Decimal("4.6"), "2022-01-01")
    on_page = next(r for r in tables["t_axe_sensibiliser"] if r["Code"] == "S2p")
    (given,) = (line.realise.valeur for line in bilan.indicateurs if line.code == "S2p")
    assert on_page["Réalisé au semestre"] == given == Decimal("11.4")


def test_a_workbook_only_saved_again_by_another_program_is_read_the_same(workbook: bytes) -> None:
    assert read_back(saved_by_openpyxl(workbook)) == read_back(workbook)


def with_prefix(content: bytes) -> bytes:
    """Every element of every sheet under a prefix, as some programs write them."""

    def named(xml: str) -> str:
        return re.sub(r"<(/?)(\w+)(?=[\s/>])", r"<\1x:\2", xml).replace(" xmlns=", " xmlns:x=", 1)

    sheets = {n: named(d.decode()).encode() for n, d in parts(content).items() if "worksheets/sheet" in n}
    return packed({**parts(content), **{n: data for n, data in sheets.items() if n.endswith(".xml")}})


def strict(content: bytes) -> bytes:
    """Strict Open XML: the names of another world, and days in letters."""
    saved = saved_by_openpyxl(content, lambda book: setattr(book, "iso_dates", True))
    schemas = b"http://schemas.openxmlformats.org"
    return packed(
        {
            name: data.replace(schemas + b"/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main")
            .replace(schemas + b"/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/")
            for name, data in parts(saved).items()
        }
    )  # fmt: skip


def without_addresses(content: bytes) -> bytes:
    """Rows and cells one behind the other, blank ones told, as programs that write no address do."""

    def placed(xml: str) -> str:
        sheet = ElementTree.fromstring(xml)
        held = sheet.find(f"{MAIN}sheetData")
        assert held is not None
        rows = {int(row.get("r", "0")): row for row in held}
        held[:] = [rows.get(rank, ElementTree.Element(f"{MAIN}row")) for rank in range(1, max(rows, default=0) + 1)]
        for row in held:
            row.attrib.pop("r", None)
            cells = {column_number(str(c.get("r")).rstrip("0123456789")): c for c in row}
            row[:] = [cells.get(n, ElementTree.Element(f"{MAIN}c")) for n in range(1, max(cells, default=0) + 1)]
            for cell in row:
                cell.attrib.pop("r", None)
        return ElementTree.tostring(sheet, encoding="unicode", default_namespace=None)

    ElementTree.register_namespace("", MAIN[1:-1])
    sheets = {n: placed(d.decode()).encode() for n, d in parts(content).items() if re.fullmatch(_SHEET, n)}
    return packed({**parts(content), **sheets})


@pytest.mark.parametrize("spell", [with_prefix, strict, without_addresses])
def test_a_workbook_that_says_the_same_otherwise_is_read_the_same(
    workbook: bytes, spell: Callable[[bytes], bytes]
) -> None:
    """Seen red: refused as no bilan, though the door of trackers reads such files."""
    odd = spell(workbook)
    assert odd != workbook
    assert read_back(odd) == read_back(workbook)


def test_a_bilan_that_says_neant_is_read_back_with_no_row(template: bytes) -> None:
    relu = read_back(fill(neant(), template))
    assert relu.champs["b_entreprises"] == 0
    assert relu.tableaux["t_signataires"] == ()


def _change_a_figure(book: Any) -> None:
    book["Indicateurs"]["G6"] = 64


def _change_a_count(book: Any) -> None:
    place = next(iter(book.defined_names["b_entreprises"].destinations))
    book["Bilan"][place[1].replace("$", "")] = 81


def _change_the_period(book: Any) -> None:
    book["_meta"]["B7"] = "2026-S2"


def _put_a_formula(book: Any) -> None:
    book["Indicateurs"]["G6"] = "=60+3"


def _remove_a_row(book: Any) -> None:
    book.defined_names["t_signataires"].attr_text = "Signataires!$A$5:$N$27"


@pytest.mark.parametrize(
    "change", [_change_a_figure, _change_a_count, _change_the_period, _put_a_formula, _remove_a_row]
)
def test_a_workbook_edited_since_is_refused_and_says_so(change: Callable[[Any], None], workbook: bytes) -> None:
    with pytest.raises(RelectureRefused, match="modifié après sa production"):
        read_back(saved_by_openpyxl(workbook, change))


@pytest.mark.parametrize("content", [b"", b"bonjour", b"PK\x03\x04", packed({"a": b"b"})])
def test_what_is_not_a_workbook_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(RelectureRefused, match="Classeur refusé : "):
        read_back(content)


def test_the_template_itself_and_any_other_workbook_are_not_a_bilan(template: bytes) -> None:
    import io

    import openpyxl

    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    for content in (template, buffer.getvalue()):
        with pytest.raises(RelectureRefused, match="ce n’est pas un bilan du PAQTE"):
            read_back(content)


@given(st.data())
def test_a_workbook_damaged_anywhere_is_refused_or_reads_the_same(workbook: bytes, data: st.DataObject) -> None:
    whole = bytearray(workbook)
    for _ in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        relu = read_back(bytes(whole))
    except RelectureRefused:
        return
    assert relu == read_back(workbook)
