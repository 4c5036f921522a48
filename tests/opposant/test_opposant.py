"""Whole départements, typed at random, whose every printed figure is counted a second time from the rules (R20)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT, Acteur
from paqte.models import Convention, Edition, db
from paqte.queries.editions.editions import read_edition_file
from paqte.reporting.classeurs.donnees import write_donnees
from paqte.services.comptes.comptes import invite_user
from paqte.services.declarations.preuves.attestations import make_attestation
from paqte.services.editions.comparaisons import compare_editions
from tests.editions import freeze_bilan, freeze_compte_rendu
from tests.fixtures_acteurs import post
from tests.opposant.base import REASON, put, put_corrections
from tests.opposant.lecture import Classeur
from tests.opposant.lus import attestations, classeurs, editions, nations, pages
from tests.opposant.lus.classeurs import Attendu
from tests.opposant.monde import Monde, correct, day_after, random_world

pytestmark = pytest.mark.lent

# Figures are read from the base by the same words on both: one is enough here.
ABOUT_PAGES = True
SHORT, LONG = range(20), range(20, 200)
# Those of two or three départements.
NATIONS = [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 40))]
CORRECTION = ("Avant", "Après", "Motif")
WORLDS = [*SHORT, *(pytest.param(seed, marks=pytest.mark.long) for seed in LONG)]


def test_the_opponent_reads_nothing_of_the_product() -> None:
    """But for putting a world in the base, and asking for what is printed."""
    for path in Path(__file__).parent.rglob("*.py"):
        if path.name != "base.py" and not path.name.startswith("test_"):
            nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
            named = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
            named += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
            ours = {name.split(".")[0] for name in named}
            assert "paqte" not in ours, path.name
            assert all(name.startswith("tests.opposant") for name in named if name.startswith("tests")), path.name


def camille(monde: Monde) -> Acteur:
    return Acteur(None, "Camille Perrin", REFERENT, monde.departement)


def moment(monde: Monde) -> datetime:
    return datetime.combine(day_after(monde.periode) + timedelta(days=60), datetime.min.time(), UTC)


def issue(monde: Monde, freeze: Any, periode: str) -> Any:
    return freeze(
        actor=camille(monde), departement=monde.departement, periode=Periode.from_code(periode), now=moment(monde)
    )


def printed(monde: Monde, seed: int) -> Iterator[str]:
    """What bilan, export, attestations and then a second edition say otherwise than the count."""
    bilan, export = issue(monde, freeze_bilan, monde.periode), issue(monde, freeze_compte_rendu, monde.trimestre)
    semester, quarter = Attendu(monde, monde.periode), Attendu(monde, monde.trimestre)
    books = Classeur(octets(monde, bilan)), Classeur(octets(monde, export))
    yield from classeurs.bilan(semester, books[0])
    yield from classeurs.export(quarter, books[1], csv(export))
    yield from attestations.differences(monde, attested(monde))
    if seed % 2:
        yield from corrected(seed, quarter, export, books[1])
    else:
        yield from corrected(seed, semester, bilan, books[0])


def octets(monde: Monde, edition: Any) -> bytes:
    return read_edition_file(actor=camille(monde), edition_id=edition.id).octets


def csv(edition: Any) -> bytes:
    return write_donnees(CompteRendu.from_json(db.session.get_one(Edition, edition.id).contenu))


@pytest.fixture
def signed_in(app: Flask, session: Any) -> Any:
    """A browser of the référente of a world, opened as she would, at the moment of that world."""

    def open_for(monde: Monde, role: str = REFERENT) -> Any:
        link = invite_user(
            actor=PLANIFICATEUR,
            role=role,
            courriel="camille@prefecture.test",
            nom="Camille Perrin",
            departement=monde.departement if role == REFERENT else None,
            siret=None,
            base_url="http://localhost",
            now=moment(monde),
            by_mail=False,
        )
        browser = app.test_client()
        assert post(browser, link.removeprefix("http://localhost"), {}).status_code == 302
        return browser

    return open_for


def shown(monde: Monde, browser: Any) -> Iterator[str]:
    """What the pages of a world say otherwise than its count."""
    semester, quarter = Attendu(monde, monde.periode), Attendu(monde, monde.trimestre)
    yield from pages.bilan(semester, browser)
    yield from pages.trimestre(quarter, browser)
    yield from pages.completude(semester if len(monde.signataires) % 2 else quarter, browser)


@pytest.mark.parametrize("seed", WORLDS)
def test_R20_the_pages_show_what_is_counted_from_the_rules(seed: int, signed_in: Any) -> None:
    monde = random_world(seed)
    put(monde)
    with time_machine.travel(moment(monde), tick=False):
        assert "\n".join(shown(monde, signed_in(monde))) == ""


def corrected(seed: int, was: Attendu, first: Any, former: Classeur) -> Iterator[str]:
    """What the second edition, made once answers changed, says otherwise than two counts."""
    after = deepcopy(was.monde)
    correct(after, seed)
    put_corrections(after)
    second = issue(after, freeze_compte_rendu if was.is_quarter else freeze_bilan, was.periode)
    now, latter = Attendu(after, was.periode), Classeur(octets(after, second))
    compared = compare_editions(actor=camille(after), avant=first.id, apres=second.id)
    yield from editions.differences(was, now, former, latter, compared.ecarts)
    said = editions.corrections_said(latter.rows("Analyse" if now.is_quarter else "Qualité", *CORRECTION), REASON)
    yield from classeurs.unlike("Corrections", said, editions.corrections(was.monde, after, was.periode))
    if now.is_quarter:
        yield from classeurs.export(now, latter, csv(second))
    else:
        yield from classeurs.bilan(now, latter)


@pytest.mark.parametrize("seed", WORLDS)
def test_R20_R19_every_printed_figure_is_counted_and_a_second_edition_tells_what_changed(
    seed: int, session: Any
) -> None:
    monde = random_world(seed)
    put(monde)
    assert "\n".join(printed(monde, seed)) == ""


def attested(monde: Monde) -> dict[str, bytes]:
    """The PDF of each convention, by number, at the end of the semester looked at."""
    keys = db.session.execute(select(Convention.numero, Convention.id).where(Convention.statut != "projet"))
    return {
        numero: make_attestation(actor=camille(monde), now=moment(monde), convention_id=key).octets
        for numero, key in keys
    }


@pytest.mark.parametrize("seed", NATIONS)
def test_R20_the_nation_is_the_sum_of_its_departements(seed: int, signed_in: Any) -> None:
    first = random_world(seed, departement="41")
    mondes = [first, *(random_world(seed, code, first.periode) for code in ("974", "2A")[: 1 + seed % 2])]
    for monde in mondes:
        monde.premier_semestre = first.premier_semestre
        # The same enterprise signed in each of them (R3).
        monde.signataires[0].siret = f"{first.signataires[0].siren}00017"
        put(monde)
        issue(monde, freeze_bilan, monde.periode)
    with time_machine.travel(moment(first), tick=False):
        page = signed_in(first, role="national").get(f"/national/bilans/{first.periode}").text
    assert "\n".join(nations.differences(mondes, page)) == ""
