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


@pytest.fixture(scope="session")
def demonstration_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the whole demonstration, a bilan issued."""
    from paqte import create_app
    from paqte.domain.calendrier.periodes import Periode
    from paqte.domain.personnes.acteurs import PLANIFICATEUR
    from paqte.jeux.demonstration import load_demonstration
    from paqte.models import db
    from paqte.services.reglages.territoire import load_territories
    from tests.editions import produce_bilan
    from tests.parcours.demonstration import SEMESTRE

    folder = tmp_path_factory.mktemp("demonstration")
    path = folder / "paqte.sqlite3"
    shutil.copy(sqlite_template, path)
    settings = {"PAQTE_DATABASE_URL": f"sqlite:///{path}", "PAQTE_INSTANCE": str(folder)}
    application = create_app(settings)
    with application.app_context():
        load_territories(actor=PLANIFICATEUR, now=clock.now())
        load_demonstration(now=clock.now(), base_url="http://localhost")
        semestre = Periode.from_code(SEMESTRE)
        produce_bilan(actor=PLANIFICATEUR, departement="41", periode=semestre, reports=folder, now=clock.now())
        db.session.remove()
        db.engine.dispose()
    return path


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
                spaces=("referent", "entreprise", "national", "admin", "animateur"),
                base_url=live_server.url,
                now=clock.now(),
            )
        page.goto(next(link for label, link in known if label.casefold().startswith(name)))
        page.get_by_role("button", name="Ouvrir ma session").click()
        return page

    return sign_in
