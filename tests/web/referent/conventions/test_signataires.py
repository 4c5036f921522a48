"""The pages of signatories: finding, adding, reading, correcting, exporting (R2, R3, R24, R30)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.statuts.conventions import NATURES
from paqte.models import ContactSignataire, Signataire, db
from paqte.queries.suivi.fiche_signataire import read_signataire
from paqte.services.conventions.signataires import ContactTyped
from paqte.services.declarations.declarations import open_declaration, submit_and_validate, submit_declaration
from tests import factories
from tests.factories import a_convention, a_siret, engagement_of
from tests.fixtures_acteurs import BRUNO, SIRET_BRUNO, ZOE
from tests.web.referent.pages import NOW, PAYLOADS, errors_of, fields_of, live_parts, send, value_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
LIST = "/referent/signataires"
NEW = "/referent/signataires/nouveau"
MARIE = ContactTyped("Marie Durand", "DRH", "marie@exemple.fr", "02 54 00 00 00")


@pytest.fixture
def stored(app: Flask) -> Callable[[int], Any]:
    def read(key: int) -> Any:
        with app.app_context():
            return read_signataire(actor=factories.CAMILLE, signataire_id=key, now=NOW)

    return read


def new_page(camille: FlaskClient, identifiant: str) -> str:
    return f"{NEW}?identifiant={identifiant}"


# Adding


def test_R24_the_first_step_says_what_is_wrong_with_the_number_beside_its_field(camille: FlaskClient) -> None:
    assert camille.get(NEW).status_code == 200
    for typed in ("", "123", "732 829 320 00079", "000000000", "٧٣٢٨٢٩٣٢٠", "<script>"):
        answer = camille.get(NEW, query_string={"identifiant": typed})
        assert answer.status_code == 422
        assert errors_of(answer.text) == ["identifiant"]
        assert "<script>" not in answer.text.split("<main")[1]


def test_R3_the_first_step_links_to_a_signatory_already_known(camille: FlaskClient, add: Callable[..., int]) -> None:
    key = add()
    html = camille.get(NEW, query_string={"identifiant": a_siret()}).text
    assert f'href="/referent/signataires/{key}"' in html
    assert 'name="nom"' not in html


def test_R3_another_establishment_is_prefilled_with_what_the_departement_knows(
    camille: FlaskClient, add: Callable[..., int]
) -> None:
    add(nom="Val Industrie", nature="association", categorie="ETI", naf="62.01Z", adresse="1 rue du Mail")
    html = camille.get(NEW, query_string={"identifiant": a_siret(1, 2)}).text
    fields = fields_of(html)
    assert (fields["nom"], fields["nature"], fields["categorie"], fields["naf"]) == (
        "Val Industrie",
        "association",
        "ETI",
        "62.01Z",
    )
    assert fields["adresse"] == ""
    assert "déjà dans votre liste" in html


def test_R3_nothing_of_another_departement_is_shown(
    sign_in: Callable[..., FlaskClient], add: Callable[..., int]
) -> None:
    add(nom="Val Industrie")
    for identifiant in (a_siret(), a_siret(1, 2)):
        html = sign_in(ZOE).get(NEW, query_string={"identifiant": identifiant}).text
        assert "Val Industrie" not in html
        assert value_of(html, "nom") == ""


def test_a_signatory_is_added_with_its_contact(camille: FlaskClient, stored: Callable[[int], Any]) -> None:
    typed = {
        "nom": "Étoile du Nord",
        "nature": "employeur_public",
        "categorie": "GE",
        "effectif": "1 250",
        "is_partial_diffusion": "y",
        "contacts-0-nom": "Marie Durand",
        "contacts-0-courriel": "Marie@Exemple.fr",
    }
    answer = send(camille, new_page(camille, a_siret()), **typed)
    assert answer.status_code == 302
    fiche = stored(int(answer.location.rsplit("/", 1)[1]))
    assert (fiche.nom, fiche.nature, fiche.effectif, fiche.is_partial_diffusion) == (
        "Étoile du Nord",
        "employeur_public",
        1250,
        True,
    )
    assert fiche.contacts[0].courriel == "marie@exemple.fr"
    assert "Saisir une convention" in camille.get(answer.location).text


WRONG: dict[str, str] = {
    "identifiant": "732 829 320 00079",
    "nom": "  ",
    "nature": "inconnue",
    "categorie": "XXL",
    "effectif": "12,5",
    "naf": "62",
    "code_postal": "4100",
    "contacts-0-courriel": "marie",
    "contacts-0-telephone": "appelez-moi",
}


@pytest.mark.parametrize("name", WRONG)
def test_each_error_stands_beside_its_field_and_nothing_typed_is_lost(
    app: Flask, camille: FlaskClient, name: str
) -> None:
    typed = {"nom": "Étoile", "commune": "Blois", "notes": "Une note", "contacts-0-nom": "Marie", name: WRONG[name]}
    answer = send(camille, new_page(camille, a_siret()), **typed)
    assert answer.status_code == 422
    assert errors_of(answer.text) == [name]
    shown = fields_of(answer.text)
    kept = {field: value for field, value in typed.items() if field not in ("nature", "categorie")}
    assert {field: shown[field].strip() for field in kept} == {f: v.strip() for f, v in kept.items()}
    with app.app_context():
        assert not db.session.scalar(select(Signataire.id).where(Signataire.nom == "Étoile"))


def test_a_room_for_one_more_contact_keeps_everything_typed(camille: FlaskClient) -> None:
    typed = {"nom": "", "contacts-0-nom": "Marie", "effectif": "douze"}
    answer = send(camille, new_page(camille, a_siret()), **typed, ajouter_contact="1")
    assert answer.status_code == 200
    shown = fields_of(answer.text)
    assert (shown["contacts-0-nom"], shown["contacts-1-nom"], shown["effectif"]) == ("Marie", "", "douze")


# One's page


def declare(use_case: Any, convention: int, periode: str) -> None:
    given = {"actor": factories.CAMILLE, "now": NOW}
    key = open_declaration(**given, convention_id=convention, periode=Periode.from_code(periode))
    saisie = Saisie({engagement_of(convention, "F1"): AnswerTyped(valeur=Decimal(2))})
    use_case(**given, declaration_id=key, version=1, saisie=saisie)


def test_the_page_of_a_signatory_tells_who_when_what_and_what_is_owed(
    app: Flask, camille: FlaskClient, add: Callable[..., int]
) -> None:
    key = add(MARIE, effectif=12)
    with app.app_context():
        convention = a_convention(key, "F1", debut=date(2026, 1, 1), fin=date(2028, 12, 31))
        for periode, use_case in (("2026-T1", submit_and_validate), ("2026-T2", submit_declaration)):
            declare(use_case, convention, periode)
    html = unescape(camille.get(f"{LIST}/{key}").text)
    for shown in ("Marie Durand", "02 54 00 00 00", "12\u00a0personnes", "En cours", "Fiche créée", "Contact ajouté"):
        assert shown in html
    owed = html.split("Déclarations attendues</h2>")[1].split("</table>")[0]
    assert [
        p in owed for p in ("1er\u00a0trimestre", "2e\u00a0trimestre", "3e\u00a0trimestre", "4e\u00a0trimestre")
    ] == [
        False,
        True,
        True,
        False,
    ]
    assert f"/referent/conventions/{convention}/declarations/2026-T3" in owed


def test_a_signatory_without_contact_or_convention_is_told_what_comes_next(
    camille: FlaskClient, add: Callable[..., int]
) -> None:
    html = camille.get(f"{LIST}/{add()}").text
    assert "Ajouter un contact" in html
    assert "Saisir une convention" in html


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_type_is_shown_as_text_on_every_page(
    camille: FlaskClient, add: Callable[..., int], payload: str
) -> None:
    texts = dict.fromkeys(("nom", "secteur", "adresse", "commune", "notes"), payload)
    key = add(ContactTyped(nom=payload, fonction=payload), **texts)
    for page in (LIST, f"{LIST}/{key}", f"{LIST}/{key}/modifier", f"{NEW}?identifiant={a_siret()}"):
        html = camille.get(page).text
        assert live_parts(html) == [], page
        assert payload in unescape(html), page


# Correcting


def test_a_correction_is_saved_and_said(camille: FlaskClient, add: Callable[..., int], stored: Any) -> None:
    key = add(MARIE)
    answer = send(camille, f"{LIST}/{key}/modifier", commune="Vendôme", **{"contacts-0-fonction": "Directrice"})
    assert answer.location == f"{LIST}/{key}"
    assert (stored(key).commune, stored(key).contacts[0].fonction) == ("Vendôme", "Directrice")
    html = unescape(camille.get(answer.location).text)
    assert "La fiche est enregistrée." in html
    assert "commune\u00a0: Blois → Vendôme" in html


def test_R30_a_contact_is_taken_away(camille: FlaskClient, add: Callable[..., int], stored: Any) -> None:
    key = add(MARIE, ContactTyped("Paul"))
    send(camille, f"{LIST}/{key}/modifier", **{"contacts-0-retirer": "y"})
    assert [c.nom for c in stored(key).contacts] == ["Paul"]


def test_two_tabs_on_one_form_the_second_is_shown_both_versions_and_keeps_its_typing(
    camille: FlaskClient, add: Callable[..., int], stored: Any
) -> None:
    key = add(MARIE)
    path = f"{LIST}/{key}/modifier"
    first, second = camille.get(path).text, camille.get(path).text
    send(camille, path, first, commune="Vendôme", nature="association", is_partial_diffusion="y", effectif="12")
    answer = send(camille, path, second, commune="Salbris")
    html = unescape(answer.text)
    assert answer.status_code == 409
    assert value_of(answer.text, "commune") == "Salbris"
    for current in ("Vendôme", NATURES["association"], "oui", "12"):
        assert f"Enregistré entre-temps\u00a0: {current}" in html
    assert stored(key).commune == "Vendôme"
    assert send(camille, path, answer.text).status_code == 302, "sending again is a choice"
    assert stored(key).commune == "Salbris"


def test_only_the_fields_of_the_form_are_taken(app: Flask, camille: FlaskClient, add: Callable[..., int]) -> None:
    key = add(MARIE)
    with app.app_context():
        columns = [column.name for column in Signataire.__table__.columns]
        before = db.session.execute(select(Signataire.__table__).where(Signataire.id == key)).mappings().one()
    send(
        camille,
        f"{LIST}/{key}/modifier",
        **{name: "972" for name in columns if name not in fields_of(camille.get(f"{LIST}/{key}/modifier").text)},
        **{"contacts-0-signataire_id": "1", "contacts-0-id": "1"},
    )
    with app.app_context():
        after = db.session.execute(select(Signataire.__table__).where(Signataire.id == key)).mappings().one()
        contact = db.session.scalars(select(ContactSignataire)).one()
    changed = {name for name in columns if before[name] != after[name]}
    assert changed <= {"is_partial_diffusion", "is_covered_nationally", "version"}
    assert contact.signataire_id == key


# Rights


@pytest.mark.parametrize("path", ["", "/modifier"])
def test_zoe_gets_the_page_of_nothing_for_camille_s_signatory(
    sign_in: Callable[..., FlaskClient], add: Callable[..., int], path: str
) -> None:
    key = add(MARIE)
    zoe = sign_in(ZOE)
    hers, nothing = zoe.get(f"{LIST}/{key}{path}"), zoe.get(f"{LIST}/999999{path}")
    assert (hers.status_code, nothing.status_code) == (404, 404)
    assert "Marie" not in hers.text


def test_zoe_changes_nothing_of_camille_s_signatory(
    sign_in: Callable[..., FlaskClient], camille: FlaskClient, add: Callable[..., int], stored: Any
) -> None:
    key = add(MARIE)
    before, typed = stored(key), fields_of(camille.get(f"{LIST}/{key}/modifier").text)
    zoe = sign_in(ZOE)
    token = fields_of(zoe.get(f"{NEW}?identifiant={a_siret(9)}").text)["csrf_token"]
    answer = zoe.post(f"{LIST}/{key}/modifier", data={**typed, "nom": "Pris", "csrf_token": token})
    assert (answer.status_code, stored(key)) == (404, before)


@pytest.mark.parametrize("page", ["", "/1", "/1/modifier", "/nouveau", ".csv"])
def test_a_company_s_contact_has_no_door_here(sign_in: Callable[..., FlaskClient], page: str) -> None:
    assert sign_in(BRUNO).get(LIST + page).status_code == 403


def test_a_form_without_its_token_changes_nothing(app: Flask, camille: FlaskClient, add: Callable[..., int]) -> None:
    key = add()
    typed = fields_of(camille.get(f"{LIST}/{key}/modifier").text) | {"nom": "Pris"}
    del typed["csrf_token"]
    assert camille.post(f"{LIST}/{key}/modifier", data=typed).status_code == 400
    with app.app_context():
        assert not db.session.scalar(select(Signataire.id).where(Signataire.nom == "Pris"))


def test_the_demonstration_of_the_other_fixture_is_the_siret_of_bruno(camille: FlaskClient) -> None:
    assert "déjà dans votre liste" in camille.get(NEW, query_string={"identifiant": SIRET_BRUNO}).text


def test_R35_whoever_types_another_nature_is_told_which_was_taken_and_for_whom_a_change_is(
    camille: FlaskClient, stored: Callable[[int], Any]
) -> None:
    def add(rank: int, nature: str) -> tuple[int, str]:
        answer = send(camille, new_page(camille, a_siret(7, rank)), nom=f"Établissement {rank}", nature=nature)
        return int(answer.location.rsplit("/", 1)[1]), unescape(camille.get(answer.location).text)

    first, told = add(1, "reseau")
    assert "nature retenue" not in told
    second, told = add(2, "entreprise")
    assert "La nature retenue est « Réseau d’entreprises », celle de ses autres fiches" in told.replace("\u00a0", " ")
    assert (stored(first).nature, stored(second).nature) == ("reseau", "reseau")
    page = f"/referent/signataires/{second}/modifier"
    told = unescape(camille.get(send(camille, page, nature="association").location).text).replace("\u00a0", " ")
    assert "La nature « Association » vaut aussi pour ses autres fiches" in told
    assert stored(first).nature == "association"
    told = camille.get(send(camille, page, nom="Autre nom").location).text
    assert "vaut aussi" not in told and "nature retenue" not in told
