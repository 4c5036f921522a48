"""What a row of a file asks for does not grow with the file: twice the rows are twice the work, in every function."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from types import CodeType, FrameType
from typing import Any

import pytest
from sqlalchemy import Engine, event

from paqte.services.imports import CREATED, guess_mapping, rehearse_tracker
from tests.factories import CAMILLE, a_departement, a_siret
from tests.services.imports.test_tracker import a_workbook

pytestmark = pytest.mark.usefixtures("session")
HEADINGS = ["Raison sociale", "SIRET", "Contact", "Courriel", "Date de signature",
            "Objectif stages 3e", "Stages de 3e réalisés S1 2026"]  # fmt: skip
FEW = 12


def calls_for(rows: int, now: datetime) -> Counter[CodeType]:
    """How often each function of the product is called as so many new companies are seen."""
    counted = Counter[CodeType]()

    def count(frame: FrameType, what: str, _: Any) -> None:
        if what == "call" and "/paqte/" in frame.f_code.co_filename:
            counted[frame.f_code] += 1

    watched(count, lambda: seen(rows, now))
    return counted


def seen(rows: int, now: datetime) -> None:
    told = [
        [f"Usine {n} (fictif)", a_siret(2_000 + n), f"Léa {n}", f"lea{n}@exemple.fr", "02/01/2026", "9", "4"]
        for n in range(rows)
    ]
    workbook = a_workbook([HEADINGS, *told])
    mapping = guess_mapping(workbook)
    lines = rehearse_tracker(
        actor=CAMILLE, departement="41", workbook=workbook, mapping=mapping, nom="suivi.csv", now=now
    )
    assert {line.resultat for line in lines} == {CREATED}


def watched(watch: Callable[[FrameType, str, Any], None], act: Callable[[], object]) -> None:
    former = sys.getprofile()
    sys.setprofile(watch)
    try:
        act()
    finally:
        sys.setprofile(former)


def test_no_function_is_called_more_than_twice_as_often_for_twice_the_rows(now: datetime) -> None:
    a_departement("41")
    few = calls_for(FEW, now)
    many = calls_for(2 * FEW, now)
    assert len(few) > 200, "the file was seen"
    grown = {code.co_qualname: (few[code], n) for code, n in many.items() if n > 4 * FEW and n > 2.2 * few[code]}
    assert grown == {}


def test_a_file_that_is_only_seen_writes_no_line_of_the_journal_even_on_its_copy(now: datetime) -> None:
    written: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT"):
            written.append(statement.split()[2].strip('"'))

    a_departement("41")
    event.listen(Engine, "before_cursor_execute", note)
    try:
        seen(2, now)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert {"signataire", "convention", "declaration"} <= set(written)
    assert not {"journal", "journal_personne"} & set(written)
