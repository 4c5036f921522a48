"""Camille before the référent's pages, on a Sunday of November."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from tests import factories
from tests.factories import a_convention, a_signataire, an_identite
from tests.fixtures_acteurs import CAMILLE
from tests.web.referent.pages import NOW

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def camille(november: None, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A browser of Camille's."""
    return sign_in(CAMILLE)


@pytest.fixture
def add(november: None, app: Flask, accounts: object) -> Callable[..., int]:
    """`add(contact, …, nom=…)`: Camille adds a signatory."""
    from paqte.services.conventions.signataires import add_signataire

    def by_camille(*contacts: Any, **changes: Any) -> int:
        with app.app_context():
            return add_signataire(
                actor=factories.CAMILLE, departement="41", identite=an_identite(**changes), contacts=contacts, now=NOW
            )

    return by_camille


@pytest.fixture
def signataire(november: None, app: Flask, accounts: object) -> int:
    """Étoile du Nord, of Camille's list."""
    with app.app_context():
        return a_signataire("Étoile du Nord", siren="900000019")


@pytest.fixture
def make(app: Flask, signataire: int) -> Callable[..., int]:
    """`make("F1", statut="projet", signee_le=None)`: a convention of Étoile du Nord, signed by default."""

    def made(*indicateurs: str, **more: Any) -> int:
        with app.app_context():
            return a_convention(signataire, *indicateurs, **more)

    return made
