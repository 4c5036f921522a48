"""The pages of the département's steering."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paqte.domain.statuts.pilotage import RUBRIQUES, RUBRIQUES_PLAN
from paqte.queries.pilotage.pilotage import read_pilotage, read_protocole
from tests import factories
from tests.fixtures_acteurs import CAMILLE, ZOE, post, token_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
HOME = "/referent/pilotage"
TYPED: dict[str, dict[str, str]] = {
    "referents": {"nom": "Louise Martel", "courriel": "louise@exemple.fr", "telephone": "02 54 00 00 00"},
    "partenaires": {"nom": "Agglopolys", "nature": "EPCI", "role": "Co-signataire"},
    "contexte": {"code": "defm_qpv", "valeur": "1 610", "date": "30/06/2026", "source": "France Travail"},
    "protocole": {"libelle": "Contrats aidés", "enjeu": "Emploi", "levier": "PAQTE", "cible": "15", "realise": "12,5"},
}


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def browser(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(CAMILLE)


def text_of(html: str) -> str:
    bare = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", unescape(html), flags=re.DOTALL)
    return " ".join(bare.replace("\u00a0", " ").replace("\u202f", " ").split())


def stored(app: Flask) -> Any:
    with app.app_context():
        return read_pilotage(actor=factories.CAMILLE, departement="41")


def lines_of(app: Flask, nom: str) -> list[Any]:
    page = stored(app)
    if nom == "protocole":
        with app.app_context():
            return list(read_protocole(actor=factories.CAMILLE, departement="41"))
    found = {"referents": page.referents, "partenaires": page.partenaires, "contexte": page.chiffres["defm_qpv"]}
    return list(found[nom])


def press(browser: FlaskClient, path: str, **data: str) -> Any:
    """Open a page and post its form, with its token and version."""
    html = browser.get(path).text
    version = re.search(r'name="version"[^>]*value="(\d+)"', html)
    return browser.post(path, data={"csrf_token": token_in(html), "version": version[1] if version else "", **data})


def test_an_empty_departement_is_told_what_the_bilan_lacks(browser: FlaskClient) -> None:
    text = text_of(browser.get(HOME).text)
    assert "Aucun référent : le bilan commence par vos coordonnées." in text
    assert text.count("Aucun texte pour l’instant.") == len(RUBRIQUES) + len(RUBRIQUES_PLAN)
    assert "Il manque : Nombre de quartiers prioritaires" in text


@pytest.mark.parametrize("nom", TYPED)
def test_a_line_is_added_corrected_and_taken_away(app: Flask, browser: FlaskClient, nom: str) -> None:
    assert post(browser, f"{HOME}/{nom}/nouveau", TYPED[nom]).status_code == 302
    line = lines_of(app, nom)[0]
    edit = f"{HOME}/{nom}/{line.id}"
    assert unescape(browser.get(edit).text).count("Agglopolys") == (1 if nom == "partenaires" else 0)
    assert press(browser, edit, **TYPED[nom]).status_code == 302
    assert press(browser, f"{edit}/supprimer").status_code == 302
    assert lines_of(app, nom) == []


@pytest.mark.parametrize("nom", TYPED)
def test_two_tabs_the_second_sees_both_versions(app: Flask, browser: FlaskClient, nom: str) -> None:
    post(browser, f"{HOME}/{nom}/nouveau", TYPED[nom])
    edit = f"{HOME}/{nom}/{lines_of(app, nom)[0].id}"
    changed = {"referents": "nom", "partenaires": "nom", "contexte": "source", "protocole": "libelle"}[nom]
    html = browser.get(edit).text
    data = TYPED[nom] | {"csrf_token": token_in(html), "version": "1", "rang": "1"}
    if nom == "contexte":
        data["precision"] = "catégories ABC"
    assert browser.post(edit, data=data | {changed: "Premier"}).status_code == 302
    second = browser.post(edit, data=data | {changed: "Second"})
    assert second.status_code == 409
    assert "Enregistré entre-temps : Premier" in text_of(second.text)
    assert 'value="Second"' in second.text
    assert text_of(second.text).count("Enregistré entre-temps") == 1, "only what differs is shown twice"
    assert browser.post(f"{edit}/supprimer", data=data).status_code == 409


@pytest.mark.parametrize(
    ("nom", "changes", "sentence"),
    [
        ("referents", {"courriel": "louise"}, "n’est pas complète"),
        ("referents", {"nom": ""}, "Écrivez le nom du référent."),
        ("contexte", {"valeur": "1.234,5"}, "deux façons"),
        ("contexte", {"date": "31/06/2026"}, "n’existe pas au calendrier"),
        ("contexte", {"code": "meteo"}, "Choisissez une réponse"),
        ("protocole", {"cible": "101"}, "de 0 à 100"),
        ("protocole", {"realise": "NaN"}, "n’est pas un nombre"),
    ],
)
def test_R16_a_refused_line_keeps_what_was_typed(
    app: Flask, browser: FlaskClient, nom: str, changes: dict[str, str], sentence: str
) -> None:
    typed = TYPED[nom] | changes
    refused = post(browser, f"{HOME}/{nom}/nouveau", typed)
    assert refused.status_code == 422
    assert sentence in text_of(refused.text)
    html = unescape(refused.text)
    assert all(f'value="{value}"' in html for name, value in typed.items() if value and name != "code")
    assert lines_of(app, nom) == []


def test_a_text_is_written_and_two_tabs_do_not_overwrite_one_another(app: Flask, browser: FlaskClient) -> None:
    path = f"{HOME}/textes/2026-S2/strategie"
    first, second = browser.get(path).text, browser.get(path).text
    data = {"csrf_token": token_in(first), "version": "", "texte": "De Camille"}
    assert browser.post(path, data=data).location == f"{HOME}?semestre=2026-S2", "the message leads to the text"
    refused = browser.post(path, data={"csrf_token": token_in(second), "version": "", "texte": "De l’autre onglet"})
    assert refused.status_code == 409
    assert "Enregistré entre-temps : De Camille" in text_of(refused.text)
    assert "De l’autre onglet</textarea>" in unescape(refused.text)
    assert "De Camille" in text_of(browser.get(HOME).text) and "De l’autre onglet" not in browser.get(HOME).text
    assert press(browser, path, texte="Relu").status_code == 302
    assert browser.get(f"{HOME}/textes/2026-S2/humeur").status_code == 404


def test_R12_settings_say_the_national_value_and_go_back_to_it(app: Flask, browser: FlaskClient) -> None:
    path = f"{HOME}/reglages"
    assert "Laissez vide pour la valeur nationale : 20." in text_of(browser.get(path).text)
    typed = {"declaration_delai_jours": "10", "destinataires_bilan": "paqte@exemple.fr"}
    assert press(browser, path, **typed).status_code == 302
    shown = text_of(browser.get(HOME).text)
    assert "ou « jamais » jamais valeur nationale" in shown and "-15, -3, 3, 10 valeur nationale" in shown
    assert "10 propre au département" in text_of(browser.get(HOME).text)
    refused = press(browser, path, declaration_delai_jours="dix")
    assert refused.status_code == 422 and 'value="dix"' in refused.text
    refused = press(browser, path, fermeture_delai_jours="5")
    assert refused.status_code == 422 and "ne peut pas se fermer avant l’échéance" in text_of(refused.text)
    assert press(browser, path).status_code == 302
    assert not any(setting.is_own for setting in stored(app).reglages.values())


def test_R31_the_protocole_stands_apart_from_the_bilan(browser: FlaskClient) -> None:
    post(browser, f"{HOME}/protocole/nouveau", TYPED["protocole"])
    text = text_of(browser.get(f"{HOME}/protocole").text)
    assert "hors bilan CGET" in text
    assert "Part des habitants des QPV : 12,5 % , objectif 15 %" in text


def test_R26_the_break_of_series_shows_beside_the_figure(browser: FlaskClient) -> None:
    post(browser, f"{HOME}/contexte/nouveau", TYPED["contexte"])
    text = text_of(browser.get(HOME).text)
    assert "Rupture de série en janvier 2025" in text and "catégories ABC" in text


def test_texts_are_shown_as_texts(browser: FlaskClient) -> None:
    evil = "<script>alert(1)</script>"
    for nom, name in (("referents", "nom"), ("partenaires", "role"), ("contexte", "source"), ("protocole", "libelle")):
        post(browser, f"{HOME}/{nom}/nouveau", TYPED[nom] | {name: evil})
    press(browser, f"{HOME}/textes/2026-S2/obstacles", texte=evil)
    for path in (HOME, f"{HOME}/protocole", f"{HOME}/textes/2026-S2/obstacles"):
        html = browser.get(path).text
        assert "<script>alert" not in html and "&lt;script&gt;alert" in html


@pytest.mark.parametrize("nom", TYPED)
def test_Zoe_gets_the_same_answer_as_for_what_does_not_exist(
    app: Flask, browser: FlaskClient, sign_in: Callable[..., FlaskClient], nom: str
) -> None:
    post(browser, f"{HOME}/{nom}/nouveau", TYPED[nom])
    before = lines_of(app, nom)
    zoe = sign_in(ZOE)
    data = TYPED[nom] | {"csrf_token": token_in(zoe.get(f"{HOME}/{nom}/nouveau").text), "version": "1"}
    for act in ("", "/supprimer"):
        for key in (before[0].id, 999_999):
            assert zoe.get(f"{HOME}/{nom}/{key}{act}").status_code == 404
            assert zoe.post(f"{HOME}/{nom}/{key}{act}", data=data).status_code == 404
    assert lines_of(app, nom) == before
    assert browser.get(f"{HOME}/inconnu/nouveau").status_code == 404


ANY_TEXT = st.text(max_size=40) | st.sampled_from(["\x00", "\ud800", "\uffff", "=2+3", "9" * 30, "a@b", "' OR 1=1 --"])
FORMS = {
    **{f"{nom}/nouveau": [*typed, "rang", "version"] for nom, typed in TYPED.items()},
    "textes/2026-S2/organisation": ["texte", "version"],
    "reglages": ["relances_jours", "declaration_delai_jours", "destinataires_export", "preavis_jours", "version"],
}


@pytest.mark.parametrize("page", FORMS)
@given(values=st.lists(ANY_TEXT, min_size=8, max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@pytest.mark.lent
def test_no_text_whatever_in_any_field_makes_an_error_page(browser: FlaskClient, page: str, values: list[str]) -> None:
    path = f"{HOME}/{page}"
    typed = dict(zip(FORMS[page], values, strict=False)) | {"csrf_token": token_in(browser.get(path).text)}
    body = urlencode(typed, errors="surrogatepass")
    answer = browser.post(path, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (302, 303, 409, 422)
    assert browser.get(HOME).status_code == 200


def test_R12_camille_chooses_the_first_semester_she_follows(browser: FlaskClient, app: Flask) -> None:
    page = f"{HOME}/debut"
    with app.app_context():
        factories.a_convention(factories.a_signataire(siren="900000019"))
    assert "fixé par votre première convention" in text_of(browser.get(HOME).text)
    refused = post(browser, page, {"semestre": "2027-S1"})
    assert (refused.status_code, "Choisissez une réponse proposée" in text_of(refused.text)) == (422, True)
    assert post(browser, page, {"semestre": "2025-S2", "version": "0"}).status_code == 302
    assert "2e semestre 2025 Changer" in text_of(browser.get(HOME).text)
    late = post(browser, page, {"semestre": "2026-S1", "version": "0"})
    assert (late.status_code, "Enregistré entre-temps : 2e semestre 2025" in text_of(late.text)) == (409, True)
