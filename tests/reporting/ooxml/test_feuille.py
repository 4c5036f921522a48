"""A sheet that comes back from another program: what it holds, and its texts as they are shown."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from paqte.reporting.ooxml.parts.package import MAIN
from paqte.reporting.ooxml.sheets.sheet import Sheet, parse_filled_sheet
from paqte.reporting.ooxml.sheets.strings import element, text_of

FORMATTED = "".join(f'<row r="{n}"><c r="A{n}" s="1"/><c r="B{n}" s="2" /></row>' for n in range(3, 500))


def a_sheet(rows: str) -> Sheet:
    xml = f'<worksheet xmlns="{MAIN[1:-1]}"><sheetData>{rows}</sheetData></worksheet>'
    return parse_filled_sheet("Suivi", "xl/a.xml", xml.encode())


def places(sheet: Sheet) -> list[tuple[int, int, str]]:
    return [(n, c.colonne, c.contenu) for n, row in sheet.lignes.items() for c in row.cellules]


def test_rows_that_are_only_formatted_are_no_cells() -> None:
    first = '<row r="1"><c r="A1" s="1"/><c r="B1"><v>12</v></c></row>'
    last = '<row r="501"><c r="A501"><v>3</v></c></row>'
    assert places(a_sheet(first + FORMATTED + last)) == [(1, 2, "<v>12</v>"), (501, 1, "<v>3</v>")]


@pytest.mark.parametrize(
    "text", ['<![CDATA[<c r="A2"/>]]>', 'a<!-- <c r="A2"/> -->b', "x&lt;c/&gt;", 'x="&lt;c r=&quot;A2&quot;/>"']
)
def test_a_text_that_looks_like_an_empty_cell_loses_nothing(text: str) -> None:
    inner = f"<is><t>{text}</t></is>"
    assert places(a_sheet(f'<row r="1"><c r="A1" t="inlineStr">{inner}</c></row>'))[0][2] == inner


@pytest.mark.parametrize("text", ["_x000D_", "a_x0041_b", "_x005F_x000D_", "rien"])
@pytest.mark.parametrize("told", [element, lambda text: f"<si><t>{text.replace('_x', '_x005F_x')}</t></si>"])
def test_a_text_is_read_the_same_from_our_two_runs_and_from_the_escapes_of_another_program(
    text: str, told: object
) -> None:
    assert callable(told)
    si = ElementTree.fromstring(f'<x xmlns="{MAIN[1:-1]}">{told(text)}</x>')[0]
    assert text_of(si) == text


def test_what_no_cell_of_ours_holds_is_not_read_into_one() -> None:
    si = ElementTree.fromstring(f'<si xmlns="{MAIN[1:-1]}"><t>a_x000D__x000A_b_x0000_c_xD800_</t></si>')
    assert text_of(si) == "a\nbc"
