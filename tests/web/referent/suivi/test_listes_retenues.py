"""A list opens as its person left it, and as nobody else did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask import request
from sqlalchemy import func, select

from paqte.models import ContactSignataire, ListKept, db
from paqte.services.comptes.comptes import purge_expired
from paqte.services.comptes.personnes import erase_contact
from paqte.services.conventions.signataires import ContactTyped
from tests.factories import CAMILLE as REFERENTE
from tests.fixtures_acteurs import CAMILLE, ZOE
from tests.web.referent.pages import NOW

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

SIGNATAIRES = "/referent/signataires"
DECLARATIONS = "/referent/declarations"


def left(browser: FlaskClient, path: str, query: str) -> None:
    assert browser.get(f"{path}?{query}").status_code == 200


def opens_on(browser: FlaskClient, path: str) -> str:
    """What the bare list reads of its address, as the view sees it."""
    with browser:
        assert browser.get(path).status_code == 200
        args = request.args
        return f"{path}?{urlencode(list(args.items()))}" if args else path


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (SIGNATAIRES, "q=lenoir&etat=echue&taille=PME&tri=-fin"),
        (SIGNATAIRES, "tri=fin"),
        (SIGNATAIRES, "plan=1&sans_contact=1"),
        (DECLARATIONS, "periode=2026-T3&etat=a_relancer"),
        ("/referent/actions", "axe=RECRUTER&etat=a_relire"),
        ("/referent/completude", "periode=2025-S2"),
    ],
)
def test_a_list_opens_as_it_was_left_and_tout_afficher_ends_it(camille: FlaskClient, path: str, query: str) -> None:
    left(camille, path, f"{query}&page=1")
    assert opens_on(camille, path) == f"{path}?{query}"
    assert camille.get(f"{path}?tout=1").status_code == 200
    assert opens_on(camille, path) == path


def test_it_is_kept_with_the_account_in_another_browser_and_never_given_to_another(
    camille: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    left(camille, SIGNATAIRES, "nature=reseau")
    assert "Atelier Lenoir" not in camille.get(SIGNATAIRES).text
    assert opens_on(sign_in(CAMILLE), SIGNATAIRES) == f"{SIGNATAIRES}?nature=reseau"
    zoe = sign_in(ZOE)
    assert opens_on(zoe, SIGNATAIRES) == SIGNATAIRES
    zoe.get(f"{SIGNATAIRES}?tout=1")
    assert "Atelier Lenoir" in camille.get(f"{SIGNATAIRES}?page=1").text
    assert opens_on(camille, SIGNATAIRES) == f"{SIGNATAIRES}?nature=reseau"


def test_an_address_that_says_something_wins_and_one_list_says_nothing_of_another(camille: FlaskClient) -> None:
    left(camille, SIGNATAIRES, "etat=echue&tri=fin")
    assert f'href="{SIGNATAIRES}?tout=1"' in camille.get(f"{SIGNATAIRES}?tri=fin").text
    assert opens_on(camille, DECLARATIONS) == DECLARATIONS
    html = unescape(camille.get(f"{SIGNATAIRES}?q=lenoir").text)
    assert "Atelier Lenoir" in html, "the convention of the other visit does not narrow this one"
    assert camille.get(f"{SIGNATAIRES}?page=1").status_code == 200
    left(camille, SIGNATAIRES, "q=&etat=&nature=")
    assert opens_on(camille, SIGNATAIRES) == SIGNATAIRES, "emptied by hand, it opens whole"


def test_a_period_chosen_in_a_former_quarter_is_let_go_and_the_rest_is_kept(
    app: Flask, accounts: object, sign_in: Callable[..., FlaskClient]
) -> None:
    with time_machine.travel(datetime(2026, 12, 31, 22, 0, tzinfo=UTC), tick=False):
        left(sign_in(CAMILLE), DECLARATIONS, "periode=2026-S1&etat=transmise")
        assert opens_on(sign_in(CAMILLE), DECLARATIONS) == f"{DECLARATIONS}?periode=2026-S1&etat=transmise"
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):  # 1 January in Blois
        assert opens_on(sign_in(CAMILLE), DECLARATIONS) == f"{DECLARATIONS}?etat=transmise"


@pytest.mark.parametrize(
    "query", ["q=%00%ef%bf%be", "q=" + "a" * 5_000, "tri=nom%0d%0aX:%20y", "etat=%22%3E%3Cscript%3E"]
)
def test_a_hostile_address_is_kept_as_a_text_or_not_at_all(camille: FlaskClient, query: str) -> None:
    left(camille, SIGNATAIRES, query)
    found = opens_on(camille, SIGNATAIRES)
    assert found.startswith(SIGNATAIRES) and len(found) < 1_100 and "<" not in found and "\n" not in found
    assert camille.get(found).status_code == 200


@pytest.mark.parametrize("searched", ["q=durand", "propre=1&cherche=durand"])
def test_R30_words_searched_for_go_with_whoever_is_erased_and_habits_of_a_year_with_time(
    app: Flask, camille: FlaskClient, add: Callable[..., Any], searched: str
) -> None:
    key = add(ContactTyped("Marie Durand", "DRH", "marie@exemple.fr", ""), nom="Étoile du Nord")
    left(camille, SIGNATAIRES, searched)
    left(camille, DECLARATIONS, "etat=transmise")
    with app.app_context():
        contact = db.session.scalars(select(ContactSignataire.id).where(ContactSignataire.signataire_id == key)).one()
        erase_contact(actor=REFERENTE, now=NOW, signataire_id=key, contact_id=contact)
    assert opens_on(camille, SIGNATAIRES) == SIGNATAIRES
    assert opens_on(camille, DECLARATIONS) == f"{DECLARATIONS}?etat=transmise"
    with app.app_context():
        purge_expired(actor=REFERENTE, now=datetime(2027, 12, 1, tzinfo=UTC))
        assert db.session.scalar(select(func.count()).select_from(ListKept)) == 0
