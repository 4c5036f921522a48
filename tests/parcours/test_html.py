"""The HTML of every page of the demonstration, as each role gets it, is valid (the Nu checker, once) and light."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paqte.domain.personnes.roles import PUBLIC
from paqte.ops import clock
from tests.fixtures_acteurs import token_in
from tests.parcours.demonstration import pages

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
WHO = {"camille": "referent", "bruno": "entreprise", "nadia": "national", "alix": "admin", "rose": "region"}
# Octets of a page as it goes: no next visit costs more.
NEXT_VISIT = 40_000
# Pages that no route lists by itself.
ALSO = {PUBLIC: ["/aide?guide=guide_entreprise", "/une-page-qui-n-existe-pas"]}


@pytest.fixture
def database_url(database_kind: str, demonstration_url: str) -> str:
    return demonstration_url


def _browsers(app: Flask) -> Iterator[tuple[str, FlaskClient]]:
    from paqte.jeux.demonstration import links

    yield PUBLIC, app.test_client()
    with app.app_context():
        known = links(spaces=tuple(WHO.values()), base_url="http://localhost", now=clock.now())
    for name, role in WHO.items():
        browser = app.test_client()
        link = next(link for label, link in known if label.casefold().startswith(name))
        address = link.removeprefix("http://localhost")
        assert browser.post(address, data={"csrf_token": token_in(browser.get(address).text)}).status_code == 302
        yield role, browser


def test_the_html_of_every_page_is_valid(app: Flask, nu: Callable[[Path], list[str]], tmp_path: Path) -> None:
    folder, read, heavy = tmp_path / "pages", dict[str, str](), list[str]()
    folder.mkdir()
    for role, browser in _browsers(app):
        for address in [*pages(app, role), *ALSO.get(role, [])]:
            answer = browser.get(address, headers={"Accept-Encoding": "gzip"})
            if answer.mimetype == "text/html" and answer.status_code != 302:
                name = f"{len(read)}.html"
                heavy += [f"{role} {address}: {len(answer.data)}"] if len(answer.data) > NEXT_VISIT else []
                (folder / name).write_bytes(gzip.decompress(answer.data) if answer.content_encoding else answer.data)
                read[name] = f"{role} {address}"
    faults = [re.sub(r"^\S+", lambda found: read[found[0]], line) for line in nu(folder)]
    assert len(read) > 120
    assert not faults, "\n".join(faults)
    assert not heavy, "a page whose files are known is all that a next visit costs"
