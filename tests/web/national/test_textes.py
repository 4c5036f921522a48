"""What départements say stands side by side, as their last editions say it, searched and taken away (R36)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from openpyxl import load_workbook

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.services.declarations.preuves.actions import ActionTyped, record_action
from paqte.services.editions.editions import produce_edition
from paqte.services.pilotage.rubriques import write_rubrique
from tests.architecture.acces.monde import invite, two_regions
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import NADIA, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
SAID: tuple[tuple[str, str, str, str], ...] = (
    ("41", "2026-S1", "obstacles", "La mobilité manque : le dernier car part à 17 h."),
    ("41", "2026-S1", "strategie", "Aller vers les PME."),
    ("41", "2026-T1", "efficacite", "Les stages tiennent."),
    ("41", "2026-T2", "propositions", "=1+1 n’est pas une formule."),
    ("972", "2026-S1", "obstacles", "Peu d’entreprises de plus de 50 salariés."),
    ("972", "2026-S1", "organisation", "Un comité par trimestre."),
)
A_TALE = "Trente élèves de 3e à l’Élysée."


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def write(departement: str, periode: str, code: str, texte: str, version: int | None = None) -> None:
    write_rubrique(
        actor=PLANIFICATEUR,
        now=NOW,
        departement=departement,
        periode=Periode.from_code(periode),
        code=code,
        version=version,
        texte=texte,
    )


def produce(departement: str, reports: Path) -> None:
    for genre, periode in ((BILAN, "2026-S1"), (COMPTE_RENDU, "2026-T1"), (COMPTE_RENDU, "2026-T2")):
        window = Periode.from_code(periode)
        produce_edition(
            DOCUMENTS[genre], actor=PLANIFICATEUR, departement=departement, periode=window, reports=reports, now=NOW
        )


@pytest.fixture
def issued(app: Flask, accounts: object, tmp_path: Path) -> None:
    two_regions(app)
    with app.app_context():
        for departement in ("41", "972"):
            a_convention(a_signataire(f"Société {departement} (fictif)", departement), "S2")
        for said in SAID:
            write(*said)
        tale = ActionTyped(date(2026, 5, 4), "SENSIBILISER", "Une visite", A_TALE, is_proofread=True)
        record_action(actor=PLANIFICATEUR, now=NOW, departement="972", action=tale)
        for departement in ("41", "972"):
            produce(departement, tmp_path)


@pytest.fixture
def nadia(issued: None, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(NADIA)


def taken(browser: FlaskClient, **asked: str) -> list[dict[str, str]]:
    answer = browser.get("/national/bilans/2026-S1/textes.csv", query_string=asked)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_every_text_that_a_departement_issued_is_there_once_and_no_other(nadia: FlaskClient) -> None:
    told = sorted((row["Code"], row["Texte"].removeprefix("'")) for row in taken(nadia))
    assert told == sorted([*((said[0], said[3]) for said in SAID), ("972", A_TALE)])
    page = nadia.get("/national/bilans/2026-S1/textes").text
    assert all(said[3] in page.replace("\u00a0", " ") for said in SAID) and "Une visite" in page


def test_each_text_leads_to_the_edition_that_says_it(nadia: FlaskClient) -> None:
    rows = {row["Texte"].removeprefix("'"): row for row in taken(nadia)}
    quarterly = rows["Les stages tiennent."]
    assert (quarterly["Document"], quarterly["Période"], quarterly["Édition"]) == (
        "Export trimestriel",
        "1er trimestre 2026",
        "1",
    )
    assert (rows[A_TALE]["Action"], rows[A_TALE]["Date de l’action"]) == ("Une visite", "04/05/2026")


def test_R19_a_text_changed_since_the_edition_is_told_once_it_is_issued(
    nadia: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    def obstacles() -> list[str]:
        return [row["Texte"] for row in taken(nadia, sujet="obstacles", departement_dit="41")]

    with app.app_context():
        write("41", "2026-S1", "obstacles", "Un car de plus.", version=1)
        assert obstacles() == [SAID[0][3]]
        produce("41", tmp_path)
    assert obstacles() == ["Un car de plus."]


@pytest.mark.parametrize(
    "asked, found",
    [
        ({"q": "MOBILITE car"}, [SAID[0][3]]),
        ({"q": "elysée"}, [A_TALE]),
        ({"q": "mobilité martinique"}, []),
        ({"sujet": "organisation"}, [SAID[5][3]]),
        ({"sujet": "action", "departement_dit": "41"}, []),
        ({"sujet": "rien", "departement_dit": "99"}, None),
    ],
)
def test_texts_are_narrowed_by_subject_departement_and_words(
    nadia: FlaskClient, asked: dict[str, str], found: list[str] | None
) -> None:
    rows = [row["Texte"] for row in taken(nadia, **asked)]
    assert (rows == found) if found is not None else len(rows) in (0, len(SAID) + 1)
    page = nadia.get("/national/bilans/2026-S1/textes", query_string=asked)
    assert page.status_code == 200 and ("Aucun texte ne répond" in page.text) == (not rows)


def test_a_region_reads_the_texts_of_its_departements_alone(app: Flask, issued: None) -> None:
    browser = app.test_client()
    assert post(browser, invite(app, "region", "r@centre.test", region="24"), {}).status_code == 302
    assert {row["Code"] for row in taken(browser)} == {"41"}
    page = browser.get("/national/bilans/2026-S1/textes").text
    assert "car part" in page and "Martinique" not in page and A_TALE not in page
    assert {row["Code"] for row in taken(browser, departement_dit="972")} <= {"41"}


def test_the_workbook_is_one_table_and_a_text_is_never_a_formula(nadia: FlaskClient) -> None:
    book = load_workbook(io.BytesIO(nadia.get("/national/bilans/2026-S1/textes.xlsx").data))
    (sheet,) = book.worksheets
    (table,) = sheet.tables.values()
    cells = {cell.value: cell.data_type for row in sheet[table.ref] for cell in row}
    assert cells["=1+1 n’est pas une formule."] == "s"
    assert sheet.max_row == len(SAID) + 2


def test_a_semester_of_which_nobody_said_anything_says_so(nadia: FlaskClient) -> None:
    assert "Aucun texte" in nadia.get("/national/bilans/2025-S1/textes").text
    assert nadia.get("/national/bilans/2026-S1/textes.pdf").status_code == 404
    assert nadia.get("/national/bilans/2026-T1/textes").status_code == 404
