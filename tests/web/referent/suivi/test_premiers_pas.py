"""A préfecture that begins is told its first steps: from what there is, until all is done or she puts them away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import time_machine

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.pilotage import REGLAGES_MENTIONS
from paqte.models import Departement, Reglage
from paqte.ops.clock import now
from paqte.queries.reglages.reglages import read_settings, version_of
from paqte.services.comptes.comptes import invite_user
from paqte.services.courriels.relances import remind_company
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from paqte.services.pilotage.pilotage import ReferentTyped, add_referent
from paqte.services.reglages.reglages import save_settings
from paqte.services.transaction import transaction
from tests import factories
from tests.editions import freeze_compte_rendu
from tests.factories import a_convention, a_signataire, engagement_of
from tests.fixtures_acteurs import CAMILLE, ZOE, post

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ABOUT_PAGES = True
LINES = 8
QUARTER = Periode.from_code("2026-T2")
SignIn = Callable[..., "FlaskClient"]


@pytest.fixture(autouse=True)
def in_august() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 8, 3, 9, tzinfo=UTC), tick=False):
        yield


def lines(html: str) -> list[tuple[bool, str, str]]:
    """Of each step whether it is done, what it says, and where it leads."""
    found = re.findall(r'<li class="pas[^"]*">(.*?)</li>', html, re.S)
    return [
        ("Fait : " in one or "Fait\u00a0: " in one, re.sub(r"<[^>]+>|\s+", " ", one).strip(), "".join(_hrefs(one)))
        for one in found
    ]


def _hrefs(html: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', html)


def write_mentions(code: str = "41") -> None:
    settings = read_settings(code)
    save_settings(
        actor=factories.CAMILLE,
        now=now(),
        departement=code,
        version=version_of(settings),
        values=dict.fromkeys(REGLAGES_MENTIONS, "Préfecture, place de la République"),
    )


def remind(signataire: int) -> None:
    """Give somebody access to the company, and remind her."""
    here = {"actor": factories.CAMILLE, "base_url": "http://localhost", "now": now()}
    invite_user(
        role="entreprise", courriel="odile@scierie.test", nom="Odile Marchand", signataires=[signataire], **here
    )
    remind_company(signataire_id=signataire, **here)


def test_each_step_is_ticked_by_what_is_done_and_by_nothing_else_and_the_list_goes_with_the_last(
    app: Flask, sign_in: SignIn
) -> None:
    """One thing is done at a time, through the use cases that people use: one more line is ticked, that one."""
    camille = sign_in(CAMILLE)

    def ticked() -> list[bool]:
        return [done for done, _, _ in lines(camille.get("/referent/").text)]

    # Bruno's company is there, and he was given access to it.
    before = [False, False, True, False, True, False, False, False]
    assert ticked() == before
    with app.app_context():
        write_mentions()
    assert ticked() == [True, *before[1:]]
    with app.app_context():
        add_referent(actor=factories.CAMILLE, now=now(), departement="41", referent=ReferentTyped("Camille Aubry"))
    assert ticked() == [True, True, *before[2:]]
    with app.app_context():
        other = a_signataire("Scierie (fictif)")
        for more in ({"statut": "projet", "signee_le": None}, {}):
            a_convention(other, *(["S2"] if more else []), **more)
    assert ticked() == [True, True, *before[2:]], "a project and a convention that promises nothing"
    with app.app_context():
        convention = a_convention(other, "S2")
    assert ticked() == [True, True, True, True, True, False, False, False]
    with app.app_context():
        remind(other)
    assert ticked() == [True] * 6 + [False] * 2
    with app.app_context():
        key = open_declaration(actor=factories.CAMILLE, now=now(), convention_id=convention, periode=QUARTER)
        assert ticked() == [True] * 6 + [False] * 2, "a draft is no answer"
        saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(4))})
        submit_and_validate(actor=factories.CAMILLE, now=now(), declaration_id=key, version=1, saisie=saisie)
    assert ticked() == [True] * 7 + [False]
    post(camille, "/referent/bilans/2026-S1/produire", {}, "/referent/bilans/2026-S1")
    assert ticked() == [] and "remiers pas" not in camille.get("/referent/").text


def test_each_step_not_done_leads_in_one_click_to_a_page_that_opens(app: Flask, sign_in: SignIn) -> None:
    with app.app_context(), transaction(actor=PLANIFICATEUR, now=now()) as session:
        session.get_one(Departement, "972").premier_semestre = "2026-S1"
    zoe = sign_in(ZOE)
    told = lines(zoe.get("/referent/").text)
    assert len(told) == LINES and not any(done for done, _, _ in told)
    assert len({url for _, _, url in told}) == LINES - 1  # a convention begins with its signatory
    for _, words, url in told:
        assert zoe.get(url).status_code == 200, words


def test_the_first_convention_is_led_to_where_it_was_left(app: Flask, sign_in: SignIn) -> None:
    zoe = sign_in(ZOE)

    def way() -> str:
        return lines(zoe.get("/referent/").text)[3][2]

    assert way() == "/referent/signataires/nouveau"
    with app.app_context():
        company = a_signataire("Rhum (fictif)", "972")
        assert way() == f"/referent/signataires/{company}/conventions/nouvelle"
        project = a_convention(company, "S2", statut="projet", signee_le=None)
        assert way() == f"/referent/conventions/{project}"
        empty = a_convention(company)
        assert way() == f"/referent/conventions/{empty}/engagements"


def test_what_another_departement_did_ticks_nothing_here(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        a_convention(a_signataire("Scierie (fictif)"), "S2")
        write_mentions()
        add_referent(actor=factories.CAMILLE, now=now(), departement="41", referent=ReferentTyped("Camille Aubry"))
    html = sign_in(ZOE).get("/referent/").text
    assert not any(done for done, _, _ in lines(html)) and "0 sur 8" in html


def test_an_export_of_the_plan_which_the_scheduler_produces_alone_is_no_bilan(app: Flask, sign_in: SignIn) -> None:
    camille = sign_in(CAMILLE)
    with app.app_context():
        freeze_compte_rendu(actor=factories.CAMILLE, departement="41", periode=QUARTER, now=now())
    assert not lines(camille.get("/referent/").text)[-1][0]


def test_an_animateur_is_no_contact_of_a_company(app: Flask, sign_in: SignIn) -> None:
    zoe = sign_in(ZOE)
    with app.app_context():
        company = a_signataire("Rhum (fictif)", "972")
        given = {"actor": factories.ZOE, "base_url": "http://localhost", "now": now(), "signataires": [company]}
        invite_user(role="animateur", courriel="ines@face.test", nom="Inès FACE", **given)
        assert not lines(zoe.get("/referent/").text)[4][0]
        invite_user(role="entreprise", courriel="odile@rhum.test", nom="Odile Marchand", **given)
        assert lines(zoe.get("/referent/").text)[4][0]


def test_mentions_written_for_the_whole_nation_are_written_for_each_departement(app: Flask, sign_in: SignIn) -> None:
    zoe = sign_in(ZOE)
    for cle in REGLAGES_MENTIONS:
        assert not lines(zoe.get("/referent/").text)[0][0], cle
        with app.app_context(), transaction(actor=PLANIFICATEUR, now=now()) as session:
            session.add(Reglage(departement_code=None, cle=cle, valeur="Ministère"))
    assert lines(zoe.get("/referent/").text)[0][0]


def test_put_away_they_stay_so_for_her_alone_and_come_back_when_asked_for(app: Flask, sign_in: SignIn) -> None:
    camille, zoe = sign_in(CAMILLE), sign_in(ZOE)
    away = re.search(r'href="([^"]+)">Masquer cette liste', camille.get("/referent/").text)
    assert away
    assert not lines(camille.get(away[1]).text)
    assert not lines(camille.get("/referent/").text) and not lines(sign_in(CAMILLE).get("/referent/").text)
    assert len(lines(zoe.get("/referent/").text)) == LINES
    again = re.search(r'href="([^"]+)">Afficher les premiers pas', camille.get("/referent/").text)
    assert again
    assert len(lines(camille.get(again[1]).text)) == len(lines(camille.get("/referent/").text)) == LINES
