"""What the page of the secret address says to whoever creates one, keeps one, or renews it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.fixtures_acteurs import CAMILLE, post

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ABOUT_PAGES = True
PAGE = "/referent/calendrier/abonnement"


def test_the_page_says_of_an_address_before_only_when_there_was_one_and_what_is_left_to_do(
    sign_in: Callable[..., FlaskClient],
) -> None:
    camille, gone = sign_in(CAMILLE), "L’adresse précédente ne fonctionne plus"
    create = "Créez une adresse avec le bouton"
    assert create in camille.get(PAGE).text
    first, second = post(camille, PAGE, {}).text, post(camille, PAGE, {}).text
    assert gone not in first and gone in second
    assert create not in first and "<li>Copiez l’adresse ci-dessus.</li>" in first
    later = camille.get(PAGE).text
    assert create not in later and "Si vous ne l’avez plus, renouvelez-la" in later
