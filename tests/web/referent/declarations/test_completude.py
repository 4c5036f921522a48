"""Who answers, and in time: two figures on the home page, the page behind them, the bilan (R12, R13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import time_machine
from sqlalchemy import event, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.statuts.declarations import VALIDEE
from paqte.models import Declaration, db
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.kept import _SHELF
from paqte.services.declarations.declarations import (
    open_declaration,
    reopen_declaration,
    send_back,
    submit_and_validate,
    submit_declaration,
)
from tests import factories
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import CAMILLE, ZOE

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
NOW = datetime(2026, 8, 2, 9, tzinfo=UTC)
PAGE = "/referent/completude"


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def answered(convention: int, periode: str, sent: datetime, valeur: int = 4) -> None:
    asked = Periode.from_code(periode)
    key = open_declaration(actor=factories.CAMILLE, now=sent, convention_id=convention, periode=asked)
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(valeur))})
    submit_and_validate(actor=factories.CAMILLE, now=sent, declaration_id=key, version=1, saisie=saisie)


IN_APRIL = datetime(2026, 4, 10, 9, tzinfo=UTC)


def again(declaration: int, valeur: int) -> None:
    """Sent once more today, and validated."""
    page = read_declaration(actor=factories.CAMILLE, declaration_id=declaration)
    saisie = Saisie({page.lignes[0].engagement_id: AnswerTyped(valeur=Decimal(valeur))})
    submit_and_validate(
        actor=factories.CAMILLE, now=NOW, declaration_id=declaration, version=page.version, saisie=saisie
    )


def reopen(convention: int) -> None:
    """Validated in April, re-opened today with a reason, sent again unchanged."""
    answered(convention, "2026-T1", IN_APRIL)
    version = read_declaration(actor=factories.CAMILLE, declaration_id=1).version
    reopen_declaration(actor=factories.CAMILLE, now=NOW, declaration_id=1, version=version, motif="À revoir.")
    again(1, 4)


def send_back_and_ask(convention: int) -> None:
    """Sent in April, sent back with a question today, sent again corrected."""
    given = {"actor": factories.CAMILLE, "declaration_id": 1}
    open_declaration(
        actor=factories.CAMILLE, now=IN_APRIL, convention_id=convention, periode=Periode.from_code("2026-T1")
    )
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(4))})
    submit_declaration(**given, now=IN_APRIL, version=1, saisie=saisie)
    send_back(**given, now=NOW, version=2, commentaires={engagement_of(convention, "S2"): "Tous en REP+ ?"})
    again(1, 3)


@pytest.fixture
def blois(app: Flask, accounts: object) -> None:
    """One company in time then late, one that never answered: 4 owed, 2 given, 1 in time."""
    with app.app_context():
        convention = a_convention(a_signataire("Menuiserie Val (fictif)", siren="900000001"), "S2")
        answered(convention, "2026-T1", datetime(2026, 4, 10, 9, tzinfo=UTC))
        answered(convention, "2026-T2", datetime(2026, 7, 22, 9, tzinfo=UTC))
        a_convention(a_signataire("Aciérie (fictif)", siren="900000019"), "S2")


@pytest.fixture
def camille(blois: None, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(CAMILLE)


def test_the_home_page_shows_both_rates_of_the_semester_in_view_and_leads_to_the_page(camille: FlaskClient) -> None:
    html = camille.get("/referent/").text
    assert f'href="{PAGE}?periode=2026-S1"' in html
    assert "2\u00a0réponses validées sur 4, 1er\u00a0semestre 2026" in html and "50\u00a0%" in html
    assert "1 à temps sur 4, au plus tard le 20 juillet 2026" in html and "25\u00a0%" in html


@pytest.mark.parametrize("corrected", [reopen, send_back_and_ask], ids=["rouverte", "renvoyée"])
def test_R12_a_correction_asked_for_after_the_due_day_makes_nobody_late(
    app: Flask, accounts: object, sign_in: Callable[..., FlaskClient], corrected: Callable[[int], None]
) -> None:
    """First sent in April, sent again in August: in time once and for all."""
    with app.app_context():
        convention = a_convention(a_signataire(), "S2")
        corrected(convention)
        kept = db.session.scalars(select(Declaration)).one()
        assert kept.transmise_le and (kept.transmise_le.month, kept.etat) == (8, VALIDEE)
    assert "1 à temps sur 2" in sign_in(CAMILLE).get("/referent/").text


def test_R13_with_nothing_owed_no_rate_is_shown(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    with app.app_context():
        a_convention(a_signataire(), "S2", statut="projet", signee_le=None)
    html = sign_in(CAMILLE).get("/referent/").text
    assert html.count("aucune réponse n’était attendue") == 2
    assert "Aucune réponse n’était attendue" in sign_in(CAMILLE).get(PAGE).text


def test_signatories_come_worst_first(camille: FlaskClient) -> None:
    table = camille.get(PAGE).text.split("Par signataire")[1].split("Par axe")[0]
    assert table.index("Aciérie (fictif)") < table.index("Menuiserie Val (fictif)")


def test_the_history_shows_semesters_or_quarters_and_a_gap_where_nothing_was_owed(camille: FlaskClient) -> None:
    by_semester = camille.get(PAGE).text.split("Dans le temps")[1]
    assert "S2 2025" in by_semester and "T2 2026" not in by_semester
    quarter = camille.get(f"{PAGE}?periode=2026-T2").text
    assert "2e trimestre 2026" in quarter.lower() and "20 juillet 2026" in quarter
    assert "T1 2026" in quarter.split("Dans le temps")[1]


@pytest.mark.parametrize("periode", ["2019-S1", "demain", "2026-A1", ""])
def test_a_period_that_is_not_offered_gives_the_last_closed_semester(camille: FlaskClient, periode: str) -> None:
    assert "1er semestre 2026" in camille.get(f"{PAGE}?periode={periode}").text.lower()


def test_the_bilan_shows_the_rates_by_axis(camille: FlaskClient) -> None:
    html = camille.get("/referent/bilans/2026-S1").text.split("Taux de réponse", 1)[1]
    assert "Toutes les réponses" in html and "50\u00a0%" in html and "Sensibiliser" in html


def test_the_history_costs_the_same_statements_however_long_it_is(app: Flask, camille: FlaskClient) -> None:
    def statements(page: str) -> int:
        with app.app_context():
            _SHELF.__init__()  # type: ignore[misc]  # as in a process that has just started
            run: list[str] = []
            event.listen(db.engine, "before_cursor_execute", lambda *given: run.append(given[2]))
            camille.get(page)
            return len(run)

    assert statements(f"{PAGE}?periode=2026-S2") == statements(f"{PAGE}?periode=2026-S1")


def test_nothing_of_the_41_reaches_zoe(blois: None, sign_in: Callable[..., FlaskClient]) -> None:
    assert "Menuiserie" not in sign_in(ZOE).get(PAGE).text
