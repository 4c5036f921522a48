"""The form of a meeting: signatories found, ticked one by one or together, without a script; what is of one apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from paqte.models import ContactSignataire, Presence, Rencontre, RencontreSignataire, db
from tests.factories import a_signataire
from tests.fixtures_acteurs import ZOE, Personne, token_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NEW = "/referent/rencontres/nouvelle"
NAMES = ("Atelier du Val", "Boulangerie Roux", "Menuiserie du Val", "Zinc et Cie")
TYPED = {"genre": "comite", "date": "20/11/2026", "objet": "Comité de novembre", "decisions": "Un forum."}


@pytest.fixture
def four(app: Flask, camille: FlaskClient) -> dict[str, int]:
    with app.app_context():
        return {nom: a_signataire(nom) for nom in NAMES}


def sent(browser: FlaskClient, address: str = NEW, **said: Any) -> Any:
    page = browser.get(address).text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    given = {"csrf_token": token_in(page), **({"version": version[1]} if version else {}), **TYPED, **said}
    return browser.post(address, data=given)


def boxes(html: str, name: str = "signataires") -> dict[str, bool]:
    """Each box in sight by its label, and whether it is ticked."""
    found = re.findall(rf'<input([^>]*name="{name}"[^>]*)>\s*<label[^>]*>([^<]*)</label>', html)
    return {unescape(label): "checked" in attributes for attributes, label in found}


def kept(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        found = db.session.query(model).order_by(model.id).all()
        db.session.expunge_all()
        return found


def test_a_word_narrows_the_list_keeps_in_sight_what_is_ticked_and_loses_nothing_of_what_was_typed(
    app: Flask, camille: FlaskClient, four: dict[str, int]
) -> None:
    zinc = four["Zinc et Cie"]
    answer = sent(camille, geste="filtrer", cherche="du VAL", signataires=[zinc])
    assert answer.status_code == 200
    assert boxes(answer.text) == {"Atelier du Val": False, "Menuiserie du Val": False, "Zinc et Cie": True}
    assert 'value="Comité de novembre"' in answer.text and "Un forum." in answer.text
    assert "data-refuse" in answer.text, "what is typed is kept nowhere: leaving the page warns"
    assert kept(app, Rencontre) == []


def test_the_enter_key_searches_for_new_words_and_saves_otherwise(
    app: Flask, camille: FlaskClient, four: dict[str, int]
) -> None:

    def first(html: str) -> str:
        """The first button of a form is the one that Enter presses."""
        return re.findall(r'<button[^>]*name="geste"[^>]*value="([^"]*)"', html)[0]

    searched = sent(camille, geste=first(camille.get(NEW).text), cherche="roux")
    assert [nom for nom in boxes(searched.text) if nom in NAMES] == ["Boulangerie Roux"]
    assert sent(camille, geste=first(searched.text), cherche="roux").status_code == 302
    assert sent(camille, cherche="zinc", objet="Le bouton du bas").status_code == 302
    assert len(kept(app, Rencontre)) == 2


def test_all_that_a_word_keeps_are_ticked_at_once_and_all_are_unticked(
    app: Flask, camille: FlaskClient, four: dict[str, int]
) -> None:
    answer = sent(camille, geste="tous", cherche="du val", signataires=[four["Zinc et Cie"]])
    assert boxes(answer.text) == {"Atelier du Val": True, "Menuiserie du Val": True, "Zinc et Cie": True}
    every = sent(camille, geste="tous", signataires=[])
    assert set(NAMES) <= set(boxes(every.text)) and all(boxes(every.text).values())
    none = sent(camille, geste="aucun", signataires=list(four.values()))
    assert set(NAMES) <= set(boxes(none.text)) and not any(boxes(none.text).values())
    assert kept(app, Rencontre) == []


def test_contacts_of_those_ticked_are_proposed_by_name_and_signatory_and_kept_by_their_card(
    app: Flask, camille: FlaskClient, four: dict[str, int]
) -> None:
    from paqte.domain.personnes.acteurs import PLANIFICATEUR
    from paqte.ops.clock import now
    from paqte.services.transaction import transaction

    with app.app_context(), transaction(actor=PLANIFICATEUR, now=now()) as session:
        for nom, of in (("Odile Marchand", "Zinc et Cie"), ("Awa Diop", "Boulangerie Roux"), ("Léo", "Atelier du Val")):
            session.add(ContactSignataire(signataire_id=four[of], nom=nom, courriel="", created_at=now()))
    chosen = [four["Zinc et Cie"], four["Boulangerie Roux"]]
    offered = boxes(sent(camille, geste="contacts", signataires=chosen).text, "contacts")
    assert offered == {"Awa Diop, Boulangerie Roux": False, "Odile Marchand, Zinc et Cie": False}
    cards = {one.nom: one.id for one in kept(app, ContactSignataire)}
    answer = sent(camille, signataires=chosen, contacts=[cards["Odile Marchand"]], autres="Jean Petit")
    assert answer.status_code == 302
    assert {link.signataire_id for link in kept(app, RencontreSignataire)} == set(chosen)
    there = [(one.nom, one.contact_id) for one in kept(app, Presence)]
    assert there == [("Odile Marchand", cards["Odile Marchand"]), ("Jean Petit", None)]
    opened = camille.get(answer.headers["Location"] + "/modifier").text
    assert [nom for nom, ticked in boxes(opened).items() if ticked] == ["Boulangerie Roux", "Zinc et Cie"]
    assert boxes(opened, "contacts") == {"Awa Diop, Boulangerie Roux": False, "Odile Marchand, Zinc et Cie": True}


def test_what_is_of_one_signatory_is_typed_from_the_meeting_and_read_on_its_page_alone(
    app: Flask, camille: FlaskClient, four: dict[str, int], sign_in: Callable[[Personne], FlaskClient]
) -> None:
    val, zinc = four["Atelier du Val"], four["Zinc et Cie"]
    meeting = sent(camille, signataires=[val, zinc]).headers["Location"].split("?")[0]
    address = f"{meeting}/signataires/{val}"
    assert address in camille.get(meeting).text
    assert sent(camille, address, decisions="Deux places.", promesses="Une fiche en mai.").status_code == 302
    for page, is_told in ((f"/referent/signataires/{val}", True), (f"/referent/signataires/{zinc}", False)):
        html = camille.get(page).text
        assert "Comité de novembre" in html and ("Une fiche en mai." in html) is is_told
    assert "Une fiche en mai." in camille.get(meeting).text
    stale = camille.post(address, data={"csrf_token": token_in(camille.get(address).text), "version": "1"})
    assert stale.status_code == 409 and "Une fiche en mai." in stale.text
    assert camille.get(f"{meeting}/signataires/{four['Boulangerie Roux']}").status_code == 404
    zoe = sign_in(ZOE)
    assert zoe.get(address).status_code == zoe.get(meeting).status_code == 404
    assert not set(boxes(zoe.get(NEW).text)) & set(NAMES)


def test_the_list_names_three_and_counts_the_others_and_the_file_names_all_with_what_each_promised(
    app: Flask, camille: FlaskClient, four: dict[str, int]
) -> None:
    meeting = sent(camille, signataires=list(four.values())).headers["Location"].split("?")[0]
    sent(camille, f"{meeting}/signataires/{four['Zinc et Cie']}", decisions="", promesses="Deux stages.")
    camille.get(meeting)  # which says that it is kept
    listed = camille.get("/referent/rencontres").text
    assert "Menuiserie du Val" in listed and "Zinc et Cie" not in listed and "et 1\u00a0autre" in listed
    text = camille.get("/referent/rencontres.csv").get_data(as_text=True)
    assert all(nom in text for nom in NAMES) and "Zinc et Cie : Deux stages." in text
