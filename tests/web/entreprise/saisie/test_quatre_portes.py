"""One spelling by a posted form and by a tracker in xlsx, ods and CSV: the same value kept, or the same words (R16)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from paqte.importing.door import WorkbookGiven
from paqte.importing.door.apart import sheets_of
from paqte.models import Declaration, Realisation, db
from paqte.services.imports import OutcomeSaid, SheetMapping, apply_tracker, rehearse_tracker
from tests.factories import CAMILLE, a_convention, a_signataire, a_siren
from tests.importing.door.tableurs import Value, a_csv, an_ods, an_xlsx, as_text
from tests.importing.door.test_equal_doors import DATES, NUMBERS
from tests.web.entreprise.conftest import NOW, T3, Maison
from tests.web.entreprise.saisie.test_nombres import beside

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
FORMATS: dict[str, Callable[..., bytes]] = {"xlsx": an_xlsx, "ods": an_ods, "csv": a_csv}
HEADINGS: list[Value] = ["SIREN", "Indicateur", "Période", "Réalisé", "Date"]
TARGETS = dict(enumerate(("identifiant", "indicateur", "periode", "valeur", "date")))
# What each kind of answer is: its indicator, the column and the field of the form that hold what is spelled.
COUNT, DECIMAL, DAY = ("R3", 3, "R3"), ("X1", 3, "X1"), ("R1", 4, "R1_date")
# In a file, the word is the tick that stands beside the number on the page; a cell that holds 1.234 as a number has
# one reading, what is typed so has two. Each is refused or read in words of its own.
APART: tuple[Value, ...] = ("néant", 1.234)
SPELLED = [spelling for spelling, *_ in NUMBERS if spelling not in APART]
# A day after the period is another fault than its spelling: those two have neighbours within it.
DAYS: list[Value] = [s for s, day in DATES if not isinstance(s, datetime) and (day is None or day <= T3.dernier_jour)]


def row_of(rank: int, code: str, column: int, spelling: Value) -> list[Value]:
    values: list[Value] = [a_siren(rank), code, T3.code, "1" if column == DAY[1] else "", ""]
    return [*values[:column], spelling, *values[column + 1 :]]


def taken(kind: str, rows: Sequence[list[Value]], take: Callable[..., Any]) -> Sequence[OutcomeSaid]:
    sheets = sheets_of(kind, FORMATS[kind]([HEADINGS, *rows]))
    mapping = [SheetMapping(sheets[0].titre, 1, TARGETS, "")]
    given: dict[str, Any] = {"workbook": WorkbookGiven(kind, tuple(sheets)), "mapping": mapping, "now": NOW}
    lines: Sequence[OutcomeSaid] = take(actor=CAMILLE, departement="41", nom="suivi", subjects={"realisation"}, **given)
    return lines


def kept_of(keys: Sequence[int], column: int) -> list[Any]:
    """What each convention has answered, None for none."""
    part = Realisation.datee_du if column == DAY[1] else Realisation.valeur
    query = select(Declaration.convention_id, part).join(Declaration, Declaration.id == Realisation.declaration_id)
    found = dict(map(tuple, db.session.execute(query)))
    db.session.rollback()
    return [found.get(key) for key in keys]


def by_files(app: Flask, kind: str, asked: tuple[str, int, str], spellings: Sequence[Value]) -> list[Any]:
    """For each spelling the value that an import keeps, else the sentence that refuses its cell."""
    code, column, _ = asked
    first = 100 * (1 + list(FORMATS).index(kind))
    ranks = range(first, first + len(spellings))
    with app.app_context():
        keys = [a_convention(a_signataire(f"N° {rank}", siren=a_siren(rank)), code) for rank in ranks]
        rows = [row_of(rank, code, column, spelling) for rank, spelling in zip(ranks, spellings, strict=True)]
        said = {line.ligne - 2: line for line in taken(kind, rows, rehearse_tracker) if line.attendu}
        assert {line.colonne for line in said.values()} <= {"DE"[column - 3]}, "the very cell is named"
        taken(kind, [row for place, row in enumerate(rows) if place not in said], apply_tracker)
        kept = kept_of(keys, column)
    return [said[place].attendu if place in said else kept[place] for place in range(len(spellings))]


def by_form(maison: Maison, asked: tuple[str, int, str], spellings: Sequence[Value]) -> list[Any]:
    """The same of a form that is posted."""
    code, column, name = asked
    more = {"X1": {"X1_precision": "Un vélo"}, "R1": {"R1": "1"}}.get(code, {})
    told: list[Any] = []
    for spelling in spellings:
        answer = maison.type("relire", **{**more, f"{code}_neant": "", name: as_text(spelling)})
        kept = maison.answer(code)
        value = (kept.datee_du if column == DAY[1] else kept.valeur or 0) if kept else None
        told.append(beside(answer.text, maison.name(name)) or value)
    return told


def plainly(told: Any) -> str:
    """A value or a sentence, whatever its blanks and its trailing zeros."""
    if isinstance(told, str):
        return told.removeprefix("Erreur : ").replace("\u202f", " ").replace("\u00a0", " ")
    return f"{told:f}".rstrip("0").rstrip(".") or "0" if hasattr(told, "as_tuple") else str(told)


@pytest.mark.parametrize("asked", [COUNT, DECIMAL], ids=["count", "quantity"])
def test_R16_a_number_posted_is_what_the_three_files_say_or_is_refused_in_the_same_words(
    maison: Maison, asked: tuple[str, int, str]
) -> None:
    posted = by_form(maison, asked, SPELLED)
    compare(maison.app, asked, SPELLED, posted)


def test_R12_a_day_posted_is_what_the_three_files_say_or_is_refused_in_the_same_words(maison: Maison) -> None:
    spelled = [*DAYS, "30 juin 2026", "29/02/2024"]
    compare(maison.app, DAY, spelled, by_form(maison, DAY, spelled))


def compare(app: Flask, asked: tuple[str, int, str], spelled: Sequence[Value], posted: Sequence[Any]) -> None:
    wrong = []
    for kind in FORMATS:
        filed = by_files(app, kind, asked, spelled)
        told = zip(spelled, map(plainly, posted), map(plainly, filed), strict=True)
        wrong += [(kind, spelling, form, file) for spelling, form, file in told if form != file]
    assert wrong == []
