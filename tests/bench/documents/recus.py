"""101 received workbooks added up, against the time to read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from paqte.domain.calendrier.periodes import Periode
from paqte.services.editions.recus import consolidate_files
from paqte.services.editions.recus_lus import WorkbookReceived
from paqte.services.reglages import shipped_territories
from tests.bench.mesure import Figure, interleaved
from tests.reporting.mondes.bilans import fill, read_back, read_template
from tests.services.editions.recus.test_recus import issued

PERIODE = Periode.from_code("2026-S1")
ROUNDS = 3


def figures() -> Iterator[Figure]:
    """Checked, added up and written as a workbook, to the same files read one by one in this process."""
    files = _received()
    ours, floor = interleaved(
        lambda: consolidate_files(fichiers=files, periode=PERIODE, region=None),
        lambda: [read_back(one.octets) for one in files],
        rounds=ROUNDS,
    )
    yield Figure(f"{len(files)} classeurs reçus additionnés / les mêmes lus", ours / floor, 2, ROUNDS)


def _received() -> list[WorkbookReceived]:
    """A workbook for each département."""
    template, made = read_template(), []
    for rank, code in enumerate(sorted(shipped_territories().departements)):
        bilan = replace(issued(rank % 5 + 1)[0], departement=code)
        made.append(WorkbookReceived(f"{code}.xlsx", fill(bilan, template)))
    return made
