"""The declaration as its company types it: kept at each step, refused in words, sent only once read again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.declarations import A_COMPLETER, A_SAISIR, BROUILLON, NEANT, NOMBRE, TRANSMISE
from paqte.services.declarations.declarations import save_draft, send_back, validate_declaration
from tests.fixtures_acteurs import token_in
from tests.web.entreprise.conftest import Maison, fields_in, plain

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ABOUT_PAGES = True


def test_R5_the_page_asks_for_the_convention_s_own_engagements_with_their_objective(maison: Maison) -> None:
    html = maison.html(f"{maison.path}/saisir")
    assert {maison.name(code) for code in maison.keys} <= fields_in(html).keys() | {maison.name("R1")}
    assert "30 personnes sur la durée" in html and "2e trimestre 2026" in html
    assert "jamais le nom d’un jeune ou d’un bénéficiaire" in html


def test_R13_a_draft_is_kept_and_comes_back_as_it_was_typed(maison: Maison) -> None:
    answer = maison.type(S2="4", S7="1 234,50", R3_neant="y", S2p="4", S2p_sur="9", R1="1", texte_libre="Bonne saison.")
    assert answer.location == "/entreprise/"
    assert maison.stored().etat == BROUILLON
    assert (maison.answer("R3").reponse, str(maison.answer("S7").valeur)) == (NEANT, "1234.5")
    fields = fields_in(maison.browser.get(f"{maison.path}/saisir").text)
    assert (fields[maison.name("S2")], fields[maison.name("S2p_sur")]) == ("4", "9")
    assert fields[maison.name("R3_neant")] == "y" and fields["texte_libre"].strip() == "Bonne saison."


def test_R13_a_confirmed_zero_comes_back_as_the_0_it_is_with_its_tick_and_is_sent_so(maison: Maison) -> None:
    maison.type(S2="0", R3_neant="y", S2p_neant="y", S2p_sur="9", X1_neant="y")
    fields = fields_in(maison.browser.get(f"{maison.path}/saisir").text)
    assert {code: fields[maison.name(code)] for code in ("S2", "R3", "X1", "S2p", "S2p_sur", "S7")} == {
        "S2": "0", "R3": "0", "X1": "0", "S2p": "0", "S2p_sur": "9", "S7": ""
    }  # fmt: skip
    assert {code for code in maison.keys if maison.name(f"{code}_neant") in fields} == {"S2", "R3", "X1", "S2p"}
    assert maison.type().status_code == 302
    assert maison.answer("R3").reponse == NEANT


def test_R13_a_number_typed_over_a_confirmed_zero_is_told_what_to_do_and_chosen_by_nobody_else(maison: Maison) -> None:
    """Without JavaScript the tick is still there: neither answer wins alone, and both stay on the page."""
    maison.type(S2="0")
    refused = maison.type("relire", S2="4", S7="12")
    told = "Le nombre 4 et « Aucun (0) » se contredisent. Décochez « Aucun (0) », ou effacez le nombre."
    assert refused.status_code == 422 and told in plain(refused.text)
    again = fields_in(refused.text)
    assert (again[maison.name("S2")], again[maison.name("S7")]) == ("4", "12")
    assert maison.name("S2_neant") in again and maison.answer("S2").reponse == NEANT
    del again[maison.name("S2_neant")]
    maison.browser.post(f"{maison.path}/saisir", data=again | {"geste": "brouillon"})
    assert (maison.answer("S2").reponse, maison.answer("S2").valeur) == (NOMBRE, 4)


def test_an_expired_page_names_each_answer_as_the_form_did(maison: Maison) -> None:
    sent = fields_in(maison.browser.get(f"{maison.path}/saisir").text) | {"csrf_token": "périmé", "geste": "relire"}
    typed = {"S2": "4", "R3_neant": "y", "S2p_sur": "9", "R1": "1", "X1_precision": "Une haie."}
    refused = maison.browser.post(
        f"{maison.path}/saisir", data=sent | {maison.name(name): value for name, value in typed.items()}
    )
    html = plain(refused.text)
    told = re.findall(r"<dt>(.*?)</dt><dd>\s*(?:<p>)?(.*?)(?:</p>)?\s*</dd>", html)
    grid = catalogue().indicateurs
    assert refused.status_code == 400 and sorted(told) == sorted([
        (grid["S2"].libelle, "4"),
        (grid["S2p"].denominateur, "9"),
        ("Aucun (0)", "coché"),
        (grid["R1"].libelle, "Oui"),
        ("Ce qui a été fait", "Une haie."),
    ])  # fmt: skip


def test_enter_alone_keeps_a_draft_and_never_sends(maison: Maison) -> None:
    html = maison.browser.get(f"{maison.path}/saisir").text
    assert html.index('value="brouillon"') < html.index('value="relire"')
    maison.type("transmettre", S2="4")
    assert maison.stored().etat == BROUILLON


def test_leaving_a_field_keeps_the_same_draft_and_tells_the_version(maison: Maison) -> None:
    answer = maison.type(action="brouillon", S2="4")
    assert answer.status_code == 200
    assert plain(answer.json["message"]) == "Brouillon enregistré, 1 réponse sur 6."
    assert answer.json["version"] == maison.stored().version
    assert maison.answer("S2").valeur == 4


def test_leaving_a_field_that_cannot_be_read_says_which_and_keeps_nothing_by_half(maison: Maison) -> None:
    answer = maison.type(action="brouillon", S2="1.234", R3="2")
    assert answer.status_code == 422
    assert "Pas encore enregistré" in answer.json["message"] and "deux façons" in answer.json["message"]
    assert maison.stored().etat == A_SAISIR


@pytest.mark.parametrize("typed", ["1.234,5", "-3", "1_000", "١٢", "Infinity", "sNaN", "1e3", "douze", "3.5"])
def test_R16_a_number_refused_is_named_and_everything_typed_stays(maison: Maison, typed: str) -> None:
    answer = maison.type("relire", S2=typed, S7="12", texte_libre="À garder")
    assert answer.status_code == 422
    again = fields_in(answer.text)
    assert (again[maison.name("S2")], again[maison.name("S7")], again["texte_libre"]) == (typed, "12", "À garder")
    assert f'id="{maison.name("S2")}-erreur"' in answer.text


def test_R17_a_warning_asks_for_one_sentence_before_the_page_to_read_again(maison: Maison) -> None:
    maison.type("relire", S2="4", S2p="3", S2p_sur="9")
    html = maison.html(f"{maison.path}/saisir?verifier=1")
    assert "point à voir avant de transmettre" in html and "diffère de 4 (« Nombre d’élèves de 3e" in html
    assert maison.browser.get(f"{maison.path}/relire").location.endswith("verifier=1")
    done = maison.type("relire", S2p_ratio_discordant="Un élève venu deux fois.")
    assert done.location == f"{maison.path}/relire"
    assert "Un élève venu deux fois." in maison.html(f"{maison.path}/relire")


def test_an_error_stops_before_the_page_to_read_again(maison: Maison) -> None:
    assert maison.type("relire", S2p="12", S2p_sur="9").location.endswith("verifier=1")
    assert "La partie dépasse le total" in maison.html(f"{maison.path}/saisir?verifier=1")


def test_what_is_read_again_is_what_the_referent_sees(maison: Maison, sign_in: Callable[..., FlaskClient]) -> None:
    maison.type("relire", S2="4", R3_neant="y", S2p="4", S2p_sur="9", texte_libre="Bonne saison.")
    own = maison.html(f"{maison.path}/relire")
    for told in ("<strong>4</strong>", "zéro confirmé", "4 sur 9", "Bonne saison.", "3 réponses manquent sur 6"):
        assert told in own


def test_R18_one_button_sends_and_the_page_says_so(maison: Maison) -> None:
    maison.send(S2="4")
    assert maison.stored().etat == TRANSMISE
    assert "En lecture chez votre référent" in maison.html(maison.path)
    assert maison.browser.get(f"{maison.path}/saisir").location == maison.path
    assert maison.browser.get(f"{maison.path}/relire").location == maison.path


def test_R13_nothing_answered_is_not_sent(maison: Maison) -> None:
    maison.type("relire")
    opened = maison.browser.get(f"{maison.path}/relire").text
    answer = maison.browser.post(f"{maison.path}/relire", data=fields_in(opened))
    assert answer.status_code == 422 and "au moins à un engagement" in plain(answer.text)


# --- sent back ---------------------------------------------------------------------------------------------


def test_R18_sent_back_the_page_opens_the_question_and_what_hangs_with_it(maison: Maison) -> None:
    maison.send(S2="4", S2p="4", S2p_sur="9", R3="2", texte_libre="Bonne saison.")
    maison.by_camille(send_back, commentaires={maison.keys["S2"]: "Tous en REP+ ?"})
    html = maison.html(f"{maison.path}/saisir")
    fields = fields_in(html)
    assert {maison.name("S2"), maison.name("S2p")} <= fields.keys()
    assert not {maison.name("R3"), maison.name("S7"), "texte_libre"} & fields.keys()
    assert "Tous en REP+ ?" in html
    maison.send(S2="3", S2p="3", S2_precision="L’un d’eux a déménagé.")
    stored = maison.stored()
    assert (stored.etat, stored.texte_libre, maison.answer("R3").valeur) == (TRANSMISE, "Bonne saison.", 2)
    assert maison.answer("S2").commentaire == "L’un d’eux a déménagé."


def test_R18_an_answer_that_was_not_sent_back_is_refused_even_when_forged(maison: Maison) -> None:
    maison.send(S2="4", R3="2")
    maison.by_camille(send_back, commentaires={maison.keys["S2"]: "Tous en REP+ ?"})
    answer = maison.type(S2="3", R3="99")
    assert answer.status_code == 422 and "seules celles qu’il commente" in plain(answer.text)
    assert (maison.stored().etat, maison.answer("R3").valeur, maison.answer("S2").valeur) == (A_COMPLETER, 2, 4)


# --- two people --------------------------------------------------------------------------------------------


def test_a_second_save_shows_both_versions_and_loses_nothing(maison: Maison) -> None:
    opened = maison.browser.get(f"{maison.path}/saisir").text
    maison.by_camille(save_draft, saisie=Saisie({maison.keys["S2"]: AnswerTyped(valeur=7)}, "De Camille"))
    silent = maison.type(opened=opened, action="brouillon", S2="9")
    assert silent.status_code == 409 and silent.json["conflit"]
    refused = maison.type(opened=opened, S2="9", texte_libre="De Bruno")
    html = plain(refused.text)
    assert refused.status_code == 409
    assert "Enregistré entre-temps : 7" in html and "Enregistré entre-temps : De Camille" in html
    assert fields_in(refused.text)[maison.name("S2")] == "9"
    assert maison.answer("S2").valeur == 7
    assert maison.type(opened=refused.text).status_code == 302
    assert maison.answer("S2").valeur == 9


@pytest.mark.parametrize("typed", [{"R3": "0"}, {"R3_neant": "y"}], ids=["a 0", "the tick"])
def test_R13_a_zero_here_and_a_confirmed_zero_there_are_no_two_versions(maison: Maison, typed: dict[str, str]) -> None:
    opened = maison.browser.get(f"{maison.path}/saisir").text
    maison.by_camille(save_draft, saisie=Saisie({maison.keys["R3"]: AnswerTyped(is_neant=True)}, ""))
    refused = maison.type(opened=opened, **typed)
    assert refused.status_code == 409 and "Enregistré entre-temps" not in plain(refused.text)


def test_what_was_read_again_and_changed_since_is_shown_anew_not_sent(maison: Maison) -> None:
    maison.type("relire", S2="4")
    opened = maison.browser.get(f"{maison.path}/relire").text
    maison.by_camille(save_draft, saisie=Saisie({maison.keys["S2"]: AnswerTyped(valeur=7)}))
    answer = maison.browser.post(f"{maison.path}/relire", data=fields_in(opened))
    assert answer.status_code == 409 and "<strong>7</strong>" in answer.text
    assert maison.stored().etat == BROUILLON


def test_another_s_declaration_answers_as_one_that_does_not_exist(maison: Maison) -> None:
    from paqte.services.declarations.declarations import open_declaration
    from tests.factories import CAMILLE, a_convention, a_signataire
    from tests.web.entreprise.conftest import NOW, T3

    with maison.app.app_context():
        foreign = open_declaration(
            actor=CAMILLE, now=NOW, convention_id=a_convention(a_signataire("Voisine (fictif)"), "S2"), periode=T3
        )
    token = token_in(maison.browser.get("/entreprise/").text)
    for key in (foreign, 999_999):
        for page in ("", "/saisir", "/relire"):
            assert maison.browser.get(f"/entreprise/declarations/{key}{page}").status_code == 404
        for page in ("/saisir", "/relire", "/brouillon"):
            path = f"/entreprise/declarations/{key}{page}"
            assert maison.browser.post(path, data={"csrf_token": token, "version": "1"}).status_code == 404


def test_R18_validated_it_is_read_and_no_longer_typed(maison: Maison) -> None:
    maison.send(S2="4")
    maison.by_camille(validate_declaration)
    assert maison.browser.get(f"{maison.path}/saisir").status_code == 302
    assert "Validée" in maison.html(maison.path)


# --- any text ----------------------------------------------------------------------------------------------

ANY_TEXT = st.text(max_size=60) | st.sampled_from(["\x00", "\ud800", "\uffff", "=2+3", "<script>alert(1)</script>"])


@given(
    values=st.lists(ANY_TEXT, min_size=10, max_size=10), action=st.sampled_from(["saisir", "brouillon"]), geste=ANY_TEXT
)
@example(values=["9" * 400] * 10, action="saisir", geste="relire")
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@pytest.mark.lent
def test_no_text_whatever_in_any_field_makes_an_error_page(
    maison: Maison, values: list[str], action: str, geste: str
) -> None:
    fields = ["S2", "S2_neant", "S7", "S2p", "S2p_sur", "R1", "R1_date", "R3", "X1", "texte_libre"]
    answer = maison.type(geste, action=action, **dict(zip(fields, values, strict=True)))
    assert answer.status_code in (200, 302, 409, 422), answer.text
    assert answer.is_json or "<script>alert" not in answer.text, "JSON is put into the page as text"
    assert maison.browser.get(f"{maison.path}/saisir").status_code == 200
