"""A tracker of 10,000 rows and 40 columns read and checked, against calamine and one insertion of the same values."""

from __future__ import annotations

import gc
import io
import resource
import sqlite3
import statistics
from collections.abc import Callable, Iterator
from contextlib import closing

from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from paqte.importing.door import read_spreadsheet
from paqte.importing.tracker.tables import find_tables
from tests.bench.mesure import Figure

LINES, COLUMNS, ROUNDS = 10_000, 40, 5


def figures() -> Iterator[Figure]:
    """In processor time, that of the reading process included; turn by turn."""
    content = _tracker()
    ours, floor, by_openpyxl = _medians(lambda: _read(content), lambda: _floor(content), lambda: _openpyxl(content))
    what = f"tableau de {LINES} lignes sur {COLUMNS} colonnes lu et contrôlé"
    yield Figure(f"{what} / lu par calamine et inséré", ours / floor, 1.5, ROUNDS)
    yield Figure("le même lu par openpyxl / même plancher", by_openpyxl / floor, None, ROUNDS)


def _read(content: bytes) -> None:
    assert find_tables(read_spreadsheet(content))


def _floor(content: bytes) -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE valeur (ligne INTEGER, colonne INTEGER, valeur)")
        told = ((line, column, value) for line, row in enumerate(rows) for column, value in enumerate(row))
        base.executemany("INSERT INTO valeur VALUES (?, ?, ?)", told)
        base.commit()


def _openpyxl(content: bytes) -> None:
    for row in load_workbook(io.BytesIO(content), read_only=True).worksheets[0].iter_rows(values_only=True):
        assert row


def _tracker() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Suivi")
    sheet.append(["SIRET", "Raison sociale", *(f"Colonne {rank}" for rank in range(COLUMNS - 2))])
    for line in range(LINES):
        cells = [_cell(line, column) for column in range(COLUMNS - 2)]
        sheet.append([str(73282932000000 + line), f"Entreprise {line}", *cells])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _cell(line: int, column: int) -> str | float:
    return (f"texte {line % 97}", line * column % 1_000, line * column % 977 / 4, f"mot {column}")[column % 4]


def _medians(*actions: Callable[[], None]) -> list[float]:
    taken: list[list[float]] = [[] for _ in actions]
    for measured in range(-1, ROUNDS):
        for times, action in zip(taken, actions, strict=True):
            gc.collect()
            start = _spent()
            action()
            if measured >= 0:
                times.append(_spent() - start)
    return [statistics.median(times) for times in taken]


def _spent() -> float:
    """Processor time of this process and of those that it waited for."""
    told = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in told)
