"""A declaration typed by the référente: nothing typed is lost, every refusal stands beside its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import time_machine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.statuts.declarations import A_COMPLETER, A_SAISIR, BROUILLON, NEANT, NOMBRE, TRANSMISE, VALIDEE
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import open_declaration, send_back
from tests import factories
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import CAMILLE, ZOE, token_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.fixtures_base import KeptBases

ABOUT_PAGES = True
CODES = ("S2", "S7", "F1", "F1p", "R1", "R3", "X1")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


class Page:
    """The typing page of one declaration, and what the base holds of it."""

    def __init__(self, app: Flask, browser: FlaskClient, key: int, keys: dict[str, int]) -> None:
        self.app, self.browser, self.key, self.keys = app, browser, key, keys
        self.path = f"/referent/declarations/{key}/saisir"

    def html(self) -> str:
        return plain(self.browser.get(self.path).text)

    def send(self, geste: str = "brouillon", browser: FlaskClient | None = None, **typed: str) -> Any:
        """Open the page, type into it (S2="4", S2_neant="y", F1p_sur="12"), press a button."""
        opened = (browser or self.browser).get(self.path).text
        return self.post(opened, geste, browser, **typed)

    def post(self, opened: str, geste: str = "brouillon", browser: FlaskClient | None = None, **typed: str) -> Any:
        data = fields_in(opened) | {self.name(field): value for field, value in typed.items()} | {"geste": geste}
        body = urlencode(data, errors="surrogatepass")
        return (browser or self.browser).post(self.path, data=body, content_type="application/x-www-form-urlencoded")

    def confirm(self, asked: Any) -> None:
        """Press the button of the page that asks whether to validate without the answers that are missing."""
        assert asked.status_code == 200 and "Valider malgré les réponses manquantes" in asked.text
        done = self.browser.post(self.path.replace("/saisir", "/valider"), data=fields_in(asked.text))
        assert done.location == self.path.removesuffix("/saisir")

    def name(self, field: str) -> str:
        code, _, part = field.partition("_")
        if code not in self.keys:
            return field
        key = self.keys[code]
        if code == "F1p" and part in ("", "sur"):
            return f"denominateur_{key}" if part else f"numerateur_{key}"
        special = {"": "valeur", "neant": "neant", "date": "date", "precision": "precision"}
        return f"{special[part]}_{key}" if part in special else f"explication_{key}_{part}"

    def stored(self) -> Any:
        with self.app.app_context():
            return read_declaration(actor=factories.CAMILLE, declaration_id=self.key)

    def answer(self, code: str) -> Any:
        return self.stored().ligne(self.keys[code]).actuelle


def fields_in(html: str) -> dict[str, str]:
    """What a browser would send back of this page, buttons apart."""
    found = dict(re.findall(r'<input[^>]*name="([^"]+)" type="(?:hidden|text)" value="([^"]*)"', html))
    inputs = re.findall(r"<input[^>]*>", html)
    for tag in inputs:
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        kind, name = attributes.get("type", "text"), attributes.get("name")
        is_choice = kind in ("checkbox", "radio")
        if name and (not is_choice or " checked" in tag):
            found[name] = attributes.get("value", "")
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?([^<]*)</textarea>', html))
    return {name: unescape(value) for name, value in found.items()}


@pytest.fixture
def page(app: Flask, accounts: object, sign_in: Callable[..., FlaskClient], kept_bases: KeptBases) -> Page:
    key, keys = kept_bases.write_once(app, f"{__name__}: page", lambda: _open(app))
    return Page(app, sign_in(CAMILLE), key, dict(keys))


def _open(app: Flask) -> tuple[int, dict[str, int]]:
    with app.app_context():
        convention = a_convention(a_signataire(effectif=10), *CODES, cibles={"S2": 30})
        keys = {code: engagement_of(convention, code) for code in CODES}
        key = open_declaration(
            actor=factories.CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T3")
        )
    return key, keys


def plain(html: str) -> str:
    """As read aloud: entities and no-break spaces undone."""
    return unescape(html).replace("\u00a0", " ").replace("\u202f", " ")


def error_beside(html: str, name: str) -> str:
    """The sentence tied to a field, '' when there is none."""
    found = re.search(rf'id="{name}-erreur">(.*?)</p>', plain(html), re.DOTALL)
    return re.sub(r"<svg.*?</svg>|<[^>]+>", "", found[1], flags=re.DOTALL).strip() if found else ""


# --- what the page shows -----------------------------------------------------------------------------------


def test_R5_the_page_asks_for_the_convention_s_own_engagements_and_nothing_else(page: Page) -> None:
    html = page.html()
    asked = {int(key) for key in re.findall(r'name="(?:valeur|numerateur)_(\d+)"', html)}
    assert asked == set(page.keys.values())
    assert html.index("Sensibiliser") < html.index("Former") < html.index("Recruter") < html.index("Autres engagements")


def test_the_objective_and_the_former_value_stand_beside_the_field(page: Page) -> None:
    html = page.html()
    assert "30 personnes sur la durée" in html
    assert "2e trimestre 2026" in html and "sans réponse" in html


def test_R29_the_free_text_reminds_that_no_name_is_asked(page: Page) -> None:
    assert "jamais le nom d’un jeune ou d’un bénéficiaire" in page.html()


def test_enter_alone_keeps_a_draft(page: Page) -> None:
    buttons = re.findall(r'name="geste" value="(\w+)"', page.html())
    assert buttons[0] == "brouillon", "a browser presses the first button when Enter is typed in a field"


# --- typing ------------------------------------------------------------------------------------------------


def test_R13_left_empty_is_missing_0_and_the_tick_are_confirmed_zeros(page: Page) -> None:
    answer = page.send(S2="0", F1_neant="y", S7="1 234,50", F1p="3", F1p_sur="12", X1="2,5", X1_precision="Une haie.")
    assert answer.status_code == 302
    assert (page.answer("S2").reponse, page.answer("F1").reponse) == (NEANT, NEANT)
    assert page.answer("R3") is None
    assert str(page.answer("S7").valeur) == "1234.5"
    assert (page.answer("F1p").numerateur, page.answer("F1p").denominateur) == (3, 12)
    assert page.answer("X1").commentaire == "Une haie."
    assert page.stored().etat == BROUILLON


def test_a_draft_comes_back_as_it_was_typed(page: Page) -> None:
    page.send(S2="4", S7="1234,5", F1_neant="y", R1="1", R1_date="12/09/2026", texte_libre="Deux\r\nlignes")
    fields = fields_in(page.browser.get(page.path).text)
    assert fields[page.name("S2")] == "4"
    assert fields[page.name("S7")] == "1\u202f234,5"
    assert fields[page.name("F1_neant")] == "y"
    assert fields[page.name("R1")] == "1" and fields[page.name("R1_date")] == "12/09/2026"
    assert fields["texte_libre"].split() == ["Deux", "lignes"]


def test_a_draft_says_what_remains(page: Page) -> None:
    page.send(S2="4", R3="11")
    html = page.html()
    assert "Avant de transmettre : 5 réponses manquent ; 1 point est à expliquer ou à corriger." in html
    assert "À expliquer : c’est plus que l’effectif connu" in html, "the warning stands beside its field already"


@pytest.mark.parametrize(
    "typed", ["1.234,5", "1,234.5", "-3", "1_000", "١٢", "Infinity", "sNaN", "1e3", "douze", "3.5"]
)
def test_R16_a_number_refused_is_named_and_everything_typed_stays(page: Page, typed: str) -> None:
    answer = page.send("valider", S2=typed, S7="12", texte_libre="À garder")
    assert answer.status_code == 422
    assert error_beside(answer.text, page.name("S2"))
    again = fields_in(answer.text)
    assert (again[page.name("S2")], again[page.name("S7")], again["texte_libre"]) == (typed, "12", "À garder")
    assert page.stored().etat == A_SAISIR


def test_R17_neant_beside_a_number_is_refused_beside_the_number(page: Page) -> None:
    answer = page.send(S2="4", S2_neant="y")
    assert "se contredisent" in error_beside(answer.text, page.name("S2"))
    assert fields_in(answer.text)[page.name("S2_neant")] == "y"


def test_R17_each_warning_gets_its_own_box_and_its_sentence_is_kept(page: Page) -> None:
    answer = page.send("valider", R3="11", S2="4")
    assert answer.location == f"{page.path}?verifier=1"
    asked = page.browser.get(answer.location).text
    assert "À expliquer : c’est plus que l’effectif connu, 10. Corrigez, ou expliquez ce nombre." in plain(asked)
    page.confirm(page.post(asked, "valider", R3_effectif_depasse="Deux intérimaires en plus."))
    ligne = page.stored().ligne(page.keys["R3"])
    assert page.stored().etat == VALIDEE
    assert ligne.explications == {"effectif_depasse": "Deux intérimaires en plus."}


def test_R17_a_warning_is_a_question_that_keeps_the_draft_and_is_not_born_red(page: Page) -> None:
    page.send("valider", R3="11", S2="4", texte_libre="À garder")
    html = page.browser.get(f"{page.path}?verifier=1").text
    assert page.stored().etat == BROUILLON and page.answer("R3").valeur == 11
    assert page.stored().texte_libre == "À garder"
    assert "champ-erreur" not in html and "aria-invalid" not in html and 'id="resume"' not in html
    assert "Vos réponses sont enregistrées." in plain(html) and "1 point à voir avant de transmettre" in plain(html)


def test_R13_validating_without_every_answer_asks_first_and_keeps_what_is_typed(page: Page) -> None:
    asked = page.send("valider", S2="4", S7="12")
    html = plain(asked.text)
    assert page.stored().etat == BROUILLON and page.answer("S2").valeur == 4
    assert "5 réponses manquent sur 7" in html and "Votre saisie est enregistrée en brouillon." in html
    assert "Nombre de recrutements de résidents en QPV" in html and "Heures de bénévolat" not in html
    page.confirm(asked)
    assert page.stored().etat == VALIDEE and page.answer("S7").valeur == 12


def test_what_is_to_correct_is_listed_in_the_order_of_the_page(page: Page) -> None:
    answer = page.send("valider", F1p="13", F1p_sur="12", R3="11", F1="11")
    listed = re.findall(r'href="#(\w+?)_(\d+)', answer.text.partition('id="resume"')[2].partition("</ul>")[0])
    names = {str(key): code for code, key in page.keys.items()}
    assert [(part, names[key]) for part, key in listed] == [("numerateur", "F1p")], "what is new is a question, not red"
    assert "Vos réponses sont enregistrées en brouillon." in plain(answer.text) and page.stored().etat == BROUILLON
    again = page.post(answer.text, "valider", F1p="1.5")
    assert again.status_code == 422
    left = page.post(answer.text, "valider")
    listed = re.findall(r'href="#(\w+?)_(\d+)', left.text.partition('id="resume"')[2].partition("</ul>")[0])
    assert [(part, names[key]) for part, key in listed] == [
        ("explication", "F1"),
        ("numerateur", "F1p"),
        ("explication", "F1p"),
        ("explication", "R3"),
    ]


def test_a_sentence_typed_survives_a_number_refused_elsewhere(page: Page) -> None:
    first = page.browser.get(page.send("valider", R3="11").location)
    second = page.post(first.text, "valider", R3_effectif_depasse="Deux intérimaires.", S2="douze")
    assert fields_in(second.text)[page.name("R3_effectif_depasse")] == "Deux intérimaires."


def test_a_post_that_lacks_a_field_leaves_its_answer_alone(page: Page) -> None:
    page.send(S2="4", R3="2")
    token = token_in(page.browser.get(page.path).text)
    version = str(page.stored().version)
    data = {"csrf_token": token, "version": version, page.name("S2"): "5", "geste": "brouillon"}
    page.browser.post(page.path, data=data)
    assert (page.answer("S2").valeur, page.answer("R3").valeur) == (5, 2)


def test_fields_nobody_offered_change_nothing(page: Page) -> None:
    """Mass assignment: columns of the table, engagements of others, answers of unknown kinds."""
    forged = {"etat": "validee", "validee_par": "Zoé", "departement_code": "972", "valeur_999999": "8", "id": "1"}
    opened = page.browser.get(page.path).text
    data = fields_in(opened) | forged | {page.name("S2"): "4", "explication_999999_saut": "x", "geste": "supprimer"}
    assert page.browser.post(page.path, data=data).status_code == 302
    stored = page.stored()
    assert (stored.etat, stored.validee_par, stored.departement) == (BROUILLON, "", "41")
    assert page.answer("S2").valeur == 4


# --- two people --------------------------------------------------------------------------------------------


def test_a_second_save_shows_both_versions_side_by_side_and_sending_again_is_a_choice(page: Page) -> None:
    opened = page.browser.get(page.path).text
    page.send(S2="4", F1_neant="y", texte_libre="De Camille")
    refused = page.post(opened, S2="9", F1_neant="y", texte_libre="De l’autre onglet")
    html = plain(refused.text)
    assert refused.status_code == 409
    assert "Camille Aubry a enregistré cette déclaration le 22/11/2026 à 10 h 00" in html
    assert "Enregistré entre-temps : 4" in html and "Enregistré entre-temps : De Camille" in html
    assert html.count("Enregistré entre-temps") == 2, "only what differs is shown twice"
    assert fields_in(refused.text)[page.name("S2")] == "9"
    assert page.answer("S2").valeur == 4
    assert page.post(refused.text).status_code == 302
    assert page.answer("S2").valeur == 9


def test_what_was_typed_on_a_declaration_validated_meanwhile_is_shown_not_lost(page: Page) -> None:
    opened = page.browser.get(page.path).text
    page.confirm(page.send("valider", S2="4"))
    refused = page.post(opened, "valider", S2="9", texte_libre="Mon texte")
    assert refused.status_code == 409
    assert "déjà été validée par Camille Aubry" in plain(refused.text)
    assert fields_in(refused.text)["texte_libre"] == "Mon texte"
    assert page.answer("S2").valeur == 4


def test_an_expired_token_keeps_what_was_typed(page: Page) -> None:
    data = fields_in(page.browser.get(page.path).text) | {page.name("S2"): "4", "csrf_token": "périmé"}
    answer = page.browser.post(page.path, data=data)
    assert answer.status_code == 400
    assert fields_in(answer.text)[page.name("S2")] == "4"
    assert page.answer("S2") is None


# --- states ------------------------------------------------------------------------------------------------


def test_R18_the_three_buttons_lead_to_three_states(page: Page) -> None:
    page.send(S2="4")
    assert page.stored().etat == BROUILLON
    assert page.send("transmettre", S2="4").location == f"/referent/declarations/{page.key}"
    assert page.stored().etat == TRANSMISE
    assert page.browser.get(page.path).location == f"/referent/declarations/{page.key}"


def test_R18_a_question_sent_back_stands_beside_its_field(page: Page) -> None:
    page.send("transmettre", S2="4")
    with page.app.app_context():
        stored = read_declaration(actor=factories.CAMILLE, declaration_id=page.key)
        asked = {page.keys["S2"]: "Sont-ils bien en REP+ ?"}
        send_back(actor=factories.CAMILLE, now=NOW, declaration_id=page.key, version=stored.version, commentaires=asked)
    html = page.html()
    assert "Question de Camille Perrin" in html and "Sont-ils bien en REP+ ?" in html
    page.confirm(page.send("valider", S2="3", S2_precision="Un élève n’était pas en REP+."))
    assert (page.answer("S2").valeur, page.answer("S2").commentaire) == (3, "Un élève n’était pas en REP+.")
    assert page.stored().etat == VALIDEE and page.stored().etat != A_COMPLETER


def test_opening_a_period_not_owed_or_not_a_period_is_refused_in_a_sentence(page: Page, app: Flask) -> None:
    convention = page.stored().convention_id
    token = token_in(page.browser.get(page.path).text)
    for code, sentence in (
        ("2026-S1", "ne doit pas"),
        ("2026-T4", "ouvre le 01/01/2027"),
        ("demain", "pas une période"),
    ):
        path = f"/referent/conventions/{convention}/declarations/{code}"
        answer = page.browser.post(path, data={"csrf_token": token})
        assert answer.status_code == 422
        assert sentence in plain(answer.text)


def test_Zoe_gets_the_same_answer_as_for_what_does_not_exist(page: Page, sign_in: Callable[..., FlaskClient]) -> None:
    zoe = sign_in(ZOE)
    token = token_in(zoe.get("/referent/bilans").text)
    for path in (page.path, page.path.removesuffix("/saisir")):
        foreign, absent = zoe.get(path), zoe.get(path.replace(f"/{page.key}", "/999999"))
        assert (foreign.status_code, absent.status_code) == (404, 404)
    data = {"csrf_token": token, "version": "1", page.name("S2"): "4", "geste": "valider"}
    assert zoe.post(page.path, data=data).status_code == 404
    assert page.stored().etat == A_SAISIR


# --- any text ----------------------------------------------------------------------------------------------

ANY_TEXT = st.text(max_size=60) | st.sampled_from(
    ["\x00", "\ud800", "\uffff", "=2+3", "<script>alert(1)</script>", "%", "'; --"]
)


@given(
    values=st.lists(ANY_TEXT, min_size=12, max_size=12), geste=ANY_TEXT | st.sampled_from(["transmettre", "brouillon"])
)
@example(values=["9" * 400] * 12, geste="valider")
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@pytest.mark.lent
def test_no_text_whatever_in_any_field_makes_an_error_page(page: Page, values: list[str], geste: str) -> None:
    opened = page.browser.get(page.path)
    if opened.status_code == 302:
        return
    fields = ["S2", "S2_neant", "S7", "F1p", "F1p_sur", "R1", "R1_date", "R3", "R3_saut", "X1", "X1_precision"]
    typed = dict(zip([*fields, "texte_libre"], values, strict=True))
    answer = page.post(opened.text, geste, **typed)
    assert answer.status_code in (302, 409, 422), answer.text
    assert "<script>alert" not in answer.text
    assert page.browser.get(page.path).status_code in (200, 302)
    assert page.answer("S2") is None or page.answer("S2").reponse in (NOMBRE, NEANT, "manquante")
