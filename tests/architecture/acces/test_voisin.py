"""A neighbour who comes changes nothing: neither a page, nor what an act does, nor what the scheduler makes or sends.

The same world twice, without the neighbour and with; and what is the neighbour's stays as it was, to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from difflib import unified_diff
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
import time_machine
from sqlalchemy import text

from paqte.models import Base, db
from paqte.scheduling.calendrier import CALENDRIER, TravailContext
from tests.architecture.acces.gens import PEOPLE, Monde
from tests.architecture.acces.monde import NOW, Page
from tests.architecture.acces.test_droits import routes
from tests.architecture.acces.voisin import (
    A_COTE,
    AILLEURS,
    OF_ONE_PERSON,
    SECRET,
    SHARED,
    add_neighbour,
    own_rows,
    rows_of_the_neighbour,
    what_a_departement_keeps,
    what_is_known_of_the_41,
)
from tests.fixtures_acteurs import BRUNO, CAMILLE
from tests.web.test_once import MAKING

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
WHO = [
    ("référente du 41", AILLEURS),
    ("l’entreprise", AILLEURS),
    ("animateur", AILLEURS),
    ("l’entreprise", A_COTE),
    ("animateur", A_COTE),
]
# Drawn at each request: secrets, the reference of an error, the code of an attestation.
DRAWN = re.compile(rf"{SECRET.pattern}|<code>[0-9a-f]{{12}}</code>|code [0-9A-Z-]{{19}}")
# What ends the session of whoever asks, or answers with a drawing.
LEFT_OUT = ("/deconnexion", "/compte/sessions", "/facteur", "/cles", "/abonnement", "/agenda")
# What a form asks for before it does anything.
WRITTEN = {
    "resiliee_le": "30/11/2026", "motif": "Cessation.", "motif_retrait": "Saisie deux fois.", "retour_0": "À vérifier.",
    "semestre": "2025-S2", "reponse": "C’est fait.", "jusquau": "31/12/2026", "courriel": "neuve@lenoir.test",
}  # fmt: skip
DAYS = [date(2026, 11, 23), date(2026, 12, 31), date(2027, 1, 4), date(2027, 1, 25), date(2027, 2, 8), date(2027, 3, 2)]


@pytest.fixture
def monde(app: Flask, accounts: object, tmp_path: Path) -> Iterator[Monde]:
    with time_machine.travel(NOW, tick=False):
        monde = Monde(app, tmp_path)
        what_a_departement_keeps(app, monde.keys)
        monde.save()
        yield monde


def test_the_neighbour_has_something_of_everything(monde: Monde) -> None:
    """Else what an act does to things of that kind would be tried on none."""
    add_neighbour(monde.app, AILLEURS)
    given = {table for table, _ in rows_of_the_neighbour(monde.app)}
    assert Base.metadata.tables.keys() - given - SHARED == OF_ONE_PERSON


@pytest.mark.parametrize(("who", "departement"), WHO)
def test_R30_no_page_changes_when_a_neighbour_has_the_same_things(who: str, departement: str, monde: Monde) -> None:
    alone = pages_of(monde, who)
    monde.restore()
    add_neighbour(monde.app, departement)
    beside = pages_of(monde, who)
    assert {rule: _difference(alone[rule], beside[rule]) for rule in alone if alone[rule] != beside[rule]} == {}


@pytest.mark.parametrize(("who", "departement"), [WHO[0], WHO[2], WHO[3]])
def test_R30_no_act_does_anything_else_when_a_neighbour_has_the_same_things_nor_to_them(
    who: str, departement: str, monde: Monde
) -> None:
    alone = dict(acts_of(monde, who))
    monde.restore()
    add_neighbour(monde.app, departement)
    monde.save()
    before, seen = rows_of_the_neighbour(monde.app), 0
    assert len(before) > 15
    for act, done in acts_of(monde, who):
        assert done == alone[act], (act, _difference(str(alone[act]), str(done)))
        assert rows_of_the_neighbour(monde.app) == before, act
        seen += 1
    assert seen == len(alone) > 5


def test_R30_the_scheduler_does_and_writes_for_a_departement_what_it_would_if_there_were_no_other(
    monde: Monde, tmp_path: Path
) -> None:
    alone = [what_the_scheduler_does(monde, day) for day in DAYS]
    monde.restore()
    add_neighbour(monde.app, AILLEURS)
    for day, done in zip(DAYS, alone, strict=True):
        now = what_the_scheduler_does(monde, day)
        assert [*unified_diff(done, now, lineterm="", n=0)] == [], day


def pages_of(monde: Monde, who: str) -> dict[str, str]:
    """Every page and file that this person may open, without what is drawn at random."""
    seen = {}
    for route in routes(monde.app, "GET", is_closed=True):
        if PEOPLE[who][0] in route.roles:
            seen[route.rule] = _told(monde.browsers[who].get(monde.page(who, route)))
    assert sum(said.startswith("200") for said in seen.values()) > 5
    return seen


def acts_of(monde: Monde, who: str) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Every act of this person, each from the world as it was saved: what was answered, and the rows it left."""
    for act, path, data in _forms(monde, who):
        monde.restore()
        if act in MAKING:
            _set_state(monde.app, MAKING[act].etat)
        answer = monde.browsers[who].post(path, data={**data, "csrf_token": monde.tokens[who]})
        rows = sorted(f"{key} {said}" for key, said in own_rows(monde.app).items() if key[0] != "mouvement")
        yield f"{act} {path}", (_told(answer), rows)
    monde.restore()


def _forms(monde: Monde, who: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, address and fields of each form: as a page shows it, then as it makes something or with a version alone."""
    role, seen = PEOPLE[who][0], set()
    for route in routes(monde.app, "GET", is_closed=True):
        answer = monde.browsers[who].get(page := monde.page(who, route)) if role in route.roles else None
        if answer is not None and answer.mimetype == "text/html":
            for action, fields in Page(answer.text).forms:
                address = action or page
                if address not in seen and not address.startswith(LEFT_OUT):
                    seen.add(address)
                    written = {
                        name: WRITTEN[name] for name in fields.keys() & WRITTEN if not "".join(fields[name]).strip()
                    }
                    yield "formulaire", address, {**fields, **written}
    for route in routes(monde.app, "POST", is_closed=True):
        if role in route.roles and not (path := monde.page(who, route)).startswith(LEFT_OUT):
            making = MAKING.get(route.endpoint)
            is_made = making and making.who in (CAMILLE, BRUNO)
            yield (
                (route.endpoint, making.path.format(**monde.keys), making.says())
                if making and is_made
                else (f"nu {route.endpoint}", path, {"version": "2"})
            )


def _set_state(app: Flask, etat: str) -> None:
    """Of what is not the neighbour's."""
    with app.app_context():
        db.session.execute(text("UPDATE declaration SET etat = :etat WHERE id > 0"), {"etat": etat})
        db.session.commit()


def what_the_scheduler_does(monde: Monde, day: date) -> list[str]:
    """Every job but those that leave the machine, that morning; gives what is then known of the 41."""
    morning = datetime.combine(day, time(8), UTC)
    settings = monde.app.extensions["paqte"]
    with time_machine.travel(morning, tick=False), monde.app.app_context():
        for hour in range(2):
            contexte = TravailContext(settings, "essai", lambda hour=hour: morning + timedelta(hours=hour), Event())
            for travail in CALENDRIER:
                if travail.code not in ("courriels", "veille", "sauvegarde"):
                    travail.run(contexte)
        db.session.remove()
    return what_is_known_of_the_41(monde.app)


def _told(answer: TestResponse) -> str:
    """What an answer says: its words, those of a workbook's parts, of any other file its kind alone."""
    said = answer.mimetype
    if said.startswith(("text/", "application/json")):
        said = answer.text
    elif answer.data.startswith(b"PK"):
        with ZipFile(BytesIO(answer.data)) as parts:
            said = "\n".join(f"{name} {parts.read(name)!r}" for name in sorted(parts.namelist()))
    return f"{answer.status_code} {answer.location} {DRAWN.sub('…', said)}"


def _difference(alone: str, beside: str) -> list[str]:
    """The lines that only one of the two has."""
    return [line.strip()[:300] for line in unified_diff(alone.split("\n"), beside.split("\n"), lineterm="", n=0)][:9]
