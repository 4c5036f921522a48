"""The whole bilan of one département against openpyxl alone, the base's share of it, its memory."""

from __future__ import annotations

import io
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import openpyxl
from flask import Flask
from sqlalchemy import event

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import operator
from paqte.models import db
from paqte.services.editions.gabarit import read_template
from tests.bench.bases import NOW, populated
from tests.bench.mesure import ROUNDS, Figure, interleaved
from tests.editions import compute_bilan
from tests.reporting.mondes.bilans import fill

VOLUME = (101, 100, 12)
DEPARTEMENT, PERIODE = "18", Periode.from_code("2026-S1")
Cells = list[tuple[str, str, Any]]
Statements = list[tuple[str, Any]]


def figures() -> Iterator[Figure]:
    """Time of the whole bilan, time of the base, both to openpyxl's own; memory to its limit."""
    app = populated(*VOLUME)
    template = read_template().octets
    with app.app_context():
        cells = changed_cells(template, whole_bilan(template))
        with statements_run() as statements:
            whole_bilan(template)
        path = db.engine.url.database
        ours, theirs, base = interleaved(
            lambda: whole_bilan(template),
            lambda: fill_with_openpyxl(template, cells),
            lambda: replay(path, statements),
        )
    yield Figure("bilan entier / openpyxl seul", ours / theirs, 1.5, ROUNDS)
    yield Figure("part de la base / openpyxl seul", base / theirs, 0.10, ROUNDS)
    yield from memory()


def whole_bilan(template: bytes) -> bytes:
    """What a person waits for: read, consolidate, write."""
    db.session.rollback()
    bilan = compute_bilan(actor=operator(), departement=DEPARTEMENT, periode=PERIODE, now=NOW)
    return fill(bilan, template)


def fill_with_openpyxl(template: bytes, cells: Cells) -> bytes:
    """The floor: the same template opened, the same cells given their values, saved."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for sheet, place, value in cells:
        book[sheet][place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed_cells(template: bytes, workbook: bytes) -> Cells:
    """Cells of the finished workbook that are not already so in the template."""
    before, after = (openpyxl.load_workbook(io.BytesIO(content)) for content in (template, workbook))
    return [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in after.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
        and type(cell).__name__ == "Cell"
        and before[sheet.title][cell.coordinate].value != cell.value
        and type(before[sheet.title][cell.coordinate]).__name__ == "Cell"
    ]


@contextmanager
def statements_run() -> Iterator[Statements]:
    """What is asked of the base meanwhile."""
    run: Statements = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        run.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", keep)
    try:
        yield run
    finally:
        event.remove(db.engine, "before_cursor_execute", keep)


def replay(path: str, statements: Statements) -> None:
    """The same statements by the driver alone, every row fetched: the base's own time."""
    with closing(sqlite3.connect(path)) as connection:
        for statement, parameters in statements:
            connection.execute(statement, parameters).fetchall()


def memory() -> Iterator[Figure]:
    """What one bilan adds to a process that has everything imported, and that whole process, each at its highest."""
    command = [sys.executable, "-m", "tests.bench.memoire"]
    grown, whole = zip(*(map(int, subprocess.check_output(command).split()) for _ in range(7)), strict=True)
    for name, kilobytes in (("mémoire du bilan / 100 Mo", grown), ("mémoire de tout le processus / 250 Mo", whole)):
        limit = float(name.split(" / ")[1].split()[0])
        yield Figure(name, statistics.median(kilobytes) / 1024 / limit, 1, len(kilobytes))


def bench_app() -> Flask:
    return populated(*VOLUME)
