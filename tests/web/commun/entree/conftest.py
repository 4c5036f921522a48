"""A provider that listens, an application that is told of it, and the way there and back."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.fixtures_acteurs import CAMILLE
from tests.web.commun.entree.fournisseur import CLIENT, SECRET, StandIn, serving

if TYPE_CHECKING:
    from flask.testing import FlaskClient

START = "/connexion/fournisseur"


@pytest.fixture
def provider() -> Iterator[StandIn]:
    """The tests' own provider, who says that Camille came."""
    with serving(StandIn(person={"sub": "sub-camille", "email": CAMILLE.courriel})) as started:
        yield started


@pytest.fixture
def more_settings() -> Mapping[str, object]:
    """What a test sets otherwise of single sign-on."""
    return {}


@pytest.fixture
def given_settings(provider: StandIn, more_settings: Mapping[str, object]) -> Mapping[str, object]:
    return {
        "PAQTE_OIDC_ISSUER": provider.issuer,
        "PAQTE_OIDC_CLIENT_ID": CLIENT,
        "PAQTE_OIDC_CLIENT_SECRET": SECRET,
        **more_settings,
    }


def location_of(url: str) -> str:
    """Where this address sends a browser, which is not followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        return connection.getresponse().getheader("Location") or ""
    finally:
        connection.close()


def path_back(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def there_and_back(client: FlaskClient, accounts: object) -> Callable[..., Any]:
    """`there_and_back()` follows the button to the provider and back; gives the last answer of the application."""

    def follow(browser: FlaskClient = client, start: str = START) -> Any:
        left = browser.get(start)
        assert left.status_code == 302, left.text
        return browser.get(path_back(location_of(left.location)))

    return follow
