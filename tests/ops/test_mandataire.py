"""A préfecture's server reaches the company search by a proxy: told all of it in clear, nothing of it encrypted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from paqte.config import ConfigurationRefused, hide_password, read_settings
from paqte.ops.annuaire import DOWN, PROXY, SLOW, STRANGE, AnnuaireRefused, find_etablissement, search_etablissements
from tests.ops import annuaire
from tests.ops.annuaire import ATELIER, Search, body, unit
from tests.ops.mandataire import HOST, Proxy, encrypted, proxying


@pytest.fixture
def search() -> Iterator[Search]:
    with annuaire.serving() as served:
        yield served


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxying() as served:
        yield served


def test_the_service_is_asked_by_the_proxy_alone_when_there_is_one(search: Search, proxy: Proxy) -> None:
    assert find_etablissement(search.url, ATELIER, proxy=proxy.url).etablissement is not None
    assert len(proxy.asked) == len(search.asked) == 1
    assert proxy.asked[0].startswith(f"GET {search.url}/search?q={ATELIER}&")
    assert search.agents[0].startswith("PAQTE ")
    assert search_etablissements(search.url, "menuiserie", "41", proxy=proxy.url)
    assert len(proxy.asked) == 2
    find_etablissement(search.url, ATELIER)
    assert len(proxy.asked) == 2, "without the setting it is not asked"


def test_encrypted_the_proxy_learns_the_name_of_the_service_and_nothing_of_what_is_asked(
    proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name has no way but the proxy's: what answered was reached by it, and its certificate was checked."""
    with encrypted(body(unit()), tmp_path) as (port, certificate):
        proxy.known[HOST] = port
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        found = find_etablissement(f"https://{HOST}", ATELIER, proxy=proxy.url).etablissement
        assert found is not None and found.siret == ATELIER
        assert proxy.asked in ([f"CONNECT {HOST}:443 HTTP/1.1"], [f"CONNECT {HOST}:443 HTTP/1.0"])
        proxy.known["autre.paqte.test"] = port
        with pytest.raises(AnnuaireRefused, match=DOWN) as refused:
            find_etablissement("https://autre.paqte.test", ATELIER, proxy=proxy.url)
        assert "CERTIFICATE_VERIFY_FAILED" in refused.value.cause
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(AnnuaireRefused, match=DOWN):
            find_etablissement(f"https://{HOST}", ATELIER, proxy=proxy.url)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_account_of_the_proxy_is_given_to_it_and_to_nobody_else(
    search: Search, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    proxy.account = "préfecture:p@ss:mot"
    with encrypted(body(unit()), tmp_path) as (port, certificate):
        proxy.known[HOST] = port
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        url = f"https://{HOST}" if scheme == "https" else search.url
        account = "pr%C3%A9fecture:p%40ss%3Amot"
        by = proxy.url.replace("http://", f"http://{account}@")
        assert find_etablissement(url, ATELIER, proxy=by).etablissement is not None
        with pytest.raises(AnnuaireRefused, match="mandataire") as refused:
            find_etablissement(url, ATELIER, proxy=by.replace("p%40ss", "autre"))
    assert "407" in refused.value.cause and "autre" not in refused.value.cause


@pytest.mark.parametrize("url", ["http://service.paqte.test", "https://service.paqte.test"])
@pytest.mark.parametrize("status", [403, 407, 502, 503, 504])
def test_a_proxy_that_refuses_is_said_and_the_caller_is_free(proxy: Proxy, url: str, status: int) -> None:
    proxy.status = status
    with pytest.raises(AnnuaireRefused) as refused:
        find_etablissement(url, ATELIER, proxy=proxy.url)
    expected = PROXY if url.startswith("https") or status in (407, 502, 504) else {403: STRANGE, 503: DOWN}[status]
    assert str(refused.value) == expected and str(status) in refused.value.cause


def test_a_proxy_that_is_not_there_or_says_nothing_is_not_waited_for(search: Search) -> None:
    with pytest.raises(AnnuaireRefused, match=DOWN):
        find_etablissement(search.url, ATELIER, proxy="http://127.0.0.1:1")
    search.answers = annuaire.silent
    start = time.monotonic()
    with pytest.raises(AnnuaireRefused, match=SLOW):
        find_etablissement("http://service.paqte.test", ATELIER, proxy=search.url, seconds=0.4)
    assert time.monotonic() - start < 1.5


@pytest.mark.parametrize(
    "given", ["", "http://proxy.test:3128", "http://nom:mot@proxy.test:3128", "http://127.0.0.1:8080/"]
)
def test_the_proxy_is_a_setting_whose_password_is_hidden(tmp_path: Path, given: str) -> None:
    settings = read_settings({"PAQTE_INSTANCE": str(tmp_path), "PAQTE_ENTREPRISES_PROXY": given})
    assert settings.entreprises_proxy == given.rstrip("/")
    assert "mot@" not in hide_password(settings.entreprises_proxy)


@pytest.mark.parametrize("given", ["proxy.test:3128", "http://proxy.test", "socks5://proxy.test:1080", "http://a:1/x"])
def test_a_proxy_that_is_none_is_refused_at_the_start(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigurationRefused, match="PAQTE_ENTREPRISES_PROXY vaut"):
        read_settings({"PAQTE_INSTANCE": str(tmp_path), "PAQTE_ENTREPRISES_PROXY": given})
