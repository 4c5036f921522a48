"""The lines of the grid that are kept are those made from the seals alone, whatever moved, wherever (R20, R32, R38)."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.grille import natures, thematiques
from paqte.domain.assemblage.grille.lignes import indicator_lines
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.sceau import seal, unseal
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import NATURES
from paqte.models import db
from paqte.queries.editions.bilans import read_several
from paqte.queries.sommes import facts_of
from tests.queries.test_kept import _keys, by_hand, from_nothing, loir  # noqa: F401

PERIODES = tuple(map(Periode.from_code, ("2025-S2", "2026-S1", "2026-T2", "2026-T3")))
Move = Callable[[random.Random], str]


def lines(donnees: DonneesBilan) -> tuple[Any, ...]:
    """Every line of the grid and of the thématiques."""
    views = natures.views(donnees, catalogue())
    return indicator_lines(views, catalogue()), thematiques.lines(views, catalogue())


def kept_lines() -> Sequence[Any]:
    """The lines of each period by what is kept."""
    db.session.rollback()
    return [lines(one) for one in read_several(db.session(), "41", PERIODES).values()]


def kept_and_anew(monkeypatch: pytest.MonkeyPatch) -> tuple[Sequence[Any], Sequence[Any]]:
    """The same, then those of whom nothing was read before, from the seals by what keeps nothing."""
    kept = kept_lines()
    with from_nothing(monkeypatch):
        read = read_several(db.session(), "41", PERIODES).values()
        given = [replace(one, faits=facts_of(db.session(), "41", one.answers.codes)) for one in read]
        return kept, list(map(lines, given))


def kept_again(kept: Sequence[Any]) -> int:
    """How many of these lines a second look gives without making them anew."""
    pairs = zip(kept, kept_lines(), strict=True)
    return sum(a is b for one, other in pairs for a, b in zip(one[0], other[0], strict=True))


def _declaration(drawn: random.Random) -> int:
    return int(drawn.choice(_keys("declaration")))


def another_answer(drawn: random.Random) -> str:
    """One answer of a seal becomes another number, a confirmed zero, none at all, or goes."""
    key = _declaration(drawn)
    text = db.session.connection().exec_driver_sql(f"SELECT sceau FROM declaration WHERE id = {key}").scalar()
    answers = list(unseal(text or "[]"))
    if not answers:
        return "SELECT 1"
    rank, kind = drawn.randrange(len(answers)), drawn.choice(("nombre", "neant", "manquante", ""))
    number = Decimal(drawn.randrange(200)) if kind == "nombre" else None
    changed = answers[rank]._replace(reponse=kind, valeur=number, numerateur=None, denominateur=None)
    answers[rank : rank + 1] = [changed] if kind else []
    told = seal(answers).replace("'", "''")
    return f"UPDATE declaration SET sceau = '{told}' WHERE id = {key}"


def another_state(drawn: random.Random) -> str:
    """What was validated is no more, or the reverse."""
    state = drawn.choice(("validee", "transmise"))
    return f"UPDATE declaration SET etat = '{state}' WHERE id = {_declaration(drawn)} AND sceau IS NOT NULL"


def another_window(drawn: random.Random) -> str:
    """A declaration becomes that of another period, as one would that was entered for the wrong one."""
    code = drawn.choice(("2024-T4", "2025-T2", "2025-T4", "2026-T1", "2026-T2", "2026-T3"))
    return f"UPDATE declaration SET periode = '{code}' WHERE id = {_declaration(drawn)}"


def another_nature(drawn: random.Random) -> str:
    key = drawn.choice(_keys("signataire"))
    return f"UPDATE signataire SET nature = '{drawn.choice(tuple(NATURES))}' WHERE id = {key}"


def another_term(drawn: random.Random) -> str:
    """A convention begins or ends on another day, answers by semester, is a charter."""
    key = drawn.choice(_keys("convention"))
    what = drawn.choice(
        ("debut = '2025-10-01'", "fin = '2026-04-30'", "fin = '2029-12-31'", "rythme = 'S'", "rythme = 'T'")
    )
    return f"UPDATE convention SET {what} WHERE id = {key}"


def another_promise(drawn: random.Random) -> str:
    key, code = drawn.choice(_keys("engagement")), drawn.choice(sorted(catalogue().indicateurs))
    what = drawn.choice((f"indicateur = '{code}'", "reference = NULL", f"reference = {drawn.randrange(90)}"))
    return f"UPDATE engagement SET {what} WHERE id = {key}"


def another_target(drawn: random.Random) -> str:
    key = drawn.choice(_keys("objectif"))
    return drawn.choice(
        (
            f"UPDATE objectif SET cible = {drawn.randrange(1, 90)} WHERE id = {key}",
            f"DELETE FROM objectif WHERE id = {key}",
        )
    )


MOVES: tuple[Move, ...] = (
    *(another_answer,) * 4,
    another_state,
    another_window,
    another_nature,
    another_term,
    another_promise,
    another_target,
)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("times", [40, pytest.param(400, marks=pytest.mark.long)])
def test_R20_kept_lines_of_the_grid_are_those_made_from_the_seals_alone_whatever_was_moved(
    loir: Flask,  # noqa: F811
    times: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn, changed = random.Random(20), 0
    before, anew = kept_and_anew(monkeypatch)
    assert before == anew
    # Of four periods of every nature: were some forgotten, none would serve, and nothing would be tried here.
    assert kept_again(before) > 100
    for _ in range(times):
        statement = drawn.choice(MOVES)(drawn)
        try:
            by_hand(statement)
        except sqlite3.IntegrityError:  # two rows of one name: this draw changes nothing
            continue
        kept, anew = kept_and_anew(monkeypatch)
        for periode, now, made in zip(PERIODES, kept, anew, strict=True):
            assert now == made, (periode.code, statement)
        changed += kept != before
        before = kept
    assert changed > times / 3
