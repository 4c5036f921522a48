"""At the foot of every page: help, contact, legal notice, accessibility; the guides are those of docs/."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paqte.models import Referent
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.reglages.reglages import save_settings
from paqte.services.transaction import transaction
from paqte.web.affichage import guides
from tests import factories
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, ZOE, Personne

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
DOCS = Path(__file__).resolve().parents[3] / "docs"
FOOT = ("/aide", "/contact", "/mentions-legales", "/accessibilite")


def foot_of(html: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', html.partition('<ul class="pied-liens">')[2].partition("</ul>")[0])


def test_every_page_leads_to_help_contact_legal_notice_and_accessibility(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    pages = [(client, path) for path in ("/", "/connexion", "/nulle-part", *FOOT)]
    pages += [(sign_in(who), path) for who in (CAMILLE, BRUNO, ALIX, NADIA) for path in ("/", *FOOT)]
    for browser, path in pages:
        answer = browser.get(path, follow_redirects=True)
        assert foot_of(answer.text) == list(FOOT), path


@pytest.mark.parametrize("code", guides.GUIDES)
def test_a_guide_is_shown_whole_from_its_one_source_and_each_link_of_it_opens(client: FlaskClient, code: str) -> None:
    html = client.get("/aide", query_string={"guide": code}).text.partition('<article class="guide">')[2]
    html = html.partition("</article>")[0]
    source = (DOCS / f"{code}.md").read_text(encoding="utf-8")
    outside_code = re.sub(r"```.*?```", "", source, flags=re.DOTALL)
    assert len(re.findall(r"<h[1-6]>", html)) == len(re.findall(r"^#+ ", outside_code, re.MULTILINE))
    assert html.count("<img") == len(re.findall(r"!\[", outside_code))
    led = [address.replace("&amp;", "&") for address in re.findall(r'(?:href|src)="(/[^"]+)"', html)]
    assert [address for address in led if client.get(address).status_code != 200] == []
    assert ".md" not in "".join(re.findall(r'(?:href|src)="([^"]*)"', html))


def test_without_its_pictures_a_guide_keeps_its_words(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guides, "_pictures", lambda: ())
    guides.guide_html.cache_clear()
    html = client.get("/aide?guide=guide_entreprise").text
    guides.guide_html.cache_clear()
    assert "<img" not in html.partition('<article class="guide">')[2] and "Relire avant de transmettre" in html


@pytest.mark.parametrize("asked", ["../setup", "securite.md", "/etc/passwd", "guide_entreprise.md", "%00", "é"])
def test_nothing_but_the_guides_is_shown(client: FlaskClient, asked: str) -> None:
    assert client.get("/aide", query_string={"guide": asked}).status_code == 404
    assert client.get("/aide/image", query_string={"nom": asked}).status_code == 404


def _name_referent(departement: str, nom: str, now: datetime) -> None:
    with transaction(actor=factories.CAMILLE, now=now) as session:
        given = {"courriel": f"{departement}@paqte.invalid", "telephone": "02 54 00 00 00"}
        session.add(Referent(departement_code=departement, nom=nom, fonction="référente PAQTE", **given))


def test_a_company_is_given_its_own_referent_and_a_referent_the_administrator(
    app: Flask, client: FlaskClient, sign_in: Callable[[Personne], FlaskClient], now: datetime
) -> None:
    bruno = sign_in(BRUNO)
    with app.app_context():
        _name_referent("41", "Camille Aubry", now)
        _name_referent("972", "Zoé Ailleurs", now)
    told = bruno.get("/contact").text
    assert "Camille Aubry" in told and "mailto:41@paqte.invalid" in told and 'href="tel:0254000000"' in told
    assert "Zoé Ailleurs" not in told
    for browser in (sign_in(CAMILLE), sign_in(ZOE)):
        told = browser.get("/contact").text
        assert f"mailto:{ALIX.courriel}" in told and "41@paqte.invalid" not in told
    assert "mailto:" not in client.get("/contact").text, "addresses are for people who have an account"


def test_the_legal_notice_says_what_the_prefecture_set_and_what_it_has_not(
    app: Flask, client: FlaskClient, sign_in: Callable[[Personne], FlaskClient], now: datetime
) -> None:
    camille, zoe = sign_in(CAMILLE), sign_in(ZOE)
    with app.app_context():
        version = version_of(read_settings("41"))
        values = {"mentions_directeur": "Le préfet  de Loir-et-Cher <b>"}
        save_settings(actor=factories.CAMILLE, now=now, departement="41", version=version, values=values)
    told = camille.get("/mentions-legales").text
    assert "Préfecture de Loir-et-Cher" in told and "Le préfet de Loir-et-Cher &lt;b&gt;" in told
    assert "non renseigné par la préfecture" in told
    assert "Le préfet de Loir-et-Cher" not in zoe.get("/mentions-legales").text
    assert client.get("/mentions-legales").status_code == 200
