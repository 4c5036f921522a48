"""Commands run as a person types them, in this process, on an instance of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from paqte.cli.commandes import paqte as command
from paqte.cli.socle.sortie import run
from paqte.ops import clock


@dataclass(frozen=True, slots=True)
class Rendu:
    """What a command gave: its code, what it said, what it complained of."""

    code: int
    sortie: str
    erreur: str

    @property
    def lignes(self) -> list[str]:
        return self.sortie.splitlines()


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own, without a base yet; gives its folder."""
    monkeypatch.setenv("PAQTE_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("PAQTE_REPORTS", str(tmp_path / "reports"))
    return tmp_path


@pytest.fixture
def paqte(instance: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Rendu]:
    """`paqte("bilan", "lister")` runs that command."""

    def call(*arguments: str) -> Rendu:
        capsys.readouterr()
        code = run(command, arguments)
        return Rendu(code, *capsys.readouterr())

    return call


@pytest.fixture
def base(instance: Path, migrated_file: Path) -> Path:
    """An empty base of the right version in this test's own instance."""
    path = instance / "instance" / "paqte.sqlite3"
    path.parent.mkdir()
    return shutil.copy(migrated_file, path)


@pytest.fixture
def demonstration(instance: Path, demonstration_file: Path) -> Iterator[Path]:
    """The demonstration in this test's own instance."""
    (instance / "instance").mkdir()
    shutil.copy(demonstration_file, instance / "instance" / "paqte.sqlite3")
    yield instance


@pytest.fixture
def today() -> datetime:
    return clock.now()


@pytest.fixture
def target(empty_postgres: str) -> str:
    """Where a base is moved to."""
    return empty_postgres
