"""A quantity asked for twice in one declaration is typed once, and both pages say where it comes from (R10, R13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from paqte.domain.statuts.declarations import MANQUANTE, NOMBRE
from paqte.models import Convention, Engagement, db
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, engagement_of
from tests.fixtures_acteurs import CAMILLE as CAMILLES_ACCOUNT
from tests.web.entreprise.conftest import NOW, Maison, fields_in

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ABOUT_PAGES = True
REPEATED = "(repris de « Nombre d’élèves de 3e de REP"
REPRISE = (
    "Ce nombre reprend votre réponse à « Nombre d’élèves de 3e de REP+/REP/QPV effectivement accueillis en stage »"
)


@pytest.fixture
def pairs(maison: Maison) -> Maison:
    """Bruno's convention is in the plan as well: it promises P01, which repeats S2."""
    with maison.app.app_context():
        with transaction(actor=CAMILLE, now=NOW) as session:
            convention = session.get_one(Convention, maison.convention)
            convention.is_in_plan_10000 = True
            session.add(Engagement(convention=convention, indicateur="P01", rang=1))
        maison.keys["P01"] = engagement_of(maison.convention, "P01")
        assert db.session.scalars(select(Engagement.id)).all()
    return maison


def figure(maison: Maison, code: str) -> Any:
    given = maison.answer(code)
    return (given.reponse, given.valeur)


def test_R13_a_field_left_empty_is_filled_when_saved_and_shown_filled(pairs: Maison) -> None:
    assert REPRISE in pairs.html(f"{pairs.path}/saisir")
    pairs.type(S2="12", S2p_sur="30")
    assert figure(pairs, "P01") == (NOMBRE, 12)
    assert (pairs.answer("S2p").numerateur, pairs.answer("S2p").denominateur) == (12, 30)
    fields = fields_in(pairs.browser.get(f"{pairs.path}/saisir").text)
    assert (fields[pairs.name("P01")], fields[pairs.name("S2p")]) == ("12", "12")


def test_the_first_number_of_a_share_is_shown_before_there_is_a_share(pairs: Maison) -> None:
    pairs.type(S2="12")
    assert pairs.answer("S2p") is None or pairs.answer("S2p").reponse == MANQUANTE
    assert fields_in(pairs.browser.get(f"{pairs.path}/saisir").text)[pairs.name("S2p")] == "12"
    assert pairs.type(action="brouillon", S2="12").json["message"].startswith("Brouillon enregistré")


def test_R13_without_a_script_what_was_filled_follows_a_correction(pairs: Maison) -> None:
    pairs.type(S2="12", S2p_sur="30")
    pairs.type(S2="14")
    assert figure(pairs, "P01") == (NOMBRE, 14)
    assert (pairs.answer("S2p").numerateur, pairs.answer("S2p").denominateur) == (14, 30)
    pairs.type(S2="")
    assert figure(pairs, "P01") == (MANQUANTE, None)


def test_R17_another_number_is_asked_why_and_the_referente_reads_it(
    pairs: Maison, sign_in: Callable[..., FlaskClient]
) -> None:
    assert pairs.type("relire", S2="12", P01="15").location.endswith("verifier=1")
    asked = pairs.html(f"{pairs.path}/saisir?verifier=1")
    assert "À expliquer : ce nombre, 15, diffère de celui qu’il reprend, 12 (« Nombre d’élèves de 3e" in asked
    pairs.send(P01_reprise_differente="Trois hors des quartiers.")
    read = pairs.html(f"/referent/declarations/{pairs.id}", sign_in(CAMILLES_ACCOUNT))
    assert "diffère de celui qu’il reprend" in read and "Trois hors des quartiers." in read


def test_what_was_filled_says_from_where_when_it_is_read_again(
    pairs: Maison, sign_in: Callable[..., FlaskClient]
) -> None:
    pairs.type("relire", S2="12", S2p_sur="30")
    assert pairs.html(f"{pairs.path}/relire").count(REPEATED) == 2
    assert pairs.html(f"/referent/declarations/{pairs.id}", sign_in(CAMILLES_ACCOUNT)).count(REPEATED) == 2


def test_a_touched_field_does_not_follow(pairs: Maison) -> None:
    pairs.type(S2="12")
    pairs.type(S2="14", P01="12", **{f"propre_{pairs.keys['P01']}": "1"})
    assert figure(pairs, "P01") == (NOMBRE, 12)


def test_R39_the_page_says_under_each_question_what_is_counted(pairs: Maison) -> None:
    html = pairs.html(f"{pairs.path}/saisir")
    for told in (
        "Ce qui est compté : Les élèves dont le stage de 3e commence pendant la période",
        "Ce qui est compté : Les élèves de 3e de REP+, REP ou QPV accueillis, rapportés à tous les stagiaires de 3e",
        "Ce qui est compté : Oui si l’autodiagnostic est achevé à la fin de la période",
    ):
        assert told in html
