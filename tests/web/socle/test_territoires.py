"""A référent of several départements stands in one at a time; a préfecture de région reads those of its région."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest
import time_machine
from sqlalchemy import select

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Convention, Departement, Signataire, db
from paqte.services.imports.importations import run_imports
from paqte.services.transaction import transaction
from tests.architecture.acces.monde import NOW, furnish, invite, two_regions
from tests.factories import a_convention, a_signataire, a_siret
from tests.fixtures_acteurs import CAMILLE, Personne, post
from tests.importing.door.tableurs import Value, a_csv
from tests.web.referent.pages import fields_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
OURS, FAR = "Atelier Lenoir (fictif)", "Chantier Loire (fictif)"
LISTS = ("signataires", "declarations", "bilans", "bilans/2026-S1", "trimestres/2026-T2", "completude", "actions")


class Monde:
    """Bruno's company in the 41, another in the 37, of one région; a third in the 972, of another."""

    def __init__(self, app: Flask) -> None:
        two_regions(app)
        self.app, self.keys = app, furnish(app)
        with app.app_context():
            self.loire = a_signataire(FAR, "37")
            self.chantier = a_convention(self.loire, "S2")
            self.rhum = a_signataire("Rhum (fictif)", "972")
            with transaction(actor=PLANIFICATEUR, now=NOW) as session:
                session.get_one(Departement, "37").premiere_complete_le = date(2025, 1, 1)
                session.get_one(Signataire, self.loire).notes = "Rappeler Odile"

    def enter(self, role: str, courriel: str, **given: str) -> FlaskClient:
        browser = self.app.test_client()
        assert post(browser, invite(self.app, role, courriel, **given), {}).status_code == 302
        return browser


@pytest.fixture
def monde(app: Flask, accounts: object) -> Iterator[Monde]:
    with time_machine.travel(NOW, tick=False):
        yield Monde(app)


@pytest.fixture
def camille(monde: Monde, sign_in: Callable[[Personne], FlaskClient]) -> FlaskClient:
    """Camille, to whom the 37 was given beside the 41."""
    invite(monde.app, "referent", CAMILLE.courriel, departement="37")
    return sign_in(CAMILLE)


@pytest.fixture
def region(monde: Monde) -> FlaskClient:
    return monde.enter("region", "r@centre.test", region="24")


# A référent of two départements


def test_each_list_is_left_in_its_own_way_in_each_departement(camille: FlaskClient) -> None:
    camille.get("/referent/signataires?departement=41&q=lenoir&tri=fin")
    assert 'value="lenoir"' in camille.get("/referent/signataires?departement=41").text
    there = camille.get("/referent/signataires?departement=37").text
    assert FAR in there and 'value="lenoir"' not in there
    shown = camille.get("/referent/signataires?departement=41").text
    assert 'href="/referent/signataires?departement=41&amp;tout=1"' in shown
    camille.get("/referent/signataires?departement=41&tout=1")
    assert 'value="lenoir"' not in camille.get("/referent/signataires?departement=41").text


def test_each_list_is_of_the_one_departement_that_its_address_names(camille: FlaskClient) -> None:
    seen = {code: [camille.get(f"/referent/{one}?departement={code}").text for one in LISTS] for code in ("41", "37")}
    assert OURS in seen["41"][0] and FAR not in "".join(seen["41"])
    assert FAR in seen["37"][0] and OURS not in "".join(seen["37"])


def test_an_address_that_names_none_is_sent_to_the_last_chosen_and_keeps_its_filters(camille: FlaskClient) -> None:
    assert camille.get("/referent/signataires").location == "/referent/signataires?departement=37"
    camille.get("/referent/bilans?departement=41")
    assert camille.get("/referent/signataires?q=a").location == "/referent/signataires?q=a&departement=41"


def test_a_departement_that_is_not_hers_answers_as_one_that_does_not_exist(camille: FlaskClient) -> None:
    for code in ("972", "99", "", "41' OR 1=1"):
        assert camille.get("/referent/signataires", query_string={"departement": code}).status_code == 404


def test_a_tracker_handed_in_for_one_of_them_is_kept_in_that_one(monde: Monde, camille: FlaskClient) -> None:
    rows: list[list[Value]] = [["Raison sociale", "N° SIRET"], ["Élan (fictif)", a_siret(5)]]
    there = "?departement=37"
    given = {"fichier": (io.BytesIO(a_csv(rows)), "suivi.csv")}
    page = post(camille, f"/referent/imports{there}", given, page=f"/referent/imports{there}").location
    for act in ("essayer", "appliquer"):
        asked = {**fields_of(camille.get(page).text), "acte": act}
        assert post(camille, page, asked, page=page).status_code == 302
        with monde.app.app_context():
            assert run_imports(clock=lambda: NOW) == 1
    with monde.app.app_context():
        kept = select(Signataire.departement_code).where(Signataire.nom == "Élan (fictif)")
        assert db.session.scalars(kept).all() == ["37"]


def test_a_link_that_names_no_departement_leads_to_the_one_that_holds_the_thing(
    monde: Monde, camille: FlaskClient
) -> None:
    camille.get("/referent/bilans?departement=41")
    page = f"/referent/signataires/{monde.loire}"
    answer = camille.get(page, follow_redirects=True)
    assert answer.request.full_path == f"{page}?departement=37"
    assert FAR in answer.text
    for key in (monde.rhum, 999_999):
        assert camille.get(f"/referent/signataires/{key}?departement=41").status_code == 404


def test_what_is_typed_in_one_tab_goes_to_its_departement_whatever_another_tab_chose(
    monde: Monde, camille: FlaskClient
) -> None:
    page = f"/referent/signataires/nouveau?identifiant={a_siret(7)}&departement=37"
    fields = {"identifiant": a_siret(7), "nom": "Neuve (fictif)", "nature": "entreprise", "categorie": ""}
    camille.get("/referent/signataires?departement=41")
    assert post(camille, "/referent/signataires/nouveau?departement=37", fields, page=page).status_code == 302
    with monde.app.app_context():
        found = db.session.scalars(select(Signataire.departement_code).where(Signataire.nom == "Neuve (fictif)")).all()
    assert found == ["37"]


def test_a_convention_is_entered_in_the_departement_of_its_signatory(monde: Monde, camille: FlaskClient) -> None:
    page = f"/referent/signataires/{monde.loire}/conventions/nouvelle?departement=37"
    fields = {"dispositif": "paqte", "debut": "01/10/2026", "rythme": "T", "signee_le": "01/10/2026"}
    # From a page of the 41, the signatory of the 37 is not there: nothing is entered anywhere.
    assert post(camille, page.replace("=37", "=41"), fields, page=page).status_code == 404
    answer = post(camille, page, fields, page=page)
    assert answer.status_code == 302 and "departement=37" in answer.location
    with monde.app.app_context():
        query = select(Convention.departement_code).where(Convention.signataire_id == monde.loire)
        assert db.session.scalars(query.where(Convention.id != monde.chantier)).all() == ["37"]


def test_the_same_form_sent_in_two_departements_makes_a_thing_in_each(monde: Monde, camille: FlaskClient) -> None:
    fields = {"nom": "Club FACE (fictif)"}
    for code in ("41", "37"):
        page = f"/referent/pilotage/partenaires/nouveau?departement={code}"
        assert post(camille, page, fields, page="/connexion/lien-envoye").status_code == 302
        assert "Club FACE" in camille.get(f"/referent/pilotage?departement={code}").text


def test_nothing_is_done_from_an_address_that_names_no_departement(camille: FlaskClient) -> None:
    answer = post(camille, "/referent/pilotage/partenaires/nouveau", {"nom": "X"}, page="/connexion/lien-envoye")
    assert answer.status_code == 422
    assert "Choisissez d’abord un département." in answer.text


def test_the_header_names_this_departement_and_leads_to_the_same_list_in_the_other(camille: FlaskClient) -> None:
    header = camille.get("/referent/signataires?departement=37").text.split("</header>")[0]
    assert "Indre-et-Loire (37)" in header.split("<ul>")[0]
    assert 'href="/referent/signataires?departement=41"' in header
    assert 'href="/referent/signataires?departement=37" aria-current="true"' in header


def test_a_referent_of_one_departement_meets_no_choice_and_no_departement_in_addresses(
    monde: Monde, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    page = sign_in(CAMILLE).get("/referent/signataires").text
    assert "departement=" not in page and "territoires" not in page


@pytest.mark.parametrize("role, given", [("referent", {"departement": "41"}), ("region", {"region": "24"})])
def test_R30_whoever_has_several_departements_keeps_her_own_account_before_she_chose_one(
    monde: Monde, role: str, given: dict[str, str]
) -> None:
    """Her name, her address and the copy of her data are of no département: none need be chosen first."""
    if role == "referent":
        invite(monde.app, role, "elle@prefecture.test", departement="37")
    browser = monde.enter(role, "elle@prefecture.test", **given)
    copy = browser.get("/compte/donnees")
    assert (copy.status_code, "elle@prefecture.test" in copy.text) == (200, True)
    assert post(browser, "/compte", {"nom": "Elle Autrement"}).status_code == 302
    assert "Elle Autrement" in browser.get("/compte").text
    moved = post(browser, "/compte/adresse", {"courriel": "ailleurs@prefecture.test"}, page="/compte")
    assert moved.status_code == 302 and "ailleurs@prefecture.test" in browser.get("/compte").text


# A préfecture de région


def test_the_home_of_a_region_shows_its_departements_and_none_of_another(region: FlaskClient) -> None:
    page = region.get("/region/").text
    assert 'href="/referent/bilans?departement=41"' in page and 'href="/referent/bilans?departement=37"' in page
    assert "Martinique" not in page and "972" not in page


def test_the_home_of_a_region_says_who_issued_who_is_late_and_how_far_each_is(
    region: FlaskClient, monde: Monde
) -> None:
    rows = {code: region.get("/region/").text.split(f"({code})</a></th>")[1].split("</tr>")[0] for code in ("41", "37")}
    # The 41 issued an edition of another semester, and answered nothing whole of this one; the 37 issued nothing.
    assert "En retard" in rows["37"] and "aucun" in rows["37"]
    assert "2e\u00a0semestre 2025, édition n°\u00a01" in rows["41"]


def test_a_region_reads_a_signatory_of_each_of_its_departements_and_of_no_other(
    region: FlaskClient, monde: Monde
) -> None:
    ours = region.get(f"/referent/signataires/{monde.keys['signataire_id']}?departement=41")
    far = region.get(f"/referent/signataires/{monde.loire}?departement=37")
    assert OURS in ours.text and FAR in far.text
    neighbour = region.get(f"/referent/signataires/{monde.rhum}?departement=41")
    nothing = region.get("/referent/signataires/999999?departement=41")
    assert (neighbour.status_code, nothing.status_code) == (404, 404)
    assert region.get("/referent/signataires?departement=972").status_code == 404


def test_a_region_downloads_the_editions_of_its_departements_alone(monde: Monde, region: FlaskClient) -> None:
    neighbour = monde.enter("region", "r@martinique.test", region="02")
    file = f"/bilans/{monde.keys['edition_id']}/donnees.csv"
    assert (region.get(file).status_code, neighbour.get(file).status_code) == (200, 404)


def test_a_region_writes_nothing(monde: Monde, region: FlaskClient) -> None:
    for page in ("signataires/nouveau", "bilans/2026-S1/produire", f"signataires/{monde.loire}/modifier"):
        answer = post(region, f"/referent/{page}?departement=37", {}, page="/connexion/lien-envoye")
        assert answer.status_code == 403


def test_the_internal_notes_of_a_prefecture_are_not_for_its_region(monde: Monde, region: FlaskClient) -> None:
    assert "Rappeler Odile" not in region.get(f"/referent/signataires/{monde.loire}?departement=37").text


def test_a_region_of_one_departement_stands_in_it(monde: Monde) -> None:
    browser = monde.enter("region", "r@martinique.test", region="02")
    assert "Rhum (fictif)" in browser.get("/referent/signataires").text
