"""One page of a territory: a région reads the sum of its own départements, the nation that of all, over time (R20)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import column, func, select, text

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.models import Convention, Declaration, Engagement, Objectif, db
from paqte.services.declarations.declarations import open_declaration, submit_declaration, validate_declaration
from paqte.services.editions.national import produce_everywhere
from tests.architecture.acces.monde import invite, two_regions
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import NADIA, post
from tests.reponses_comptees import answers_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
# Pupils taken in, by département and quarter: three semesters, of which the 37 knows the last alone.
PUPILS: Mapping[str, Mapping[str, int]] = {
    "41": {"2025-T1": 30, "2025-T2": 21, "2025-T4": 43, "2026-T2": 52},
    "37": {"2026-T1": 61},
    "972": {"2025-T2": 1_100, "2025-T3": 1_300, "2026-T1": 1_703},
}
# The 37 aimed at nothing.
TARGETS: Mapping[str, int] = {"41": 160, "972": 5_000}
FORECAST: Mapping[str, int] = {"41": 30, "972": 700}
ENDS = ("Objectif", "Taux", "Réponses complètes")
# A semester that nobody issued has no column.
HEADINGS = {
    "2026-S1": ("Indicateur", "Semestre", "Précédent", "Un an avant", *ENDS),
    "2025-S2": ("Indicateur", "Semestre", "Précédent", *ENDS),
    "2025-S1": ("Indicateur", "Semestre", *ENDS),
}


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def issued(app: Flask, accounts: object, tmp_path: Path) -> None:
    two_regions(app)
    with app.app_context():
        for departement, quarters in PUPILS.items():
            firm = a_signataire(f"Société {departement} (fictif)", departement)
            aims = {"S2": TARGETS[departement], "P01": FORECAST[departement]} if departement in TARGETS else None
            convention = a_convention(firm, "S2", "P01", cibles=aims, is_in_plan_10000=True)
            for quarter, pupils in quarters.items():
                answered(convention, Periode.from_code(quarter), pupils)
        for semester in ("2025-S1", "2025-S2", "2026-S1"):
            window = Periode.from_code(semester)
            list(produce_everywhere(actor=PLANIFICATEUR, periode=window, reports=tmp_path, now=NOW))


def answered(convention: int, quarter: Periode, pupils: int) -> None:
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(pupils))}, "")
    key = open_declaration(actor=PLANIFICATEUR, now=NOW, convention_id=convention, periode=quarter)
    submit_declaration(actor=PLANIFICATEUR, now=NOW, declaration_id=key, version=1, saisie=saisie)
    validate_declaration(actor=PLANIFICATEUR, now=NOW, declaration_id=key, version=2)


@pytest.fixture
def enter(app: Flask, issued: None) -> Callable[[str], FlaskClient]:
    """`enter("24")` : somebody of the préfecture of that région."""

    def signed_in(region: str) -> FlaskClient:
        browser = app.test_client()
        assert post(browser, invite(app, "region", f"r{region}@region.test", region=region), {}).status_code == 302
        return browser

    return signed_in


class Cells(HTMLParser):
    """The rows of every table, the words of each cell together."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] = re.sub(r"\s+", " ", f"{self.rows[-1][-1]}{data}").strip()


def line_of(browser: FlaskClient, code: str, semester: str = "2026-S1") -> list[str]:
    """What the page says of one indicator: its figures, spaces apart."""
    rows = Cells(browser.get(f"/national/bilans/{semester}").text).rows
    assert {tuple(row) for row in rows if row[0] == "Indicateur"} == {HEADINGS[semester]}
    return [re.sub(r"\s", "", cell) for cell in next(row for row in rows if row[0].startswith(f"{code} "))[1:]]


def sealed_rows() -> Any:
    """The answers of this base."""
    names = [column(name) for name in ("declaration_id", "engagement_id", "valeur")]
    found = text(f"SELECT * FROM {answers_of(db.session())} r").columns(*names)
    return found.subquery().c


def counted(departements: set[str], semester: str) -> int | None:
    """The same, asked of the base's own rows: neither editions nor sums of the product have a part in it."""
    window, d = Periode.from_code(semester), Declaration
    r = sealed_rows()
    quarters = [f"{window.code[:4]}-T{n}" for n in ((1, 2) if window.code.endswith("1") else (3, 4))]
    query = (
        select(func.sum(r.valeur))
        .join(d, d.id == r.declaration_id)
        .join(Convention, Convention.id == d.convention_id)
        .join(Engagement, Engagement.id == r.engagement_id)
        .where(Convention.departement_code.in_(departements), d.periode.in_(quarters), Engagement.indicateur == "S2")
    )
    total = db.session.scalar(query)
    return None if total is None else int(total)


@pytest.mark.parametrize("region, departements", [("24", {"41", "37"}), ("02", {"972"})])
def test_R20_a_region_reads_the_sum_of_its_own_departements_then_and_now(
    enter: Callable[[str], FlaskClient], app: Flask, region: str, departements: set[str]
) -> None:
    told = line_of(enter(region), "S2")
    with app.app_context():
        asked = [counted(departements, semester) for semester in ("2026-S1", "2025-S2", "2025-S1")]
    assert told[:3] == [str(n) for n in asked]


def test_R20_the_nation_is_the_sum_of_its_regions_then_and_now(
    enter: Callable[[str], FlaskClient], sign_in: Callable[..., FlaskClient]
) -> None:
    regions = [line_of(enter(code), "S2") for code in ("24", "02")]
    nation = line_of(sign_in(NADIA), "S2")
    assert [int(n) for n in nation[:3]] == [int(a) + int(b) for a, b in zip(*(r[:3] for r in regions), strict=True)]
    assert nation == ["1816", "1343", "1151", "5160", "82,3%4249depuisledébut", "0sur3"]


@pytest.mark.parametrize("region, departements", [("24", {"41", "37"}), ("02", {"972"}), ("", {"41", "37", "972"})])
def test_R22_the_objective_of_a_territory_and_its_rate_are_those_that_the_rows_of_the_base_give(
    enter: Callable[[str], FlaskClient],
    sign_in: Callable[..., FlaskClient],
    app: Flask,
    region: str,
    departements: set[str],
) -> None:
    """What the 37 took in has no target: no rate counts it."""
    told = line_of(enter(region) if region else sign_in(NADIA), "S2")[-3:-1]
    with app.app_context():
        aimed, done = aimed_at(departements)
    rate = (Decimal(1000 * done) / aimed).to_integral_value(ROUND_HALF_UP) / 10
    assert told == [str(aimed), f"{rate.normalize():f}%{done}depuisledébut".replace(".", ",")]


def aimed_at(departements: set[str]) -> tuple[int, int]:
    """The targets of these départements, and what was answered since the start where there is one."""
    o, e, c = Objectif, Engagement, Convention
    r = sealed_rows()
    here = (c.departement_code.in_(departements), e.indicateur == "S2")
    aims = select(func.sum(o.cible)).join(e, e.id == o.engagement_id).join(c, c.id == e.convention_id).where(*here)
    answers = (
        select(func.sum(r.valeur))
        .join(e, e.id == r.engagement_id)
        .join(c, c.id == e.convention_id)
        .where(*here, select(o.id).where(o.engagement_id == e.id).exists())
    )
    return int(db.session.scalar(aims) or 0), int(db.session.scalar(answers) or 0)


def test_a_region_reads_nothing_of_another(enter: Callable[[str], FlaskClient]) -> None:
    page = enter("24").get("/national/bilans/2026-S1").text
    read = page.replace("<sup>er</sup>", "er").replace("\u00a0", " ")
    assert "Centre-Val de Loire, bilan du 1er semestre 2026" in read
    behind = enter("24").get("/national/bilans/2026-S1/chiffres/S2").text
    for html in (page, behind):
        assert "Loir-et-Cher" in html
        assert "Martinique" not in html and "1\u202f703" not in html
        assert "/national/recus" not in html and 'href="/national/"' not in html


def test_each_address_that_a_region_is_shown_opens(enter: Callable[[str], FlaskClient]) -> None:
    browser = enter("24")
    pages = ["/region/", "/national/bilans/2026-S1", "/national/bilans/2026-S1/chiffres/S2"]
    linked = {
        path for page in pages for path in re.findall(r'href="(/(?!static|bootstrap)[^"#]*)', browser.get(page).text)
    }
    assert "/national/bilans/2026-S1" in linked
    assert {path: browser.get(path, follow_redirects=True).status_code for path in linked} == dict.fromkeys(linked, 200)


def test_semesters_that_do_not_add_up_the_same_departements_say_so(
    app: Flask, enter: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    """The 28 begins: its figure is no progress of the région."""
    browser = enter("24")
    assert "la différence n’est pas une évolution" not in browser.get("/national/bilans/2026-S1").text
    with app.app_context():
        from paqte.models import Departement
        from paqte.services.transaction import transaction

        convention = a_convention(a_signataire("Société 28 (fictif)", "28"), "S2")
        answered(convention, Periode.from_code("2026-T1"), 9)
        with transaction(actor=PLANIFICATEUR, now=NOW) as session:
            session.get_one(Departement, "28").region_code = "24"
        window = Periode.from_code("2026-S1")
        list(produce_everywhere(actor=PLANIFICATEUR, periode=window, reports=tmp_path, now=NOW))
    page = browser.get("/national/bilans/2026-S1").text.replace("\u00a0", " ")
    assert "28 (28) manque à l’un d’eux, et la différence n’est pas une évolution." in page


def test_a_semester_that_nobody_issued_has_no_column_and_is_told(enter: Callable[[str], FlaskClient]) -> None:
    browser = enter("24")
    assert [len(line_of(browser, "S2", semester)) for semester in HEADINGS] == [6, 5, 4]
    page = browser.get("/national/bilans/2025-S1").text
    assert page.count("</a>, aucun bilan") == 2
