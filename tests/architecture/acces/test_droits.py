"""Every route, asked by everybody: what happens is what the table of rights says, and reading changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from paqte.cli.commandes import paqte as command
from paqte.cli.installation import examen
from paqte.cli.socle.sortie import run
from paqte.domain.personnes.acteurs import REGION
from paqte.domain.personnes.roles import PUBLIC
from paqte.models import Base
from paqte.ops.routes import Route, route_table
from paqte.web.formulaires.libelles import SENT_AS, read_labels
from paqte.web.socle.acces import STANDING
from tests.architecture.acces.droits import ROLES_BY_ENDPOINT
from tests.architecture.acces.gens import PEOPLE, Monde
from tests.architecture.acces.monde import NOW, TRACES, Page, bare, dump

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
# What a form sends of its own, that nobody types, and the files, which no page can give back.
UNSEEN = re.compile(rf"csrf_token|version(_\d+)?|{SENT_AS}|.*-cle|fichiers?")
VERBS = ("TRACE", "PUT", "DELETE", "PATCH")


@pytest.fixture
def monde(app: Flask, accounts: object, tmp_path: Path) -> Iterator[Monde]:
    with time_machine.travel(NOW, tick=False):
        yield Monde(app, tmp_path)


def routes(app: Flask, method: str, *, is_closed: bool = False) -> list[Route]:
    """The routes of a method; there are always some, or what follows would be true of nothing."""
    found = [r for r in route_table(app) if method in r.methods and not (is_closed and PUBLIC in r.roles)]
    assert len(found) > 40, "no table of routes: nothing would be tried"
    return found


def expected(monde: Monde, who: str, route: Route, method: str) -> set[int]:
    """What the table promises this person on this route."""
    role, is_hers = PEOPLE[who]
    if PUBLIC in route.roles:
        return {
            200,
            302,
            404,
            410,
            503,
        }  # a file that is not there, a dead link, a base its tests made without migrations
    if not role:
        return {302} if method == "GET" else {401}
    if role not in route.roles:
        return {403}
    if route.endpoint in ("compte.session_fermer", "cles.retirer", "fournisseur.detacher"):
        return {404}  # a session and a passkey of somebody who is in no browser here; no provider is set
    if monde.is_about_a_thing(route, who) and not is_hers:
        return {404}
    return {200, 302, 409, 422}


def test_every_route_is_in_the_table_with_those_very_roles(app: Flask) -> None:
    found = {r.endpoint: frozenset(r.roles) for r in route_table(app)}
    assert found == ROLES_BY_ENDPOINT


def test_the_command_routes_prints_the_same_table(app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(examen, "opened", lambda: nullcontext(app))
    # By another way than everybody's its help would be made in English, and kept for the whole process.
    assert run(command, ("routes", "--json")) == 0
    printed = {row["endpoint"]: row["roles"] for row in json.loads(capsys.readouterr().out)}
    assert printed == {r.endpoint: [*r.roles] for r in route_table(app)}


def test_everybody_meets_on_every_page_what_the_table_says_and_reading_changes_nothing(monde: Monde) -> None:
    before = dump(monde.app)
    wrong = []
    for who, browser in monde.browsers.items():
        for route in routes(monde.app, "GET"):
            status = browser.get(monde.page(who, route)).status_code
            if status not in expected(monde, who, route, "GET"):
                wrong.append((who, route.endpoint, status))
    assert wrong == []
    assert dump(monde.app) == before


def test_everybody_meets_on_every_act_what_the_table_says_and_who_is_refused_changes_nothing(monde: Monde) -> None:
    before = dump(monde.app)
    wrong = []
    for who, browser in monde.browsers.items():
        for route in routes(monde.app, "POST", is_closed=True):
            data = {"csrf_token": monde.tokens[who], "version": "2"}
            status = browser.post(monde.page(who, route), data=data).status_code
            wanted = expected(monde, who, route, "POST")
            if status not in wanted:
                wrong.append((who, route.endpoint, status))
            if wanted == {200, 302, 409, 422}:
                monde.restore()
    assert wrong == []
    assert dump(monde.app) == before


@pytest.mark.parametrize(
    "who",
    [
        "référente du 972",
        "région voisine",
        "une autre entreprise",
        "animateur d’une autre",
        "animateur d’une autre convention",
    ],
)
def test_a_forged_key_answers_exactly_like_one_that_does_not_exist(who: str, monde: Monde) -> None:
    browser, role = monde.browsers[who], PEOPLE[who][0]
    seen = 0
    for method in ("GET", "POST"):
        for route in routes(monde.app, method, is_closed=True):
            if role in route.roles and monde.is_about_a_thing(route, who):
                data = {"csrf_token": monde.tokens[who], "version": "2"} if method == "POST" else None
                real, none = (
                    browser.open(monde.page(who, route, is_real=is_real), method=method, data=data)
                    for is_real in (True, False)
                )
                assert (real.status_code, bare(real.text)) == (none.status_code, bare(none.text)), route
                seen += 1
    assert seen > 5


# What every account may send of its own, and the file that is looked at and not kept.
OWN_FORMS = ("/compte", "/deconnexion", "/bilans/verifier")


def test_who_only_reads_meets_no_act_and_no_door_that_is_closed_to_her(monde: Monde) -> None:
    browser, who, seen = monde.browsers["région du 41"], "région du 41", 0
    found: set[tuple[str, str]] = set()
    urls = monde.app.url_map.bind("localhost")
    for route in routes(monde.app, "GET", is_closed=True):
        answer = browser.get(monde.page(who, route))
        if REGION not in route.roles or answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        page = Page(answer.text)
        acts = (action or route.rule for action, _ in page.forms)
        found |= {(route.endpoint, action) for action in acts if not action.startswith(OWN_FORMS)}
        for link in page.links:
            path, _, query = link.partition("?")
            if path.startswith("/"):
                endpoint = urls.match(path.partition("#")[0], method="GET")[0]
                is_lost = endpoint.startswith(STANDING) and "departement=" not in query
                if is_lost or not ROLES_BY_ENDPOINT[endpoint] & {PUBLIC, REGION}:
                    found.add((route.endpoint, link))
                seen += 1
    assert found == set()
    assert seen > 100


def test_other_verbs_are_refused_everywhere_and_change_nothing(monde: Monde) -> None:
    before, browser = dump(monde.app), monde.browsers["référente du 41"]
    for route in route_table(monde.app):
        for verb in VERBS:
            answer = browser.open(
                monde.address(route), method=verb, data={"csrf_token": monde.tokens["référente du 41"]}
            )
            assert answer.status_code == 405, (route, verb)
    assert dump(monde.app) == before


@pytest.mark.parametrize("forged", ["", "x", "d’une autre session"])
def test_no_act_passes_without_the_token_of_its_own_session(forged: str, monde: Monde) -> None:
    before = dump(monde.app)
    for who in ("référente du 41", "l’entreprise"):
        token = monde.tokens["admin"] if forged.startswith("d") else forged
        for route in routes(monde.app, "POST"):
            answer = monde.browsers[who].post(monde.address(route), data={"csrf_token": token, "version": "2"})
            # A browser sends its reports by itself, without a token: a form is none.
            assert answer.status_code == (415 if route.endpoint == "public.violations" else 400), (who, route)
    assert dump(monde.app) == before


def test_every_form_takes_along_the_labels_of_what_is_typed_in_it(monde: Monde) -> None:
    """Else the page that gives back what was typed, after an expired session, could not name it."""
    unnamed, seen = [], set()
    for who in ("référente du 41", "l’entreprise", "admin"):
        for route in routes(monde.app, "GET", is_closed=True):
            for action, fields in _forms(monde.browsers[who], monde.address(route)):
                with monde.app.app_context():
                    labels = read_labels(*fields.get(SENT_AS, [""]))
                asked = {name for name in fields if not UNSEEN.fullmatch(name) and name not in seen}
                unnamed += [(route.rule, action, name) for name in asked - labels.keys()]
                seen |= asked
    assert unnamed == [] and len(seen) > 50


def columns() -> dict[str, str]:
    """Every name of column, with a value that would do harm where it would be taken."""
    names = {column.key for table in Base.metadata.sorted_tables for column in table.columns}
    harm = {"etat": "validee", "role": "admin", "departement_code": "972", "statut": "signee", "is_active": ""}
    return {name: harm.get(name, "1") for name in names}


@pytest.mark.parametrize("who", ["référente du 41", "l’entreprise"])
def test_a_form_sent_with_every_name_of_column_changes_only_what_it_shows(who: str, monde: Monde) -> None:
    browser, role, seen = monde.browsers[who], PEOPLE[who][0], 0
    # Drawn at random at each turn, hence never twice alike.
    without = TRACES | {
        "jeton_connexion",
        "flux_agenda",
        "courriel",
        "mouvement",
        "part_edition",
        "somme",
        "second_facteur",
    }
    for route in routes(monde.app, "GET", is_closed=True):
        page = monde.address(route)
        if role not in route.roles:
            continue
        for action, fields in _forms(browser, page):
            results = []
            for more in ({}, {k: v for k, v in columns().items() if k not in fields}):
                status = browser.post(action or page, data={**more, **fields}).status_code
                results.append((status, dump(monde.app, without=without)))
                monde.restore()
            assert results[0] == results[1], (page, action)
            seen += 1
    assert seen > 3


def _forms(browser: FlaskClient, path: str) -> list[tuple[str, dict[str, list[str]]]]:
    """The forms of a page, but that which signs out; none when it is a file or leads elsewhere."""
    answer = browser.get(path)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return []
    return [form for form in Page(answer.text).forms if form[0] != "/deconnexion"]


STRANGE_KEYS = ("1000000000", "2147483648", "9223372036854775808", "9" * 40, "-1", "%C2%B2", "%D9%A3", "%EF%BC%91")
# What no browser sends with our forms: JSON of each kind, texts as files, ranks that only look like numbers.
STRANGE_BODIES: tuple[dict[str, object], ...] = (
    {"json": [1]},
    {"json": {"courriel": 5, "version": {}, "titre": None}},
    {"data": {"contacts-²-nom": "x", f"contacts-{'9' * 5_000}-nom": "x"}},
    {"files": ("nom", "texte", "courriel", "titre", "date", "version", "identifiant", "next")},
)


def opener(route: Route) -> str:
    """Somebody whose role opens this route and to whom its things belong; nobody signed in when all may."""
    return next((who for who, (role, is_hers) in PEOPLE.items() if is_hers and role in route.roles), "déconnecté")


def test_a_key_that_no_base_can_hold_is_a_page_that_does_not_exist(monde: Monde) -> None:
    seen = 0
    for method in ("GET", "POST"):
        for route in routes(monde.app, method, is_closed=True):
            who = opener(route)
            for name in sorted(monde.names(route)):
                for key in STRANGE_KEYS if f"<int:{name}>" in route.rule else ():
                    path = monde.address(route, strange={name: key})
                    data = {"csrf_token": monde.tokens[who]} if method == "POST" else None
                    answer = monde.browsers[who].open(path, method=method, data=data)
                    assert answer.status_code == 404, (method, path)
                    seen += 1
    assert seen > 200


@pytest.mark.parametrize("strange", STRANGE_BODIES)
def test_a_body_that_no_browser_sends_is_read_as_an_empty_form_or_refused(
    strange: dict[str, object], monde: Monde
) -> None:
    for route in routes(monde.app, "POST"):
        who = opener(route)
        token = {"X-CSRFToken": monde.tokens[who], "Referer": "http://localhost/"}
        sent: dict[str, object] = dict(strange)
        for name in sent.pop("files", ()):  # type: ignore[attr-defined]
            sent.setdefault("data", {})[name] = (BytesIO(b"x"), "x.txt")  # type: ignore[index]
        status = monde.browsers[who].post(monde.address(route), headers=token, **sent).status_code  # type: ignore[arg-type]
        assert status < 500, (who, route.endpoint)
        if status in (302, 200):
            monde.restore()
