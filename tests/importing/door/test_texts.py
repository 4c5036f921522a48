"""A text that somebody typed is that text for the door, whatever way its program keeps it."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from paqte.reporting.dessin.annotee import SheetToAnnotate, annotated_copy
from tests.importing.door.tableurs import MAIN, TIES, sheet_data, xlsx_parts, zipped
from tests.importing.door.test_hostile import LINKS, values

# What Excel takes for a character told by its number, and what it does not.
TYPED = ("_x0041_", "a_x000D_b", "_x005F_x0041_", "__x0041__x0042_", "_x41_", "x0041_", "_xZZZZ_")


def of_excel(text: str) -> str:
    """As Excel keeps a text: the sign that would begin a character is told by its own number."""
    return text.replace("_x", "_x005F_x")


def in_runs(text: str, at: int) -> str:
    return f"<r><t>{escape(text[:at])}</t></r><r><t>{escape(text[at:])}</t></r>"


def with_shared(elements: str, count: int) -> bytes:
    cells = "".join(f'<row><c t="s"><v>{rank}</v></c></row>' for rank in range(count))
    parts = xlsx_parts(sheet_data(cells))
    tie = f'<Relationship Id="r3" Type="{TIES}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    parts[LINKS] = str(parts[LINKS]).replace("</Relationships>", tie)
    return zipped({**parts, "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{elements}</sst>'})


def test_what_excel_writes_of_it_and_what_we_draw_of_it_are_read_as_it_was_typed() -> None:
    escaped = "".join(f"<si><t>{of_excel(text)}</t></si>" for text in TYPED)
    drawn = annotated_copy([SheetToAnnotate("Suivi", [(n, {0: text}) for n, text in enumerate(TYPED, start=1)])], [])
    typed = [[text] for text in TYPED]
    assert values(with_shared(escaped, len(TYPED))) == typed
    assert values(drawn) == typed


@pytest.mark.parametrize("at", range(1, 7))
def test_runs_of_one_text_are_put_together_and_no_character_is_told_across_two(at: int) -> None:
    runs = in_runs("_x0041_", at)
    assert values(with_shared(f"<si>{runs}</si>", 1)) == [["_x0041_"]]
    kept = f'<row><c t="inlineStr"><is>{runs}</is></c></row>'
    assert values(zipped(xlsx_parts(sheet_data(kept)))) == [["_x0041_"]]


def test_a_character_told_by_its_number_is_that_character() -> None:
    assert values(with_shared("<si><t>l1_x000A_l2_x0009_é</t></si>", 1)) == [["l1\nl2\té"]]
    assert values(with_shared("<si><r><t>_x0041_</t></r><r><t>b</t></r></si>", 1)) == [["Ab"]]


def test_a_number_whose_digits_stand_in_two_runs_is_one_number() -> None:
    cell = '<row><c t="inlineStr"><is><r><t>7328</t></r><r><t>2932</t></r></is></c></row>'
    assert values(zipped(xlsx_parts(sheet_data(cell)))) == [["73282932"]]
