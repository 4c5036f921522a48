"""Producing a bilan against what no design could do without: the driver's own reading of the same rows, the same cells

joined and deflated. What people would pick instead is timed beside: openpyxl, pandas.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator

import openpyxl
import pandas
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import operator
from paqte.models import Edition, EditionFichier, db
from paqte.services.editions.gabarit import read_template
from tests.bench.bases import NOW, base_copied
from tests.bench.documents.bilan import changed_cells, fill_with_openpyxl, replay, statements_run
from tests.bench.liste import DEPARTEMENT
from tests.bench.mesure import ROUNDS, Figure, interleaved
from tests.bench.pages import move_one
from tests.editions import freeze_bilan

VOLUME = (1, 100, 12)
PERIODE = Periode.from_code("2026-S1")
_CELLS = re.compile(r"(?=<)")


def figures() -> Iterator[Figure]:
    """Reading, deciding, writing the internal and the publishable workbook, freezing; one declaration moved before."""
    with base_copied(VOLUME) as app, app.app_context():
        rank = itertools.count()
        produce()
        move_one(app, next(rank))
        with statements_run() as statements:
            books = workbooks(produce())
        template = read_template().octets
        reads = [(said, given) for said, given in statements if said.startswith("SELECT")]
        written = [parts for book in books for parts in changed_parts(template, book)]
        frames = frames_of(books[0])
        path, cells = str(db.engine.url.database), changed_cells(template, books[0])
        floor, ours, with_openpyxl, with_pandas, _ = interleaved(
            lambda: (replay(path, reads), deflate(written)),
            produce,
            lambda: fill_with_openpyxl(template, cells),
            lambda: write_with_pandas(frames),
            lambda: move_one(app, next(rank)),
        )
    beside = "bilan produit, les deux versions et leur gel"
    yield Figure(f"{beside} / lignes lues et cellules compressées", ours / floor, 4, ROUNDS)
    yield Figure("openpyxl, une version remplie / même plancher", with_openpyxl / floor, None, ROUNDS)
    yield Figure("pandas, une version écrite / même plancher", with_pandas / floor, None, ROUNDS)


def produce() -> int:
    """The next edition, by the way a référent issues it."""
    db.session.rollback()
    return freeze_bilan(actor=operator(), departement=DEPARTEMENT, periode=PERIODE, now=NOW).id


def workbooks(edition: int) -> list[bytes]:
    """The internal workbook of an edition, then the publishable one."""
    inside = db.session.scalars(select(Edition.fichier).where(Edition.id == edition)).one()
    outside = select(EditionFichier.octets).where(EditionFichier.edition_id == edition, EditionFichier.format == "xlsx")
    return [inside, *db.session.scalars(outside.order_by(EditionFichier.id))]


def changed_parts(template: bytes, book: bytes) -> Iterator[list[str]]:
    """What is written of each part of a workbook that is not the template's, cut where a program joins it."""
    with zipfile.ZipFile(io.BytesIO(template)) as before, zipfile.ZipFile(io.BytesIO(book)) as after:
        known = {info.filename: info.CRC for info in before.infolist()}
        for info in after.infolist():
            if info.filename.endswith(".xml") and known.get(info.filename) != info.CRC:
                yield _CELLS.split(after.read(info).decode())


def deflate(parts: list[list[str]]) -> None:
    for one in parts:
        zlib.compress("".join(one).encode(), 6)


def frames_of(book: bytes) -> list[tuple[str, pandas.DataFrame]]:
    """The cells of one version as tables, by sheet."""
    return [(s.title, pandas.DataFrame(list(s.values))) for s in openpyxl.load_workbook(io.BytesIO(book)).worksheets]


def write_with_pandas(frames: list[tuple[str, pandas.DataFrame]]) -> None:
    """The same tables, without any of the template's look."""
    with pandas.ExcelWriter(io.BytesIO(), engine="openpyxl") as writer:
        for sheet, frame in frames:
            frame.to_excel(writer, sheet_name=sheet, index=False, header=False)
