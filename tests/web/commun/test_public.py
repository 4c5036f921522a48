"""The front page and the state of the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from paqte.models import db
from paqte.ops import clock
from paqte.ops.health import known_versions
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, Personne

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def at_version(app: Flask) -> Iterator[Callable[[str | None], None]]:
    """`at_version("0001")` marks the base as the migrations would; None takes its number away."""

    def mark(version: str | None) -> None:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            if version:
                connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})

    yield mark


def test_the_service_is_well_when_the_base_answers_at_a_known_version(
    client: FlaskClient, at_version: Callable[[str | None], None]
) -> None:
    (version,) = known_versions()
    at_version(version)
    answer = client.get("/sante")
    assert (answer.status_code, answer.json) == (
        200,
        {"etat": "ok", "base": True, "schema": True, "planificateur": True, "reprise": True, "disque": True},
    )


@pytest.mark.parametrize("version", [None, "9999"])
def test_a_base_of_another_version_is_told_to_monitoring(
    version: str | None, client: FlaskClient, at_version: Callable[[str | None], None]
) -> None:
    at_version(version)
    answer = client.get("/sante")
    assert (answer.status_code, answer.json) == (
        503,
        {"etat": "en panne", "base": True, "schema": False, "planificateur": False, "reprise": True, "disque": True},
    )


@pytest.fixture
def given_settings(request: pytest.FixtureRequest) -> dict[str, object]:
    """A base that is nowhere, for the tests that ask for it."""
    nowhere = "sqlite:////nulle/part/paqte.sqlite3"
    return {"PAQTE_DATABASE_URL": nowhere} if "base_that_is_away" in request.node.name else {}


def test_a_base_that_is_away_is_told_to_monitoring_and_the_front_page_stands(client: FlaskClient) -> None:
    answer = client.get("/sante")
    assert (answer.status_code, answer.json) == (
        503,
        {"etat": "en panne", "base": False, "schema": False, "planificateur": False, "reprise": True, "disque": True},
    )
    assert client.get("/").status_code == 200


def test_the_front_page_leads_each_person_to_her_own(sign_in: Callable[[Personne], FlaskClient]) -> None:
    assert sign_in(CAMILLE).get("/").location == "/referent/"
    assert sign_in(ALIX).get("/").location == "/admin/"
    assert sign_in(NADIA).get("/").location == "/national/"
    assert sign_in(BRUNO).get("/").location == "/entreprise/"


def test_nobody_signed_in_finds_what_it_is_and_how_to_sign_in(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "Pacte avec les quartiers" in page
    assert 'action="/connexion"' in page


def test_anybody_verifies_an_attestation_and_learns_nothing_else(client: FlaskClient) -> None:
    asked = client.get("/attestations/verifier").text
    assert "Vérifier une attestation" in asked and "inconnu" not in asked
    unknown = client.get("/attestations/verifier", query_string={"code": "AAAA-AAAA-AAAA-AAAA"})
    assert unknown.status_code == 200 and "Code inconnu" in unknown.text
    assert client.get("/attestations/verifier", query_string={"code": "\x00\U0001f600" * 50}).status_code == 200


class TestWhomToTell:
    @pytest.fixture(params=["securite@exemple.fr", "mailto:securite@exemple.fr", "https://exemple.fr/faille"])
    def given_settings(self, request: pytest.FixtureRequest) -> Mapping[str, object]:
        return {"PAQTE_SECURITE_CONTACT": request.param}

    def test_whoever_finds_a_weakness_reads_whom_to_tell(
        self, client: FlaskClient, given_settings: Mapping[str, object]
    ) -> None:
        answer = client.get("/.well-known/security.txt")
        assert answer.status_code == 200 and answer.content_type == "text/plain; charset=utf-8"
        told = dict(line.split(": ", 1) for line in answer.text.splitlines())
        asked = str(given_settings["PAQTE_SECURITE_CONTACT"])
        assert told["Contact"] == (asked if ":" in asked else f"mailto:{asked}")
        left = datetime.fromisoformat(told["Expires"]) - clock.now()
        assert timedelta(days=150) < left < timedelta(days=365)
        assert told["Canonical"] == "http://localhost/.well-known/security.txt"


def test_nobody_named_is_a_page_that_does_not_exist(client: FlaskClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
