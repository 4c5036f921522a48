"""Camille keeps what her tracker holds beyond the grid: from the mapping to the list, its export and the copy."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from paqte.models import ColonnePropre, Reglage, Signataire, ValeurPropre, db
from paqte.services.conventions.propres import keep_column
from paqte.services.transaction import transaction
from tests.factories import CAMILLE as HERSELF
from tests.factories import a_siret
from tests.fixtures_acteurs import BRUNO, ZOE, post
from tests.importing.door.tableurs import Value
from tests.web.referent.imports.test_imports import hand_in, text_of, work
from tests.web.referent.pages import NOW, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

ROWS: list[list[Value]] = [
    ["Raison sociale", "N° SIRET", "Couleur", "Budget @ 2025", "Vu le", "Club", "Rien d’utile"],
    ["Élan (fictif)", a_siret(11), "bleu <b>nuit</b>", "1 234,5", "03/01/2025", "oui", "a"],
    ["Œuvre (fictif)", a_siret(12), "=1+1", "", "05/01/2025", "x", "b"],
]
KEPT = {
    "cible_0_2": "propre:texte",
    "cible_0_3": "propre:nombre",
    "cible_0_4": "propre:jour",
    "cible_0_5": "propre:ouinon",
}


def seen(app: Flask, camille: FlaskClient, rows: list[list[Value]] = ROWS, **targets: str) -> str:
    page = hand_in(camille, rows)
    post(camille, page, {**fields_of(camille.get(page).text), **targets, "acte": "essayer"})
    work(app)
    return page


def applied(app: Flask, camille: FlaskClient, page: str) -> str:
    post(camille, page, {"version": fields_of(camille.get(page).text)["version"], "acte": "appliquer"})
    work(app)
    return text_of(camille.get(page))


@pytest.fixture
def taken(app: Flask, camille: FlaskClient) -> str:
    """The page of a file whose four columns are kept, taken in."""
    page = seen(app, camille, **KEPT)
    assert "Signataires et contacts 2 0 0 0" in applied(app, camille, page)
    return page


def exported(camille: FlaskClient, address: str = "/referent/signataires.csv") -> list[dict[str, str]]:
    text = camille.get(address).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def key_of_column(app: Flask, titre: str) -> int:
    with app.app_context():
        return db.session.scalars(select(ColonnePropre.id).where(ColonnePropre.titre == titre)).one()


def test_an_unknown_column_is_left_unless_it_is_kept_and_what_is_kept_is_typed(
    app: Flask, camille: FlaskClient, taken: str
) -> None:
    with app.app_context():
        columns = db.session.execute(select(ColonnePropre.titre, ColonnePropre.genre).order_by(ColonnePropre.id)).all()
        values = db.session.scalars(select(ValeurPropre.valeur).order_by(ValeurPropre.id)).all()
    assert {tuple(c) for c in columns} == {
        ("Couleur", "texte"), ("Budget @ 2025", "nombre"), ("Vu le", "jour"), ("Club", "ouinon")
    }  # fmt: skip
    assert sorted(values) == sorted(["bleu <b>nuit</b>", "1234.5", "2025-01-03", "oui", "=1+1", "2025-01-05", "oui"])


def test_the_same_file_twice_proposes_the_columns_by_itself_and_changes_nothing(
    app: Flask, camille: FlaskClient, taken: str
) -> None:
    again = hand_in(camille, ROWS)
    fields = fields_of(camille.get(again).text)
    assert fields["cible_0_2"] == "propre:texte:Couleur"
    assert fields["cible_0_6"] == ""
    post(camille, again, {**fields, "acte": "essayer"})
    work(app)
    assert "Signataires et contacts 0 0 2 0" in text_of(camille.get(again))
    assert "Signataires et contacts 0 0 2 0" in applied(app, camille, again)


def test_the_list_exported_by_the_product_comes_back_in_and_changes_nothing(
    app: Flask, camille: FlaskClient, taken: str
) -> None:
    lines = exported(camille)
    elan = next(line for line in lines if line["Nom"] == "Élan (fictif)")
    told = ("Couleur", "Budget @ 2025", "Vu le", "Club")
    assert [elan[name] for name in told] == ["bleu <b>nuit</b>", "1234,5", "03/01/2025", "oui"]
    rows: list[list[Value]] = [list(lines[0]), *(list(line.values()) for line in lines)]
    again = hand_in(camille, rows, "liste.csv")
    post(camille, again, {**fields_of(camille.get(again).text), "acte": "essayer"})
    work(app)
    assert f"Signataires et contacts 0 0 {len(lines)} 0" in text_of(camille.get(again))


def test_a_value_that_is_not_of_its_kind_is_refused_at_its_cell_and_the_copy_gives_all_columns_back(
    app: Flask, camille: FlaskClient
) -> None:
    rows = [*ROWS, ["Faux (fictif)", a_siret(13), "vert", "beaucoup", "hier", "bof", "c"]]
    page = seen(app, camille, rows, **KEPT)
    said = text_of(camille.get(page))
    assert all(f"ligne 4, colonne {letter}" in said for letter in "DEF")
    sheet = load_workbook(io.BytesIO(camille.get(f"{page}/copie.xlsx").data)).active
    assert [cell.value for cell in sheet[2]] == ROWS[1]
    assert [bool(cell.comment) for cell in sheet[4]] == [False, False, False, True, True, True, False]
    with app.app_context():
        assert db.session.scalars(select(ColonnePropre)).all() == []


def test_two_rows_of_a_sheet_that_say_two_things_of_one_company_are_refused(app: Flask, camille: FlaskClient) -> None:
    rows = [*ROWS[:2], ["Élan (fictif)", a_siret(11), "vert", "", "", "", ""]]
    said = text_of(camille.get(seen(app, camille, rows, **KEPT)))
    assert "La ligne 2 dit « bleu <b>nuit</b> » pour le même signataire" in said.replace("&lt;", "<").replace(
        "&gt;", ">"
    )


def test_more_columns_than_the_setting_allows_or_another_kind_is_said_at_the_trial_and_nothing_is_kept(
    app: Flask, camille: FlaskClient
) -> None:
    with app.app_context(), transaction(actor=HERSELF, now=NOW) as session:
        session.add(Reglage(departement_code=None, cle="colonnes_propres", valeur="3"))
    assert "Votre département garde déjà 3 colonnes" in text_of(camille.get(seen(app, camille, **KEPT)))
    with app.app_context():
        assert db.session.scalars(select(ColonnePropre)).all() == []
        keep_column(actor=HERSELF, departement="41", titre="couleur", genre="jour", now=NOW)
    said = text_of(camille.get(seen(app, camille, cible_0_2="propre:texte")))
    assert "« couleur » est déjà gardée dans votre département, comme « date »" in said


def test_the_list_shows_a_column_and_is_narrowed_by_it_and_its_export_with_it(
    app: Flask, camille: FlaskClient, taken: str
) -> None:
    key, club = key_of_column(app, "Couleur"), key_of_column(app, "Club")
    assert '<th scope="col" class="" >\n          Couleur' not in camille.get("/referent/signataires").text
    post(camille, f"/referent/colonnes/{key}", {"titre": "Couleur", "is_listed": "y"})
    shown = camille.get("/referent/signataires").text
    assert "bleu &lt;b&gt;nuit&lt;/b&gt;" in shown and 'data-titre="Couleur"' in shown
    narrowed = f"propre={key}-remplie&cherche=NUIT"
    listed = text_of(camille.get(f"/referent/signataires?{narrowed}"))
    assert "1 signataire trouvé" in listed and "Élan (fictif)" in listed
    assert [line["Nom"] for line in exported(camille, f"/referent/signataires.csv?{narrowed}")] == ["Élan (fictif)"]
    assert "2 signataires trouvés" in text_of(camille.get(f"/referent/signataires?propre={club}-oui"))
    empty = text_of(camille.get(f"/referent/signataires?propre={club}-vide"))
    assert "1 signataire trouvé" in empty, "the company of the fixtures, of which the file says nothing"
    assert "Élan (fictif)" not in empty


def test_a_signatory_s_page_shows_the_values_which_are_changed_by_hand(
    app: Flask, camille: FlaskClient, taken: str
) -> None:
    with app.app_context():
        key = db.session.scalars(select(Signataire.id).where(Signataire.nom == "Élan (fictif)")).one()
    address = f"/referent/signataires/{key}"
    assert "Budget @ 2025 1 234,5" in text_of(camille.get(address))
    form = fields_of(camille.get(f"{address}/colonnes").text)
    budget = f"propre_{key_of_column(app, 'Budget @ 2025')}"
    refused = post(camille, f"{address}/colonnes", {**form, budget: "beaucoup"})
    assert refused.status_code == 422 and "n’est pas un nombre" in refused.text
    assert post(camille, f"{address}/colonnes", {**form, budget: "12"}).status_code == 302
    assert "Budget @ 2025 12" in text_of(camille.get(address))
    assert post(camille, f"{address}/colonnes", {**form, budget: "13"}).status_code == 409


def test_the_page_that_removes_a_column_shows_what_goes_and_offers_to_keep_it(
    app: Flask, camille: FlaskClient, taken: str
) -> None:
    key = key_of_column(app, "Couleur")
    asked = camille.get(f"/referent/colonnes/{key}/supprimer").text
    assert "2 valeurs partent avec elle" in asked.replace("\u00a0", " ") and "signataires.xlsx" in asked
    assert post(camille, f"/referent/colonnes/{key}/supprimer", {}).status_code == 302
    assert "La colonne « Couleur » est supprimée." in text_of(camille.get("/referent/colonnes"))
    assert "Couleur" not in camille.get("/referent/colonnes").text
    assert camille.get(f"/referent/colonnes/{key}").status_code == 404


def test_a_mapping_kept_under_a_name_keeps_the_columns_that_are_the_prefecture_s(
    app: Flask, camille: FlaskClient
) -> None:
    page = hand_in(camille, ROWS)
    fields = fields_of(camille.get(page).text)
    post(camille, page, {**fields, **KEPT, "nom_correspondance": "Suivi", "acte": "retenir"})
    other = hand_in(camille, ROWS, "autre.csv")
    html = camille.get(other).text
    assert fields_of(html)["cible_0_3"] == "", "nothing is kept yet"
    post(camille, other, {**fields_of(html, 'id="reprendre"'), "acte": "reprendre"})
    assert fields_of(camille.get(other).text)["cible_0_3"] == "propre:nombre:Budget @ 2025"


def test_neither_the_company_nor_another_departement_sees_them(
    app: Flask, sign_in: Callable[..., FlaskClient], taken: str
) -> None:
    key = key_of_column(app, "Couleur")
    bruno, zoe = sign_in(BRUNO), sign_in(ZOE)
    for browser in (bruno, zoe):
        for address in (f"/referent/colonnes/{key}", f"/referent/colonnes/{key}/supprimer"):
            assert browser.get(address).status_code in (403, 404)
    assert "Couleur" not in zoe.get("/referent/signataires").text
    assert "Couleur" not in zoe.get("/referent/signataires.csv").text
    assert "Couleur" not in bruno.get("/entreprise/").text
