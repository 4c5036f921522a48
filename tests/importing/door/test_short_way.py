"""The short way through plain cells says the same as the long one, of honest files and of all the others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paqte.domain.erreurs import Refused
from paqte.importing.door import xlsx_sheet
from paqte.importing.door.xml import walk
from tests.importing.door.tableurs import a_csv, an_xlsx, sheet_data, xlsx_parts, zipped
from tests.importing.door.test_hostile import GOOD, HOSTILE, ODD, read_here, values, with_sheet

CELL = '<c r="A1"{}>{}</c>'
# Cells that look plain and are not, each in a row of its own, and rows that are in no order.
NEARLY = [
    *(f'<row r="1">{CELL.format(kind, inner)}</row>' for kind, inner in (
        ("", "<v>1&#50;</v>"), ("", "<v>１２</v>"), ("", "<v>²</v>"), ("", "<v> 12\n</v>"), ("", "<v></v>"), ("", ""),
        ("", "<v>0012</v>"), ("", "<v>-7</v>"), ("", "<v>1e400</v>"), ("", "<v>0.30000000000000004</v>"),
        ("", "<v>12</v><v>13</v>"), ("", "<is><t>12</t></is>"), ("", "<v>1<!-- 2 --></v>"), ("", "x<v>12</v>y"),
        ("", "<f>1+1</f><v>2</v>"), (' s="1"', "<v>46203</v>"), (' s="2"', "<v>0.5</v>"), (' s="01"', "<v>46203</v>"),
        (' s="999"', "<v>12</v>"), (' t="s"', "<v>0</v>"), (' t="s"', "<v>-1</v>"), (' t="s"', "<v></v>"),
        (' t="s"', ""), (' t="b"', "<v>1</v>"), (' t="e"', "<v>#REF!</v>"), (' t="d"', "<v>2026-06-30</v>"),
        (' t="str"', "<v>a_x000A_b</v>"), (' t="str"', "<is><t>a</t></is>"), (' t="inlineStr"', "<v>a</v>"),
        (' t="inlineStr"', "<is><t>a_x0041_b</t></is>"), (' t="inlineStr"', "<is><t>l1\r\nl2</t></is>"),
        (' t="inlineStr"', '<is><t xml:space="preserve"> a  </t></is>'), (' t="inlineStr"', "<is><t/></is>"),
        (' t="inlineStr"', "<is><r><t>a</t></r></is>"), (' t="inlineStr"', "<is><t>Œ &amp; Cie</t></is>"),
        (' t="inlineStr"', f"<is><t>{'x' * 32_768}</t></is>"), (' t="zz"', "<v>1</v>"), (' cm="1"', "<v>1</v>"),
        (' t="n" t="n"', "<v>1</v>"),
    )),
    '<row r="2"><c r="A1"><v>1</v></c></row>', '<row r="0"><c r="A0"><v>1</v></c></row>', "<row><c><v>1</v></c></row>",
    '<row r="3"><c r="A3"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
    '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>', '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
    '<row r="1"><c r="OK1"><v>1</v></c></row>', '<row r="1" r="1"><c r="A1"><v>1</v></c></row>',
    '<row r="1" x14ac:dyDescent="0.2"><c r="A1"><v>1</v></c></row>', '<row\u00a0r="1"><c r="A1"><v>1</v></c></row>',
    '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>text', '<row r="1"/><row r="2"><c r="A2"/></row>',
    '<row r="1"><c r="A1"><v>1</v></c></row><oops',
]  # fmt: skip


def said(content: bytes) -> object:
    try:
        return read_here(content)
    except Refused as refused:
        return str(refused)


def both_ways(content: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    short = said(content)
    with monkeypatch.context() as patch:
        patch.setattr(xlsx_sheet, "MOST_OCTETS", -1)
        return short, said(content)


@pytest.mark.parametrize("name", [*HOSTILE, *ODD])
def test_a_hostile_or_odd_file_is_read_or_refused_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = ODD[name]() if name in ODD else HOSTILE[name][0]()
    short, long = both_ways(content, monkeypatch)
    assert short == long


@pytest.mark.parametrize("rows", NEARLY)
def test_what_is_nearly_plain_is_read_or_refused_alike(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for before in ("", '<dimension ref="A1"/>'):
        short, long = both_ways(with_sheet(rows, before=before), monkeypatch)
        assert short == long
    cut = with_sheet(rows, '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    short, long = both_ways(cut, monkeypatch)
    assert short == long


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8) | st.integers() | st.floats(), max_size=4), max_size=5))
def test_any_cells_are_read_or_refused_alike(rows: list[list[object]]) -> None:
    # What XML cannot hold, no writer writes.
    told = [[v if not isinstance(v, str) else "".join(c for c in v if c.isprintable()) for v in row] for row in rows]
    with pytest.MonkeyPatch.context() as patch:
        short, long = both_ways(an_xlsx(told), patch)  # type: ignore[arg-type]
    assert short == long


def test_plain_cells_take_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or it would not be worth its lines: the sheet itself is never walked tag by tag."""

    def walked(archive: object, part: str, *handlers: object) -> None:
        assert "worksheets" not in part, "the long way"
        walk(archive, part, *handlers)  # type: ignore[arg-type]

    monkeypatch.setattr(xlsx_sheet, "walk", walked)
    assert values(zipped(xlsx_parts(sheet_data(GOOD)))) == [["SIRET"], ["12"]]
    with pytest.raises(AssertionError, match="the long way"):
        values(an_xlsx([["Œuvre & fils"]]))


def test_a_sheet_of_one_thing_too_many_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the short way counted before it gave up is not counted again by the long one."""
    monkeypatch.setattr("paqte.importing.door.limits.MOST_CELLS", 4)
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>1</v></c><c r="C1"><v>1</v></c></row>'
    assert len(read_here(with_sheet(rows + '<row r="2"><c r="A2"><f>1</f><v>1</v></c></row>'))[0].lines) == 2
    assert "cellules remplies" in str(said(with_sheet(rows + '<row r="2"><c r="A2"/><c r="B2"><f>1</f><v>1</v></c>'
                                                      '<c r="C2"><v>1</v></c></row>')))  # fmt: skip
    assert values(a_csv([["a", "b"]])) == [["a", "b"]]
