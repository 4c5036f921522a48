"""Two machines started at the same moment on a base that holds nothing yet."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.ops.machines.machine import free_ports, machines

pytestmark = [pytest.mark.lent, pytest.mark.long]


def test_two_machines_started_at_once_make_one_base_and_both_serve(tmp_path: Path, empty_postgres: str) -> None:
    with machines(tmp_path, empty_postgres) as two:
        started = [
            machine.start(sys.executable, "-m", "paqte.cli", "lancer", PAQTE_PORT=str(port))
            for machine, port in zip(two, free_ports(2), strict=True)
        ]
        said = [child.stdout.readline() if child.stdout else "" for child in started]
    assert [line.startswith("PRÊT ") for line in said] == [True, True], [
        (machine.folder / "erreurs.txt").read_text() for machine in two
    ]
