"""Many workbooks are read by one process, and none of them harms what stands before or after it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.reporting.relecture import serie
from paqte.reporting.relecture.relecture import WorkbookReread
from paqte.reporting.relecture.serie import read_back_series
from tests.reporting.mondes.bilans import read_back
from tests.reporting.tiers.lecteurs import with_part

pytestmark = pytest.mark.lent
GENRE = DOCUMENTS[BILAN].gabarit
TOO_MUCH = "le lire demande trop de temps ou de mémoire"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Each process that was started."""
    kept: list[Any] = []
    start = serie._started

    def counted(genre: str, memory: int) -> subprocess.Popen[bytes]:
        kept.append(start(genre, memory))
        return kept[-1]

    monkeypatch.setattr(serie, "_started", counted)
    return kept


def _endless(workbook: bytes) -> bytes:
    """A small file that asks for more memory than a reader may take."""
    rows = "<sheetData>" + '<row r="9"><c r="A9"/></row>' * 250_000
    return with_part(workbook, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<sheetData>", rows, 1))


def test_many_workbooks_take_one_process_and_say_what_each_says_alone(workbook: bytes, started: list[Any]) -> None:
    said = list(read_back_series([workbook, b"rien", workbook, b"x" * 10_485_761, workbook], GENRE))
    alone = read_back(workbook)
    assert alone.tableaux["t_indicateurs"]
    assert [one if isinstance(one, WorkbookReread) else one.reason for one in said] == [
        alone,
        "ce n’est pas un classeur Excel (.xlsx)",
        alone,
        "il dépasse 10 Mo",
        alone,
    ]
    assert len(started) == 1
    assert started[0].poll() is not None


def test_a_file_that_takes_too_much_is_refused_alone(workbook: bytes, started: list[Any]) -> None:
    """It is asked once more of a process that read nothing before; those around it are read.

    That second process may say so, or end for want of memory to say it: then a third reads what comes after.
    """
    first, second, third = read_back_series([workbook, _endless(workbook), workbook], GENRE, memory=160 * 1024**2)
    assert [isinstance(one, WorkbookReread) for one in (first, second, third)] == [True, False, True]
    assert str(second) == f"Classeur refusé : {TOO_MUCH}."
    assert len(started) in {2, 3}


def test_a_process_that_dies_says_so_of_the_file_it_was_reading(
    workbook: bytes, started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(genre: str, memory: int) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(["true"], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        return started[-1]

    monkeypatch.setattr(serie, "_started", dead)
    assert [str(one) for one in read_back_series([workbook], GENRE)] == [f"Classeur refusé : {TOO_MUCH}."]
    assert len(started) == 1


def test_given_up_half_way_no_process_is_left(workbook: bytes, started: list[Any]) -> None:
    read: Iterator[Any] = read_back_series([workbook, workbook], GENRE)
    next(read)
    assert started[0].poll() is None
    read.close()  # type: ignore[attr-defined]
    assert started[0].poll() is not None
