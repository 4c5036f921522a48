"""One spelling is one value by xlsx, ods, CSV and form: the right one, or a refusal in the same words (R16)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from paqte.domain.calendrier.periodes import read_period
from paqte.domain.declarations.champs import NUMBER, FieldAsked
from paqte.domain.saisie.dates import read_date
from paqte.domain.saisie.nombres import COMPTE, QUANTITE, read_number
from paqte.importing.door.apart import sheets_of
from tests.importing.door.tableurs import Value, a_csv, an_ods, an_xlsx, as_text

# Spelling -> as a whole count, as a quantity; None is a refusal.
NUMBERS: list[tuple[Value, int | None, str | None]] = [
    ("1 234,5", None, "1234.5"),
    ("1\u00a0234,5", None, "1234.5"),
    ("1\u202f234,5", None, "1234.5"),
    ("1.234,5", None, None),
    ("1,234.5", None, None),
    ("12,0", 12, "12"),
    ("12.0", 12, "12"),
    ("12%", None, None),
    ("150%", None, None),
    (1.5, None, "1.5"),
    ("-3", None, None),
    (-3, None, None),
    ("1e3", None, None),
    ("1E400", None, None),
    ("NaN", None, None),
    ("inf", None, None),
    ("１２", None, None),
    ("١٢", None, None),
    ("½", None, None),
    ("²", None, None),
    ("O", None, None),
    ("l2", None, None),
    ("1_000", None, None),
    ("0x10", None, None),
    ("+5", None, None),
    (" 7 ", 7, "7"),
    ("7 personnes", None, None),
    ("~10", None, None),
    (">10", None, None),
    ("10-12", None, None),
    ("néant", None, None),
    ("NC", None, None),
    ("/", None, None),
    ("?", None, None),
    ("-", None, None),
    ("–", None, None),
    (True, None, None),
    (0, 0, "0"),
    (0.1 + 0.2, None, "0.3"),
    (99999999999999999999, None, None),
    (9007199254740993, None, None),
    ("12\u200b", None, None),
    ("'12", None, None),
    ("1 2", None, None),
    ("12\n", 12, "12"),
    ("(12)", None, None),
    ("12 €", None, None),
    (1234.0, 1234, "1234"),
    (1.234, None, None),
]

DATES: list[tuple[Value, date | None]] = [
    ("30/06/2026", date(2026, 6, 30)),
    ("30/6/26", None),
    ("2026-06-30", date(2026, 6, 30)),
    ("2026-06-31", None),
    ("06/30/2026", None),
    ("31 décembre 2026", date(2026, 12, 31)),
    ("S1 2026", None),
    ("1er semestre 2026", None),
    ("2026 S1", None),
    ("2026-s1", None),
    ("2026-S3", None),
    ("1S2026", None),
    (46203, None),
    ("46203", None),
    ("29/02/2026", None),
    ("29/02/2028", date(2028, 2, 29)),
    ("01/01/1900", None),
    ("31/12/9999", None),
    ("30.06.2026", date(2026, 6, 30)),
    (datetime(2026, 6, 30, 23, 59, 59), date(2026, 6, 30)),  # noqa: DTZ001
    ("12:00:00", None),
]
PERIODS = {
    "S1 2026": "2026-S1", "1er semestre 2026": "2026-S1", "2026 S1": "2026-S1", "2026-s1": "2026-S1",
    "1S2026": "2026-S1", "2026-T4": "2026-T4", "t3 2026": "2026-T3", "Troisième trimestre 2026": "2026-T3",
    "Année 2025": "2025", "2026-S3": None, "30/06/2026": None, "S1 26": None, "T5 2026": None,
    "2e quadrimestre 2026": None,
}  # fmt: skip


def typed_by_each_door(values: list[Value]) -> dict[str, list[str]]:
    """What each door hands to the typing of the domain, value by value; the form hands what is typed there."""
    rows: list[list[Value]] = [["x", value, "x"] for value in values]
    read = {}
    for kind, content in (("xlsx", an_xlsx(rows)), ("ods", an_ods(rows)), ("csv", a_csv(rows))):
        found = list(sheets_of(kind, content)[0].rows())
        assert [row.numero for row in found] == list(range(1, len(values) + 1))
        read[kind] = [row.cells[1].texte if 1 in row.cells else "" for row in found]
    return {**read, "form": [as_text(value) for value in values]}


@pytest.mark.parametrize(("kind", "rank"), [(COMPTE, 1), (QUANTITE, 2)])
def test_R16_a_number_is_the_same_by_a_workbook_of_excel_or_libreoffice_a_csv_and_a_form(kind: str, rank: int) -> None:
    asked = FieldAsked(1, "valeur", NUMBER, nombre=kind)
    for door, texts in typed_by_each_door([given[0] for given in NUMBERS]).items():
        for (spelling, *expected), text in zip(NUMBERS, texts, strict=True):
            wanted = expected[rank - 1]
            if wanted is None:
                with pytest.raises(ValueError, match=r" : |façons"):
                    asked.read(text)
            else:
                assert asked.read(text) == read_number(text, kind) == Decimal(wanted), (door, spelling, text)


def test_R16_a_number_refused_is_refused_in_the_same_words_by_every_door() -> None:
    asked = FieldAsked(1, "valeur", NUMBER, nombre=COMPTE)
    refused = [spelling for spelling, count, _ in NUMBERS if count is None and not isinstance(spelling, bool | float)]
    said: dict[str, list[str]] = {}
    for door, texts in typed_by_each_door(refused).items():
        for text in texts:
            with pytest.raises(ValueError, match=" ") as fault:
                asked.read(text)
            said.setdefault(door, []).append(str(fault.value))
    assert said["xlsx"] == said["ods"] == said["csv"] == said["form"]


def test_R12_a_day_is_the_same_by_every_door_or_is_refused() -> None:
    for door, texts in typed_by_each_door([spelling for spelling, _ in DATES]).items():
        for (spelling, wanted), text in zip(DATES, texts, strict=True):
            if wanted is None:
                with pytest.raises(ValueError, match="31/12/2026"):
                    read_date(text)
            else:
                assert read_date(text) == wanted, (door, spelling, text)


def test_R11_a_period_is_the_same_by_every_door_and_a_day_names_none() -> None:
    for door, texts in typed_by_each_door(list(PERIODS)).items():
        for (spelling, wanted), text in zip(PERIODS.items(), texts, strict=True):
            if wanted is None:
                with pytest.raises(ValueError, match="2026-S1"):
                    read_period(text)
            else:
                assert read_period(text).code == wanted, (door, spelling)
