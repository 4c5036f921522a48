"""A picture of every page of the demonstration at both widths: `make images` puts them in docs/ecrans/.

Without it, those that anybody opens are taken, to see that they can be.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from sqlalchemy import text

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import Saisie
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.personnes.acteurs import ENTREPRISE, PLANIFICATEUR, Acteur, operator
from paqte.domain.statuts.declarations import SAISIR, may
from paqte.jeux.demonstration import load_demonstration, load_nation
from paqte.models import db
from paqte.ops import clock
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import open_declaration, save_draft
from paqte.services.declarations.signalements import report_error
from paqte.services.editions.editions import produce_edition
from paqte.services.reglages.territoire import load_territories
from tests.parcours import demonstration
from tests.parcours.ecrans import INDEX, PERSONS, WIDTHS, index, picture_name, pictured

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
MOMENT = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
OWN_CONVENTIONS = demonstration.OWN_CONVENTIONS.format(role=ENTREPRISE)
SEMESTRE, TRIMESTRE = Periode.from_code("2026-S1"), "2026-T3"
LEAST, MOST, QUALITY = 600, 1000, 12
IS_WHOLE = bool(os.environ.get("PAQTE_IMAGES"))
TAKEN = PERSONS if IS_WHOLE else PERSONS[:1]
# What is drawn at random, or opens a door, is covered before the picture is taken: the code that joins a link to its
# browser, the code of an attestation; so is what this machine alone has, its port, its folders and their room.
DRAWN = re.compile(
    r"127\.0\.0\.1:\d+|[MG]o (?:de )?libres|\b[A-Z0-9]{3}-[A-Z0-9]{3}\b|\b[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2,}"
)


@pytest.fixture(autouse=True)
def one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still on the same day whatever the day: pages, sessions and the journal bear its dates."""
    same = {"annee": [SEMESTRE.code[:4]], "periode": [SEMESTRE.code], "trimestre": [TRIMESTRE]}
    for name, values in same.items():
        monkeypatch.setitem(demonstration.FIXED, name, values)
    monkeypatch.setattr(clock, "now", lambda: MOMENT)


@pytest.fixture
def database_url(database_kind: str, migrated_file: Path, tmp_path: Path, one_day: None) -> str:
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'paqte.sqlite3')}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures go: docs/ecrans/ for `make images`, else a folder of the test."""
    wanted = Path(os.environ["PAQTE_IMAGES"]).resolve().parent / "ecrans" if IS_WHOLE else tmp_path / "ecrans"
    shutil.rmtree(wanted, ignore_errors=True)
    wanted.mkdir()
    return wanted


@pytest.fixture
def loaded(live_server: LiveServer, tmp_path: Path) -> LiveServer:
    """The demonstration as of that day, its documents produced."""
    with live_server.app.app_context():
        load_territories(actor=operator(), now=MOMENT)
        load_demonstration(now=MOMENT, base_url="http://localhost")
        for genre, periode in (("bilan", SEMESTRE.precedente), ("bilan", SEMESTRE)) if IS_WHOLE else ():
            told = {"actor": PLANIFICATEUR, "departement": "41", "reports": tmp_path, "now": MOMENT}
            produce_edition(DOCUMENTS[genre], periode=periode, **told)
        if IS_WHOLE:
            load_nation(now=MOMENT)
            something_to_read_again()
        db.session.remove()
    return live_server


def something_to_read_again() -> None:
    """What the demonstration holds none of: a draft that its company may send, an error that it reports."""
    rows = db.session.execute(text(f"SELECT id, signataire_id FROM convention WHERE id IN ({OWN_CONVENTIONS})")).all()
    bruno = Acteur(None, "Bruno Texier (fictif)", ENTREPRISE, None, frozenset(row.signataire_id for row in rows))
    told = {"actor": bruno, "now": MOMENT}
    for row in rows:
        key = open_declaration(convention_id=row.id, periode=Periode.from_code(TRIMESTRE), **told)
        page = read_declaration(actor=bruno, declaration_id=key)
        if may(page.etat, SAISIR):
            save_draft(declaration_id=key, version=page.version, saisie=Saisie({}), **told)
    validated = text(f"SELECT MAX(id) FROM declaration WHERE etat = 'validee' AND convention_id IN ({OWN_CONVENTIONS})")
    wrong = "Nous avons compté deux fois un stagiaire : 3 au lieu de 4."
    report_error(declaration_id=db.session.scalars(validated).one(), motif=wrong, base_url="http://localhost", **told)


def take(page: Page, path: Path, width: int) -> None:
    """The top of the page, as high as it is within limits, without what is drawn at random."""
    page.set_viewport_size({"width": width, "height": LEAST})
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(height, LEAST), MOST)})
    seen = page.screenshot(animations="disabled", mask=[page.get_by_text(DRAWN)], mask_color="#d9d9d9")
    Image.open(io.BytesIO(seen)).convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)


@pytest.mark.timeout(3_600 if IS_WHOLE else 300)
def test_every_picture_of_every_page_is_taken_from_the_demonstration(
    enter: Callable[[str], Page], page: Page, loaded: LiveServer, folder: Path
) -> None:
    wanted, titles, seen = pictured(loaded.app), {}, []
    for person in TAKEN:
        page.context.clear_cookies()
        page = enter(person.nom) if person.nom else page
        # Of a declaration in each state, the last one.
        for endpoint, address in dict(demonstration.addresses(loaded.app, person.role, seen)).items():
            if wanted.get(endpoint) == person:
                titles[endpoint] = _taken(page, loaded.url + address, folder, endpoint)
        seen.append(person.role)
    assert set(titles) == {endpoint for endpoint, whose in wanted.items() if whose in TAKEN}
    if IS_WHOLE:
        INDEX.write_text(index(titles, wanted, TAKEN), encoding="utf-8")


def _taken(page: Page, address: str, folder: Path, endpoint: str) -> str:
    """Its pictures at both widths; gives the title that people read."""
    answer = page.goto(address)
    assert answer is not None and answer.status < 500, address
    assert not page.title().startswith("Page introuvable"), f"{address}: nobody is shown a page that is not there"
    for width in WIDTHS:
        take(page, folder / picture_name(endpoint, width), width)
    return page.title().removesuffix(" — PAQTE")
