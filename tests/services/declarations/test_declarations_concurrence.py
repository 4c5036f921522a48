"""Many at once: no lost update, no double validation, no double opening."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.erreurs import Conflict
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.declarations import VALIDEE
from paqte.models import Declaration, Journal
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import (
    open_declaration,
    save_draft,
    submit_declaration,
    validate_declaration,
)
from tests.factories import CAMILLE, a_convention, a_signataire, engagement_of

T1 = Periode.from_code("2026-T1")
# How often each saves: enough for everybody to meet everybody.
TURNS = 3
pytestmark = [pytest.mark.timeout(600), pytest.mark.lent]


@pytest.fixture
def crowd(database_kind: str) -> int:
    """How many at once. A PostgreSQL pool holds 15 connections, one a worker thread."""
    return 20 if database_kind == "sqlite" else 8


def _person(rank: int) -> Acteur:
    return replace(CAMILLE, utilisateur_id=100 + rank, nom=f"Personne {rank:02}")


def _together(app: Any, crowd: int, act: Callable[[int], Any]) -> list[Any]:
    """What each of the threads gave, each with a session of its own."""

    def run(rank: int) -> Any:
        with app.app_context():
            return act(rank)

    with ThreadPoolExecutor(crowd) as pool:
        return list(pool.map(run, range(crowd)))


def _patiently(act: Callable[[], Any]) -> Any:
    """What the act gives; a machine too slow answers « locked » after ten seconds: nothing was done, ask again."""
    for _ in range(20):
        try:
            return act()
        except OperationalError as error:
            if "locked" not in str(error):
                raise
    return act()


def test_many_people_opening_the_same_declaration_get_the_same_one(
    app: Any, session: Any, now: datetime, crowd: int
) -> None:
    convention = a_convention(a_signataire(), "S2")

    def open_it(rank: int) -> int:
        person = _person(rank)
        return _patiently(partial(open_declaration, actor=person, now=now, convention_id=convention, periode=T1))

    assert len(set(_together(app, crowd, open_it))) == 1
    session.rollback()
    assert len(list(session.scalars(select(Declaration.id)))) == 1


def test_many_people_saving_many_times_lose_no_update(app: Any, session: Any, now: datetime, crowd: int) -> None:
    convention = a_convention(a_signataire(), "S2")
    engagement = engagement_of(convention, "S2")
    key = open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=T1)

    def save_until_done(rank: int) -> int:
        done = refused = 0
        who = {"actor": _person(rank), "now": now}
        while done < TURNS:
            page = read_declaration(actor=CAMILLE, declaration_id=key)
            mine = f"{page.texte_libre}\n{rank}-{done}".strip()
            saisie = Saisie({engagement: AnswerTyped(valeur=Decimal(rank + 1))}, mine)
            try:
                _patiently(partial(save_draft, declaration_id=key, version=page.version, saisie=saisie, **who))
            except Conflict:
                refused += 1
            else:
                done += 1
        return refused

    refused = _together(app, crowd, save_until_done)
    session.rollback()
    kept = read_declaration(actor=CAMILLE, declaration_id=key).texte_libre.split("\n")
    assert sorted(kept) == sorted(f"{rank}-{turn}" for rank in range(crowd) for turn in range(TURNS))
    assert sum(refused) > 0, "they never met: this test showed nothing"


def test_many_people_validating_many_declarations_validate_each_once(
    app: Any, session: Any, now: datetime, crowd: int
) -> None:
    keys = []
    for rank in range(crowd):
        convention = a_convention(a_signataire(f"Société {rank} (fictif)"), "S2")
        key = open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=T1)
        saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(4))})
        submit_declaration(actor=CAMILLE, now=now, declaration_id=key, version=1, saisie=saisie)
        keys.append(key)

    def validate_all(rank: int) -> list[str]:
        answers, person = [], _person(rank)
        for key in keys:
            try:
                _patiently(partial(validate_declaration, actor=person, now=now, declaration_id=key, version=2))
                answers.append("validée")
            except Conflict as conflict:
                answers.append(str(conflict))
        return answers

    answers = list(zip(*_together(app, crowd, validate_all), strict=True))
    session.rollback()
    for key, told in zip(keys, answers, strict=True):
        page = read_declaration(actor=CAMILLE, declaration_id=key)
        assert told.count("validée") == 1
        sentence = f"Cette déclaration a déjà été validée par {page.validee_par} le 22/11/2026 à 10\u00a0h\u00a000."
        assert told.count(sentence) == crowd - 1
        query = select(Journal.apres).where(Journal.objet == "declaration", Journal.objet_id == str(key))
        assert sum(json.loads(apres).get("etat") == VALIDEE for apres in session.scalars(query)) == 1
