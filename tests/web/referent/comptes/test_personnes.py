"""Through the pages: a copy of what is kept of a person, her erasure, who goes soon, one's own copy (R30)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from paqte.models import ContactSignataire, Journal, Rattachement, Signataire, Utilisateur, db
from paqte.services.comptes.conservation import erase_expired
from paqte.services.conventions.signataires import ContactTyped
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, ZOE, post
from tests.services.vie_de_bruno import found_in_base
from tests.web.referent.pages import NOW

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
ODILE = ContactTyped(nom="Odile Marchand", courriel="odile@nord.test", telephone="02 54 00 00 09")


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.text)).replace("\u00a0", " ").split())


def key_of(app: Flask, courriel: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Utilisateur.id).where(Utilisateur.courriel == courriel)).one()


@pytest.fixture
def card(app: Flask, add: Callable[..., int]) -> str:
    """Address of Odile's card, on a signatory of Camille's."""
    signataire = add(ODILE)
    with app.app_context():
        contact = db.session.scalars(select(ContactSignataire.id)).one()
    return f"/referent/signataires/{signataire}/contacts/{contact}"


@pytest.fixture
def account(app: Flask, accounts: object) -> str:
    with app.app_context():
        query = select(Rattachement.id).where(Rattachement.courriel == BRUNO.courriel)
        return f"/referent/acces/{db.session.scalars(query).one()}"


def test_R30_camille_hands_a_contact_a_file_of_what_is_kept_of_her(camille: FlaskClient, card: str) -> None:
    page = camille.get(card.partition("/contacts")[0])
    assert f"{card}/donnees" in page.text and f"{card}/effacer" in page.text
    answer = camille.get(f"{card}/donnees")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert [c["telephone"] for c in json.loads(answer.data)["contacts"]] == ["02 54 00 00 09"]


def test_R30_camille_is_told_what_goes_and_what_stays_then_erases(app: Flask, camille: FlaskClient, card: str) -> None:
    asked = text_of(camille.get(f"{card}/effacer"))
    for said in ("Odile Marchand, odile@nord.test", "1 fiche de contact", "Ce qui reste", "n’aura plus de contact"):
        assert said in asked
    with app.app_context():
        assert "contact_signataire.nom" in found_in_base("Odile"), "looking erases nothing"
    answer = post(camille, f"{card}/effacer", {}, follow_redirects=True)
    assert "La personne est effacée." in text_of(answer) and "Contact effacé" in text_of(answer)
    with app.app_context():
        assert found_in_base("Odile", ODILE.courriel, ODILE.telephone) == []
    assert camille.get(f"{card}/effacer").status_code == 404


def test_R30_erasing_the_only_account_of_a_company_says_that_nobody_will_answer(
    app: Flask, camille: FlaskClient, sign_in: Callable[..., FlaskClient], account: str
) -> None:
    bruno = sign_in(BRUNO)
    page = text_of(camille.get(f"{account}/effacer"))
    assert "Plus personne ne pourra répondre pour Atelier Lenoir (fictif)" in page
    assert f"{account}/donnees" in camille.get(account).text
    assert post(camille, f"{account}/effacer", {}).headers["Location"] == "/referent/acces"
    assert bruno.get("/entreprise/").status_code == 302, "his session died with his account"
    with app.app_context():
        assert found_in_base(BRUNO.courriel, BRUNO.nom) == []


def test_R30_a_shared_account_is_erased_here_and_said_to_be_like_any_other(
    app: Flask, camille: FlaskClient, account: str
) -> None:
    from paqte.domain.personnes.acteurs import PLANIFICATEUR
    from paqte.services.comptes.comptes import invite_user

    with app.app_context():
        invite_user(
            actor=PLANIFICATEUR, role="entreprise", courriel=BRUNO.courriel, nom=BRUNO.nom, base_url="http://x",
            now=NOW, signataires=[a_signataire("Rhum (fictif)", "972")], by_mail=False,
        )  # fmt: skip
    page = camille.get(f"{account}/effacer")
    assert "hors de votre département" not in text_of(page)
    assert post(camille, f"{account}/effacer", {}).status_code == 302
    assert camille.get(account).status_code == 404


def test_R30_contacts_soon_erased_are_told_at_home_in_the_calendar_and_on_their_page(
    app: Flask, camille: FlaskClient, sign_in: Callable[..., FlaskClient], card: str
) -> None:
    assert "Personne dans les trois mois" in text_of(camille.get("/referent/conservation"))
    with app.app_context():
        signataire = db.session.scalars(select(Signataire.id).where(Signataire.nom.startswith("Menuiserie"))).one()
        a_convention(signataire, debut=date(2022, 1, 2), fin=date(2025, 1, 1))
        row = db.session.scalars(select(ContactSignataire)).one()
        db.session.execute(db.update(ContactSignataire).values(created_at=NOW.replace(year=2022)))
        db.session.commit()
        assert row.nom == "Odile Marchand"
    told = text_of(camille.get("/referent/conservation"))
    assert "2 janvier 2027 Odile Marchand contact de la fiche" in told
    assert "1 contact sera bientôt effacé" in text_of(camille.get("/referent/"))
    assert "Effacement de contacts" in text_of(camille.get("/referent/calendrier"))
    assert "Odile" not in text_of(sign_in(ZOE).get("/referent/conservation"))
    with app.app_context():
        erase_expired(now=NOW.replace(year=2027))
        assert found_in_base("Odile") == []


@pytest.mark.parametrize("who", [CAMILLE, BRUNO, NADIA, ALIX], ids=lambda person: person.nom)
def test_R30_anybody_has_a_copy_of_what_is_kept_of_herself(
    app: Flask, sign_in: Callable[..., FlaskClient], who: Any
) -> None:
    browser = sign_in(who)
    answer = browser.get("/compte/donnees")
    told = json.loads(answer.data)
    assert told["compte"]["courriel"] == who.courriel
    assert [c["acte"] for c in told["connexions"]][-1] == "connexion"
    assert '/compte/donnees">Mes données' in browser.get("/connexion/lien-envoye").text
    with app.app_context():
        lines = db.session.scalars(select(Journal.qui).where(Journal.acte == "exporter_donnees")).all()
    assert lines == [who.nom]


def test_R30_an_administrator_exports_and_erases_accounts_of_the_state(
    app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    alix, nadia, zoe = sign_in(ALIX), key_of(app, NADIA.courriel), key_of(app, ZOE.courriel)
    assert json.loads(alix.get(f"/admin/comptes/{nadia}/donnees").data)["compte"]["nom"] == NADIA.nom
    refused = text_of(alix.get(f"/admin/comptes/{zoe}/effacer"))
    assert "C’est le dernier référent du département Martinique" in refused
    assert f"/admin/comptes/{nadia}/effacer" in alix.get(f"/admin/comptes/{nadia}").text
    assert post(alix, f"/admin/comptes/{nadia}/effacer", {}).headers["Location"] == "/admin/comptes"
    with app.app_context():
        assert found_in_base(NADIA.courriel, NADIA.nom) == []
    assert alix.get(f"/admin/comptes/{nadia}").status_code == 404
    assert "Personne effacée" not in text_of(alix.get("/admin/comptes"))
