"""The filtered list of ten thousand companies against the same page drawn from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient

from paqte.domain.acteurs import REFERENT, operator
from paqte.ops import clock
from paqte.services.comptes import invite_user
from tests.bench.bases import populated
from tests.bench.bilan import statements_run
from tests.bench.mesure import Figure, interleaved

DEPARTEMENT = "01"
PAGE = "/referent/signataires?q=entreprise&etat=en_vigueur&taille=PME&tri=nom&page=2"
# A page is short: more rounds cost little and settle the median.
ROUNDS = 31
LIST = "paqte.web.referent.signataires.list_signataires"


def figures() -> Iterator[Figure]:
    """Time of the page to the same page whose lines are in memory; statements at 10,000 to those at 100."""
    small, large = populated(1, 100, 1), populated(1, 10_000, 1)
    client = signed_in(large)
    kept = lines_of(large, client)
    asked, drawn = interleaved(
        lambda: open_page(client),
        lambda: open_page(client, patch(LIST, return_value=kept)),
        rounds=ROUNDS,
    )
    yield Figure("liste filtrée de 10 000 / même page en mémoire", asked / drawn, 3, ROUNDS)
    few, many = (count_statements(app) for app in (small, large))
    yield Figure(f"requêtes à 10 000 / à 100 ({many} et {few})", many / few, 1, 1)


def signed_in(app: Flask) -> FlaskClient:
    """The référent of the département, through a sign-in link as anybody."""
    with app.app_context():
        link = invite_user(
            actor=operator(),
            role=REFERENT,
            courriel="mesure@exemple.fr",
            nom="Mesure",
            base_url="",
            now=clock.now(),
            departement=DEPARTEMENT,
            by_mail=False,
        )
    client = app.test_client()
    assert client.post(link).status_code == 302
    return client


def open_page(client: FlaskClient, within: AbstractContextManager[Any] | None = None) -> None:
    with within or nullcontext():
        answer = client.get(PAGE)
    assert answer.status_code == 200 and b"Entreprise 01-" in answer.data


def lines_of(app: Flask, client: FlaskClient) -> Any:
    """What the list's query gives for the page."""
    from paqte.web.referent import signataires

    given: list[Any] = []
    ask: Callable[..., Any] = signataires.list_signataires

    def spy(**asked: Any) -> Any:
        given.append(ask(**asked))
        return given[-1]

    with patch(LIST, spy):
        open_page(client)
    return given[-1]


def count_statements(app: Flask) -> int:
    client = signed_in(app)
    open_page(client)
    with app.app_context(), statements_run() as statements:
        open_page(client)
    return len(statements)
