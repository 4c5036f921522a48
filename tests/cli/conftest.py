"""Commands run as a person types them, in this process, on an instance of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from paqte.cli.commandes import paqte as command
from paqte.cli.sortie import run
from paqte.config import read_settings
from paqte.ops import clock
from paqte.ops.migration import upgrade_base


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
def base(paqte: Callable[..., Rendu]) -> None:
    """An empty base of the right version."""
    assert paqte("base", "migrer").code == 0


@pytest.fixture(scope="session")
def demonstration_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the demonstration, loaded once for all the tests."""
    from paqte import create_app
    from paqte.domain.acteurs import operator
    from paqte.services.demonstration import load_demonstration
    from paqte.services.territoire import load_territories

    folder = tmp_path_factory.mktemp("demonstration")
    given = {"PAQTE_INSTANCE": str(folder), "PAQTE_DATABASE_URL": f"sqlite:///{folder / 'paqte.sqlite3'}"}
    upgrade_base(read_settings(given).database_url, backups=folder, now=clock.now())
    app = create_app(given)
    with app.app_context():
        load_territories(actor=operator(), now=clock.now())
        load_demonstration(now=clock.now())
    with app.app_context():
        from paqte.models import db

        db.engine.dispose()
    return folder / "paqte.sqlite3"


@pytest.fixture
def demonstration(instance: Path, demonstration_file: Path) -> Iterator[Path]:
    """The demonstration in this test's own instance."""
    (instance / "instance").mkdir()
    shutil.copy(demonstration_file, instance / "instance" / "paqte.sqlite3")
    yield instance


@pytest.fixture
def today() -> datetime:
    return clock.now()
