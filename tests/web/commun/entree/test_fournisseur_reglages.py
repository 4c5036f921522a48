"""What is set of single sign-on, one provider after another; and a provider that is a program of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest

from paqte.config import ConfigurationRefused, read_settings
from tests.fixtures_acteurs import CAMILLE, post
from tests.web.commun.entree.conftest import START, location_of, path_back
from tests.web.commun.entree.fournisseur import EC, OTHER_RSA, RSA, SECRET, StandIn

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

Follow = Callable[..., Any]
GOOD = {
    "PAQTE_OIDC_ISSUER": "https://identite.exemple.fr/api/v2",
    "PAQTE_OIDC_CLIENT_ID": "paqte",
    "PAQTE_OIDC_CLIENT_SECRET": "secret",
}


def settings_of(**more: str) -> Any:
    return read_settings({"PAQTE_ENV": "demonstration", **{f"PAQTE_OIDC_{k}": v for k, v in more.items()}})


def test_without_a_setting_the_page_is_that_of_mailed_links_alone() -> None:
    assert settings_of().fournisseur is None


def test_a_provider_that_is_set_shows_neither_its_secret_nor_the_proxy_s() -> None:
    found = read_settings({**GOOD, "PAQTE_OIDC_PROXY": "http://nom:cachette@proxy.test:3128"}).fournisseur
    assert found is not None and found.alg == "RS256" and found.is_userinfo_signed
    assert "cachette" not in repr(found) and "'secret'" not in repr(found)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"PAQTE_OIDC_CLIENT_ID": ""}, "PAQTE_OIDC_CLIENT_ID manque"),
        ({"PAQTE_OIDC_ISSUER": "http://identite.exemple.fr"}, "PAQTE_OIDC_ISSUER vaut"),
        ({"PAQTE_OIDC_ISSUER": "identite.exemple.fr"}, "PAQTE_OIDC_ISSUER vaut"),
        ({"PAQTE_OIDC_ISSUER": "https://nom:secret@identite.exemple.fr"}, "PAQTE_OIDC_ISSUER vaut"),
        ({"PAQTE_OIDC_ALG": "none"}, "PAQTE_OIDC_ALG vaut « none »"),
        ({"PAQTE_OIDC_ALG": "HS256"}, "au moins 32 caractères"),
        ({"PAQTE_OIDC_USERINFO": "json"}, "PAQTE_OIDC_USERINFO vaut"),
        ({"PAQTE_OIDC_PROXY": "socks://proxy"}, "PAQTE_OIDC_PROXY vaut"),
    ],
)
def test_a_provider_that_cannot_serve_is_refused_at_the_start(more: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationRefused, match=said):
        read_settings({**GOOD, **more})


class TestWithoutProvider:
    @pytest.fixture
    def given_settings(self) -> Mapping[str, object]:
        return {}

    def test_the_page_shows_no_button_and_its_addresses_are_nobody_s(
        self, client: FlaskClient, accounts: object
    ) -> None:
        page = client.get("/connexion").text
        assert "Se connecter avec" not in page and "fournisseur" not in page
        for path in (START, f"{START}/retour?code=a&state=b", "/deconnexion/fournisseur"):
            assert client.get(path).status_code == 404


def test_a_provider_that_knows_pkce_is_given_a_proof_and_refuses_an_answer_without_it(
    client: FlaskClient, provider: StandIn, there_and_back: Follow, accounts: object
) -> None:
    provider.is_pkce = True
    there = location_of(client.get(START).location)
    (code,) = provider.codes
    provider.codes[code]["code_challenge"] = "x" * 43
    assert client.get(path_back(there)).status_code == 403
    assert there_and_back().location == "/"


def test_a_key_that_the_provider_changed_is_learnt_at_the_first_token_that_it_signs(
    app: Flask, provider: StandIn, there_and_back: Follow
) -> None:
    assert there_and_back().location == "/"
    provider.keys, provider.signs_with = [OTHER_RSA], OTHER_RSA
    assert there_and_back(app.test_client()).location == "/"
    provider.signs_with = RSA
    assert there_and_back(app.test_client()).status_code == 403, "the former key signs no more"


class TestEs256:
    @pytest.fixture
    def more_settings(self) -> Mapping[str, object]:
        return {"PAQTE_OIDC_ALG": "ES256"}

    def test_the_algorithm_declared_is_the_only_one_that_opens(
        self, app: Flask, provider: StandIn, there_and_back: Follow
    ) -> None:
        provider.keys = [RSA, EC]
        assert there_and_back().status_code == 403
        provider.alg, provider.signs_with = "ES256", EC
        assert there_and_back(app.test_client()).location == "/"


class TestHs256:
    @pytest.fixture
    def more_settings(self) -> Mapping[str, object]:
        return {"PAQTE_OIDC_ALG": "HS256", "PAQTE_OIDC_CLIENT_SECRET": SECRET}

    def test_the_client_s_secret_signs_where_it_was_declared(self, provider: StandIn, there_and_back: Follow) -> None:
        assert there_and_back().status_code == 403
        provider.alg = "HS256"
        assert there_and_back().location == "/"


class TestLevels:
    @pytest.fixture
    def more_settings(self) -> Mapping[str, object]:
        return {"PAQTE_OIDC_ACR": "eidas2 eidas3"}

    def test_a_level_below_those_asked_for_opens_nothing(
        self, app: Flask, client: FlaskClient, provider: StandIn, there_and_back: Follow
    ) -> None:
        asked = parse_qs(urlsplit(client.get(START).location).query)["claims"]
        assert json.loads(asked[0])["id_token"]["acr"]["values"] == ["eidas2", "eidas3"]
        assert there_and_back().status_code == 403
        provider.said = {"acr": None}
        assert there_and_back(app.test_client()).status_code == 403
        provider.said = {"acr": "eidas2"}
        assert there_and_back(app.test_client()).location == "/"


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@contextmanager
def other_program() -> Iterator[str]:
    """A provider from PyPI in a process of its own; gives its address once it answers."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    started = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-n"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urlopen(f"{url}/jwks", timeout=5).close()
                break
            except URLError:
                assert started.poll() is None, "the provider did not start"
                time.sleep(0.1)
        yield url
    finally:
        started.terminate()
        started.wait(20)


@pytest.mark.lent
class TestAnotherProgram:
    @pytest.fixture
    def program(self) -> Iterator[str]:
        with other_program() as url:
            yield url

    @pytest.fixture
    def given_settings(self, program: str) -> Mapping[str, object]:
        return {**GOOD, "PAQTE_OIDC_ISSUER": program, "PAQTE_OIDC_USERINFO": "simple"}

    def test_a_provider_that_others_wrote_signs_in_refuses_a_used_code_and_closes(
        self, app: Flask, client: FlaskClient, accounts: object, program: str
    ) -> None:
        there = consent(client.get(START).location, CAMILLE.courriel)
        cookie = client.get_cookie("paqte")
        assert client.get(path_back(there)).location == "/"
        assert CAMILLE.nom in client.get("/compte").text
        thief = app.test_client()
        assert cookie is not None
        thief.set_cookie("paqte", cookie.value)
        assert thief.get(path_back(there)).status_code == 403
        stranger = app.test_client()
        foreign = stranger.get(path_back(consent(stranger.get(START).location, "inconnue@ailleurs.test")))
        assert foreign.status_code == 403 and "inconnue@ailleurs.test" in foreign.text
        page = post(client, "/deconnexion", {}, page="/compte")
        closing = page.headers["Refresh"].removeprefix("0; url=")
        assert closing.startswith(f"{program}/oauth2/end_session?") and urlopen(closing, timeout=10).status == 200


def consent(url: str, sub: str) -> str:
    """Say at the provider's page who one is; gives where it sends the browser back."""
    sent = Request(url, data=urlencode({"sub": sub}).encode(), method="POST")
    try:
        build_opener(_Stay).open(sent, timeout=10)
    except OSError as answer:
        return str(answer.headers["Location"])  # type: ignore[attr-defined]
    raise AssertionError("the provider sent nobody back")
