"""A company from its SIRET or its name: what is found is proposed, what is not keeps nobody from typing (R24)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import func, select

from paqte.models import Convention, Engagement, Etablissement, Journal, Objectif, Signataire, db
from paqte.services.conventions.entreprises.veille import watch
from tests.fixtures_acteurs import CAMILLE, token_in
from tests.ops import annuaire
from tests.ops.annuaire import Search, answering, establishment, raw, unit
from tests.web.referent.pages import NOW, act, errors_of, fields_of, live_parts, send

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

NEW = "/referent/signataires/nouveau"
ABOUT_PAGES = True
# Another company than Bruno's, which is in the list already.
MENUISERIE = "55208131766522"
COMPLETE = {
    "adresse": "1 rue du Mail",
    "code_postal": "41000",
    "commune": "Blois",
    "naf": "43.32A",
    "secteur": "Bois",
    "categorie": "PME",
}


@pytest.fixture
def search() -> Iterator[Search]:
    with annuaire.serving() as served:
        served.answers = answering(menuiserie())
        yield served


@pytest.fixture
def given_settings(search: Search) -> Mapping[str, object]:
    return {"PAQTE_ENTREPRISES_URL": search.url}


def menuiserie(*others: dict[str, Any], **more: Any) -> dict[str, Any]:
    return unit(*others, siege=establishment(MENUISERIE, est_siege=True, **more.pop("siege", {})), **more)


def filled(camille: FlaskClient, identifiant: str = MENUISERIE) -> dict[str, str]:
    return fields_of(camille.get(f"{NEW}?identifiant={identifiant}").text)


def test_a_siret_fills_the_form_which_may_be_changed(camille: FlaskClient, search: Search, app: Flask) -> None:
    fields = filled(camille)
    assert {
        name: fields[name] for name in ("nom", "adresse", "code_postal", "commune", "naf", "categorie", "nature")
    } == {
        "nom": "MENUISERIE DU VAL",
        "adresse": "8 RUE DU DOCTEUR ROUX",
        "code_postal": "41000",
        "commune": "BLOIS",
        "naf": "43.32A",
        "categorie": "PME",
        "nature": "entreprise",
    }
    assert fields["secteur"] == "Travaux de menuiserie bois et PVC"
    assert fields["effectif"] == "", "a range of head-counts is no head-count (R27)"
    send(
        camille,
        NEW,
        opened=camille.get(f"{NEW}?identifiant={MENUISERIE}").text,
        nom="Menuiserie du Val, Blois",
        effectif="31",
    )
    with app.app_context():
        saved = db.session.scalars(select(Signataire).where(Signataire.identifiant == MENUISERIE)).one()
        assert (saved.nom, saved.commune, saved.effectif) == ("Menuiserie du Val, Blois", "BLOIS", 31)


def test_what_was_read_lately_is_not_asked_again_and_leaves_no_journal_line(
    camille: FlaskClient, search: Search, app: Flask
) -> None:
    with app.app_context():
        before = db.session.scalar(select(func.count(Journal.id)))
    filled(camille)
    assert filled(camille)["nom"] == "MENUISERIE DU VAL"
    assert len(search.asked) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count(Journal.id))) == before
        assert db.session.scalars(select(Etablissement.siret)).all() == [MENUISERIE]


def test_what_was_read_before_serves_when_the_service_is_down_and_says_its_day(
    sign_in: Callable[..., FlaskClient], search: Search
) -> None:
    with time_machine.travel(NOW, tick=False):
        filled(sign_in(CAMILLE))
    search.answers = raw(b"", 503)
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        html = sign_in(CAMILLE).get(f"{NEW}?identifiant={MENUISERIE}").text
    assert fields_of(html)["nom"] == "MENUISERIE DU VAL"
    assert "ne répond pas" in html and "22 novembre 2026" in html


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (raw(b"{}", 500), "ne répond pas"),
        (raw(b"<html>", kind="text/html"), "réponse inattendue"),
        (raw(b"", 302, Location="http://127.0.0.1:1/"), "réponse inattendue"),
        (raw(b"{}", 429, Retry_After="1"), "très demandé"),
        (answering(), "ne publie rien sous ce numéro"),
        (answering(unit()), "ne publie rien sous ce numéro"),
    ],
)
def test_whatever_the_service_does_the_form_is_typed_by_hand(
    camille: FlaskClient, search: Search, app: Flask, answer: annuaire.Behaviour, said: str
) -> None:
    search.answers = answer
    page = camille.get(f"{NEW}?identifiant={MENUISERIE}")
    assert page.status_code == 200
    assert said in page.text and "la main" in page.text
    send(camille, NEW, opened=page.text, nom="Menuiserie du Val")
    with app.app_context():
        assert (
            db.session.scalar(select(Signataire.nom).where(Signataire.identifiant == MENUISERIE)) == "Menuiserie du Val"
        )


def test_the_button_fills_what_is_empty_and_keeps_what_was_typed(camille: FlaskClient, search: Search) -> None:
    search.answers = raw(b"", 503)
    start = fields_of(camille.get(f"{NEW}?identifiant={MENUISERIE}").text)
    search.answers = answering(menuiserie())
    typed = {**start, "nom": "Chez Roux", "notes": "Rappeler mardi", "contacts-0-nom": "Léa Roy", "completer": "1"}
    answer = camille.post(NEW, data=typed)
    fields = fields_of(answer.text)
    assert answer.status_code == 200
    assert (fields["nom"], fields["notes"], fields["contacts-0-nom"]) == ("Chez Roux", "Rappeler mardi", "Léa Roy")
    assert (fields["commune"], fields["naf"]) == ("BLOIS", "43.32A")
    assert "Nom ou raison sociale\u00a0: MENUISERIE DU VAL" in answer.text
    again = camille.post(NEW, data=typed)
    assert again.status_code == 200, "looking twice is not sending twice"
    assert fields_of(again.text)["nom"] == "Chez Roux"


def test_a_company_typed_by_hand_is_completed_later(
    camille: FlaskClient, search: Search, add: Callable[..., int], app: Flask
) -> None:
    key = add(identifiant=MENUISERIE, nom="Menuiserie")
    page = f"/referent/signataires/{key}/modifier"
    fields = fields_of(camille.post(page, data={**fields_of(camille.get(page).text), "completer": "1"}).text)
    assert (fields["nom"], fields["adresse"], fields["version"]) == ("Menuiserie", "8 RUE DU DOCTEUR ROUX", "1")
    with app.app_context():
        assert db.session.get_one(Signataire, key).adresse == "", "nothing is saved before « Enregistrer »"


def test_a_wrong_number_is_told_beside_its_field_and_asks_nobody(camille: FlaskClient, search: Search) -> None:
    typed = {"identifiant": "123", "nom": "Chez Roux", "completer": "1", "csrf_token": token_in(camille.get(NEW).text)}
    answer = camille.post(NEW, data=typed)
    assert answer.status_code == 422
    assert errors_of(answer.text) == ["identifiant"]
    assert fields_of(answer.text)["nom"] == "Chez Roux"
    assert search.asked == []


def test_a_closed_establishment_is_told_with_the_open_ones_of_its_siren(camille: FlaskClient, search: Search) -> None:
    closed = establishment("55208131700018", etat_administratif="F", date_fermeture="2026-03-31")
    search.answers = answering(menuiserie(closed))
    html = camille.get(f"{NEW}?identifiant=55208131700018").text
    assert "fermé depuis le" in html and "31 mars 2026" in html.replace("\u00a0", " ")
    assert f"{NEW}?identifiant={MENUISERIE}" in html


def test_R30_a_person_who_is_not_published_is_marked(camille: FlaskClient, search: Search) -> None:
    search.answers = answering(
        menuiserie(siege={"adresse": "[ND]"}, nom_raison_sociale=None, nom_complet="[ND]", statut_diffusion="P")
    )
    fields = filled(camille)
    assert (fields["nom"], fields["adresse"], fields.get("is_partial_diffusion")) == ("", "", "y")


def test_a_name_leads_to_the_number_without_any_script(camille: FlaskClient, search: Search) -> None:
    search.answers = answering(menuiserie(siege={"nom_commercial": "LE COPEAU"}))
    html = camille.get(NEW, query_string={"cherche": "menuiserie val"}).text
    assert "MENUISERIE DU VAL" in html and "LE COPEAU" in html
    assert f"{NEW}?identifiant={MENUISERIE}" in html
    assert camille.get(NEW, query_string={"cherche": "ab"}).status_code == 422
    search.answers = raw(b"", 503)
    html = camille.get(NEW, query_string={"cherche": "menuiserie val"}).text
    assert "ne répond pas" in html and "MENUISERIE DU VAL" not in html


def test_what_the_register_says_is_shown_as_text(camille: FlaskClient, search: Search) -> None:
    search.answers = answering(menuiserie(nom_raison_sociale="<script>alert(1)</script>"))
    for page in (f"{NEW}?identifiant={MENUISERIE}", f"{NEW}?cherche=menuiserie"):
        html = camille.get(page).text
        assert "alert(1)" in html
        assert not [part for part in live_parts(html) if "alert(1)" in part]


def test_what_the_night_found_stands_at_home_and_is_dealt_with_on_its_page(
    camille: FlaskClient, search: Search, add: Callable[..., int], make: Callable[..., int], app: Flask
) -> None:
    make("S2")
    key = add(identifiant=MENUISERIE, nom="Le Hêtre", **COMPLETE)
    with app.app_context():
        watch(url=search.url, now=NOW.replace(hour=1), pause=lambda _: False)
    assert "1 fiche à revoir" in camille.get("/referent/").text.replace("\u00a0", " ")
    listed = camille.get("/referent/etablissements").text
    assert "Le Hêtre" in listed and "MENUISERIE DU VAL" in listed
    (page,) = set(re.findall(r'href="(/referent/etablissements/\d+)"', listed))
    assert send(camille, page).status_code == 302
    with app.app_context():
        assert db.session.get_one(Signataire, key).nom == "MENUISERIE DU VAL"
    assert "Aucune fiche à revoir" in camille.get("/referent/etablissements").text
    assert "est traité" in camille.get(page).text
    history = camille.get(f"/referent/signataires/{key}").text
    assert "repris dans la fiche" in history and "Nom changé" in history


def test_a_closed_establishment_without_a_choice_is_refused_beside_the_list(
    camille: FlaskClient, search: Search, add: Callable[..., int], app: Flask
) -> None:
    add(identifiant="55208131700018", nom="Menuiserie", **COMPLETE)
    search.answers = answering(menuiserie(establishment("55208131700018", etat_administratif="F")))
    with app.app_context():
        watch(url=search.url, now=NOW.replace(hour=1), pause=lambda _: False)
    listed = camille.get("/referent/etablissements").text
    (page,) = set(re.findall(r'href="(/referent/etablissements/\d+)"', listed))
    refused = send(camille, page)
    assert refused.status_code == 422 and errors_of(refused.text) == ["siret"]
    assert send(camille, page, siret=MENUISERIE).status_code == 302
    assert "552 081 317 66522" in camille.get("/referent/signataires").text.replace("\u00a0", " ").replace(
        "\u202f", " "
    )


def test_sheets_are_completed_together_and_left_one_by_one(
    camille: FlaskClient, search: Search, add: Callable[..., int], app: Flask
) -> None:
    first, second = add(identifiant=MENUISERIE, nom="Menuiserie"), add(identifiant="55208131700026", nom="Menuiserie 2")
    search.answers = answering(menuiserie(establishment("55208131700026")))
    with app.app_context():
        watch(url=search.url, now=NOW.replace(hour=1), pause=lambda _: False)
    listed = camille.get("/referent/etablissements").text
    page = re.findall(r'href="(/referent/etablissements/\d+)"', listed)[0]
    assert send(camille, page, ignorer="1").status_code == 302
    act(camille, "/referent/etablissements", "/referent/etablissements/completer")
    with app.app_context():
        found = {key: db.session.get_one(Signataire, key).adresse for key in (first, second)}
    assert sorted(found.values()) == ["", "8 RUE DU DOCTEUR ROUX"]


class Clicks:
    """A browser whose every link, button and box is counted; what is typed at the keyboard is not."""

    def __init__(self, browser: FlaskClient, path: str) -> None:
        self.browser, self.done = browser, 0
        self.answer = browser.get(path)

    def link(self, text: str) -> None:
        links = re.findall(r'<a\b[^>]*href="([^"]+)"[^>]*>(.*?)</a>', self.answer.text, re.DOTALL)
        found = [unescape(to) for to, told in links if text == " ".join(re.sub(r"<[^>]+>", "", told).split())]
        assert found, text
        self.done += 1
        self.answer = self.browser.get(found[0])

    def press(self, text: str, ticked: tuple[str, ...] = (), **typed: str) -> None:
        """Tick boxes, type, press the button of this name in the main form, and follow where it leads."""
        page = self.answer
        form = next(f for f in re.findall(r"<form\b.*?</form>", page.text, re.DOTALL) if f">{text}" in f)
        is_post = 'method="post"' in form
        button = re.findall(r"<button\b[^>]*>(?=" + re.escape(text) + ")", form)[-1]
        named = re.search(r'name="(\w+)" value="(\w+)"', button)
        assert all(f'name="{name}"' in form for name in (*ticked, *typed)), "everything typed stands on the page"
        self.done += len(ticked) + 1
        data = {**(fields_of(form) if is_post else {}), **dict.fromkeys(ticked, "y"), **typed}
        action = re.search(r'action="([^"]*)"', form.split(">")[0])
        to = unescape(action[1]) if action and action[1] else page.request.path
        if is_post:
            pressed = {**data, **({named[1]: named[2]} if named else {})}
            self.answer = self.browser.post(to, data=pressed, follow_redirects=True)
        else:
            self.answer = self.browser.get(to, query_string=data)
        assert self.answer.status_code == 200, errors_of(self.answer.text)


def test_a_convention_with_its_company_and_eight_targets_takes_fifteen_clicks(
    camille: FlaskClient, search: Search, app: Flask
) -> None:
    by_hand = Clicks(camille, "/referent/")
    by_hand.link("Signataires")
    by_hand.link("Ajouter un signataire")
    by_hand.press("Continuer", identifiant=MENUISERIE)
    by_hand.press("Enregistrer et saisir sa convention")
    by_hand.press("Enregistrer et choisir les engagements", signee_le="15/11/2026", debut="15/11/2026")
    for _ in range(2):
        boxes = re.findall(r'name="(\w+_1)-retenu"', by_hand.answer.text)[:4]
        targets = {f"{name}-duree": "12" for name in boxes}
        by_hand.press("Enregistrer et passer", tuple(f"{name}-retenu" for name in boxes), **targets)
    assert by_hand.done == 15
    with app.app_context():
        cibles = select(func.count(Objectif.id)).join(Engagement).join(Convention).join(Signataire)
        assert db.session.scalar(cibles.where(Signataire.identifiant == MENUISERIE, Objectif.cible == 12)) == 8
