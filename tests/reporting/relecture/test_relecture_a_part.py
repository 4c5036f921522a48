"""Whatever file is handed in, reading it gives what it says or a sentence, in bounded time and memory."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paqte.reporting.ooxml.parts.package import PaquetRefused, open_package
from paqte.reporting.relecture import relecture_a_part
from paqte.reporting.relecture.relecture import RelectureRefused, texts_of
from paqte.reporting.relecture.relecture_a_part import read_apart
from tests.reporting.mondes.bilans import read_back
from tests.reporting.tiers.lecteurs import packed, parts, saved_by_openpyxl, with_part

pytestmark = pytest.mark.lent


def test_a_whole_workbook_read_apart_says_what_it_says_when_read_back(workbook: bytes) -> None:
    said, relu = read_apart(workbook), read_back(workbook)
    assert (said.departement, said.periode, said.edition) == (relu.departement, relu.periode, str(relu.edition))
    assert said.tableaux == {name: texts_of(rows) for name, rows in relu.tableaux.items()}


def test_of_an_altered_workbook_what_can_still_be_read_is_told(workbook: bytes) -> None:
    def put_a_formula(book: object) -> None:
        book["Indicateurs"]["G6"] = "=60+3"  # type: ignore[index]

    said = read_apart(saved_by_openpyxl(workbook, put_a_formula))
    assert "t_indicateurs" not in said.tableaux
    assert said.tableaux["t_signataires"] == read_apart(workbook).tableaux["t_signataires"]


def _meta(workbook: bytes) -> str:
    return next(n for n, data in parts(workbook).items() if b"Ce que lisent les programmes" in data)


def _huge_number(workbook: bytes) -> bytes:
    return with_part(workbook, _meta(workbook), lambda xml: xml.replace("<v>1</v>", "<v>1E999999999</v>"))


def _name_over_a_whole_sheet(workbook: bytes) -> bytes:
    return with_part(workbook, "xl/workbook.xml", lambda xml: xml.replace("$A$5", "$A$5:$XFD$1048576"))


def _mountain_of_merges(workbook: bytes) -> bytes:
    merges = "</sheetData><mergeCells>" + '<mergeCell ref="A1:XFD9"/>' * 60_000 + "</mergeCells>"
    return with_part(workbook, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("</sheetData>", merges, 1))


def _entity(workbook: bytes) -> bytes:
    return with_part(workbook, "xl/worksheets/sheet1.xml", lambda xml: '<!DOCTYPE a [<!ENTITY b "c">]>' + xml)


def _million_rows(workbook: bytes) -> bytes:
    rows = "<sheetData>" + '<row r="9"><c r="A9"/></row>' * 10**6
    return with_part(workbook, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<sheetData>", rows, 1))


@pytest.mark.parametrize("spoil", [_huge_number, _name_over_a_whole_sheet, _mountain_of_merges, _entity, _million_rows])
def test_a_hostile_file_hurts_nobody(spoil: object, workbook: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relecture_a_part, "SECONDS", 4)
    start = time.monotonic()
    try:
        said = read_apart(spoil(workbook))  # type: ignore[operator]
    except RelectureRefused as refused:
        assert refused.reason
    else:
        assert said.departement == "41"
    assert time.monotonic() - start < 30


def test_a_part_that_inflates_beyond_what_it_says_is_refused_without_being_inflated() -> None:
    content = bytearray(packed({"[Content_Types].xml": b"", "xl/workbook.xml": b" " * 60_000_000}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # the size, in each part's two headers
        start = content.rfind(mark)
        content[start + place : start + place + 4] = (3_000).to_bytes(4, "little")
    tracemalloc.start()
    try:
        with pytest.raises(PaquetRefused, match="abîmé ou incomplet"):
            open_package(bytes(content))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_reader_that_takes_too_long_is_stopped_with_a_sentence(
    workbook: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relecture_a_part, "SECONDS", 0.001)
    with pytest.raises(RelectureRefused, match="demande trop de temps ou de mémoire"):
        read_apart(workbook)


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_damaged_anywhere_is_refused_or_says_something(workbook: bytes, data: st.DataObject) -> None:
    whole = bytearray(workbook)
    for _ in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        said = read_apart(bytes(whole))
    except RelectureRefused:
        return
    assert said.departement == "41"
