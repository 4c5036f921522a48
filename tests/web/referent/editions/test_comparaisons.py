"""A late answer makes the next edition propose itself; the comparison then says which cells changed, and why (R19)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

import pytest
import time_machine
from sqlalchemy import event, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.commun.comparaison import Ecart
from paqte.domain.editions.regles import REGLES
from paqte.models import Declaration, Edition, db
from paqte.queries.editions.editions_depassees import overtaken_editions
from paqte.queries.kept import _Shelf
from paqte.services.declarations.declarations import open_declaration, reopen_declaration, submit_and_validate
from paqte.services.editions.comparaisons import EditionsCompared, cells_by_signatory
from tests import factories
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import ALIX, BRUNO, CAMILLE, ZOE, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from tests.fixtures_base import KeptBases

ABOUT_PAGES = True
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
HOME, BILANS, PAGE, COMPARER = (
    "/referent/",
    "/referent/bilans",
    "/referent/bilans/2026-S1",
    "/referent/bilans/comparer",
)
VAL, LOIRE = "Menuiserie Val (fictif)", "Vannerie Loire (fictif)"
TASK = "Le bilan du 1er\u00a0semestre 2026 a changé depuis l’édition n°\u00a01\u00a0: "


@pytest.fixture
def clock() -> Iterator[Any]:
    """The clock of the pages, a month after the first semester of 2026; `clock.shift` moves it."""
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def shown(html: str) -> str:
    """What the page says, without the address that its foot prints."""
    found = html.partition("<main")[2].partition("</main>")[0]
    assert found
    return found


def narrowings(html: str) -> list[tuple[str, int]]:
    """What the index offers to keep alone, axis or signatory, with the number of cells it announces."""
    links = re.findall(r'href="/referent/bilans/comparer\?[^"]*&amp;((?:axe|signataire)=[^"]*)".*?>(\d+)', html)
    return [(unquote_plus(asked), int(count)) for asked, count in links]


def compared(html: str) -> set[str]:
    """The cells that the page lists, each with the row it is of."""
    blocks = re.findall(r'scope="rowgroup"[^>]*>(.*?)</th></tr>(.*?)</tbody>', shown(html), re.DOTALL)
    return {f"{row}: {cell}" for row, cells in blocks for cell in re.findall(r"<tr>(.*?)</tr>", cells, re.DOTALL)}


def answer(convention: int, periode: str, valeur: int, now: datetime, indicateur: str = "S2") -> int:
    key = open_declaration(
        actor=factories.CAMILLE, now=now, convention_id=convention, periode=Periode.from_code(periode)
    )
    typed = Saisie({engagement_of(convention, indicateur): AnswerTyped(valeur=Decimal(valeur))})
    version = db.session.scalar(select(Declaration.version).where(Declaration.id == key))
    db.session.rollback()
    submit_and_validate(actor=factories.CAMILLE, now=now, declaration_id=key, version=version, saisie=typed)
    return key


@pytest.fixture
def blois(clock: Any, app: Flask, accounts: object, kept_bases: KeptBases) -> int:
    """One company that answered the first quarter (12 pupils) and not the second; key of its convention."""
    return kept_bases.write_once(app, f"{__name__}: blois", lambda: _answered(app))


def _answered(app: Flask) -> int:
    with app.app_context():
        convention = a_convention(a_signataire(VAL), "S2")
        answer(convention, "2026-T1", 12, NOW)
        return convention


@pytest.fixture
def camille(blois: int, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    browser = sign_in(CAMILLE)
    produce(browser)
    return browser


def produce(browser: FlaskClient) -> None:
    answer = post(browser, f"{PAGE}/produire", {}, page=PAGE, follow_redirects=True)
    assert "est produite" in answer.text


def editions(app: Flask) -> list[Any]:
    with app.app_context():
        rows = db.session.execute(select(Edition.id, Edition.contenu).order_by(Edition.numero)).all()
        return [(key, Bilan.from_json(text)) for key, text in rows]


def test_R19_a_late_answer_makes_the_next_edition_propose_itself_and_the_comparison_says_why(
    app: Flask, blois: int, camille: FlaskClient, clock: Any
) -> None:
    assert "a changé depuis" not in camille.get(HOME).text
    clock.shift(timedelta(minutes=20))
    with app.app_context():
        late = answer(blois, "2026-T2", 7, NOW + timedelta(minutes=20))

    assert TASK in camille.get(HOME).text
    assert "À produire de nouveau" in camille.get(BILANS).text
    page = camille.get(PAGE).text
    assert "Ce qui change depuis l’édition n°\u00a01" in page
    assert "déclaration validée après l’édition précédente" in page

    produce(camille)
    (first, _), (second, bilan) = editions(app)
    assert [(c.indicateur, c.avant, c.apres) for c in bilan.corrections] == [("S2", "sans réponse", "7")]
    cause = f"{VAL}, 2e trimestre 2026"
    told = {(e.tableau, e.colonne): (e.avant, e.apres, e.declarations) for e in bilan.ecarts}
    assert told["Indicateurs", "Réalisé au semestre"] == ("12", "19", cause)
    assert "a changé depuis" not in camille.get(HOME).text

    html = camille.get(COMPARER).text
    assert f'href="/referent/declarations/{late}">{cause}</a>' in html.replace("\u00a0", " ")
    assert "Réalisé au semestre" in html and ">19<" in html
    rows = re.findall(r'<th scope="rowgroup"[^>]*>(.*?)</th>', html)
    assert len(rows) == len(set(rows)) > 1, "an indicator or a signatory is named once, above its cells"
    index = re.findall(r'href="#(tableau-\d+)"', html)
    assert index == re.findall(r'<h2 id="(tableau-\d+)"', html) != []
    assert shown(html) == shown(camille.get(f"{COMPARER}?avant={first}&apres={second}").text)
    assert f"{COMPARER}?avant={first}&amp;apres={second}" in camille.get(PAGE).text


def test_the_cells_of_two_editions_are_found_by_axis_and_by_signatory(
    app: Flask, blois: int, camille: FlaskClient, clock: Any
) -> None:
    clock.shift(timedelta(minutes=20))
    later = NOW + timedelta(minutes=20)
    with app.app_context():
        answer(blois, "2026-T2", 7, later)
        answer(a_convention(a_signataire(LOIRE), "R3"), "2026-T2", 5, later, "R3")
    produce(camille)
    html = camille.get(COMPARER).text
    offered = dict(narrowings(html))
    assert offered.keys() == {"axe=SENSIBILISER", "axe=RECRUTER", f"signataire={VAL}", f"signataire={LOIRE}"}
    parts = {asked: compared(camille.get(f"{COMPARER}?{asked}").text) for asked in offered}
    assert {asked: len(cells) for asked, cells in parts.items()} == offered
    assert all(cells < compared(html) for cells in parts.values())
    assert not parts["axe=SENSIBILISER"] & parts["axe=RECRUTER"]
    for axe, code, other in (("SENSIBILISER", "S2", "R3"), ("RECRUTER", "R3", "S2")):
        assert parts[f"axe={axe}"] and not [c for c in parts[f"axe={axe}"] if other in c]
        assert not [c for c in compared(html) - parts[f"axe={axe}"] if c.startswith(code)], (
            "be it a row by indicator alone"
        )
    for own in (VAL, LOIRE):
        assert all(own in cell for cell in parts[f"signataire={own}"])
        assert not [c for c in compared(html) - parts[f"signataire={own}"] if own in c], "none is forgotten"
    assert compared(camille.get(f"{COMPARER}?signataire=Autre").text) == set()


def test_R18_a_declaration_opened_again_counts_until_it_is_validated_with_the_same_answers(
    app: Flask, blois: int, camille: FlaskClient, clock: Any
) -> None:
    later = NOW + timedelta(minutes=20)
    clock.move_to(later)
    with app.app_context():
        key = db.session.scalar(select(Declaration.id))
        version = db.session.scalar(select(Declaration.version))
        db.session.rollback()
        reopen_declaration(actor=factories.CAMILLE, now=later, declaration_id=key, version=version, motif="Erreur.")
    assert TASK in camille.get(HOME).text
    with app.app_context():
        answer(blois, "2026-T1", 12, later)
    assert "a changé depuis" not in camille.get(HOME).text
    assert "À produire de nouveau" not in camille.get(BILANS).text
    assert "Ce qui change depuis" not in camille.get(PAGE).text
    with app.app_context():
        version = db.session.scalar(select(Declaration.version))
        db.session.rollback()
        reopen_declaration(actor=factories.CAMILLE, now=later, declaration_id=key, version=version, motif="Erreur.")
        answer(blois, "2026-T1", 13, later)
    assert TASK in camille.get(HOME).text


def test_R19_answers_of_another_semester_are_of_no_account(app: Flask, blois: int, camille: FlaskClient) -> None:
    later = NOW + timedelta(days=70)
    with app.app_context():
        answer(blois, "2026-T3", 5, later)
        assert overtaken_editions("41") == ()
        db.session.rollback()
        answer(blois, "2026-T2", 5, later)
        assert [(e.periode.code, e.numero, e.declarations) for e in overtaken_editions("41")] == [("2026-S1", 1, 1)]
        assert overtaken_editions("41", "compte_rendu") == ()
        assert overtaken_editions("972") == ()


def test_what_is_overtaken_costs_the_same_statements_whatever_there_is(
    app: Flask, blois: int, camille: FlaskClient
) -> None:
    later, run, costs = NOW + timedelta(minutes=20), [], []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: run.append(given[2]))
        for convention, periode in ((None, ""), (blois, "2026-T2"), (blois, "2025-T4"), (blois, "2025-T3")):
            if convention:
                answer(convention, periode, 17, later)  # a state of the base that no other test has compared
            counted = []
            for _ in range(2):
                run.clear()
                overtaken_editions("41")
                counted.append(len([line for line in run if line.startswith("SELECT")]))
            costs.append(tuple(counted))
    (alone, again), moved = costs[0], costs[1][0]
    assert again == 1, "nothing moved: one statement says so"
    assert costs[1:] == [(moved, 1)] * 3, "what an edition froze, and the sums that moved, are read once"
    assert max(alone, moved) <= 19


def test_with_one_edition_there_is_nothing_to_compare_yet(camille: FlaskClient) -> None:
    assert "Rien à comparer encore" in camille.get(COMPARER).text


def test_an_edition_that_is_not_offered_leaves_its_place_to_the_last_two(
    app: Flask, blois: int, camille: FlaskClient, clock: Any
) -> None:
    clock.shift(timedelta(minutes=20))
    with app.app_context():
        answer(blois, "2026-T2", 7, NOW + timedelta(minutes=20))
    produce(camille)
    assert shown(camille.get(f"{COMPARER}?avant=999999&apres=abc").text) == shown(camille.get(COMPARER).text)
    first = editions(app)[0][0]
    assert "Aucune case ne diffère" in camille.get(f"{COMPARER}?avant={first}&apres={first}").text


def test_R19_a_rule_that_changed_is_told_where_cells_change(
    app: Flask, blois: int, camille: FlaskClient, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "Règles de calcul 2027-03 : un stock compte autrement."
    clock.shift(timedelta(minutes=20))
    with app.app_context():
        answer(blois, "2026-T2", 19, NOW + timedelta(minutes=20))
    assert "n’ont pas été comptées par les mêmes règles" not in camille.get(PAGE).text
    monkeypatch.setitem(REGLES, "2027-03", ("un stock compte autrement",))
    monkeypatch.setattr("paqte.domain.assemblage.entetes.EN_VIGUEUR", "2027-03")
    # Rules come with a version of the code, which starts with nothing kept.
    monkeypatch.setattr("paqte.queries.kept._SHELF", _Shelf())
    assert sentence.replace(" :", "\u00a0:") in camille.get(PAGE).text
    produce(camille)
    compared = camille.get(COMPARER).text
    assert sentence.replace(" :", "\u00a0:") in compared and "n’ont pas été comptées par les mêmes règles" in compared


def test_zoe_compares_nothing_of_the_41(camille: FlaskClient, sign_in: Callable[..., FlaskClient]) -> None:
    assert "Rien à comparer encore" in sign_in(ZOE).get(f"{COMPARER}?avant=1&apres=1").text


VERIFIER = "/bilans/verifier"


def checked(browser: FlaskClient, octets: bytes, name: str = "bilan.xlsx") -> str:
    from io import BytesIO

    return str(post(browser, VERIFIER, {"fichier": (BytesIO(octets), name)}, content_type="multipart/form-data").text)


@pytest.fixture
def octets(app: Flask, camille: FlaskClient) -> bytes:
    link = re.search(r'href="(/bilans/\d+)"', camille.get(PAGE).text)
    assert link
    return bytes(camille.get(link[1]).data)


def test_a_third_reader_is_told_that_a_file_is_an_edition_untouched(
    octets: bytes, camille: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    for browser in (camille, sign_in(ALIX), sign_in(ZOE)):
        html = checked(browser, octets)
        assert (
            "Authentique" in html and "l’édition n°\u00a01 du bilan du 1er\u00a0semestre 2026, département 41" in html
        )


def test_a_file_that_is_none_or_anything_else_gets_a_sentence(camille: FlaskClient) -> None:
    assert "celui-ci est vide" in checked(camille, b"")
    assert "Pas une édition de cette base" in checked(camille, b"bonjour", "x.txt")
    assert "dépasse 10 Mo" in checked(camille, b"PK" + b"0" * (10 * 1024 * 1024))


def test_a_company_has_no_such_page(sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in(BRUNO).get(VERIFIER).status_code == 403


def test_the_signatories_to_choose_from_come_in_french_order() -> None:
    nothing: Any = None
    cells = [Ecart("t", "l", "c", "1", "2", signataire=name) for name in ("Vignobles", "Énergies", "Atelier")]
    compared_both = EditionsCompared(nothing, nothing, cells, {}, {})
    assert list(cells_by_signatory(compared_both)) == ["Atelier", "Énergies", "Vignobles"]
