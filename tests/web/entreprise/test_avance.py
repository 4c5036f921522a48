"""A period prepared while it runs: a draft is kept, asks nothing of anybody, and is sent once it is over (R12)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
import time_machine
from flask.testing import FlaskClient

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import Saisie
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.declarations import BROUILLON, TRANSMISE
from paqte.models import Reglage
from paqte.queries.declarations import list_echeances
from paqte.queries.declarations.listes.declarations import SANS_SUITE, owed_declarations
from paqte.services.declarations.declarations import open_declaration, submit_and_validate, submit_declaration
from paqte.services.transaction import transaction
from tests import factories
from tests.fixtures_acteurs import BRUNO, CAMILLE, post
from tests.web.entreprise.conftest import NOW, Maison

ABOUT_PAGES = True
T4 = Periode.from_code("2026-T4")
ONCE_OVER = datetime.fromisoformat("2027-01-02T09:00+00:00")


@pytest.fixture
def early(maison: Maison) -> Maison:
    """Bruno before the quarter that runs, which he opened by the button of his home."""
    path = f"/entreprise/conventions/{maison.convention}/declarations/2026-T4"
    answer = post(maison.browser, path, {}, "/entreprise/")
    assert answer.status_code == 302
    maison.id = int(answer.location.split("/")[-2])
    return maison


def test_the_home_offers_the_period_that_runs_apart_from_what_is_to_do(maison: Maison) -> None:
    ahead = maison.html().partition("<h2>À l’avance</h2>")[2]
    assert "4e trimestre 2026" in ahead and "À transmettre du 1er janvier 2027 au 20 janvier 2027 inclus" in ahead
    assert "Préparer" in ahead and "1er trimestre 2027" not in ahead


def test_a_draft_is_kept_and_nothing_on_the_page_offers_to_send_it(early: Maison) -> None:
    html = early.html(f"{early.path}/saisir")
    assert "vous pourrez le transmettre à partir du 1er janvier 2027" in html
    assert "Relire avant de transmettre" not in html
    assert early.type(S2="4").location == "/entreprise/"
    assert (early.stored().etat, early.answer("S2").valeur) == (BROUILLON, 4)
    home = early.html()
    assert "brouillon commencé" in home and "Reprendre" in home.partition("<h2>À l’avance</h2>")[2]


def test_whoever_asks_to_read_it_again_before_sending_is_told_when_it_may_be(early: Maison) -> None:
    early.type("relire", S2="4")
    html = early.html(f"{early.path}/relire")
    assert "vous pourrez le transmettre à partir du 1er janvier 2027" in html and "Continuer la saisie" in html
    assert "Transmettre à mon référent" not in html


def test_the_referent_who_types_it_with_her_is_offered_the_draft_alone(
    early: Maison, sign_in: Callable[..., FlaskClient]
) -> None:
    html = sign_in(CAMILLE).get(f"/referent/declarations/{early.id}/saisir").text
    assert "rien ne se transmet avant le 1er\u00a0janvier 2027" in html
    assert re.findall(r'name="geste" value="(\w+)"', html) == ["brouillon"]
    with time_machine.travel(ONCE_OVER, tick=False):
        html = sign_in(CAMILLE).get(f"/referent/declarations/{early.id}/saisir").text
        assert re.findall(r'name="geste" value="(\w+)"', html) == ["brouillon", "transmettre", "valider"]


def test_R12_between_the_end_of_a_period_and_its_opening_no_page_says_that_it_runs(
    early: Maison, sign_in: Callable[..., FlaskClient]
) -> None:
    with early.app.app_context(), transaction(actor=PLANIFICATEUR, now=NOW) as session:
        session.add(Reglage(departement_code="41", cle="declaration_ouverture_jours", valeur="10"))
    with time_machine.travel(ONCE_OVER, tick=False):
        bruno = sign_in(BRUNO)
        home, typing = (bruno.get(path).text for path in ("/entreprise/", f"{early.path}/saisir"))
        hers = sign_in(CAMILLE).get(f"/referent/declarations/{early.id}/saisir").text
    ahead = home.partition("<h2>À l’avance</h2>")[2]
    told = (ahead, "À transmettre du"), (typing, "à partir du"), (hers, "avant le")
    assert [page for page, day in told if f"{day} 11 janvier 2027" not in page or "termin" in page] == []


@pytest.mark.parametrize("send", [submit_declaration, submit_and_validate])
def test_R12_nobody_sends_it_before_its_period_is_over(early: Maison, send: Callable[..., None]) -> None:
    early.type(S2="4")
    with pytest.raises(Refused, match="peut être transmise à partir du 01/01/2027"):
        early.by_camille(send, saisie=Saisie({}))
    assert early.stored().etat == BROUILLON


def test_it_asks_nothing_of_anybody_while_its_period_runs(early: Maison) -> None:
    early.type(S2="4")
    with early.app.app_context():
        found = list_echeances([early.signataire], "41", NOW.date(), actor=factories.CAMILLE)
        (one,) = (e for e in found if e.periode == T4)
        assert (one.is_waiting, one.is_late, one.is_open, one.is_running) == (False, False, False, True)
        later = list_echeances([early.signataire], "41", date(2027, 1, 1), actor=factories.CAMILLE)
        (one,) = (e for e in later if e.periode == T4)
        assert (one.is_waiting, one.is_running) == (True, False), "from the first day of collection it is to do"


def test_once_the_period_is_over_the_same_draft_is_sent(early: Maison) -> None:
    early.type(S2="4")
    with time_machine.travel(ONCE_OVER, tick=False), early.app.app_context():
        contact, version = early.contact, early.stored().version
        submit_declaration(actor=contact, now=ONCE_OVER, declaration_id=early.id, version=version, saisie=Saisie({}))
    assert (early.stored().etat, early.answer("S2").valeur) == (TRANSMISE, 4)


def test_R12_a_period_that_has_not_begun_is_refused_and_a_referent_opens_none_early(maison: Maison) -> None:
    coming = Periode.from_code("2027-T1")
    told = {"now": NOW, "convention_id": maison.convention}
    with maison.app.app_context():
        with pytest.raises(Refused, match=r"ouvre le 01/04/2027"):
            open_declaration(actor=maison.contact, periode=coming, **told)
        with pytest.raises(Refused, match=r"ouvre le 01/01/2027"):
            open_declaration(actor=factories.CAMILLE, periode=T4, **told)


def test_the_referent_s_list_shows_it_and_reminds_nobody_of_it(early: Maison) -> None:
    early.type(S2="4")
    with early.app.app_context():
        owed = owed_declarations(actor=factories.CAMILLE, departement="41", periodes=[T4], now=NOW)
        (line,) = owed.lignes
        assert (line.groupe, line.suite) == (SANS_SUITE, "Terminer la saisie")
