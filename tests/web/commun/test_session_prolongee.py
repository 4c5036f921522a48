"""A session about to end may be prolonged on the page: idleness at each use, the longest once (RGAA 13.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import func, select

from paqte.domain.personnes.jetons import digest
from paqte.models import Journal, SessionOuverte, db
from paqte.services.comptes import connexion
from tests.fixtures_acteurs import BRUNO, CAMILLE, Personne, token_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SignIn = Callable[[Personne], "FlaskClient"]
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def asked_of_page(html: str) -> dict[str, object]:
    found = re.search(r'data-session="([^"]+)"', html)
    assert found
    return json.loads(unescape(found[1]))  # type: ignore[no-any-return]


def prolong(client: FlaskClient) -> dict[str, object]:
    token = token_in(client.get("/compte").text)
    answer = client.post("/compte/session", data={"csrf_token": token})
    assert answer.status_code == 200
    return answer.json or {}


def test_a_page_says_how_long_its_session_lasts_and_the_request_counts(app: Flask, sign_in: SignIn) -> None:
    with time_machine.travel(START, tick=False) as clock:
        browser = sign_in(CAMILLE)
        told = asked_of_page(browser.get("/compte").text)
        assert told == {"inactive": 28 * 60, "reste": 12 * 3600, "avis": 300, "prolongeable": True}
        clock.shift(timedelta(minutes=25))
        assert prolong(browser)["inactive"] == 28 * 60
        clock.shift(timedelta(minutes=27))
        assert browser.get("/compte").status_code == 200, "idleness counts from the prolongation"
        clock.shift(timedelta(minutes=31))
        assert browser.get("/compte").status_code == 302


def test_the_longest_is_prolonged_once_under_another_secret(app: Flask, sign_in: SignIn) -> None:
    with time_machine.travel(START, tick=False) as clock:
        browser = sign_in(BRUNO)
        stolen = app.test_client()
        cookie = browser.get_cookie("paqte")
        assert cookie
        clock.shift(timedelta(hours=11, minutes=55))
        told = prolong(browser)
        assert told["reste"] == 12 * 3600 and told["prolongeable"] is False
        stolen.set_cookie("paqte", cookie.value)
        assert stolen.get("/compte").status_code == 302, "a copy of the former cookie opens nothing"
        clock.shift(timedelta(hours=11, minutes=55))
        again = prolong(browser)
        assert again["reste"] == 300, "once only"
        clock.shift(timedelta(minutes=6))
        assert browser.get("/compte").status_code == 302
    with app.app_context():
        acts = db.session.scalars(select(Journal.acte).where(Journal.acte == "prolonger_session")).all()
        assert len(acts) == 1 and db.session.scalars(select(SessionOuverte)).all()


def test_of_two_tabs_that_prolong_in_the_same_instant_neither_is_signed_out(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later one writes nothing: it would leave the browser a secret that the base has not."""
    real, held = connexion.prolong_session, list[str | None]()

    def after_another_tab(**asked: Any) -> str | None:
        held.append(real(**asked))
        return real(**asked)

    monkeypatch.setattr(connexion, "prolong_session", after_another_tab)
    with time_machine.travel(START, tick=False) as clock:
        browser = sign_in(BRUNO)
        token = token_in(browser.get("/compte").text)
        clock.shift(timedelta(hours=11, minutes=55))
        answer = browser.post("/compte/session", data={"csrf_token": token})
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
        with app.app_context():
            kept = db.session.scalars(select(SessionOuverte.empreinte)).all()
            assert held[0] and digest(held[0]) in kept, "what the other tab was given opens the session"
            assert db.session.scalar(select(func.count()).where(Journal.acte == "prolonger_session")) == 1


def test_long_before_the_end_nothing_but_idleness_is_prolonged(app: Flask, sign_in: SignIn) -> None:
    with time_machine.travel(START, tick=False) as clock:
        browser = sign_in(BRUNO)
        clock.shift(timedelta(hours=6))
        told = prolong(browser)
        assert told["reste"] == 6 * 3600 and told["prolongeable"] is True
