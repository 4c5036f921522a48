"""The queue of what arrived: read side by side, validated one by one or together, each standing or falling alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from sqlalchemy import event, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.declarations import TRANSMISE, VALIDEE
from paqte.models import Convention, Courriel, Declaration, Journal, Signalement, db
from paqte.services.declarations.declarations import (
    open_declaration,
    save_draft,
    submit_and_validate,
    submit_declaration,
)
from paqte.services.transaction import transaction
from tests import factories
from tests.factories import a_convention, a_signataire, bruno, engagement_of
from tests.fixtures_acteurs import CAMILLE, ZOE, token_in
from tests.web.referent.declarations.test_declarations import text_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

pytestmark = pytest.mark.lent

ABOUT_PAGES = True
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
QUEUE = "/referent/declarations/recues"
CROWD = 20
SignIn = Callable[..., "FlaskClient"]


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    return sign_in(CAMILLE)


def typed(app: Flask, nom: str, *, by_company: bool = True, values: tuple[int, int] = (2, 9)) -> int:
    """T2 2026 sent by the company (or on its behalf), T1 validated before it: `values` of S2 in both."""
    with app.app_context():
        signataire = a_signataire(nom)
        convention = a_convention(signataire, "S2")
        engagement = engagement_of(convention, "S2")
        keys = []
        for code, value in zip(("2026-T1", "2026-T2"), values, strict=True):
            who = bruno(signataire) if by_company and code == "2026-T2" else factories.CAMILLE
            key = open_declaration(actor=who, now=NOW, convention_id=convention, periode=Periode.from_code(code))
            saisie = Saisie(
                {engagement: AnswerTyped(valeur=Decimal(value))}, explications={(engagement, "saut"): "Oui."}
            )
            use_case = submit_declaration if code == "2026-T2" else submit_and_validate
            use_case(actor=who, now=NOW, declaration_id=key, version=1, saisie=saisie)
            keys.append(key)
    return keys[1]


def state(app: Flask, key: int) -> Any:
    with app.app_context():
        row = db.session.get_one(Declaration, key)
        return row.etat, row.validee_par, row.version


def form_of(browser: FlaskClient, *chosen: int, **more: str) -> dict[str, Any]:
    """The queue's form as a browser would send it with these boxes ticked."""
    import re

    html = browser.get(QUEUE).text
    versions = dict(re.findall(r'name="(version_\d+)" value="(\d+)"', html))
    return {"csrf_token": token_in(html), "choix": [str(key) for key in chosen], **versions, **more}


def test_former_and_new_stand_side_by_side_with_jumps_and_typing_on_behalf_marked(
    app: Flask, browser: FlaskClient
) -> None:
    typed(app, "Alpha (fictif)")
    typed(app, "Béta (fictif)", by_company=False, values=(4, 5))
    html = browser.get(QUEUE).text
    text = text_of(html)
    assert "2 déclarations à lire, la plus ancienne d’abord" in text
    alpha, beta = text.split("Béta (fictif), 2e trimestre 2026", 1)
    assert "1er trimestre 2026 2e trimestre 2026 Objectif" in alpha and "2 9" in alpha
    assert "Oui." in alpha, "the jump is marked with its sentence"
    assert '<q class="explication">Oui.</q>' in html.partition("Béta (fictif), 2e trimestre 2026")[0]
    assert "Saisie pour l’entreprise" in beta and "Saisie pour l’entreprise" not in alpha


def test_R18_those_ticked_are_validated_the_others_wait(app: Flask, browser: FlaskClient) -> None:
    keys = [typed(app, f"{nom} (fictif)", values=(2, 3)) for nom in ("Alpha", "Béta", "Gamma")]
    answer = browser.post(QUEUE, data=form_of(browser, *keys[:2]), follow_redirects=True)
    assert "2 déclarations validées." in text_of(answer.text)
    assert [state(app, key)[0] for key in keys] == [VALIDEE, VALIDEE, TRANSMISE]
    alone = browser.post(QUEUE, data=form_of(browser, seule=str(keys[2])), follow_redirects=True)
    assert "1 déclaration validée." in text_of(alone.text) and "Rien à lire pour l’instant" in text_of(alone.text)


def test_the_enter_key_validates_what_is_ticked_not_the_first_of_the_page(app: Flask, browser: FlaskClient) -> None:
    typed(app, "Alpha (fictif)")
    form = browser.get(QUEUE).text.split(f'action="{QUEUE}"', 1)[1]
    assert "name=" not in form.split("<button", 1)[1].split(">", 1)[0]


def test_one_that_changed_meanwhile_is_told_and_holds_none_back(app: Flask, browser: FlaskClient) -> None:
    keys = [typed(app, f"{nom} (fictif)", values=(2, 3)) for nom in ("Alpha", "Béta", "Gamma")]
    data = form_of(browser, *keys, 999_999)
    browser.post(QUEUE, data=form_of(browser, keys[1]))
    data[f"version_{keys[2]}"] = "1"
    text = text_of(browser.post(QUEUE, data=data, follow_redirects=True).text)
    assert "1 déclaration validée." in text
    assert "Béta (fictif), 2e trimestre 2026 : non validée. Cette déclaration a déjà été validée par Camille" in text
    assert "Gamma (fictif), 2e trimestre 2026 : non validée." in text
    assert "Déclaration 999999 : non validée. Cette déclaration n’existe pas" in text
    assert [state(app, key)[0] for key in keys] == [VALIDEE, VALIDEE, TRANSMISE]


@pytest.mark.parametrize("chosen", [{}, {"choix": ["x", "-1", "", "9" * 40, "٣"]}, {"seule": "0"}])
def test_nothing_ticked_changes_nothing_and_says_what_to_do(
    app: Flask, browser: FlaskClient, chosen: dict[str, Any]
) -> None:
    key = typed(app, "Alpha (fictif)")
    answer = browser.post(QUEUE, data={**form_of(browser), **chosen}, follow_redirects=True)
    assert "Cochez au moins une déclaration" in text_of(answer.text)
    assert state(app, key)[0] == TRANSMISE


def test_Zoe_sees_an_empty_queue_and_validates_nothing_of_the_41(app: Flask, sign_in: SignIn) -> None:
    key, zoe = typed(app, "Alpha (fictif)"), sign_in(ZOE)
    assert "Rien à lire" in text_of(zoe.get(QUEUE).text)
    data = {"csrf_token": token_in(zoe.get(QUEUE).text), f"version_{key}": "2"}
    text = text_of(zoe.post(QUEUE, data={**data, "choix": [str(key)]}, follow_redirects=True).text)
    assert f"Déclaration {key} : non validée. Cette déclaration n’existe pas" in text and "Alpha" not in text
    assert state(app, key)[0] == TRANSMISE


def test_the_number_of_statements_does_not_grow_with_what_waits(app: Flask, browser: FlaskClient) -> None:
    counts = []
    for size in (10, 14):
        for rank in range(size - (10 if counts else 0)):
            typed(app, f"Société {size}-{rank} (fictif)", values=(2, 3))
        seen: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_c: Any, _cursor: Any, statement: str, *_more: Any, into: list[str] = seen) -> None:
            into.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        assert browser.get(QUEUE).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 76


def test_R18_20_people_validating_20_declarations_at_once_validate_each_once(app: Flask, sign_in: SignIn) -> None:
    keys = [typed(app, f"Société {rank} (fictif)", values=(2, 3)) for rank in range(CROWD)]
    browsers = [sign_in(CAMILLE) for _ in range(CROWD)]
    token = [token_in(browser.get("/referent/bilans").text) for browser in browsers]

    def validate_all(rank: int) -> list[int]:
        data = {"csrf_token": token[rank], "version": "2"}
        return [browsers[rank].post(f"/referent/declarations/{key}/valider", data=data).status_code for key in keys]

    with ThreadPoolExecutor(CROWD) as pool:
        answers = list(zip(*pool.map(validate_all, range(CROWD)), strict=True))
    assert [codes.count(302) for codes in answers] == [1] * CROWD
    assert {code for codes in answers for code in codes} <= {302, 409, 503}, "503: a base too busy says so"
    with app.app_context():
        validated = db.session.scalars(select(Journal.objet_id).where(Journal.apres.like('%"etat": "validee"%')))
        assert sorted(v for v in validated if int(v) in keys) == sorted(map(str, keys))
        assert db.session.scalars(select(Courriel).where(Courriel.motif == "validation")).all() == []


def test_20_people_saving_at_once_lose_no_update(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        convention = a_convention(a_signataire("Alpha (fictif)"), "S2")
        key = open_declaration(
            actor=factories.CAMILLE, now=NOW, convention_id=convention, periode=Periode.from_code("2026-T2")
        )
        save_draft(actor=factories.CAMILLE, now=NOW, declaration_id=key, version=1, saisie=Saisie({}, "Début."))
        engagement = engagement_of(convention, "S2")
    page = f"/referent/declarations/{key}/saisir"
    browsers = [sign_in(CAMILLE) for _ in range(CROWD)]
    forms = [token_in(browser.get(page).text) for browser in browsers]
    version = state(app, key)[2]

    def save(rank: int) -> int:
        data = {"csrf_token": forms[rank], "version": str(version), f"valeur_{engagement}": str(rank + 1)}
        return browsers[rank].post(page, data={**data, "geste": "brouillon", "texte_libre": "Suite."}).status_code

    with ThreadPoolExecutor(CROWD) as pool:
        codes = list(pool.map(save, range(CROWD)))
    assert codes.count(302) == 1 and set(codes) <= {302, 409, 503}


def test_one_line_a_declaration_until_opened_and_each_finding_with_its_two_numbers(
    app: Flask, browser: FlaskClient
) -> None:
    typed(app, "Alpha (fictif)")
    text = text_of(browser.get(QUEUE).text)
    assert "Alpha (fictif), 2e trimestre 2026 1 sur 1 réponse 1 constat" in text
    assert "Trouvé 9, attendu au plus 6, écart +3." in text
    assert browser.get(QUEUE).text.count("<details") == browser.get(QUEUE).text.count("<summary") >= 1


def test_a_link_ticks_all_those_of_the_page_and_another_unticks_them(app: Flask, browser: FlaskClient) -> None:
    for nom in ("Alpha", "Béta"):
        typed(app, f"{nom} (fictif)", values=(2, 3))
    assert browser.get(QUEUE).text.count(" checked>") == 0
    ticked = browser.get(QUEUE + "?cocher=page").text
    assert ticked.count(" checked>") == 2 and "Tout décocher" in ticked


def test_a_declaration_with_an_error_told_of_is_not_ticked_nor_validated(app: Flask, browser: FlaskClient) -> None:
    keys = [typed(app, f"{nom} (fictif)", values=(2, 3)) for nom in ("Alpha", "Béta")]
    with app.app_context():
        told = Signalement(declaration_id=keys[0], departement_code="41", etat="ouvert", motif="12", par="Bruno",
                           created_at=NOW)  # fmt: skip
        with transaction(actor=PLANIFICATEUR, now=NOW) as session:
            session.add(told)
    html = browser.get(QUEUE + "?cocher=page").text
    assert html.count(" checked>") == 1 and html.count(" disabled>") == 1
    text = text_of(browser.post(QUEUE, data=form_of(browser, *keys), follow_redirects=True).text)
    assert "1 déclaration validée." in text and "Alpha (fictif), 2e trimestre 2026 : non validée." in text
    assert [state(app, key)[0] for key in keys] == [TRANSMISE, VALIDEE]


def test_those_ticked_in_the_list_are_read_alone_and_the_others_counted(app: Flask, browser: FlaskClient) -> None:
    keys = [typed(app, f"{nom} (fictif)", values=(2, 3)) for nom in ("Alpha", "Béta")]
    with app.app_context():
        owner = db.session.scalars(select(Convention.signataire_id)).first()
    html = browser.get(f"{QUEUE}?choix={owner}.{keys[0]}&choix={owner}").text
    text = text_of(html)
    assert "1 déclaration cochée à lire" in text and "Béta (fictif)" not in text
    assert "1 ligne cochée n’a rien à valider" in text and html.count(" checked>") == 1
