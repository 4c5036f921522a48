"""The base was brought to another version while this one serves: it reads on, writes nothing, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from paqte.models import Declaration, Journal, SessionOuverte, db
from tests.web.entreprise.conftest import Maison, fields_in, plain

OTHERS = ["9999", "0001"]
TYPED = "Des stages ont commencé en septembre."


@pytest.fixture
def given_settings() -> Mapping[str, object]:
    return {"PROPAGATE_EXCEPTIONS": False, "TESTING": False}


def bring_to(app: Flask, number: str, *statements: str) -> None:
    """As another machine does it: the number of the base last."""
    with app.app_context(), db.engine.begin() as connection:
        for statement in (*statements, f"UPDATE alembic_version SET version_num = '{number}'"):
            connection.execute(text(statement))


def rows(app: Flask) -> tuple[Any, ...]:
    with app.app_context():
        asked = (func.count(Journal.id), func.max(Journal.id))
        version = select(Declaration.version).scalar_subquery()
        seen = select(func.max(SessionOuverte.vue_le)).scalar_subquery()
        return tuple(db.session.execute(select(*asked, version, seen)).one())


@pytest.mark.parametrize("number", OTHERS)
def test_nothing_is_written_and_what_was_typed_is_given_back(app: Flask, maison: Maison, number: str) -> None:
    opened = maison.browser.get(f"{maison.path}/saisir").text
    before = rows(app)
    bring_to(app, number)
    answer = maison.type(opened=opened, S2="12", commentaire=TYPED)
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert "Mise à jour en cours" in answer.text and TYPED in answer.text
    assert rows(app) == before
    bring_to(app, _own())
    assert maison.browser.post(f"{maison.path}/saisir", data=fields_in(answer.text)).status_code == 302
    assert str(maison.answer("S2")) and rows(app) != before


@pytest.mark.parametrize("number", OTHERS)
def test_pages_are_read_on_and_a_balancer_is_told_to_ask_another(app: Flask, maison: Maison, number: str) -> None:
    bring_to(app, number)
    assert maison.browser.get("/entreprise/").status_code == 200
    assert maison.browser.get(maison.path).status_code == 200
    assert maison.browser.get("/pret").status_code == 503
    assert maison.browser.get("/vivant").status_code == 200


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("signataire RENAME COLUMN nom TO denomination", "signataire RENAME COLUMN denomination TO nom"),
        ("convention RENAME TO accord", "accord RENAME TO convention"),
    ],
)
def test_what_another_version_took_away_is_no_damage(app: Flask, maison: Maison, change: str, back: str) -> None:
    bring_to(app, "9999", f"ALTER TABLE {change}")
    try:
        answer = maison.browser.get("/entreprise/", follow_redirects=True)
    finally:
        bring_to(app, _own(), f"ALTER TABLE {back}")
    assert answer.status_code == 503
    shown = plain(answer.text)
    assert "Mise à jour en cours" in shown and "abîmée" not in shown and "sauvegarde" not in shown


def _own() -> str:
    from paqte.ops.base.migration import numbers

    return numbers()[-1]
