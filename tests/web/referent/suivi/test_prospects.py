"""The pages of prospects: found, moved on by keyboard and without a script, taken away with their contacts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from paqte.models import Journal, db
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import BRUNO, ZOE, Personne, token_in
from tests.web.referent.pages import send

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
LIST = "/referent/prospects"


@pytest.fixture
def three(app: Flask, camille: FlaskClient) -> dict[str, int]:
    """Two prospects and a signatory."""
    with app.app_context():
        keys = {nom: a_signataire(nom) for nom in ("Atelier (fictif)", "Bois (fictif)", "Signé (fictif)")}
        a_convention(keys["Signé (fictif)"], "S2")
    return keys


def page_of(key: int) -> str:
    return f"/referent/prospects/{key}"


def rows(browser: FlaskClient, **asked: str) -> list[dict[str, str]]:
    answer = browser.get(f"{LIST}.csv", query_string=asked)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_a_prospect_is_moved_on_from_the_list_and_its_page_says_where_it_stands(
    camille: FlaskClient, three: dict[str, int]
) -> None:
    bois = three["Bois (fictif)"]
    listed = camille.get(LIST).text
    assert "Atelier (fictif)" in listed and "Signé (fictif)" not in listed and page_of(bois) in listed
    refused = send(camille, page_of(bois), acte="refuser", motif="")
    assert refused.status_code == 422 and "Écrivez pourquoi" in refused.text
    assert send(camille, page_of(bois), acte="refuser", motif="Le siège décide.").status_code == 302
    sheet = camille.get(f"/referent/signataires/{bois}").text
    assert "Le siège décide." in sheet and "Refus</span>" in sheet
    assert 'value="inviter"' not in camille.get(page_of(bois)).text
    assert send(camille, page_of(bois), acte="inviter").status_code == 422, "what the table does not allow"
    assert "Avant la convention" not in camille.get(f"/referent/signataires/{three['Signé (fictif)']}").text
    assert camille.get(page_of(three["Signé (fictif)"])).status_code == 404


def test_a_page_read_before_somebody_moved_it_overwrites_nothing(camille: FlaskClient, three: dict[str, int]) -> None:
    page = page_of(three["Bois (fictif)"])
    stale = camille.get(page).text
    assert send(camille, page, acte="discuter").status_code == 302
    answer = camille.post(page, data={"csrf_token": token_in(stale), "version": "", "acte": "inviter"})
    assert answer.status_code == 409 and "Quelqu’un d’autre" in answer.text


def test_the_file_says_what_the_list_shows_and_the_journal_that_it_was_taken(
    app: Flask, camille: FlaskClient, three: dict[str, int]
) -> None:
    send(camille, page_of(three["Bois (fictif)"]), acte="refuser", motif="Le siège décide.")
    told = {row["Entreprise"]: (row["État"], row["Motif du refus"]) for row in rows(camille)}
    assert told["Bois (fictif)"] == ("Refus", "Le siège décide.") and told["Atelier (fictif)"] == ("À contacter", "")
    assert "Signé (fictif)" not in told
    assert [row["Entreprise"] for row in rows(camille, etat="refuse")] == ["Bois (fictif)"]
    assert camille.get(f"{LIST}.xlsx").status_code == 200 and camille.get(f"{LIST}.pdf").status_code == 404
    with app.app_context():
        lines = db.session.scalars(select(Journal.apres).where(Journal.acte == "exporter")).all()
        db.session.rollback()
    assert len(lines) == 3


def test_another_departement_and_a_company_find_no_prospect(
    three: dict[str, int], sign_in: Callable[[Personne], Any]
) -> None:
    zoe, bruno = sign_in(ZOE), sign_in(BRUNO)
    assert "Bois (fictif)" not in zoe.get(LIST).text and rows(zoe) == []
    assert zoe.get(page_of(three["Bois (fictif)"])).status_code == 404
    assert bruno.get(LIST).status_code == bruno.get(page_of(three["Bois (fictif)"])).status_code == 403
