"""The filtered list of ten thousand companies against the same page drawn from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient

from paqte.domain.personnes.acteurs import REFERENT, operator
from paqte.ops import clock
from paqte.queries.conventions.signataires import ETATS_FILTRES, TRIS
from paqte.services.comptes.comptes import invite_user
from tests.bench.bases import populated
from tests.bench.documents.bilan import statements_run
from tests.bench.mesure import Figure, interleaved

DEPARTEMENT = "01"
LISTE = "/referent/signataires"
FILTERED = f"{LISTE}?q=entreprise&etat=en_vigueur&taille=PME&page=2"
# Every order, with filters and without, near and deep; every filter offered, those that keep nobody too.
PAGES = {
    **{f"tri {tri}": f"{FILTERED}&tri={tri}" for tri in TRIS},
    **{f"tri {tri} sans filtre, page {page}": f"{LISTE}?tri={tri}&page={page}" for tri in TRIS for page in (1, 200)},
    **{f"état {etat}": f"{LISTE}?etat={etat}&tri=fin" for etat in ETATS_FILTRES},
    "axe": f"{LISTE}?q=entreprise&etat=en_vigueur&axe=RECRUTER&tri=-fin",
    "plan": f"{LISTE}?plan=y",
    "sans contact": f"{LISTE}?sans_contact=y&tri=fin",
    "nature": f"{LISTE}?nature=entreprise&tri=-fin",
}
# A page is short: more rounds cost little and settle the median.
ROUNDS = 15
LIST = "paqte.web.referent.conventions.liste.list_signataires"


def figures() -> Iterator[Figure]:
    """Time of the page to the same page whose lines are in memory; statements at 10,000 to those at 100."""
    small, large = populated(1, 100, 1), populated(1, 10_000, 1)
    client, few = signed_in(large), signed_in(small)
    for name, page in PAGES.items():
        kept = lines_of(client, page)
        asked, drawn = interleaved(
            partial(open_page, client, page),
            lambda page=page, kept=kept: open_page(client, page, patch(LIST, return_value=kept)),
            rounds=ROUNDS,
        )
        yield Figure(f"liste de 10 000, {name} / même page en mémoire", asked / drawn, 3, ROUNDS)
    yield statements("liste filtrée", (small, few), (large, client))


def statements(name: str, small: tuple[Flask, FlaskClient], large: tuple[Flask, FlaskClient]) -> Figure:
    """The worst page: most statements at 10,000 to those at 100."""
    counts = [(count_statements(*large, page), count_statements(*small, page)) for page in PAGES.values()]
    many, few = max(counts, key=lambda pair: pair[0] / pair[1])
    return Figure(f"{name}, requêtes à 10 000 / à 100 ({many} et {few})", many / few, 1, 1)


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


def open_page(client: FlaskClient, page: str, within: AbstractContextManager[Any] | None = None) -> None:
    with within or nullcontext():
        answer = client.get(page)
    assert answer.status_code == 200 and b"<h1" in answer.data


def lines_of(client: FlaskClient, page: str) -> Any:
    """What the list's query gives for the page."""
    from paqte.web.referent.conventions import liste

    given: list[Any] = []
    ask: Callable[..., Any] = liste.list_signataires

    def spy(**asked: Any) -> Any:
        given.append(ask(**asked))
        return given[-1]

    with patch(LIST, spy):
        open_page(client, page)
    return given[-1]


def count_statements(app: Flask, client: FlaskClient, page: str) -> int:
    open_page(client, page)
    with app.app_context(), statements_run() as run:
        open_page(client, page)
    return len(run)
