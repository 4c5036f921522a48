"""One line an event, whatever it holds (case 54)."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from paqte.ops.logging import FlatFormatter, access
from tests.fixtures_acteurs import BRUNO, Personne


@pytest.fixture
def access_lines() -> Iterator[list[str]]:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(FlatFormatter())
    access.addHandler(handler)
    before, access.level = access.level, logging.INFO
    access.setLevel(logging.INFO)
    yield lines
    access.removeHandler(handler)
    access.setLevel(before)


def written(message: str, *args: object, error: bool = False) -> str:
    record = logging.LogRecord("essai", logging.INFO, __file__, 1, message, args, sys.exc_info() if error else None)
    return FlatFormatter().format(record)


@pytest.mark.parametrize("forged", ["a\r\nINFO faux", "\x1b[31mrouge", "x\u2028y", "x\x85y", "\x00", "\u202egauche"])
def test_nothing_typed_can_begin_a_line_or_drive_a_terminal(forged: str) -> None:
    line = written("reçu %s", forged)
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_a_trace_stays_on_its_line() -> None:
    try:
        raise ValueError("oups")
    except ValueError:
        line = written("échec", error=True)
    assert "ValueError: oups" in line
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["GET /connexion/JETON-secret 200", "postgresql+psycopg://paqte:JETON@hote/base", "smtp://u:JETON@hote"]
)
def test_no_token_nor_password_is_written(text: str) -> None:
    assert "JETON" not in written(text)


def test_a_request_is_one_line_that_names_its_rule_not_its_address(
    app: Flask, client: FlaskClient, access_lines: list[str]
) -> None:
    client.get("/connexion/JETON-secret?nom=Camille")
    client.get("/inconnue/Camille")
    assert len(access_lines) == 2
    assert "/connexion/<" in access_lines[0]
    assert "404" in access_lines[1]
    assert not any(word in line for line in access_lines for word in ("JETON", "Camille"))


def test_what_is_refused_says_which_account_asked(
    sign_in: Callable[[Personne], FlaskClient],
    client: FlaskClient,
    access_lines: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    browser = sign_in(BRUNO)
    access_lines.clear()
    browser.get("/admin/comptes")
    browser.post("/compte/adresse", data={"courriel": "a@b.test"})
    client.get("/admin/comptes")
    refused, forged, nobody = access_lines
    assert " 403 " in refused and " 400 " in forged
    number = refused.rsplit(" compte ", 1)[1]
    assert number.isdigit() and forged.endswith(f" compte {number}") and nobody.endswith(" compte -")
    assert [line for line in caplog.messages if line.startswith("token refused, request ")] != []
    assert BRUNO.nom not in "".join(access_lines)
