"""Neighbours of the spellings that were agreed on: what a keyboard, a spreadsheet or another country makes of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from paqte.domain.declarations.champs import NUMBER, FieldAsked
from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.nombres import COMPTE, EUROS, QUANTITE
from tests.importing.door.tableurs import Value, sheet_data, xlsx_parts, zipped
from tests.importing.door.test_equal_doors import typed_by_each_door
from tests.importing.door.test_hostile import read_here

NOT, WHOLE, NEGATIVE = "n’est pas un nombre", "doit être entier", "ne peut pas être négatif"
TWO_WAYS, PART = "peut se lire de deux façons", "n’est pas un nombre complet"
LARGE, LONG = "trop grand", "deux décimales"
# Spelling -> as a whole count, a quantity, euros: its value, or words of its refusal.
NUMBERS: list[tuple[Value, str, str, str]] = [
    ("\u22123", NEGATIVE, NEGATIVE, NEGATIVE),  # the minus of mathematics
    ("\u2212", NOT, NOT, NOT),
    ("-0", NEGATIVE, NEGATIVE, NEGATIVE),
    ("1\u2009234", "1234", "1234", "1234"),  # thin, figure and no-break spaces
    ("1\u2007234", "1234", "1234", "1234"),
    ("1\u00a0234\u00a0567", "1234567", "1234567", "1234567"),
    ("1 234,50 €", NOT, NOT, "1234.5"),
    ("12,5\u00a0€", NOT, NOT, "12.5"),
    ("€ 12", NOT, NOT, NOT),
    ("12 k€", NOT, NOT, NOT),
    ("1.234,5", TWO_WAYS, TWO_WAYS, TWO_WAYS),
    ("1,234", TWO_WAYS, TWO_WAYS, TWO_WAYS),
    ("1.234.567", TWO_WAYS, TWO_WAYS, TWO_WAYS),
    ("1 234.5", WHOLE, "1234.5", "1234.5"),
    ("12 %", NOT, NOT, NOT),
    ("１２", NOT, NOT, NOT),
    ("１ ２３４", NOT, NOT, NOT),
    ("1e3", NOT, NOT, NOT),
    ("1E3", NOT, NOT, NOT),
    ("12.", PART, PART, PART),
    (".5", PART, PART, PART),
    ("012", "12", "12", "12"),
    ("3 000,00", "3000", "3000", "3000"),
    ("3,14159", WHOLE, LONG, LONG),
    ("1'234", NOT, NOT, NOT),
    ("12\u2060", NOT, NOT, NOT),
    ("\ufeff12", NOT, NOT, NOT),
    ("12h30", NOT, NOT, NOT),
    ("2147483648", LARGE, "2147483648", "2147483648"),
    (3000.0, "3000", "3000", "3000"),
    (1e15, LARGE, LARGE, LARGE),
]
DATES: list[tuple[Value, date | str]] = [
    ("31/02/2026", "n’existe pas au calendrier"),
    ("00/06/2026", "n’existe pas au calendrier"),
    ("30/13/2026", "n’existe pas au calendrier"),
    ("30/06/26", "en quatre chiffres"),
    ("30/06/0026", "hors de 1950–2100"),
    ("2026-06-30T12:00:00", date(2026, 6, 30)),
    ("2026-06-30 12:00", "n’est pas une date"),
    ("30/06/2026 23:59", "n’est pas une date"),
    ("46203", "n’est pas une date"),
    ("46203,5", "n’est pas une date"),
    ("20260630", "n’est pas une date"),
    ("juin 2026", "n’est pas une date"),
    ("mardi 30 juin 2026", "n’est pas une date"),
    ("２０２６-06-30", "n’est pas une date"),
    ("3/7/2026", date(2026, 7, 3)),
    ("30-06-2026", date(2026, 6, 30)),
    ("30.6.2026", date(2026, 6, 30)),
    ("2026/06/30", date(2026, 6, 30)),
    ("2026-6-30", date(2026, 6, 30)),
    ("30\u00a0juin\u00a02026", date(2026, 6, 30)),
    ("1er juillet 2026", date(2026, 7, 1)),
    ("30/06/2026\u00a0", date(2026, 6, 30)),
]


def read_or_said(asked: FieldAsked, text: str) -> str:
    try:
        return str(asked.read(text))
    except ValueError as refused:
        return str(refused)


@pytest.mark.parametrize(("kind", "rank"), [(COMPTE, 0), (QUANTITE, 1), (EUROS, 2)])
def test_R16_a_neighbour_of_a_spelling_is_its_value_or_a_named_refusal_by_every_door(kind: str, rank: int) -> None:
    asked = FieldAsked(1, "valeur", NUMBER, nombre=kind)
    for door, texts in typed_by_each_door([given[0] for given in NUMBERS]).items():
        for (spelling, *expected), text in zip(NUMBERS, texts, strict=True):
            found, wanted = read_or_said(asked, text), expected[rank]
            same = Decimal(found) == Decimal(wanted) if wanted[0].isdigit() else wanted in found
            assert same, (door, spelling, found)


def test_R12_a_neighbour_of_a_day_is_that_day_or_a_named_refusal_by_every_door() -> None:
    for door, texts in typed_by_each_door([spelling for spelling, _ in DATES]).items():
        for (spelling, wanted), text in zip(DATES, texts, strict=True):
            if isinstance(wanted, date):
                assert read_date(text) == wanted, (door, spelling)
            else:
                with pytest.raises(ValueError, match=wanted):
                    read_date(text)


def test_R12_a_day_that_a_workbook_keeps_in_its_own_way_is_the_one_it_shows() -> None:
    """An hour behind it, letters instead of a number, a count from 1904, and a number that nothing says to be a day."""
    cells = (
        '<row><c s="1"><v>46203</v></c><c s="1"><v>46203.5</v></c><c t="d"><v>2026-06-30T12:00:00</v></c>'
        '<c s="1"><v>60</v></c><c><v>46203</v></c></row>'
    )
    expected = {
        "": [date(2026, 6, 30)] * 3 + ["n’est pas une date|hors de|n’existe pas", "n’est pas une date"],
        '<workbookPr date1904="1"/>': [
            date(2030, 7, 1), date(2030, 7, 1), date(2026, 6, 30), "hors de", "n’est pas une date"
        ],
    }  # fmt: skip
    for book, wanted in expected.items():
        row = next(iter(read_here(zipped(xlsx_parts(sheet_data(cells), book=book)))[0].rows()))
        for place, day in enumerate(wanted):
            text = row.cells[place].texte
            if isinstance(day, date):
                assert read_date(text) == day, (book, place)
            else:
                with pytest.raises(ValueError, match=str(day)):
                    read_date(text)
