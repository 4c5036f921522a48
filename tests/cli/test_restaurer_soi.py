"""The base in use is no copy of itself, whatever name it is given by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paqte.ops.base.restore import NOTHING


def _itself(live: Path, folder: Path) -> Path:
    return live


def _by_a_symbolic_link(live: Path, folder: Path) -> Path:
    (folder / "copie.sqlite3").symlink_to(live)
    return folder / "copie.sqlite3"


def _by_a_hard_link(live: Path, folder: Path) -> Path:
    (folder / "copie.sqlite3").hardlink_to(live)
    return folder / "copie.sqlite3"


def _through_a_linked_folder(live: Path, folder: Path) -> Path:
    (folder / "dossier").symlink_to(live.parent)
    return folder / "dossier" / live.name


@pytest.mark.parametrize("named", [_itself, _by_a_symbolic_link, _by_a_hard_link, _through_a_linked_folder])
def test_the_base_in_use_is_no_copy_of_itself_whatever_it_is_named(
    named: Callable[[Path, Path], Path], base: Path, tmp_path: Path, paqte: Callable[..., Any]
) -> None:
    source = named(base, tmp_path)
    before = base.read_bytes()
    told = paqte("restaurer", str(source))
    assert told.code == 1
    assert "est la base présente elle-même" in told.erreur and NOTHING in told.erreur
    assert base.read_bytes() == before
    assert sorted(path.name for path in base.parent.iterdir() if path.name.startswith("paqte")) == ["paqte.sqlite3"]
