"""The list of what is owed, and each declaration with what may be done of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.statuts.declarations import A_COMPLETER, TRANSMISE, VALIDEE
from paqte.models import Departement
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import open_declaration, submit_and_validate, submit_declaration
from paqte.services.transaction import transaction
from tests import factories
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import CAMILLE, ZOE, token_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LIST = "/referent/declarations"


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(CAMILLE)


def text_of(html: str) -> str:
    """As read aloud: no tags, plain spaces."""
    bare = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", unescape(html), flags=re.DOTALL)
    return " ".join(bare.replace("\u00a0", " ").replace("\u202f", " ").split())


def rows_of(html: str) -> list[str]:
    return [text_of(row) for row in re.findall(r"<tr>.*?</tr>", html.partition("<tbody>")[2], re.DOTALL)]


def sent(app: Flask, nom: str, periode: str = "2026-T1", use_case: Any = submit_declaration, **given: int) -> int:
    """A declaration of a company of the 41, sent with these answers, the others missing."""
    with app.app_context():
        convention = a_convention(a_signataire(nom), "S2", "R3")
        key = open_declaration(
            actor=factories.CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code(periode)
        )
        answers = {engagement_of(convention, code): AnswerTyped(valeur=Decimal(value)) for code, value in given.items()}
        use_case(
            actor=factories.CAMILLE, now=NOW, declaration_id=key, version=1, saisie=Saisie(answers, "Bon trimestre.")
        )
    return key


def stored(app: Flask, key: int) -> Any:
    with app.app_context():
        return read_declaration(actor=factories.CAMILLE, declaration_id=key)


def press(browser: FlaskClient, page: str, path: str, **data: str) -> Any:
    """Open a page and post a form of it, with its token and version."""
    html = browser.get(page).text
    version = re.search(r'name="version"[^>]*value="(\d+)"', html)
    assert version, html
    return browser.post(path, data={"csrf_token": token_in(html), "version": version[1], **data})


# --- the list ----------------------------------------------------------------------------------------------


def test_the_list_shows_the_last_closed_semester_and_what_to_do_next(app: Flask, browser: FlaskClient) -> None:
    sent(app, "Alpha (fictif)", S2=4)
    html = browser.get(LIST).text
    assert "1er semestre 2026" in text_of(html)
    first, second = rows_of(html)
    assert first.startswith(
        "Alpha (fictif) 41-2025-001 1er trimestre 2026 Transmise pour l’entreprise 1 sur 2 20/04/2026 Lire et valider"
    )
    assert second.startswith(
        "Alpha (fictif) 41-2025-001 2e trimestre 2026 À saisir En retard 2 attendues 20/07/2026 Saisir"
    )


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"periode": "2026-T1"}, ["Alpha", "Béta"]),
        ({"periode": "2026-T1", "etat": "validee"}, ["Béta"]),
        ({"etat": "transmise"}, ["Alpha"]),
        ({"periode": "2026-T1", "q": "beta"}, ["Béta"]),
        ({"periode": "2026-T1", "q": "41-2025-001"}, ["Alpha"]),
        ({"periode": "2026-T1", "q": "%"}, []),
        ({"periode": "2019-S1"}, []),
        ({"periode": "2026-S2", "etat": "en_retard"}, ["Alpha", "Béta"]),
        ({"periode": "2026-T4", "etat": "en_retard"}, []),
    ],
)
def test_the_list_is_filtered_by_period_state_and_name(
    app: Flask, browser: FlaskClient, query: dict[str, str], names: list[str]
) -> None:
    sent(app, "Alpha (fictif)", S2=4)
    sent(app, "Béta (fictif)", use_case=submit_and_validate, S2=4)
    rows = rows_of(browser.get(LIST, query_string=query).text)
    assert [row.split(" (")[0] for row in rows] == names


def test_a_period_not_over_yet_says_when_it_opens_and_offers_no_button(app: Flask, browser: FlaskClient) -> None:
    sent(app, "Alpha (fictif)", S2=4)
    html = browser.get(LIST, query_string={"periode": "2026-T4"}).text
    assert "Ouvre le 1er janvier 2027" in rows_of(html)[0]
    assert "/declarations/2026-T4" not in html


def test_opening_from_the_list_leads_to_the_typing_page(app: Flask, browser: FlaskClient) -> None:
    sent(app, "Alpha (fictif)", S2=4)
    html = browser.get(LIST, query_string={"periode": "2026-T2"}).text
    path = re.findall(r'action="([^"]+/declarations/2026-T2)"', html)[0]
    answer = browser.post(path, data={"csrf_token": token_in(html)})
    assert re.fullmatch(r"/referent/declarations/\d+/saisir", answer.location)
    assert browser.post(path, data={"csrf_token": token_in(html)}).location == answer.location


ANY_TEXT = st.text(max_size=30) | st.sampled_from(["2026-S3", "0000-T1", "9999", "-1", "' OR 1=1", "\x00", "\uffff"])


@given(periode=ANY_TEXT, etat=ANY_TEXT, q=ANY_TEXT, page=ANY_TEXT)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@pytest.mark.lent
def test_no_address_of_the_list_makes_an_error_page(
    browser: FlaskClient, periode: str, etat: str, q: str, page: str
) -> None:
    query = urlencode({"periode": periode, "etat": etat, "q": q, "page": page}, errors="surrogatepass")
    assert browser.get(f"{LIST}?{query}").status_code == 200


# --- one declaration ---------------------------------------------------------------------------------------


def test_former_and_new_stand_side_by_side_and_what_is_missing_is_listed(app: Flask, browser: FlaskClient) -> None:
    key = sent(app, "Alpha (fictif)", S2=4)
    text = text_of(browser.get(f"{LIST}/{key}").text)
    assert "1 réponse manque sur 2" in text
    assert "4e trimestre 2025 1er trimestre 2026 Objectif" in text
    assert "sans réponse 4 sans objectif Camille Perrin, pour l’entreprise 22 novembre 2026 à 10 h 00" in text
    assert "Bon trimestre." in text
    assert "effectivement accueillis en stage : sans réponse → 4" in text, "the history tells what was typed"


def test_R18_what_was_read_is_validated(app: Flask, browser: FlaskClient) -> None:
    key = sent(app, "Alpha (fictif)", S2=4)
    page = f"{LIST}/{key}"
    assert press(browser, page, f"{page}/valider", confirmee="1").location == page
    assert (stored(app, key).etat, stored(app, key).validee_par) == (VALIDEE, CAMILLE.nom)
    html = browser.get(page).text
    assert "/valider" not in html and "/saisir" not in html and "/rouvrir" in html


def test_R13_an_incomplete_declaration_is_validated_once_what_it_lacks_was_read(
    app: Flask, browser: FlaskClient
) -> None:
    key = sent(app, "Alpha (fictif)", S2=4)
    page = f"{LIST}/{key}"
    asked = press(browser, page, f"{page}/valider")
    assert asked.status_code == 200 and stored(app, key).etat == TRANSMISE
    told = text_of(asked.text)
    assert "Rien n’est encore validé." in told and "1 réponse manque sur 2" in told
    assert "Nombre de recrutements de résidents en QPV (CDI, CDD ≥ 6 mois, autres)" in told
    confirmed = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    assert browser.post(f"{page}/valider", data=confirmed).location == page
    assert stored(app, key).etat == VALIDEE


def test_R13_a_complete_declaration_is_validated_at_once(app: Flask, browser: FlaskClient) -> None:
    key = sent(app, "Alpha (fictif)", S2=4, R3=2)
    page = f"{LIST}/{key}"
    assert press(browser, page, f"{page}/valider").location == page
    assert stored(app, key).etat == VALIDEE


def test_R13_of_several_the_incomplete_ones_are_asked_about_together_and_none_is_validated_before(
    app: Flask, browser: FlaskClient
) -> None:
    lacking, complete = sent(app, "Alpha (fictif)", S2=4), sent(app, "Béta (fictif)", S2=1, R3=2)
    html = browser.get(f"{LIST}/recues").text
    data = {"csrf_token": token_in(html), "choix": [str(lacking), str(complete)]}
    data |= {f"version_{key}": str(stored(app, key).version) for key in (lacking, complete)}
    asked = browser.post(f"{LIST}/recues", data=data)
    told = text_of(asked.text)
    assert asked.status_code == 200 and "Alpha (fictif), 1er trimestre 2026" in told and "Béta" not in told
    assert "1 déclaration complète sera validée en même temps" in told
    assert {stored(app, key).etat for key in (lacking, complete)} == {TRANSMISE}
    browser.post(f"{LIST}/recues", data=data | {"confirmee": "1"})
    assert {stored(app, key).etat for key in (lacking, complete)} == {VALIDEE}


def test_who_must_act_stands_in_three_groups_in_the_list_and_beside_the_bilan(app: Flask, browser: FlaskClient) -> None:
    sent(app, "Béta (fictif)", S2=4, R3=1)
    sent(app, "Alpha (fictif)", use_case=submit_and_validate, S2=4)
    sent(app, "Éole (fictif)", use_case=submit_and_validate, S2=4, R3=3)
    listed = text_of(browser.get(LIST, query_string={"periode": "2026-T1"}).text)
    order = [
        listed.rindex(word)
        for word in ("À valider par vous Béta", "Validées mais incomplètes Alpha", "Validées et complètes Éole")
    ]
    assert order == sorted(order)
    only = rows_of(browser.get(LIST, query_string={"periode": "2026-T1", "etat": "incomplete"}).text)
    assert [row.partition(" (")[0] for row in only] == ["Alpha"]
    beside = text_of(browser.get("/referent/bilans/2026-S1").text).partition("Voir qui doit répondre")[2]
    assert "À valider par vous (1) Béta (fictif) , 1er trimestre 2026" in beside
    assert (
        "À relancer (3)" in beside and "2e trimestre 2026 : à saisir, 2 réponses attendues, en retard depuis" in beside
    )
    assert "Validées mais incomplètes (1) Alpha (fictif) , 1er trimestre 2026 : 1 réponse manque" in beside


def test_R18_the_second_of_two_validations_is_told_who_and_when(app: Flask, browser: FlaskClient) -> None:
    key = sent(app, "Alpha (fictif)", S2=4)
    page = f"{LIST}/{key}"
    html = browser.get(page).text
    data = {"csrf_token": token_in(html), "version": str(stored(app, key).version), "confirmee": "1"}
    assert browser.post(f"{page}/valider", data=data).status_code == 302
    second = browser.post(f"{page}/valider", data=data)
    assert second.status_code == 409
    assert "a déjà été validée par Camille Aubry le 22/11/2026 à 10 h 00" in text_of(second.text)


def test_what_changed_since_it_was_read_is_not_validated_unseen(app: Flask, browser: FlaskClient) -> None:
    key = sent(app, "Alpha (fictif)", S2=4)
    page = f"{LIST}/{key}"
    data = {"csrf_token": token_in(browser.get(page).text), "version": "1"}
    assert browser.post(f"{page}/valider", data=data).status_code == 409
    assert stored(app, key).etat == TRANSMISE


def test_R18_it_is_sent_back_with_a_question_beside_the_very_answer(app: Flask, browser: FlaskClient) -> None:
    key = sent(app, "Alpha (fictif)", S2=4)
    page = f"{LIST}/{key}/renvoyer"
    engagement = stored(app, key).lignes[0].engagement_id
    empty = press(browser, page, page)
    assert empty.status_code == 422 and "au moins une question" in text_of(empty.text)
    assert press(browser, page, page, **{f"retour_{engagement}": "En REP+ ?"}).status_code == 302
    assert stored(app, key).etat == A_COMPLETER
    assert "En REP+ ?" in text_of(browser.get(f"{LIST}/{key}").text)


def test_R18_it_is_re_opened_for_a_reason(app: Flask, browser: FlaskClient) -> None:
    key = sent(app, "Alpha (fictif)", use_case=submit_and_validate, S2=4)
    page = f"{LIST}/{key}/rouvrir"
    refused = press(browser, page, page, motif=" ")
    assert refused.status_code == 422 and "Expliquez pourquoi" in text_of(refused.text)
    assert stored(app, key).etat == VALIDEE
    done = press(browser, page, page, motif="Deux stages comptés deux fois.")
    assert done.location == f"{LIST}/{key}/saisir"
    assert "Motif : Deux stages comptés deux fois." in text_of(browser.get(f"{LIST}/{key}").text)


@pytest.mark.parametrize("act", ["renvoyer", "rouvrir"])
def test_a_page_of_an_act_the_state_does_not_allow_leads_back(app: Flask, browser: FlaskClient, act: str) -> None:
    key = sent(app, "Alpha (fictif)", use_case={"renvoyer": submit_and_validate}.get(act, submit_declaration), S2=4)
    assert browser.get(f"{LIST}/{key}/{act}").location == f"{LIST}/{key}"


def test_texts_are_shown_as_texts(app: Flask, browser: FlaskClient) -> None:
    key = sent(app, "<script>alert(1)</script>", S2=4)
    for path in (LIST, f"{LIST}/{key}", f"{LIST}/{key}/renvoyer"):
        assert "<script>alert" not in browser.get(path).text


def test_Zoe_sees_and_changes_nothing(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    key = sent(app, "Alpha (fictif)", S2=4)
    zoe = sign_in(ZOE)
    token = token_in(zoe.get("/referent/bilans").text)
    for act in ("", "/saisir", "/renvoyer", "/rouvrir"):
        assert zoe.get(f"{LIST}/{key}{act}").status_code == zoe.get(f"{LIST}/999999{act}").status_code == 404
    for act in ("/saisir", "/valider", "/renvoyer", "/rouvrir"):
        data = {"csrf_token": token, "version": "2", "motif": "x", "retour_0": "x", "geste": "valider"}
        assert zoe.post(f"{LIST}/{key}{act}", data=data).status_code == 404
    assert "Alpha" not in zoe.get(LIST, query_string={"periode": "toutes"}).text
    assert stored(app, key).etat == TRANSMISE


def test_R42_all_the_periods_are_all_of_them_whatever_their_age(app: Flask, browser: FlaskClient) -> None:
    with app.app_context():
        convention = a_convention(
            a_signataire("Ancienne (fictif)"), "S2", debut=date(2021, 1, 1), fin=date(2023, 12, 31)
        )
        with transaction(actor=factories.CAMILLE, now=NOW) as session:
            session.get_one(Departement, "41").premier_semestre = "2021-S1"
        opened = {"convention_id": convention, "periode": Periode.from_code("2021-T1")}
        key = open_declaration(actor=factories.CAMILLE, now=NOW, **opened)
        saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(4))})
        submit_declaration(actor=factories.CAMILLE, now=NOW, declaration_id=key, version=1, saisie=saisie)
    assert "1 déclaration à valider" in text_of(browser.get("/referent/").text)
    (row,) = rows_of(browser.get(f"{LIST}?etat=transmise").text)
    assert "Ancienne (fictif)" in row and "1er trimestre 2021" in row
    assert len(rows_of(browser.get(f"{LIST}?periode=toutes&etat=en_retard").text)) == 11, "eleven quarters never sent"
