"""R12: a page of a département tells every moment in its own legal time, as its files and its due days do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import time_machine

import paqte
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.services.declarations.declarations import open_declaration, submit_declaration
from paqte.services.declarations.signalements import report_error
from tests.factories import a_convention, a_signataire, bruno, engagement_of
from tests.fixtures_acteurs import ZOE, Personne

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
TEMPLATES = Path(paqte.__file__).parent / "templates"
# Pages of the nation and of its administrators: their legal time is that of Paris.
OF_PARIS = {"admin", "national"}
# Half past eleven in the evening of 20 October in Fort-de-France: the day after in Blois.
LATE = datetime(2026, 10, 21, 3, 30, tzinfo=UTC)


def test_no_page_of_a_departement_leaves_its_hours_to_Paris() -> None:
    told = [path for path in TEMPLATES.rglob("*.html") if path.relative_to(TEMPLATES).parts[0] not in OF_PARIS]
    bare = {p.name for p in told if re.search(r"\|\s*moment\b(?!\()", p.read_text())}
    assert len(told) > 50 and bare == set()


def test_what_was_sent_in_the_evening_of_the_due_day_is_told_of_that_day(
    app: Flask, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    with time_machine.travel(LATE, tick=False):
        zoe = sign_in(ZOE)
        with app.app_context():
            key = a_signataire("Rhumerie (fictif)", "972")
            convention = a_convention(key, "S2")
            his, when = bruno(key), {"now": LATE}
            opened = open_declaration(actor=his, convention_id=convention, periode=Periode.from_code("2026-T3"), **when)
            answers = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(7))})
            submit_declaration(actor=his, declaration_id=opened, version=1, saisie=answers, **when)
            report_error(actor=his, declaration_id=opened, motif="8 et non 7.", base_url="", **when)
        shown = {"periode": "2026-T3", "montre": "transmise"}
        pages = (
            zoe.get("/referent/declarations", query_string=shown).text,
            zoe.get("/referent/signalements").text,
            zoe.get("/referent/signalements/1/repondre").text,
            zoe.get("/compte").text,
        )
        for page in pages:
            assert "20 octobre 2026 à 23 h 30" in page.replace("\u00a0", " "), page
            assert "21 octobre" not in page.replace("\u00a0", " ")
