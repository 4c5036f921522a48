"""`paqte consolider` adds up the workbooks it is given, or says of each odd one why and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.services.editions.recus.test_recus import workbook

pytestmark = pytest.mark.lent


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    paths = [tmp_path / "18.xlsx", tmp_path / "28.xlsx"]
    for rank, path in enumerate(paths, start=1):
        path.write_bytes(workbook(rank))
    return [str(path) for path in paths]


def test_workbooks_add_up_without_any_base(paqte: Callable[..., Any], files: list[str], tmp_path: Path) -> None:
    sortie = tmp_path / "somme.xlsx"
    said = paqte("consolider", *files, "--region", "24", "--periode", "2026-S1", "--sortie", str(sortie))
    assert said.code == 0
    assert said.lignes[0] == str(sortie)
    assert [line.split("\t")[:2] for line in said.lignes[1:3]] == [["18", "édition 1"], ["28", "édition 2"]]
    assert said.lignes[3].startswith("Usage interne")
    assert sortie.read_bytes().startswith(b"PK")
    assert not (tmp_path / "instance" / "paqte.sqlite3").exists()


def test_one_odd_workbook_and_nothing_is_written(paqte: Callable[..., Any], files: list[str], tmp_path: Path) -> None:
    sortie, cut = tmp_path / "somme.xlsx", tmp_path / "coupé.xlsx"
    sortie.write_bytes(b"avant")
    cut.write_bytes(workbook(1)[:9_000])
    said = paqte("consolider", *files, str(cut), "--periode", "2026-S1", "--sortie", str(sortie))
    assert said.code == 1
    assert said.erreur.splitlines() == [f"{cut} : le fichier est abîmé ou incomplet.", "Rien n’est écrit."]
    assert sortie.read_bytes() == b"avant"
