"""paqte document publier: the published folder is a copy that any machine makes again from the base."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Rendu

pytestmark = pytest.mark.lent


def files(reports: Path) -> dict[str, bytes]:
    return {str(path.relative_to(reports)): path.read_bytes() for path in reports.rglob("*.*")}


def test_a_lost_folder_is_made_again_byte_for_byte_and_what_stands_is_left_alone(
    paqte: Callable[..., Rendu], demonstration: Path
) -> None:
    reports = demonstration / "reports"
    with sqlite3.connect(demonstration / "instance" / "paqte.sqlite3") as base:
        kept = base.execute("SELECT fichier_nom, fichier FROM edition").fetchall()
    first = paqte("document", "publier")
    assert (first.code, first.sortie) == (0, f"Éditions présentes dans le dossier des bilans : {len(kept)}.\n")
    found = files(reports)
    assert {Path(name).name: octets for name, octets in found.items()}.items() >= dict(kept).items()
    before = {path: path.stat().st_mtime_ns for path in reports.rglob("*.*")}
    assert paqte("document", "publier").code == 0
    assert {path: path.stat().st_mtime_ns for path in reports.rglob("*.*")} == before


def test_a_file_that_is_not_the_edition_is_kept_and_told_and_the_others_are_put_in_place(
    paqte: Callable[..., Rendu], demonstration: Path
) -> None:
    assert paqte("document", "publier").code == 0
    whole = files(demonstration / "reports")
    workbooks = sorted((demonstration / "reports").rglob("*.xlsx"))
    workbooks[0].write_bytes(b"autre chose")
    workbooks[-1].unlink()
    done = paqte("document", "publier")
    assert done.code == 1
    assert workbooks[0].name in done.erreur and "autre contenu" in done.erreur
    assert done.erreur.endswith("Éditions qui n’ont pas pu y être déposées : 1.\n")
    assert workbooks[0].read_bytes() == b"autre chose"
    now = files(demonstration / "reports")
    assert now.keys() == whole.keys()
