"""The main way, whole: a mailed link, a convention typed in, its declaration validated, the bilan in the file.

A real browser, a real mail server, a real base; once with JavaScript and once without; once by the keyboard alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from paqte.domain.calendrier.periodes import Periode, last_closed, local_date
from paqte.ops import clock
from paqte.ops.courriel import SmtpTransport, read_smtp_url
from paqte.services.courriels.courriels import send_due
from tests.fixtures_acteurs import CAMILLE
from tests.fixtures_courriel import Mailbox
from tests.reponses_comptees import answers_as_rows

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures_application import LiveServer

pytestmark = pytest.mark.lent

SEMESTRE = last_closed(local_date(clock.now(), "41"), "S")
SIRET = "85520050703169"
COMPANY = "Manufacture du Val (fictif)"


@pytest.fixture
def given_settings(mailbox: Mailbox) -> Mapping[str, object]:
    return {"PAQTE_SMTP_URL": mailbox.url}


@pytest.fixture(params=[True, False], ids=["avec JavaScript", "sans JavaScript"])
def browser_context_args(browser_context_args: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    return {**browser_context_args, "java_script_enabled": request.param}


@pytest.fixture
def camille(page: Page, live_server: LiveServer, accounts: object, mailbox: Mailbox) -> Page:
    """Camille, signed in through the link she was mailed."""
    page.set_default_timeout(10_000)
    page.goto("/connexion")
    page.get_by_label("Adresse électronique").fill(CAMILLE.courriel)
    page.get_by_role("button", name="Recevoir mon lien").click()
    page.goto(_mailed_link(live_server, mailbox))
    page.get_by_role("button", name="Ouvrir ma session").click()
    return page


def _mailed_link(server: LiveServer, mailbox: Mailbox) -> str:
    """What the scheduler does every few seconds, then what the person reads."""
    with server.app.app_context():
        settings = server.app.extensions["paqte"]
        now = clock.now()
        send_due(transport=SmtpTransport(read_smtp_url(settings.smtp_url), settings.smtp_from, now), now=now)
    body = mailbox.messages[-1].get_body(("plain",))
    assert body is not None
    found = re.search(r"http://\S+/connexion/\S+", body.get_content())
    assert found
    return found[0]


def type_convention(page: Page) -> None:
    """From the SIRET to the engagements: two pupils' measures, one with a target, one without."""
    page.goto("/referent/")
    page.get_by_role("link", name="Ajouter un signataire").first.click()
    page.locator("main").get_by_label("SIRET").fill(f"{SIRET[:3]} {SIRET[3:6]} {SIRET[6:9]} {SIRET[9:]}")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nom ou raison sociale").fill(COMPANY)
    page.get_by_label("Commune").fill("Blois")
    page.get_by_role("button", name="Enregistrer").first.click()
    page.get_by_role("link", name="Saisir une convention").click()
    page.get_by_label("Date de signature").fill(f"{SEMESTRE.debut:%d/%m/%Y}")
    page.get_by_role("textbox", name=re.compile("^Début")).fill(f"{SEMESTRE.debut:%d/%m/%Y}")
    page.get_by_role("button", name="Enregistrer et choisir les engagements").click()
    if page.get_by_role("group", name="Déclarations à demander").count():  # on days when a due date is over (R42)
        page.get_by_role("button", name="Enregistrer et choisir les engagements").click()
    pupils = page.get_by_role("group", name="Nombre d’élèves de 3e")
    pupils.get_by_role("checkbox").first.check()
    pupils.get_by_label("Objectif sur la durée").fill("1 200")
    page.get_by_role("group", name="Nombre d’interventions").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Enregistrer et terminer").click()


def declare(page: Page, periode: Periode, pupils: str) -> None:
    """Type a quarter on the company's behalf and validate it; no intervention took place."""
    page.goto("/referent/signataires")
    page.get_by_role("link", name=COMPANY).click()
    if page.locator("details:not([open]) > summary", has_text="qui ne sont pas attendues").count():
        page.locator("details > summary", has_text="qui ne sont pas attendues").click()
    page.get_by_role("row", name=periode.libelle).get_by_role("button", name="Saisir").click()
    page.get_by_role("textbox", name="Nombre d’élèves de 3e").first.fill(pupils)
    page.get_by_label("Aucun (0) pour « Nombre d’interventions").check()
    page.get_by_role("button", name="Enregistrer et valider").click()
    page.wait_for_url(re.compile(r"/referent/declarations/\d+$"))  # a draft on its way is waited for first


def produce(page: Page) -> bytes:
    """Issue the bilan and download its workbook."""
    page.goto(f"/referent/bilans/{SEMESTRE.code}")
    page.get_by_text("Produire le bilan").click()
    page.get_by_role("button", name="Produire l’édition").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger l’édition n° 1").first.click()
    return Path(download.value.path()).read_bytes()


def test_a_convention_typed_in_a_declaration_validated_and_the_bilan_in_the_file(
    camille: Page, live_server: LiveServer
) -> None:
    first, second = SEMESTRE.parts("T")
    type_convention(camille)
    declare(camille, first, "1 000")
    declare(camille, second, "234")
    octets = produce(camille)
    counted = _count(live_server, "S2")
    assert counted == 1234
    assert [_figures(octets, code) for code in ("S2", "S4")] == [(counted, counted), (0, 0)]


def _count(server: LiveServer, code: str) -> int:
    """The figure by an SQL of its own, on the answers of validated declarations."""
    from paqte.models import db

    query = (
        f"SELECT SUM(r.valeur) FROM {answers_as_rows()} r JOIN declaration d ON d.id = r.declaration_id "
        "WHERE d.etat = 'validee' AND r.indicateur = :code"
    )
    with server.app.app_context():
        return int(db.session.execute(text(query), {"code": code}).scalar_one())


def _figures(octets: bytes, code: str) -> tuple[Any, Any]:
    """The semester's figure of an indicator, read by two libraries."""
    sheet = openpyxl.load_workbook(BytesIO(octets))["Indicateurs"]
    by_openpyxl = [list(row) for row in sheet.iter_rows(values_only=True)]
    by_calamine = CalamineWorkbook.from_filelike(BytesIO(octets)).get_sheet_by_name("Indicateurs").to_python()
    return _semester(by_openpyxl, code), _semester(by_calamine, code)


def _semester(rows: list[list[Any]], code: str) -> Any:
    heading = next(row for row in rows if any("semestre" in str(v).casefold() and "Réalisé" in str(v) for v in row))
    column = next(rank for rank, v in enumerate(heading) if "Réalisé" in str(v))
    return next(row[column] for row in rows if code in row)
