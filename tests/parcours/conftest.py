"""A base holding the demonstration, made once; a module that wants it says `database_url = demonstration_url`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paqte.ops import clock

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer
    from tests.fixtures_base import MadeOnce


@pytest.fixture(scope="session")
def demonstration_file(demonstration_file: Path, made_once: MadeOnce) -> Path:
    """An SQLite file with the whole demonstration, a bilan issued."""
    from paqte import create_app
    from paqte.domain.calendrier.periodes import Periode
    from paqte.domain.personnes.acteurs import PLANIFICATEUR
    from paqte.models import db
    from tests.editions import produce_bilan
    from tests.parcours.demonstration import SEMESTRE

    def issue(folder: Path) -> None:
        path = shutil.copy(demonstration_file, folder / "paqte.sqlite3")
        settings = {"PAQTE_DATABASE_URL": f"sqlite:///{path}", "PAQTE_INSTANCE": str(folder)}
        with create_app(settings).app_context():
            semestre = Periode.from_code(SEMESTRE)
            produce_bilan(actor=PLANIFICATEUR, departement="41", periode=semestre, reports=folder, now=clock.now())
            db.session.remove()
            db.engine.dispose()

    return made_once("demonstration-emise", issue) / "paqte.sqlite3"


@pytest.fixture
def demonstration_url(demonstration_file: Path, tmp_path: Path) -> Iterator[str]:
    """A copy of the demonstration for this test alone."""
    path = tmp_path / "paqte.sqlite3"
    shutil.copy(demonstration_file, path)
    yield f"sqlite:///{path}"


@pytest.fixture
def enter(page: Page, live_server: LiveServer) -> Callable[[str], Page]:
    """`enter("camille")` signs this account of the demonstration in."""

    def sign_in(name: str) -> Page:
        from paqte.jeux.demonstration import links

        with live_server.app.app_context():
            known = links(
                spaces=("referent", "entreprise", "national", "admin", "region"),
                base_url=live_server.url,
                now=clock.now(),
            )
        page.goto(next(link for label, link in known if label.casefold().startswith(name)))
        page.get_by_role("button", name="Ouvrir ma session").click()
        return page

    return sign_in
