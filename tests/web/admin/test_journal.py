"""The journal as an administrator reads it: everything, narrowed as asked, nothing changed by looking."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Journal, db
from paqte.services.transaction import note, transaction
from tests.factories import a_convention, a_signataire
from tests.fixtures_acteurs import ALIX, CAMILLE, NADIA

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NIGHT = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)


@pytest.fixture
def alix(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(ALIX)


@pytest.fixture
def written(app: Flask, alix: FlaskClient) -> int:
    """A company of the 41 and one of the 37, each signed and changed; the number of lines there are then."""
    with app.app_context():
        for code, nom in (("41", "Énergies du Val"), ("37", "Vignobles d’en face")):
            a_convention(a_signataire(nom, code))
        with transaction(actor=PLANIFICATEUR, now=NIGHT) as session:
            note(session, "acces_refuse", "admin.comptes", 7, departement="41")
            note(session, "telecharger", "edition", 3, departement="37", apres={"format": "xlsx"})
    with app.app_context():
        return db.session.scalars(select(func.count()).select_from(Journal)).one()


def taken(browser: FlaskClient, asked: str = "") -> list[dict[str, str]]:
    """The file, as a program that knows nothing of us reads it."""
    answer = browser.get(f"/admin/journal.csv{asked}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_each_line_of_the_base_stands_once_and_as_it_was_written(app: Flask, alix: FlaskClient, written: int) -> None:
    rows = taken(alix)
    with app.app_context():
        kept = db.session.execute(select(Journal.id, Journal.qui, Journal.objet_id).order_by(Journal.id.desc())).all()
    assert [(row["Ligne"], row["Qui"], row["Numéro"]) for row in rows] == [
        (str(key), qui, number) for key, qui, number in kept[-len(rows) :]
    ]
    assert len(rows) == written
    assert len(taken(alix)) == written + 1, "the copy itself is in the journal"


@pytest.mark.parametrize(
    ("asked", "acts"),
    [
        ("?acte=les-refus", ["Accès refusé"]),
        ("?acte=telecharger", ["Téléchargement"]),
        ("?acte=les-copies&lieu=37", ["Téléchargement"]),
        ("?acte=les-copies&lieu=41", []),
        ("?objet=edition&numero=3", ["Téléchargement"]),
        ("?objet=edition&numero=4", []),
        ("?personne=PLANIFIC&acte=acces_refuse", ["Accès refusé"]),
        ("?personne=personne-de-ce-nom", []),
        ("?acte=acces_refuse&du=10/03/2026&au=10/03/2026", ["Accès refusé"]),
        ("?acte=acces_refuse&au=09/03/2026", []),
        ("?acte=acces_refuse&du=11/03/2026", []),
    ],
)
def test_what_is_asked_narrows_and_nothing_else_does(
    alix: FlaskClient, written: int, asked: str, acts: list[str]
) -> None:
    """The night of the 9th at 23:30 UTC is the 10th in Paris."""
    assert [row["Ce qui a été fait"] for row in taken(alix, asked)] == acts


def test_a_page_shows_what_was_written_before_and_after_and_pages_follow(alix: FlaskClient, written: int) -> None:
    shown = unescape(alix.get("/admin/journal?acte=les-copies").text)
    assert "Téléchargement" in shown and "xlsx" in shown and "Accès refusé</span>" not in shown
    first, far = (alix.get(f"/admin/journal?page={n}") for n in (1, 999))
    assert first.status_code == far.status_code == 200
    assert "Aucune ligne ne répond" not in far.text and "<tbody>" in far.text, "a page beyond the last is the last"


def test_a_day_that_cannot_be_read_is_said_and_no_file_is_made_of_it(alix: FlaskClient, written: int) -> None:
    asked = alix.get("/admin/journal?du=32/13/2026")
    assert asked.status_code == 200 and 'aria-invalid="true"' in asked.text
    for wrong, first in (("du=32/13/2026&au=99/99/2026", "du"), ("au=99/99/2026", "au"), ("du=01/03/2026", "")):
        focused = re.findall(r"<input[^>]*autofocus[^>]*>", alix.get(f"/admin/journal?{wrong}").text)
        assert [re.findall(r' id="(\w+)"', field) for field in focused] == ([[first]] if first else [])
    refused = alix.get("/admin/journal.csv?du=32/13/2026")
    assert refused.status_code == 422 and "Un jour n’a pas pu être lu" in unescape(refused.text)


def test_a_file_of_too_many_lines_is_refused_in_a_sentence(
    alix: FlaskClient, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paqte.web.admin.journal.MOST_TAKEN", written - 1)
    refused = alix.get("/admin/journal.csv")
    assert refused.status_code == 422 and "Choisissez des jours ou un département" in unescape(refused.text)
    assert len(taken(alix, "?acte=acces_refuse")) == 1


@pytest.mark.parametrize("person", [CAMILLE, NADIA])
def test_nobody_but_an_administrator_reads_it(
    sign_in: Callable[..., FlaskClient], written: int, person: object
) -> None:
    browser = sign_in(person)
    assert {browser.get(path).status_code for path in ("/admin/journal", "/admin/journal.xlsx")} == {403}


def test_looking_changes_nothing_of_the_journal(app: Flask, alix: FlaskClient, written: int) -> None:
    alix.get("/admin/journal?personne=a&signataire=b&acte=creer&du=01/01/2026")
    with app.app_context():
        assert db.session.scalars(select(func.count()).select_from(Journal)).one() == written
        assert db.session.scalars(select(func.max(Journal.quand))).one() - NIGHT >= timedelta(0)
