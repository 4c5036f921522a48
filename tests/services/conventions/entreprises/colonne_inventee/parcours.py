"""Run in a copy of the product that has two invented columns: each is typed, read, listed, told and imported (R30)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import select

from paqte.importing.door import WorkbookGiven
from paqte.importing.door.apart import sheets_of
from paqte.models import Signataire, db
from paqte.services.imports import CHANGED, LEFT, REFUSED, TrackerRefused, apply_tracker, guess_mapping
from tests import factories
from tests.factories import a_siret
from tests.fixtures_acteurs import CAMILLE
from tests.importing.door.tableurs import a_csv
from tests.web.referent.pages import NOW, errors_of, fields_of, send

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
SITE, DAY = "https://val.exemple", "03/02/2024"


@pytest.fixture
def camille(sign_in: Callable[..., FlaskClient]) -> Iterator[FlaskClient]:
    with time_machine.travel(NOW, tick=False):
        yield sign_in(CAMILLE)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_typed_read_corrected_exported_told_and_imported(app: Flask, camille: FlaskClient) -> None:
    page = f"/referent/signataires/nouveau?identifiant={a_siret()}"
    told = {"nom": "Val Industrie", "nature": "entreprise"}
    long = send(camille, page, **told, site_web="x" * 151)
    assert (long.status_code, errors_of(long.text)) == (422, ["site_web"])
    where = send(camille, page, **told, site_web=f" {SITE} ", adherente_le="3 février 2024").location
    read = words(camille.get(where).text)
    assert f"Site internet {SITE}" in read and f"Adhérente depuis le {DAY}" in read

    changed = f"{where}/modifier"
    kept = fields_of(camille.get(changed).text)
    assert (kept["site_web"], kept["adherente_le"]) == (SITE, DAY)
    send(camille, changed, site_web="", adherente_le="04/02/2024")
    read = words(camille.get(where).text)
    assert "Site internet non renseigné" in read
    assert f"site internet : {SITE} → vide" in read
    assert "adhérente depuis le : 03/02/2024 → 04/02/2024" in read
    send(camille, changed, site_web=SITE)

    rows = list(csv.reader(io.StringIO(camille.get("/referent/signataires.csv").text.lstrip("\ufeff")), delimiter=";"))
    (line,) = [line for row in rows[1:] if (line := dict(zip(rows[0], row, strict=True)))["Nom"] == "Val Industrie"]
    assert line["Site internet"] == SITE
    assert "Adhérente depuis le" not in line, "its line does not ask for it"

    results = [imported(app, *cells) for cells in ((SITE, "04/02/2024"), ("autre.exemple", "5/3/2024"), ("", "hier"))]
    assert results == [{LEFT}, {CHANGED}, {REFUSED}]
    with app.app_context():
        query = select(Signataire.site_web, Signataire.adherente_le).where(Signataire.nom == "Val Industrie")
        assert tuple(db.session.execute(query).one()) == ("autre.exemple", date(2024, 3, 5))


def test_a_save_meanwhile_shows_what_was_saved_in_it(camille: FlaskClient) -> None:
    page = f"/referent/signataires/nouveau?identifiant={a_siret()}"
    where = send(camille, page, nom="Val Industrie", nature="entreprise").location + "/modifier"
    opened = camille.get(where).text
    send(camille, where, site_web=SITE)
    refused = words(send(camille, where, opened=opened, site_web="autre.exemple").text)
    assert f"Enregistré entre-temps : {SITE}" in refused


def imported(app: Flask, *cells: Any) -> set[str]:
    """What becomes of the row of a tracker that says both columns in its own words."""
    rows = [["N° SIRET", "Site web", "Adhésion"], [a_siret(), *cells]]
    workbook = WorkbookGiven("csv", tuple(sheets_of("csv", a_csv(rows))))
    given = {"actor": factories.CAMILLE, "departement": "41", "nom": "suivi.csv", "mapping": guess_mapping(workbook)}
    with app.app_context():
        try:
            return {line.resultat for line in apply_tracker(workbook=workbook, now=NOW, **given)}
        except TrackerRefused as refused:
            return {line.resultat for line in refused.lines}
