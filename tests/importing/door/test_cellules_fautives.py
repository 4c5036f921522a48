"""A cell that holds no value says why, and what stands in it is told once wherever that is said."""

from __future__ import annotations

import pytest

from paqte.importing.door.cells import CellGiven
from tests.importing.door.tableurs import sheet_data, xlsx_parts, zipped
from tests.importing.door.test_hostile import read_here

FAULTY = {
    '<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>': ("#DIV/0!", "est en erreur"),
    '<c r="A1"><v>1e400</v></c>': ("1e400", "contient un nombre illisible"),
    '<c r="A1" s="2"><v>0x1F</v></c>': ("0x1F", "contient un nombre illisible"),
    '<c r="A1" s="1"><v>NaN</v></c>': ("NaN", "contient un nombre illisible"),
    '<c r="A1" s="1"><v>9999999999</v></c>': ("9999999999", "contient une date hors du calendrier"),
    '<c r="A1" t="d"><v>2026-06-31</v></c>': ("2026-06-31", "contient une date illisible"),
    '<c r="A1" t="zz"><v>12</v></c>': ("12", "est d’un type inconnu"),
}


def read(cell: str) -> CellGiven:
    content = zipped(xlsx_parts(sheet_data(f'<row r="1">{cell}</row>')))
    return next(iter(read_here(content)[0].rows())).cells[0]


@pytest.mark.parametrize(("cell", "told"), FAULTY.items(), ids=[text for text, _ in FAULTY.values()])
def test_R16_what_cannot_be_read_is_told_as_it_stands_and_quoted_once(cell: str, told: tuple[str, str]) -> None:
    found, (text, why) = read(cell), told
    assert found.texte == text
    assert found.reason == f"Cette cellule {why} : corrigez-la, ou videz-la."
    assert found.fault == f"Cette cellule {why} ({text}) : corrigez-la, ou videz-la."


def test_R16_a_formula_never_calculated_has_nothing_to_quote_and_a_value_has_no_fault() -> None:
    found = read('<c r="A1"><f>5+7</f><v></v></c>')
    assert found.texte == "" and found.fault == found.reason != ""
    assert read('<c r="A1"><v>12</v></c>').fault == ""
