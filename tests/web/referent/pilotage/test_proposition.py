"""The bilan's text on the follow-up is proposed from the meetings, beside the field: never written unasked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from paqte.domain.statuts.pilotage import ORGANISATION
from paqte.domain.statuts.rencontres import COMPTES, GENRES, told_meetings
from paqte.models import Rubrique, db
from paqte.services.conventions.rencontres import RencontreTyped, record_meeting
from tests.factories import CAMILLE as REFERENTE
from tests.factories import a_convention
from tests.fixtures_acteurs import ZOE, Personne
from tests.web.referent.pages import NOW, send, value_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
PAGE = f"/referent/pilotage/textes/2026-S2/{ORGANISATION}"
ASKED = f"{PAGE}?proposition=1"
SENTENCE = (
    "Rencontres du 2e semestre 2026 : 2 comités de pilotage (02/07/2026, 20/11/2026) et 1 visite. "
    "Signataires rencontrés ou appelés : 1."
)


@pytest.fixture
def met(app: Flask, camille: FlaskClient, signataire: int) -> None:
    """Two comités and a visit in the semester, of before it, after it and still to come one each."""
    held: list[tuple[str, date, dict[str, Any]]] = [
        ("comite", date(2026, 11, 20), {"decisions": "Secret : fusion"}),
        ("comite", date(2026, 7, 2), {}),
        ("visite", date(2026, 9, 1), {"signataires": (signataire,), "autres": "Marie Petit"}),
        ("visite", date(2026, 6, 30), {}),
        ("appel", date(2026, 12, 1), {}),
        ("evenement", date(2027, 1, 1), {}),
    ]
    with app.app_context():
        a_convention(signataire)
        for genre, day, more in held:
            typed = RencontreTyped(date=day, genre=genre, **more)
            record_meeting(actor=REFERENTE, now=NOW, departement="41", rencontre=typed)


def said(browser: FlaskClient, address: str) -> str:
    return unescape(browser.get(address).text).replace("\u00a0", " ")


def kept(app: Flask) -> list[str]:
    with app.app_context():
        found = [one.texte for one in db.session.query(Rubrique).order_by(Rubrique.id)]
        db.session.rollback()
    return found


def test_the_sentence_counts_what_was_held_in_the_semester_without_a_note_or_a_name(
    met: None, camille: FlaskClient
) -> None:
    html = said(camille, PAGE)
    assert SENTENCE in html and "Secret" not in html and "Marie Petit" not in html
    assert value_of(camille.get(PAGE).text, "texte") == ""


def test_asked_for_it_joins_what_is_written_and_only_saving_keeps_it(
    met: None, app: Flask, camille: FlaskClient
) -> None:
    assert send(camille, PAGE, texte="Un chargé de mission.").status_code == 302
    both = f"Un chargé de mission.\n\n{SENTENCE}"
    assert (value_of(camille.get(ASKED).text, "texte") or "").replace("\u00a0", " ") == both
    assert kept(app) == ["Un chargé de mission."], "looking keeps nothing"
    assert send(camille, PAGE, opened=camille.get(ASKED).text).status_code == 302
    assert [text.replace("\u00a0", " ") for text in kept(app)] == [both]
    assert (value_of(camille.get(ASKED).text, "texte") or "").replace("\u00a0", " ") == both, "never twice"
    assert "Ajouter au texte" not in said(camille, PAGE)


def test_without_a_meeting_nothing_is_proposed_and_another_text_has_no_proposition(
    met: None, camille: FlaskClient, sign_in: Callable[[Personne], FlaskClient]
) -> None:
    html = said(sign_in(ZOE), PAGE)
    assert "Aucune rencontre notée pour le 2e semestre 2026" in html and "comités de pilotage (" not in html
    assert "Proposition" not in said(camille, "/referent/pilotage/textes/2026-S2/strategie?proposition=1")


def test_every_kind_of_meeting_is_counted_and_one_is_not_several() -> None:
    assert set(COMPTES) == set(GENRES)
    day = date(2026, 9, 1)
    assert told_meetings([], 0, "2e semestre 2026") == ""
    assert told_meetings([("appel", day)], 0, "2e semestre 2026") == "Rencontres du 2e semestre 2026 : 1 appel."
    told = told_meetings([("appel", day), ("appel", day), ("visite", day), ("etape", day)], 3, "S")
    assert told == ("Rencontres du S : 1 point d’étape, 1 visite et 2 appels. Signataires rencontrés ou appelés : 3.")
