"""What Camille meets when Bruno tells of an error: her home page, the declaration, her answer; and what Bruno sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.architecture.acces.monde import NOW, furnish, state_of
from tests.fixtures_acteurs import BRUNO, CAMILLE, Personne, post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

TOLD = "12 stagiaires et non 4."


@pytest.fixture
def declaration(app: Flask, accounts: object) -> Iterator[int]:
    with time_machine.travel(NOW, tick=False):
        yield furnish(app)["declaration_id"]


def test_from_the_error_told_to_the_declaration_given_back(
    app: Flask, declaration: int, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    bruno, camille = sign_in(BRUNO), sign_in(CAMILLE)
    hers, his = f"/referent/declarations/{declaration}", f"/entreprise/declarations/{declaration}"
    assert "Signaler une erreur" in bruno.get(his).text
    empty = post(bruno, f"{his}/signaler", {"motif": ""})
    assert empty.status_code == 422 and "à corriger, en une phrase" in empty.text
    assert post(bruno, f"{his}/signaler", {"motif": TOLD}).location == his
    page = bruno.get(his).text
    assert TOLD in page and "À traiter" in page and f"{his}/signaler" not in page
    assert (
        "1\u00a0erreur signalée" in camille.get("/referent/").text
        or "1 erreur signalée" in camille.get("/referent/").text
    )
    assert TOLD in camille.get("/referent/signalements").text
    page = camille.get(hers).text
    assert TOLD in page and f"{hers}/valider" not in page
    questions = camille.get(f"{hers}/renvoyer").text
    assert f"Erreur signalée par l’entreprise : {TOLD}".replace(" :", "\u00a0:") in questions.replace(" :", "\u00a0:")
    version = {"version": "2", "retour_0": "Corrigez le total."}
    assert post(camille, f"{hers}/renvoyer", version).location == hers
    assert state_of(app, declaration) == "a_completer"
    assert "Déclaration rendue" in bruno.get(his).text
    assert "Aucune erreur à traiter" in camille.get("/referent/signalements").text
