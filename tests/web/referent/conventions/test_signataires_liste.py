"""The list of signatories: finding, turning pages, taking it away as a file (R4, R24, R30)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from paqte.models import Journal, db
from paqte.services.conventions.signataires import ContactTyped
from tests.factories import a_convention, a_siret
from tests.fixtures_acteurs import CAMILLE, ZOE
from tests.web.referent.pages import errors_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
LIST = "/referent/signataires"
NEW = "/referent/signataires/nouveau"
MARIE = ContactTyped("Marie Durand", "DRH", "marie@exemple.fr", "02 54 00 00 00")


def test_the_list_shows_each_signatory_with_its_convention_and_its_axes(
    app: Flask, camille: FlaskClient, add: Callable[..., int]
) -> None:
    key = add(MARIE, nom="Étoile du Nord", commune="Épuisay", categorie="PME")
    with app.app_context():
        a_convention(key, "F1", "R3", fin=date(2026, 12, 31))
    html = unescape(camille.get(LIST).text)
    for shown in (
        "Étoile du Nord",
        "Épuisay",
        "PME",
        "À renouveler",
        "31/12/2026",
        "Former, Recruter",
        "2\u00a0signataires",
    ):
        assert shown in html


def test_a_search_is_kept_in_its_field_and_counts_what_it_finds(camille: FlaskClient, add: Callable[..., int]) -> None:
    add(nom="Étoile du Nord")
    html = unescape(camille.get(LIST, query_string={"q": "ETOILE", "nature": "entreprise"}).text)
    assert 'value="ETOILE"' in html
    assert "1\u00a0signataire trouvé" in html
    assert "Atelier Lenoir" not in html
    add(nom="Étoile du Sud", identifiant=a_siret(7))
    assert "2\u00a0signataires trouvés" in unescape(camille.get(LIST, query_string={"q": "ETOILE"}).text)


def test_an_empty_search_and_an_empty_list_say_what_to_do_next(
    camille: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    assert "Tout afficher" in camille.get(LIST, query_string={"q": "introuvable"}).text
    zoe = sign_in(ZOE).get(LIST).text
    assert "Aucun signataire pour l’instant" in zoe
    assert NEW in zoe


@pytest.mark.parametrize(
    "query",
    [
        {"etat": "zzz", "nature": "' OR 1=1", "taille": "\x00", "axe": "<b>"},
        {"page": "abc"},
        {"page": "-1"},
        {"page": "99999999999"},
        {"tri": "nom; DROP TABLE"},
        {"q": "%"},
        {"q": "\x00\ufffe"},
        {"q": "a" * 5000},
        {"_external": "1", "_scheme": "javascript", "_anchor": "x", "endpoint": "y"},
    ],
)
def test_a_hostile_address_gives_the_list_and_never_a_failure(camille: FlaskClient, query: dict[str, str]) -> None:
    assert camille.get(LIST, query_string=query).status_code == 200


def test_an_answer_that_is_not_in_a_list_narrows_nothing(camille: FlaskClient) -> None:
    assert "Atelier Lenoir" in camille.get(LIST, query_string={"etat": "zzz", "nature": "zzz"}).text


def test_a_search_too_long_is_said_beside_its_field_and_narrows_nothing(camille: FlaskClient) -> None:
    html = camille.get(LIST, query_string={"q": "a" * 201}).text
    assert errors_of(html) == ["q"]
    assert "Atelier Lenoir" in html


def test_pages_keep_the_search_and_the_sort(app: Flask, camille: FlaskClient, add: Callable[..., int]) -> None:
    for rank in range(51):
        add(identifiant=a_siret(rank + 1), nom=f"Numéro {rank:02}")
    html = unescape(camille.get(LIST, query_string={"q": "numero", "tri": "-nom"}).text)
    assert "Numéro 50" in html
    assert "Numéro 00" not in html
    assert "1 à 50 sur 51\u00a0signataires" in html
    assert "q=numero&tri=-nom&page=2" in html
    assert "Numéro 00" in camille.get(LIST, query_string={"q": "numero", "tri": "-nom", "page": 2}).text


def read_csv(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_R30_the_export_is_the_list_as_shown_with_hidden_addresses_and_a_journal_line(
    app: Flask, camille: FlaskClient, add: Callable[..., int]
) -> None:
    add(MARIE, nom="Aa société", adresse="1 rue du Mail", code_postal="41000")
    add(
        identifiant=a_siret(2), nom="Ab artisan", adresse="2 rue cachée", code_postal="41100", is_partial_diffusion=True
    )
    add(identifiant=a_siret(3), nom="Réseau", nature="reseau")
    answer = camille.get(LIST + ".csv", query_string={"nature": "entreprise", "tri": "-nom"})
    rows = read_csv(answer)
    assert [row[0] for row in rows] == ["Nom", "Atelier Lenoir (fictif)", "Ab artisan", "Aa société"]
    assert rows[3][4:6] == ["1 rue du Mail", "41000"]
    assert rows[2][4:6] == ["", ""]
    assert b"cach" not in answer.data
    assert answer.headers["Content-Disposition"] == "attachment; filename=signataires-41-2026-11-22.csv"
    with app.app_context():
        line = db.session.scalars(select(Journal).where(Journal.acte == "exporter")).one()
    assert json.loads(line.apres) == {"lignes": 3, "nature": "entreprise", "tri": "-nom"}
    assert (line.qui, line.departement_code) == (CAMILLE.nom, "41")


@pytest.mark.parametrize("nom", ["=2+3", "+33 2", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "＝1"])
def test_no_text_of_the_export_is_a_formula(camille: FlaskClient, add: Callable[..., int], nom: str) -> None:
    add(nom=nom)
    assert f"'{nom}" in [row[0] for row in read_csv(camille.get(LIST + ".csv"))]


def test_R24_an_identifier_stays_a_text_in_the_export(camille: FlaskClient, add: Callable[..., int]) -> None:
    add(nom="Zz", identifiant="732829320")
    rows = {row[0]: row[1] for row in read_csv(camille.get(LIST + ".csv"))}
    assert rows["Zz"] == "SIREN 732 829 320"
    assert rows["Atelier Lenoir (fictif)"] == "732 829 320 00074"
