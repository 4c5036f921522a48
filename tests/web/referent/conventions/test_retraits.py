"""What Camille typed by mistake and takes away, and the companies that she finds by the number they bore."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from paqte.models import Convention, Signataire, db
from tests.factories import a_siret
from tests.fixtures_acteurs import post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

WHY = "Saisie sur la mauvaise entreprise."


def test_a_signed_convention_is_taken_away_with_a_reason_and_the_history_says_it(
    app: Flask, camille: FlaskClient, make: Callable[..., int], signataire: int
) -> None:
    key = make("F1")
    page, path = f"/referent/conventions/{key}", f"/referent/conventions/{key}/supprimer"
    refused = post(camille, path, {"version": "1"}, page=page)
    assert refused.status_code == 422 and "Écrivez pourquoi" in refused.text and 'href="#motif_retrait"' in refused.text
    done = post(camille, path, {"version": "1", "motif_retrait": WHY}, page=page)
    assert done.location == f"/referent/signataires/{signataire}"
    shown = camille.get(done.location).text
    assert 'Convention <span class="une-ligne">41-2025-001</span> supprimée' in shown and WHY in shown
    with app.app_context():
        assert db.session.get(Convention, key) is None


def test_a_company_typed_twice_is_taken_away_and_one_that_signed_says_what_holds_it(
    app: Flask, camille: FlaskClient, make: Callable[..., int], signataire: int
) -> None:
    page, path = f"/referent/signataires/{signataire}", f"/referent/signataires/{signataire}/supprimer"
    key = make()
    held = post(camille, path, {"version": "1", "motif_retrait": WHY}, page=page)
    assert held.status_code == 422 and "en dépendent la convention" in held.text and WHY in held.text
    post(camille, f"/referent/conventions/{key}/supprimer", {"version": "1", "motif_retrait": WHY},
         page=f"/referent/conventions/{key}")  # fmt: skip
    done = post(camille, path, {"version": "1", "motif_retrait": WHY}, page=page)
    assert done.location == "/referent/signataires"
    with app.app_context():
        assert db.session.get(Signataire, signataire) is None


def test_a_company_is_found_by_the_siret_it_bore_in_the_list_and_when_adding_it(
    camille: FlaskClient, add: Callable[..., int]
) -> None:
    key = add(identifiant=a_siret(3), nom="Menuiserie du Cher")
    page = f"/referent/signataires/{key}/modifier"
    typed = {"version": "1", "identifiant": a_siret(3, 2), "nom": "Menuiserie du Cher", "nature": "entreprise"}
    assert post(camille, page, typed).status_code == 302
    assert "Menuiserie du Cher" in camille.get(f"/referent/signataires?q={a_siret(3)}").text
    assert "Menuiserie du Cher" in camille.get(f"/referent/signataires?q={a_siret(3, 2)}").text
    fiche = (
        camille.get(f"/referent/signataires/{key}").text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
    )
    assert "Numérosd’avant" in fiche and a_siret(3) in fiche
    step = camille.get(f"/referent/signataires/nouveau?identifiant={a_siret(3)}").text
    assert "est déjà dans votre liste" in step and "portait le numéro" in step
    onwards = camille.get(f"/referent/signataires/nouveau?identifiant={a_siret(3)}&suite=oui")
    assert 'name="nom"' in onwards.text
    # It takes its former number again: it is no former one any more.
    assert post(camille, page, typed | {"version": "2", "identifiant": a_siret(3)}).status_code == 302
    assert "portait le numéro" in camille.get(f"/referent/signataires/nouveau?identifiant={a_siret(3, 2)}").text
    assert "portait le numéro" not in camille.get(f"/referent/signataires/nouveau?identifiant={a_siret(3)}").text
