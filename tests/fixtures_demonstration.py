"""The demonstration of Loir-et-Cher, loaded once for all the tests and copied for each."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fixtures_base import MadeOnce


@pytest.fixture(scope="session")
def demonstration_file(migrated_file: Path, made_once: MadeOnce) -> Path:
    """An SQLite file with the demonstration as of today; copy it, do not write in it."""
    from paqte import create_app
    from paqte.domain.personnes.acteurs import operator
    from paqte.jeux.demonstration import load_demonstration
    from paqte.models import db
    from paqte.ops import clock
    from paqte.services.reglages.territoire import load_territories

    def load(folder: Path) -> None:
        path = shutil.copy(migrated_file, folder / "paqte.sqlite3")
        given = {"PAQTE_INSTANCE": str(folder), "PAQTE_DATABASE_URL": f"sqlite:///{path}"}
        with create_app(given).app_context():
            load_territories(actor=operator(), now=clock.now())
            load_demonstration(now=clock.now(), base_url="http://localhost")
            db.session.remove()
            db.engine.dispose()

    return made_once("demonstration", load) / "paqte.sqlite3"
