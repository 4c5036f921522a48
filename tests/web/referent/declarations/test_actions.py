"""The pages of concrete actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paqte.domain.erreurs import NotFound
from paqte.queries.declarations.preuves.actions import list_actions, read_action
from paqte.services.declarations.preuves.actions import ActionTyped, record_action
from tests import factories
from tests.factories import a_qpv, a_signataire
from tests.fixtures_acteurs import CAMILLE, ZOE, post, token_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LIST = "/referent/actions"
TYPED = {
    "titre": "Forum des métiers",
    "texte": "Trente élèves reçus.",
    "date": "12/03/2026",
    "axe": "SENSIBILISER",
    "beneficiaires": "30",
}


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(CAMILLE)


def text_of(html: str) -> str:
    bare = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", unescape(html), flags=re.DOTALL)
    return " ".join(bare.replace("\u00a0", " ").replace("\u202f", " ").split())


def recorded(app: Flask, **changes: Any) -> int:
    values = {"date": date(2026, 3, 12), "axe": "FORMER", "titre": "Alternants", "texte": "Trois jeunes."} | changes
    with app.app_context():
        return record_action(actor=factories.CAMILLE, now=NOW, departement="41", action=ActionTyped(**values))


def stored(app: Flask, key: int) -> Any:
    with app.app_context():
        return read_action(actor=factories.CAMILLE, action_id=key)


def version_in(html: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', html)
    assert found, html
    return found[1]


def test_R29_an_action_is_typed_then_proof_read(app: Flask, browser: FlaskClient) -> None:
    created = post(browser, f"{LIST}/nouvelle", TYPED)
    assert created.status_code == 302
    page = browser.get(created.location).text
    assert "n’entre pas encore dans le bilan" in text_of(page)
    key = int(created.location.rsplit("/", 1)[1])
    edit = f"{LIST}/{key}/modifier"
    form = browser.get(edit).text
    assert "Jamais le nom d’un jeune ou d’un bénéficiaire" in text_of(form)
    data = TYPED | {"is_proofread": "y", "version": version_in(form), "csrf_token": token_in(form)}
    assert browser.post(edit, data=data).status_code == 302
    assert stored(app, key).is_proofread


def test_a_refused_action_keeps_all_that_was_typed(app: Flask, browser: FlaskClient) -> None:
    refused = post(browser, f"{LIST}/nouvelle", TYPED | {"date": "31/02/2026", "beneficiaires": "-4", "lieu": "Blois"})
    html = unescape(refused.text)
    assert refused.status_code == 422
    assert 'value="31/02/2026"' in html and 'value="-4"' in html and 'value="Blois"' in html
    assert "Trente élèves reçus." in html and '<option selected value="SENSIBILISER">' in html
    assert "n’existe pas au calendrier" in text_of(html) and "ne peut pas être négatif" in text_of(html)
    with app.app_context():
        assert list_actions(actor=factories.CAMILLE, departement="41") == []


def test_R25_a_district_out_of_date_is_asked_about_then_kept_and_marked(app: Flask, browser: FlaskClient) -> None:
    with app.app_context():
        qpv = a_qpv("QP041001")
    asked = post(browser, f"{LIST}/nouvelle", TYPED | {"qpv_id": str(qpv)})
    assert asked.status_code == 422
    assert "Génération 2015, jusqu’au 31/12/2023" in unescape(asked.text)
    assert "is_quartier_confirmed" in asked.text
    data = TYPED | {"qpv_id": str(qpv), "is_quartier_confirmed": "y", "csrf_token": token_in(asked.text)}
    kept = browser.post(f"{LIST}/nouvelle", data=data)
    assert kept.status_code == 302
    assert "Quartier hors période" in text_of(browser.get(LIST).text)


def test_two_tabs_the_second_sees_both_versions(app: Flask, browser: FlaskClient) -> None:
    key = recorded(app)
    edit = f"{LIST}/{key}/modifier"
    form = browser.get(edit).text
    data = TYPED | {"csrf_token": token_in(form), "version": version_in(form)}
    assert browser.post(edit, data=data).status_code == 302
    second = browser.post(edit, data=data | {"titre": "Mon titre", "axe": "ACHETER", "is_proofread": "y"})
    text = text_of(second.text)
    assert second.status_code == 409
    assert "Enregistré entre-temps : Forum des métiers" in text
    assert "Enregistré entre-temps : Sensibiliser" in text, "a choice is shown by its label"
    assert "Enregistré entre-temps : non" in text
    again = data | {"titre": "Mon titre", "version": version_in(second.text), "csrf_token": token_in(second.text)}
    assert browser.post(edit, data=again).status_code == 302
    assert stored(app, key).titre == "Mon titre"


def test_deleting_asks_on_a_page_of_its_own(app: Flask, browser: FlaskClient) -> None:
    key = recorded(app)
    path = f"{LIST}/{key}/supprimer"
    page = browser.get(path).text
    assert stored(app, key), "asking changes nothing"
    stale = browser.post(path, data={"csrf_token": token_in(page), "version": "7"})
    assert stale.status_code == 409
    done = browser.post(path, data={"csrf_token": token_in(page), "version": version_in(page)})
    assert done.location == LIST
    with pytest.raises(NotFound):
        stored(app, key)


def test_the_list_is_filtered(app: Flask, browser: FlaskClient) -> None:
    recorded(app)
    recorded(app, titre="Forum", axe="SENSIBILISER", is_proofread=True, date=date(2025, 3, 1))
    for query, kept in (
        ({"etat": "a_relire"}, "Alternants"),
        ({"axe": "SENSIBILISER"}, "Forum"),
        ({"q": "FORUM"}, "Forum"),
        ({"periode": "2025"}, "Forum"),
    ):
        rows = browser.get(LIST, query_string=query).text.partition("<tbody>")[2]
        assert re.findall(r"<a [^>]*>(Alternants|Forum)</a>", rows) == [kept], query
    assert "Aucune action ne répond à ces filtres" in browser.get(LIST, query_string={"q": "%"}).text


def test_an_empty_list_says_how_to_begin(browser: FlaskClient) -> None:
    assert "Raconter une première action" in browser.get(LIST).text


def test_texts_are_shown_as_texts(app: Flask, browser: FlaskClient) -> None:
    with app.app_context():
        signataire = a_signataire("<script>alert(2)</script>")
    key = recorded(app, titre="<script>alert(1)</script>", texte="<img onerror=x>", signataire_id=signataire)
    for path in (LIST, f"{LIST}/{key}", f"{LIST}/{key}/modifier", f"{LIST}/{key}/supprimer"):
        html = browser.get(path).text
        assert "<script>alert" not in html and "<img onerror" not in html


def test_Zoe_gets_the_same_answer_as_for_what_does_not_exist(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    key = recorded(app)
    zoe = sign_in(ZOE)
    token = token_in(zoe.get(f"{LIST}/nouvelle").text)
    for act in ("", "/modifier", "/supprimer"):
        assert zoe.get(f"{LIST}/{key}{act}").status_code == zoe.get(f"{LIST}/999999{act}").status_code == 404
    for act in ("/modifier", "/supprimer"):
        assert zoe.post(f"{LIST}/{key}{act}", data=TYPED | {"csrf_token": token, "version": "1"}).status_code == 404
    assert "Alternants" not in zoe.get(LIST).text
    assert stored(app, key).titre == "Alternants"


ANY_TEXT = st.text(max_size=40) | st.sampled_from(["\x00", "\ud800", "\uffff", "=2+3", "%", "9" * 30, "' OR 1=1 --"])
FIELDS = (
    "titre",
    "texte",
    "date",
    "axe",
    "lieu",
    "qpv_id",
    "signataire_id",
    "beneficiaires",
    "is_proofread",
    "version",
)


@given(values=st.lists(ANY_TEXT, min_size=len(FIELDS), max_size=len(FIELDS)), query=ANY_TEXT)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@pytest.mark.lent
def test_no_text_whatever_in_any_field_makes_an_error_page(browser: FlaskClient, values: list[str], query: str) -> None:
    path = f"{LIST}/nouvelle"
    typed = dict(zip(FIELDS, values, strict=True)) | {"csrf_token": token_in(browser.get(path).text)}
    body = urlencode(typed, errors="surrogatepass")
    answer = browser.post(path, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (302, 422)
    asked = urlencode(dict.fromkeys(("periode", "axe", "etat", "q", "page"), query), errors="surrogatepass")
    assert browser.get(f"{LIST}?{asked}").status_code == 200
