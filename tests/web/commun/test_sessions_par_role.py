"""How long a session stays open is a setting of the installation, by role; it acts on sessions open already."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import PLANIFICATEUR, ROLES
from paqte.domain.statuts.pilotage import LIMITES
from paqte.models import Reglage, SessionOuverte, db
from paqte.ops import clock as machine
from paqte.services.comptes.comptes import purge_expired
from paqte.services.transaction import transaction
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, Personne, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SignIn = Callable[[Personne], "FlaskClient"]
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def given(app: Flask, **values: str) -> None:
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as writing:
        writing.add_all(Reglage(departement_code=None, cle=cle, valeur=valeur) for cle, valeur in values.items())


def opens(browser: FlaskClient) -> bool:
    return browser.get("/compte").status_code == 200


def test_every_role_has_both_settings() -> None:
    assert {f"{kind}{role}" for kind in ("session_inactive_", "session_totale_") for role in ROLES} <= set(LIMITES)


def test_idleness_closes_a_session_after_the_minutes_of_its_role_and_of_no_other(
    app: Flask, sign_in: SignIn, clock: Any
) -> None:
    given(app, session_inactive_entreprise="20", session_inactive_referent="60")
    bruno, camille, alix = map(sign_in, (BRUNO, CAMILLE, ALIX))
    clock.shift(19 * 60)
    assert opens(bruno)
    clock.shift(20 * 60)
    assert not opens(bruno), "twenty minutes for a company"
    assert opens(camille), "thirty-nine of the sixty of a référente"
    assert not opens(alix), "thirty, as shipped, for an administrator"


def test_the_whole_ends_after_the_hours_of_its_role_and_the_page_says_when(
    app: Flask, sign_in: SignIn, clock: Any
) -> None:
    given(app, session_totale_entreprise="2")
    browser = sign_in(BRUNO)
    told = re.findall(r"data-session='?\"?([^'>]+)", browser.get("/compte").text.replace("&#34;", '"'))
    assert json.loads(re.findall(r"\{[^}]*\}", told[0])[0])["reste"] == 2 * 3600
    for _ in range(7):
        clock.shift(15 * 60)
        assert opens(browser)
    clock.shift(10 * 60)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/compte").text)[0]
    assert browser.post("/compte/session", data={"csrf_token": token}).json["reste"] == 2 * 3600
    clock.shift(2 * 3600)
    assert not opens(browser), "prolonged once, and no more"


def test_what_is_over_is_thrown_away_by_the_hours_of_its_role(app: Flask, sign_in: SignIn, clock: Any) -> None:
    given(app, session_totale_entreprise="2")
    for person in (BRUNO, CAMILLE):
        sign_in(person)
    with app.app_context():
        now = machine.now() + timedelta(hours=3)
        purge_expired(actor=PLANIFICATEUR, now=now)
        db.session.rollback()
        assert db.session.scalars(select(func.count()).select_from(SessionOuverte)).one() == 1


def test_an_administrator_sets_them_and_they_act_at_once(app: Flask, sign_in: SignIn, clock: Any) -> None:
    browser, bruno = sign_in(ALIX), sign_in(BRUNO)
    clock.shift(25 * 60)
    page = browser.get("/admin/reglages").text
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    version = dict(re.findall(r'name="(version)"[^>]*value="([^"]*)"', page))
    sent = {**fields, **version, "session_inactive_entreprise": "10"}
    sent.pop("csrf_token", None)
    assert post(browser, "/admin/reglages", sent).status_code == 302
    assert not opens(bruno)
