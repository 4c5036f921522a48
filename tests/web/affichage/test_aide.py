"""At the foot of every page: help, contact, legal notice, accessibility; the guides are those of docs/."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paqte.models import Referent
from paqte.ops.routes import route_table
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.reglages.reglages import save_settings
from paqte.services.transaction import transaction
from paqte.web.affichage import conformite, guides
from paqte.web.commun.aide import TOLD
from tests import factories
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, NADIA, ZOE, Personne

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
DOCS = Path(__file__).resolve().parents[3] / "docs"
FOOT = ("/aide", "/contact", "/mentions-legales", "/accessibilite", "/plan")


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
    assert len(re.findall(r"<h[1-6][ >]", html)) == len(re.findall(r"^#+ ", outside_code, re.MULTILINE))
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


# Reached from another page with what it is about, or no page at all.
NOT_IN_PLAN = re.compile(
    r"^aide\.(image|plan)|mes_donnees|lien_envoye|sante|securite|vivant|csv|pret|metriques|nouve|acces_animateur|acces_inviter_tous"
    r"|declarations_questionner|relances_selection|static|catalogue|essai|^fournisseur\.|^facteurs\.code"
)


@pytest.mark.parametrize("who", [CAMILLE, BRUNO, ALIX, NADIA])
def test_the_site_map_leads_to_every_page_that_asks_for_nothing(
    app: Flask, sign_in: Callable[..., FlaskClient], who: Personne
) -> None:
    browser = sign_in(who)
    html = browser.get("/plan").text.partition("<main")[2].partition("</main>")[0]
    led = {address.partition("?")[0] for address in re.findall(r'href="(/[^"]*)"', html)}
    asked = {
        route.rule
        for route in route_table(app)
        if "GET" in route.methods and "<" not in route.rule and not NOT_IN_PLAN.search(route.endpoint)
        if who.role in route.roles or "public" in route.roles
    }
    assert asked - led == set()
    assert [address for address in sorted(led) if browser.get(address).status_code >= 400] == []


FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)


@pytest.mark.parametrize("who", [CAMILLE, BRUNO, ALIX, NADIA])
def test_a_form_says_what_its_marks_mean_and_only_then(
    app: Flask, sign_in: Callable[..., FlaskClient], who: Personne
) -> None:
    browser, wrong, marked = sign_in(who), [], 0
    for route in route_table(app):
        if "GET" not in route.methods or "<" in route.rule or who.role not in route.roles:
            continue
        for form in FORM.findall(browser.get(route.rule).text):
            has_mark, has_note = bool(re.search(r"\srequired\b", form)), "Les champs marqués d’un astérisque" in form
            marked += has_mark
            wrong += [route.rule] if has_mark != has_note else []
    assert not wrong
    assert marked or who is BRUNO


def test_what_is_said_to_show_a_criterion_is_there() -> None:
    root = DOCS.parent
    shown = re.findall(r"`([\w./-]+\.(?:py|html))`", (DOCS / "accessibilite.md").read_text(encoding="utf-8"))
    homes = ("", "paqte", "paqte/templates", "paqte/web")
    missing = [path for path in shown if not any((root / home / path).is_file() for home in homes)]
    assert shown and [path for path in missing if "/" in path or not list((root / "tests").rglob(path))] == []


def test_help_opens_the_guide_at_a_heading_that_it_has_and_of_a_page_that_exists(app: Flask) -> None:
    endpoints = set(app.view_functions)
    for guide, headings in TOLD.items():
        source = (DOCS / f"{guide}.md").read_text(encoding="utf-8")
        titles = [line.lstrip("# ") for line in source.splitlines() if line.startswith("#")]
        assert set(headings) - set(titles) == set(), guide
        places = [guides.place_of(title) for title in titles]
        assert len(places) == len(set(places)), "one place a heading"
        html = guides.guide_html(guide, "/aide", "/aide/image")
        for heading, pages in headings.items():
            assert f'id="{guides.place_of(heading)}"' in html
            assert set(pages.split()) - endpoints == set()


# Answers that are not pages to read.
NOT_READ = re.compile(r"telecharger$|donnees$|_texte$|_copie$|attestation$")


def test_each_page_of_a_referent_and_of_a_company_opens_its_own_place_of_the_guide(app: Flask) -> None:
    told = {page for headings in TOLD.values() for pages in headings.values() for page in pages.split()}
    pages = {route.endpoint for route in route_table(app) if "GET" in route.methods}
    ours = {one for one in pages if one.startswith(("referent.", "entreprise.")) and not NOT_READ.search(one)}
    assert ours - told == set()


def test_every_page_has_its_help_beside_whoever_is_signed_in(sign_in: Callable[..., FlaskClient]) -> None:
    for who, page, led in (
        (CAMILLE, "/referent/calendrier", "/aide?guide=guide_referent#le-calendrier"),
        (CAMILLE, "/compte", "/aide?guide=guide_referent"),
        (NADIA, "/national/", "/aide?guide=guide_national#un-semestre"),
    ):
        header = sign_in(who).get(page).text.partition("<header")[2].partition("</header>")[0]
        assert f'href="{led}"' in header, page


def test_the_statement_counts_the_list_of_criteria_itself(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line.split(" | ") for line in (DOCS / "accessibilite.md").read_text(encoding="utf-8").splitlines()]
    states = {cells[0].lstrip("| "): cells[2] for cells in lines if re.fullmatch(r"\| \d+\.\d+", cells[0])}
    assert len(states) == 106
    kept = sum(state == "conforme" for state in states.values())
    failed = [number for number, state in states.items() if state == "non conforme"]
    html = client.get("/accessibilite").text
    assert f"{100 * kept // (kept + len(failed))}\u00a0% des critères applicables" in html
    assert f"{kept} sur {kept + len(failed)}" in html
    assert [number for number in failed if f"<li>{number}, " not in html] == []
    assert "n’a pas fait l’objet d’un audit" in html, "no audit was made: the law then says « non conforme »"
    monkeypatch.setattr(conformite, "source_of", lambda name: "")
    conformite.read_conformity.cache_clear()
    assert "critères applicables" not in client.get("/accessibilite").text
    conformite.read_conformity.cache_clear()
