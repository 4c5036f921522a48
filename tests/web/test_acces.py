"""Who may open what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from paqte.domain.personnes.acteurs import PLANIFICATEUR, ROLES
from paqte.domain.personnes.roles import PUBLIC
from paqte.models import Journal, SessionOuverte, db
from paqte.models.base import WRITE
from paqte.ops.clock import now
from paqte.ops.routes import Route, route_table
from paqte.services.transaction import transaction
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, EVERYBODY, NADIA, ZOE, Personne, post, token_in

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SignIn = Callable[[Personne], "FlaskClient"]
# Open by nobody's decision: the view of the tests that forgot its mark.
FORGOTTEN = "essai.sans_marque"
# Anybody may open these; every other route is behind sign-in.
OPEN_TO_ALL = {
    "public.accueil",
    "public.agenda",
    "public.attestation_verifier",
    "public.sante",
    "public.securite",
    "public.vivant",
    "public.pret",
    "public.metriques",
    "public.violations",
    "aide.accessibilite",
    "aide.contact",
    "aide.guides",
    "aide.image",
    "aide.mentions",
    "aide.plan",
    "compte.connexion",
    "compte.lien_envoye",
    "compte.lien",
    "compte.ouvrir",
    "compte.deconnexion",
    "fournisseur.partir",
    "fournisseur.retour",
    "fournisseur.sorti",
    "static",
    "bootstrap.static",
}
SAMPLES = {"int": "1", "string": "2026-S1", "path": "fiche.xlsx", "uuid": "00000000-0000-4000-8000-000000000000"}


def address(app: Flask, route: Route) -> str:
    """An address that the rule of this route matches."""
    rule = next(r for r in app.url_map.iter_rules() if (r.rule, r.endpoint) == (route.rule, route.endpoint))
    names = {type(c).__name__.removesuffix("Converter").lower(): c for c in rule._converters.values()}
    assert names.keys() <= {"id", "unicode", "path", "uuid"}, "teach SAMPLES this converter"
    values = {name: _sample(type(converter).__name__) for name, converter in rule._converters.items()}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(route.endpoint, values)


def _sample(converter: str) -> str:
    return SAMPLES[{"IdConverter": "int", "PathConverter": "path", "UUIDConverter": "uuid"}.get(converter, "string")]


def closed_routes(app: Flask) -> list[Route]:
    return [r for r in route_table(app) if PUBLIC not in r.roles and r.endpoint != FORGOTTEN]


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    silent = {r.endpoint for r in route_table(app) if not r.roles}
    assert silent == {FORGOTTEN}
    assert all(set(r.roles) <= {PUBLIC, *ROLES} for r in route_table(app))


def test_only_the_listed_pages_are_open_to_all(app: Flask) -> None:
    of_tests = ("essai.", "catalogue.")
    found = {r.endpoint for r in route_table(app) if PUBLIC in r.roles and not r.endpoint.startswith(of_tests)}
    assert found == OPEN_TO_ALL


def test_the_table_names_every_rule_of_the_application(app: Flask) -> None:
    assert len(route_table(app)) == len(list(app.url_map.iter_rules()))


def test_nobody_signed_in_is_sent_to_sign_in_or_refused_everywhere(app: Flask, client: FlaskClient) -> None:
    token = token_in(client.get("/connexion").text)
    for route in closed_routes(app):
        if "GET" in route.methods:
            answer = client.get(address(app, route))
            assert answer.status_code == 302, route
            assert answer.location.startswith("/connexion?next="), route
        if "POST" in route.methods:
            assert client.post(address(app, route)).status_code == 400, route
            assert client.post(address(app, route), data={"csrf_token": token}).status_code == 401, route


@pytest.mark.parametrize("person", [BRUNO, NADIA, ALIX, CAMILLE], ids=lambda p: p.role)
def test_a_room_of_another_role_is_closed(person: Personne, app: Flask, sign_in: SignIn) -> None:
    browser = sign_in(person)
    token = token_in(browser.get("/connexion/lien-envoye").text)
    for route in closed_routes(app):
        if person.role not in route.roles:
            data = {"csrf_token": token}
            if "GET" in route.methods:
                assert browser.get(address(app, route)).status_code == 403, route
            if "POST" in route.methods:
                assert browser.post(address(app, route), data=data).status_code == 403, route


@pytest.mark.parametrize("person", [None, *EVERYBODY], ids=lambda p: p.nom if p else "personne")
def test_a_view_that_forgot_to_say_is_refused_to_everybody(
    person: Personne | None, client: FlaskClient, sign_in: SignIn
) -> None:
    browser = sign_in(person) if person else client
    assert browser.get("/essai/sans-marque").status_code == 403


def test_a_thing_of_another_answers_as_one_that_does_not_exist(sign_in: SignIn) -> None:
    assert sign_in(ZOE).get("/essai/chose/7").status_code == 404


def test_refusals_leave_a_journal_line_each(app: Flask, sign_in: SignIn) -> None:
    post(sign_in(BRUNO), "/essai/salle", {}, page="/connexion/lien-envoye")
    sign_in(ZOE).get("/essai/chose/7")
    with app.app_context():
        lines = db.session.execute(
            select(Journal.qui, Journal.objet, Journal.objet_id)
            .where(Journal.acte == "acces_refuse")
            .order_by(Journal.id)
        ).all()
    assert [tuple(line) for line in lines] == [(BRUNO.nom, "essai.salle", ""), (ZOE.nom, "introuvable", "7")]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_verbs_and_overrides_do_nothing(method: str, sign_in: SignIn) -> None:
    browser = sign_in(CAMILLE)
    assert browser.open("/essai/salle", method=method).status_code in (400, 405)
    headers = {"X-HTTP-Method-Override": method}
    assert browser.get("/essai/salle?_method=POST", headers=headers).status_code == 200


def test_a_reader_does_not_wait_for_whoever_holds_the_base_to_be_marked_as_seen(app: Flask, sign_in: SignIn) -> None:
    camille = sign_in(CAMILLE)
    long_ago = now() - timedelta(minutes=10)
    with app.app_context():
        with transaction(actor=PLANIFICATEUR, now=now()) as session:
            session.execute(update(SessionOuverte).values(vue_le=long_ago))
        holder = db.engine.connect().execution_options(**{WRITE: True})
    begun = monotonic()
    with holder.begin():
        assert camille.get("/essai/salle").status_code == 200
        assert monotonic() - begun < 3
    holder.close()
    assert camille.get("/essai/salle").status_code == 200
    with app.app_context():
        assert db.session.scalars(select(SessionOuverte.vue_le)).one() > long_ago
