"""Headers of every answer, and the theme's files."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import paqte
from tests.fixtures_acteurs import CAMILLE, Personne, post

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ABOUT_PAGES = True
PAGES = ["/", "/connexion", "/connexion/abc", "/nulle-part", "/deconnexion", "/essai/sans-marque", "/sante"]
ROOT = Path(paqte.__file__).parent


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_bears_the_strict_headers(path: str, client: FlaskClient) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert "unsafe" not in headers["Content-Security-Policy"]
    for name in ("default-src", "base-uri", "object-src", "frame-ancestors"):
        assert policy[name] == "'none'"
    assert policy["form-action"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_a_page_behind_sign_in_is_never_kept(sign_in: Callable[[Personne], FlaskClient]) -> None:
    assert sign_in(CAMILLE).get("/essai/salle").headers["Cache-Control"] == "no-store"


PUBLIC = {"PAQTE_ENV": "production", "PAQTE_SECRET_KEY": "hVvJ1r7Zb0Qm2cXw9eTgLk4sYnPd8uAo"}


@pytest.mark.parametrize("given_settings", [PUBLIC | {"PAQTE_BASE_URL": "https://paqte.exemple.fr"}])
def test_a_public_service_asks_for_https_for_a_year(client: FlaskClient) -> None:
    headers = client.get("/", base_url="https://paqte.exemple.fr").headers
    assert int(re.findall(r"max-age=(\d+)", headers["Strict-Transport-Security"])[0]) >= 31_536_000


def test_no_page_holds_a_style_or_a_script_of_its_own() -> None:
    forbidden = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=\"|javascript:", re.IGNORECASE)
    found = {
        str(path.relative_to(ROOT)): forbidden.findall(path.read_text(encoding="utf-8"))
        for path in (ROOT / "templates").rglob("*.html")
        if "courriels" not in path.parts
    }
    assert found, "no template was looked at"
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_leaving_empties_what_the_browser_keeps_of_the_session(sign_in: Callable[[Personne], FlaskClient]) -> None:
    browser = sign_in(CAMILLE)
    assert "Clear-Site-Data" not in browser.get("/essai/salle").headers
    left = post(browser, "/deconnexion", {}, page="/essai/salle")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_what_is_answered_says_what_it_is_and_opens_nothing_to_other_sites(
    client: FlaskClient, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    """Whoever reads must guess neither the kind nor the letters; another site is told nothing at all."""
    seen, camille = set(), sign_in(CAMILLE)
    for browser, path in [(client, path) for path in (*PAGES, *linked(client))] + [(camille, "/compte/donnees")]:
        answer = browser.get(path, headers={"Origin": "https://evil.example"})
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")], path
        kind, _, letters = answer.headers["Content-Type"].partition("; ")
        seen.add(kind)
        if kind.startswith("text/") or kind.endswith(("+xml", "/xml", "javascript")):
            assert letters == "charset=utf-8", path
    assert seen >= {"text/html", "text/css", "text/javascript", "image/svg+xml", "application/json"}


def test_a_parameter_given_twice_or_elsewhere_opens_nothing_more(sign_in: Callable[[Personne], FlaskClient]) -> None:
    browser = sign_in(CAMILLE)
    own = browser.get("/referent/signataires?departement=41")
    assert (own.status_code, browser.get("/referent/signataires?departement=972").status_code) == (200, 404)
    assert browser.get("/referent/signataires?departement=972&departement=41").status_code == 404
    twice = browser.get("/referent/signataires?departement=41&departement=972")
    assert twice.status_code == 200 and "Martinique" not in twice.text
    page = "/referent/signataires/nouveau?departement=41"
    posted = post(browser, page, {"departement": "972", "nature": "entreprise"})
    assert posted.status_code == 422 and "Martinique" not in posted.text


def linked(client: FlaskClient) -> list[str]:
    found = re.findall(r'(?:href|src)="(/(?:bootstrap/)?static/[^"]+)"', client.get("/").text)
    assert len(found) >= 4
    return found


def test_files_of_the_theme_are_named_by_their_content_and_kept_for_a_year(client: FlaskClient) -> None:
    for address in linked(client):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert client.get(address.split("?")[0]).headers["Cache-Control"] == "no-cache"
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_files_of_the_theme_are_compressed_for_whoever_reads_gzip(client: FlaskClient) -> None:
    (address,) = [a for a in linked(client) if "bootstrap.min.css" in a]
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 5
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert plain.headers["ETag"] != packed.headers["ETag"]


@pytest.mark.parametrize("path", ["../config.py", "..%2fconfig.py", "%2e%2e/config.py", "/etc/passwd", "a%00b", ""])
def test_nothing_else_than_the_theme_is_served(path: str, client: FlaskClient) -> None:
    for folder in ("/static/", "/bootstrap/static/"):
        assert client.get(folder + path, follow_redirects=True).status_code == 404


@pytest.mark.parametrize("path", ["/referent", "/referent//bilans", "/admin?a=b"])
def test_a_redirection_to_the_right_spelling_names_no_scheme(path: str, client: FlaskClient) -> None:
    answer = client.get(path)
    assert answer.status_code == 308
    assert re.fullmatch(r"/[a-z][a-z/]*(\?a=b)?", answer.headers["Location"])
