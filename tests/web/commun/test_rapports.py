"""The address to which browsers send what the policy of the pages kept them from, asked by anybody in any way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from paqte.models import ViolationCounted, db
from tests.fixtures_acteurs import ALIX, CAMILLE, Personne

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

PATH = "/rapports/csp"
ONE, SEVERAL = "application/csp-report", "application/reports+json"


def told(path: str = "/connexion/un-secret?next=Odile", blocked: str = "https://mal.test/?nom=Odile") -> bytes:
    body = {
        "documentURL": f"http://localhost{path}",
        "effectiveDirective": "img-src",
        "blockedURL": blocked,
        "sample": "Odile",
    }
    return json.dumps([{"type": "csp-violation", "user_agent": "Odile", "body": body}]).encode()


def rows(app: Flask) -> list[tuple[Any, ...]]:
    v = ViolationCounted
    with app.app_context():
        return [
            tuple(row) for row in db.session.execute(select(v.directive, v.page, v.source, v.combien).order_by(v.id))
        ]


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/connexion/un-secret?next=Odile", "/connexion/<secret>"),
        ("/agenda/un-secret.ics", "/agenda/<secret>.ics"),
        ("/referent/conventions/7?q=Odile#Odile", "/referent/conventions/<int:convention_id>"),
        ("/referent/signataires/nouveau", "/referent/signataires/nouveau"),
        ("/Odile/Marchand", "autre"),
        ("/referent/conventions/7/", "autre"),
        ("/rapports/csp", "autre"),
        ("/", "/"),
        ("/../../etc/%00\u202eOdile", "autre"),
    ],
)
def test_of_an_address_the_page_s_own_rule_remains(path: str, rule: str, client: FlaskClient, app: Flask) -> None:
    answer = client.post(PATH, data=told(path), content_type=SEVERAL)
    assert (answer.status_code, answer.data) == (204, b"")
    assert rows(app) == [("img-src", rule, "ailleurs", 1)]


def test_both_kinds_of_report_are_read_and_no_token_is_asked_for(client: FlaskClient, app: Flask) -> None:
    former = {
        "csp-report": {"document-uri": "http://localhost/", "violated-directive": "img-src", "blocked-uri": "data"}
    }
    assert client.post(PATH, data=json.dumps(former), content_type=ONE).status_code == 204
    assert client.post(PATH, data=told(), content_type=f"{SEVERAL}; charset=utf-8").status_code == 204
    assert [row[2] for row in rows(app)] == ["donnees", "ailleurs"]


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (told(), "application/json", 415),
        (told(), "", 415),
        (b"[" * 9_000, SEVERAL, 400),
        (b"\xff", SEVERAL, 400),
        (b"", ONE, 400),
        (told() + b" " * 16_384, SEVERAL, 413),
        (b"{" * 2_000_000, ONE, 413),
    ],
)
def test_a_hostile_body_is_refused_and_leaves_nothing(
    body: bytes, media: str, status: int, client: FlaskClient, app: Flask
) -> None:
    answer = client.post(PATH, data=body, content_type=media)
    assert answer.status_code == status
    assert "Traceback" not in answer.text and rows(app) == []


def test_a_flood_is_answered_without_being_kept(client: FlaskClient, app: Flask) -> None:
    answers = [client.post(PATH, data=told(), content_type=SEVERAL) for _ in range(40)]
    assert [one.status_code for one in answers] == [204] * 20 + [429] * 20
    assert answers[-1].headers["Retry-After"] == "900"
    assert [row[3] for row in rows(app)] == [20]


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_a_report_is_sent_never_read(method: str, client: FlaskClient) -> None:
    assert getattr(client, method)(PATH).status_code == 405


def test_a_report_neither_reads_nor_prolongs_a_session(sign_in: Callable[[Personne], FlaskClient]) -> None:
    answer = sign_in(CAMILLE).post(PATH, data=told(), content_type=SEVERAL)
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (204, [])


def test_the_administrator_s_home_says_which_pages_and_nothing_else(sign_in: Callable[[Personne], FlaskClient]) -> None:
    browser = sign_in(ALIX)
    assert "Politique de sécurité des pages" not in browser.get("/admin/").text
    for _ in range(3):
        browser.post(PATH, data=told(), content_type=SEVERAL)
    page = browser.get("/admin/").text
    assert "Politique de sécurité des pages" in page and "/connexion/&lt;secret&gt;" in page
    assert "Odile" not in page and "un-secret" not in page


PUBLIC = {"PAQTE_ENV": "production", "PAQTE_SECRET_KEY": "hVvJ1r7Zb0Qm2cXw9eTgLk4sYnPd8uAo"}


def test_without_encryption_the_policy_names_the_address_itself(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert headers["Content-Security-Policy"].endswith(f"; report-uri {PATH}")
    assert "Reporting-Endpoints" not in headers


@pytest.mark.parametrize("given_settings", [PUBLIC | {"PAQTE_BASE_URL": "https://paqte.exemple.fr"}])
def test_encrypted_the_endpoint_is_named_too(client: FlaskClient) -> None:
    headers = client.get("/", base_url="https://paqte.exemple.fr").headers
    assert headers["Content-Security-Policy"].endswith(f"; report-uri {PATH}; report-to csp")
    assert headers["Reporting-Endpoints"] == f'csp="{PATH}"'
