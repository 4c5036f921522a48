"""Camille takes her own tracker in: hands it in, matches its columns, sees what it would do, keeps it or not."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Convention, Courriel, Declaration, Importation, Journal, MappingKept, Reglage, Signataire, db
from paqte.services.declarations.declarations import send_back
from paqte.services.imports import importations
from paqte.services.imports.importations import purge_imports, run_imports
from paqte.services.transaction import transaction
from tests.factories import CAMILLE as HERSELF
from tests.factories import a_siret
from tests.fixtures_acteurs import ZOE, post
from tests.importing.door.tableurs import Value, a_csv
from tests.web.referent.pages import NOW, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

ROWS: list[list[Value]] = [
    ["Raison sociale", "N° SIRET", "Date de signature", "Stages de 3e réalisés S1 2025", "Couleur"],
    ["Élan (fictif)", a_siret(1), "03/01/2025", "12", "bleu"],
    ["Œuvre (fictif)", a_siret(2), "05/01/2025", "7", "vert"],
]


def text_of(answer: Any) -> str:
    """What is read of a page, marks of a table apart."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def hand_in(browser: FlaskClient, rows: list[list[Value]], nom: str = "suivi.csv") -> str:
    """The address of the page of the file."""
    given = {"fichier": (io.BytesIO(a_csv(rows)), nom)}
    return str(post(browser, "/referent/imports", given).headers["Location"])


def work(app: Flask) -> int:
    """What the scheduler does."""
    with app.app_context():
        return run_imports(clock=lambda: NOW)


def counts(app: Flask) -> tuple[int, ...]:
    with app.app_context():
        kept = tuple(
            db.session.scalar(select(func.count()).select_from(t)) or 0 for t in (Signataire, Convention, Declaration)
        )
        db.session.rollback()
    return kept


def test_a_tracker_is_handed_in_seen_and_kept(app: Flask, camille: FlaskClient) -> None:
    before = counts(app)
    page = hand_in(camille, ROWS)
    html = camille.get(page).text
    assert fields_of(html)["cible_0_3"] == "valeur:S2@2025-S1"
    assert fields_of(html)["cible_0_4"] == ""
    post(camille, page, {**fields_of(html), "acte": "essayer"})
    assert 'http-equiv="refresh"' in camille.get(page).text
    assert work(app) == 1
    seen = text_of(camille.get(page))
    assert "Signataires et contacts 2 0 0 0" in seen
    assert "Déclarations 2 0 0 0" in seen
    assert counts(app) == before
    post(camille, page, {"version": fields_of(camille.get(page).text)["version"], "acte": "appliquer"})
    assert work(app) == 1
    assert "Ce qui est enregistré" in text_of(camille.get(page))
    assert counts(app) == tuple(n + 2 for n in before)
    with app.app_context():
        row = db.session.scalars(select(Importation)).one()
        assert (row.etat, row.octets) == ("applique", None)
        acts = db.session.scalars(select(Journal.acte).where(Journal.objet == "importation")).all()
        assert set(acts) == {"deposer", "appliquer"}


def test_a_refused_row_keeps_nothing_and_stands_in_the_annotated_copy(app: Flask, camille: FlaskClient) -> None:
    page = hand_in(camille, [*ROWS, ["=1+1", "123", "05/01/2025", "3", "rouge"]])
    post(camille, page, {**fields_of(camille.get(page).text), "acte": "essayer"})
    work(app)
    html = camille.get(page).text
    assert "ligne 4, colonne B" in text_of(camille.get(page))
    assert "Enregistrer tout" not in html
    before = counts(app)
    refused = post(camille, page, {"version": fields_of(html)["version"], "acte": "appliquer"})
    assert refused.status_code == 422
    assert (work(app), counts(app)) == (0, before)
    book = load_workbook(io.BytesIO(camille.get(f"{page}/copie.xlsx").data))
    cell = book.active["B4"]
    assert "14 chiffres" in cell.comment.text
    assert (book.active["A4"].value, book.active["A4"].data_type) == ("=1+1", "s")


def test_what_was_refused_only_as_it_was_to_be_kept_is_shown_line_by_line_and_nothing_is_kept(
    app: Flask, camille: FlaskClient
) -> None:
    other: list[list[Value]] = [ROWS[0], [*ROWS[1][:3], "13", ""]]
    pages = [hand_in(camille, ROWS), hand_in(camille, other, "autre.csv")]
    for page in pages:
        post(camille, page, {**fields_of(camille.get(page).text), "acte": "essayer"})
    work(app)
    before = counts(app)
    for page in pages:
        post(camille, page, {"version": fields_of(camille.get(page).text)["version"], "acte": "appliquer"})
    work(app)
    assert counts(app) == tuple(n + 2 for n in before), "the first alone"
    meanwhile = pages[1]
    html = camille.get(meanwhile).text
    assert "Cette déclaration est déjà transmise et dit autre chose" in text_of(camille.get(meanwhile))
    assert "Enregistrer tout" not in html


def test_what_is_no_spreadsheet_is_refused_beside_the_field(camille: FlaskClient) -> None:
    given = {"fichier": (io.BytesIO(b"<html><table>"), "suivi.xlsx")}
    answer = post(camille, "/referent/imports", given)
    assert answer.status_code == 422
    assert "page web" in answer.text


def test_an_import_given_up_forgets_its_file_and_is_not_taken_up_again(app: Flask, camille: FlaskClient) -> None:
    page = hand_in(camille, ROWS)
    html = camille.get(page).text
    post(camille, page, {"version": fields_of(html)["version"], "acte": "annuler"})
    answer = post(camille, page, {**fields_of(html), "acte": "essayer"})
    assert answer.status_code in (409, 422)
    assert work(app) == 0
    with app.app_context():
        assert db.session.scalars(select(Importation.octets)).one() is None


def test_another_departement_sees_nothing_of_it(camille: FlaskClient, sign_in: Callable[..., FlaskClient]) -> None:
    page = hand_in(camille, ROWS)
    zoe = sign_in(ZOE)
    assert [zoe.get(page).status_code, zoe.get(f"{page}/copie.xlsx").status_code] == [404, 404]
    assert "suivi.csv" not in zoe.get("/referent/imports").text


def test_killed_while_it_is_kept_it_leaves_nothing_and_begins_again(
    app: Flask, camille: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = hand_in(camille, ROWS)
    post(camille, page, {**fields_of(camille.get(page).text), "acte": "essayer"})
    work(app)
    post(camille, page, {"version": fields_of(camille.get(page).text)["version"], "acte": "appliquer"})
    before = counts(app)

    def killed(*_given: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(importations, "_keep_applied", killed)
        work(app)
    assert counts(app) == before
    with app.app_context():
        assert run_imports(clock=lambda: NOW) == 0  # its holder may still be at it
        assert run_imports(clock=lambda: NOW + timedelta(minutes=16)) == 1
    assert counts(app) == tuple(n + 2 for n in before)


def test_R30_what_a_file_holds_of_people_is_forgotten_after_thirty_days(app: Flask, camille: FlaskClient) -> None:
    hand_in(camille, ROWS)
    with app.app_context():
        assert purge_imports(now=NOW + timedelta(days=29)) == 0
        assert purge_imports(now=NOW + timedelta(days=31)) == 1
        assert db.session.scalars(select(Importation.octets)).one() is None


def kept_import(app: Flask, browser: FlaskClient, rows: list[list[Value]]) -> str:
    """The page of a file that is seen, then kept."""
    page = hand_in(browser, rows)
    for acte in ("essayer", "appliquer"):
        post(browser, page, {**fields_of(browser.get(page).text), "acte": acte})
        assert work(app) == 1
    return page


def test_a_whole_import_is_validated_after_its_totals_were_read_but_not_what_changed_since(
    app: Flask, camille: FlaskClient
) -> None:
    more: list[list[Value]] = [[f"Été {n} (fictif)", a_siret(n), "03/01/2025", str(n), ""] for n in (3, 4, 5)]
    page = kept_import(app, camille, [*ROWS, *more])
    seen = text_of(camille.get(page))
    assert "(S2) 31 5" in seen
    with app.app_context():
        first = db.session.scalars(select(Declaration.id).order_by(Declaration.id)).first()
        told: dict[str, Any] = {"actor": HERSELF, "now": NOW, "declaration_id": first}
        version = db.session.get_one(Declaration, first).version
        send_back(**told, version=version, commentaires={None: "Combien au juste ?"})
    html = camille.get(page).text
    assert "1 déclaration a changé depuis l’import" in text_of(camille.get(page)).replace("\xa0", " ")
    post(camille, page, {"version": fields_of(html)["version"], "acte": "valider"})
    assert work(app) == 1
    assert "4 déclarations validées." in text_of(camille.get(page)).replace("\xa0", " ")
    with app.app_context():
        etats = [etat for (etat,) in db.session.execute(select(Declaration.etat).order_by(Declaration.id))]
        assert etats == ["a_completer", *["validee"] * 4]
        query = (
            select(func.count()).select_from(Journal).where(Journal.objet == "declaration", Journal.acte == "modifier")
        )
        assert (db.session.scalar(query.where(Journal.apres.contains("validee"))), courriels()) == (4, 0)
    again = post(camille, page, {"version": fields_of(html)["version"], "acte": "valider"})
    assert (again.status_code, work(app)) == (409, 0)


def courriels() -> int:
    return db.session.scalar(select(func.count()).select_from(Courriel)) or 0


def test_the_bar_stands_in_the_base_where_every_machine_reads_it(
    app: Flask, camille: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = hand_in(camille, ROWS)
    post(camille, page, {**fields_of(camille.get(page).text), "acte": "essayer"})
    shown: list[str] = []

    def rehearse(*, progress: Callable[[int, int], None], **_given: Any) -> tuple[()]:
        progress(3, 8)
        shown.append(text_of(camille.get(page)))
        return ()

    with monkeypatch.context() as patched:
        patched.setattr(importations, "rehearse_tracker", rehearse)
        work(app)
    assert "3 étapes sur 8." in shown[0]


OTHER = [
    ["Raison sociale", "N° SIRET", "Date de signature", "Stages de 3e réalisés S2 2025", "Couleur"],
    ["Élan (fictif)", a_siret(1), "03/01/2025", "5", "vert"],
]


def test_columns_kept_under_a_name_are_used_again_for_the_file_of_another_period(
    app: Flask, camille: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    page = hand_in(camille, ROWS)
    chosen = {**fields_of(camille.get(page).text), "cible_0_4": "secteur", "nom_correspondance": "Suivi du 41"}
    post(camille, page, {**chosen, "acte": "retenir"})
    other = hand_in(camille, OTHER)
    html = camille.get(other).text
    assert fields_of(html)["cible_0_4"] == ""
    post(camille, other, {**fields_of(html, 'id="reprendre"'), "acte": "reprendre"})
    found = fields_of(camille.get(other).text)
    assert (found["cible_0_3"], found["cible_0_4"]) == ("valeur:S2@2025-S2", "secteur")
    assert "Suivi du 41" not in sign_in(ZOE).get("/referent/imports").text


def test_columns_kept_that_do_not_fit_are_said_and_those_that_fit_nothing_are_refused(camille: FlaskClient) -> None:
    page = hand_in(camille, ROWS)
    chosen = {**fields_of(camille.get(page).text), "cible_0_4": "secteur", "nom_correspondance": "Suivi du 41"}
    post(camille, page, {**chosen, "acte": "retenir"})
    other = hand_in(camille, [row[:4] for row in OTHER])
    post(camille, other, {**fields_of(camille.get(other).text, 'id="reprendre"'), "acte": "reprendre"})
    assert "Colonnes absentes de ce fichier : « couleur »." in text_of(camille.get(other)).replace("\xa0", " ")
    none = hand_in(camille, [["SIREN", "Commune"], [a_siret(1)[:9], "Blois"]])
    refused = post(camille, none, {**fields_of(camille.get(none).text, 'id="reprendre"'), "acte": "reprendre"})
    assert refused.status_code == 422
    assert "aucune de ses colonnes" in refused.text


def test_columns_changed_after_the_look_are_not_kept_unseen(app: Flask, camille: FlaskClient) -> None:
    page = hand_in(camille, ROWS)
    post(camille, page, {**fields_of(camille.get(page).text), "acte": "essayer"})
    work(app)
    chosen = {**fields_of(camille.get(page).text), "cible_0_4": "secteur", "nom_correspondance": "Suivi du 41"}
    post(camille, page, {**chosen, "acte": "retenir"})
    html = camille.get(page).text
    assert "Enregistrer tout" not in html
    assert post(camille, page, {"version": fields_of(html)["version"], "acte": "appliquer"}).status_code == 422


def test_a_kept_mapping_is_renamed_and_removed(app: Flask, camille: FlaskClient) -> None:
    page = hand_in(camille, ROWS)
    for nom in ("Suivi du 41", "Autre suivi"):
        post(camille, page, {**fields_of(camille.get(page).text), "nom_correspondance": nom, "acte": "retenir"})
    with app.app_context():
        keys = dict(db.session.execute(select(MappingKept.nom, MappingKept.id)).all())
    assert set(keys) == {"Suivi du 41", "Autre suivi"}
    told = {"correspondance": str(keys["Autre suivi"]), "acte": "renommer"}
    post(camille, "/referent/imports", {**told, "nom_correspondance": "suivi du 41"})
    assert "s’appelle déjà" in camille.get("/referent/imports").text
    post(camille, "/referent/imports", {**told, "nom_correspondance": "Tableau de la DDETS"})
    post(camille, "/referent/imports", {"correspondance": str(keys["Suivi du 41"]), "acte": "supprimer"})
    html = camille.get("/referent/imports").text
    assert ("Tableau de la DDETS" in html, 'value="Suivi du 41"' in html) == (True, False)


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"import_lignes": "2"}, "Ce tableau compte 3 lignes, et 2 sont acceptées"),
        ({"import_colonnes": "4"}, "Ce tableau compte 5 colonnes, et 4 sont acceptées"),
        ({"import_jour_fichiers": "1"}, "Votre département a déposé 1 tableau en vingt-quatre heures"),
    ],
)
def test_what_a_tracker_may_hold_and_how_many_a_day_are_settings(
    app: Flask, camille: FlaskClient, limit: dict[str, str], said: str
) -> None:
    given = {"fichier": (io.BytesIO(a_csv(ROWS[:2])), "suivi.csv")}
    assert post(camille, "/referent/imports", given).status_code == 302
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
        session.add_all(Reglage(departement_code=None, cle=cle, valeur=valeur) for cle, valeur in limit.items())
    answer = post(camille, "/referent/imports", {"fichier": (io.BytesIO(a_csv(ROWS)), "suivi.csv")})
    assert answer.status_code == 422
    assert said in unescape(answer.text).replace("\xa0", " ")
