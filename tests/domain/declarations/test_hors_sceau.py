"""What stands beside a seal gives back, with it, every answer exactly as its row held it (R13, R18)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.declarations.hors_sceau import (
    NOTHING_BESIDE,
    AnswerKept,
    comments_of,
    go_together,
    json_part,
    put_apart,
    put_together,
    signed_by,
    signed_over,
    ways_of,
)
from paqte.domain.declarations.sceau import Scelle, answered_under, seal

BRUNO, CAMILLE = 'Bruno « le » "Garnier"', "Camille\\Perrin"
numbers = st.one_of(
    st.none(),
    st.just(Decimal(0)),
    st.integers(0, 10**12).map(Decimal),
    st.decimals(0, 10**12, places=2, allow_nan=False, allow_infinity=False).map(Decimal.normalize),
)
# What no table takes is not asked for: a NUL, half a pair.
texts = st.one_of(st.just(""), st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40))
answers = st.lists(
    st.builds(
        AnswerKept,
        numero=st.integers(0, 40),
        engagement=st.integers(1, 60),
        indicateur=st.sampled_from(["S2", "F1p", "X1"]),
        reponse=st.sampled_from(["nombre", "neant", "manquante"]),
        valeur=numbers,
        numerateur=numbers,
        denominateur=numbers,
        datee_du=st.one_of(st.none(), st.dates()),
        commentaire=texts,
        saisie_le=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-4))])),
        saisie_par=st.one_of(st.sampled_from([BRUNO, CAMILLE]), texts),
        is_on_behalf=st.booleans(),
        origine=st.sampled_from(["formulaire", "import", "excel"]),
    ),
    unique_by=lambda a: a.engagement,
    max_size=30,
)


def in_order(rows: list[AnswerKept]) -> list[AnswerKept]:
    return sorted(rows, key=lambda a: a.engagement)


@given(answers)
def test_R18_an_answer_put_under_the_seal_comes_back_exactly(rows: list[AnswerKept]) -> None:
    back = put_together(*put_apart(rows))
    assert back == in_order(rows)
    assert [tuple(map(type, a)) for a in back] == [tuple(map(type, a)) for a in in_order(rows)], "None is no zero"


@given(answers)
def test_R18_the_seal_is_the_text_it_always_was(rows: list[AnswerKept]) -> None:
    assert put_apart(reversed(rows)) == put_apart(rows)
    assert put_apart(rows)[0] == seal(Scelle(*a[1:7]) for a in rows)
    assert answered_under(put_apart(rows)[0]) == {a.engagement for a in rows if a.reponse != "manquante"}


@given(answers)
def test_what_is_read_apart_is_what_reading_all_of_it_gives(rows: list[AnswerKept]) -> None:
    sceau, beside = put_apart(rows)
    assert comments_of(beside) == {a.engagement: a.commentaire for a in rows if a.commentaire}
    assert not beside.endswith(NOTHING_BESIDE) or comments_of(beside) == {}
    told = [(behalf, door) for behalf, door, count in ways_of(sceau, beside) for _ in range(count)]
    assert told == [(a.is_on_behalf, a.origine) for a in in_order(rows) if a.reponse != "manquante"]
    for name in (BRUNO, CAMILLE):
        assert signed_by(beside, name) == sum(a.saisie_par == name for a in rows)
        assert (f'["{json_part(name)}",' in beside) or not signed_by(beside, name), "how the base looks for it"


@given(answers, st.sets(st.integers(0, 40)))
def test_R30_another_name_stands_on_her_own_answers_alone(rows: list[AnswerKept], hers: set[int]) -> None:
    sceau, beside = put_apart(rows)
    told = put_together(sceau, signed_over(beside, BRUNO, hers, "Personne effacée"))
    named = [a._replace(saisie_par="Personne effacée") if a[10] == BRUNO and a[0] in hers else a for a in rows]
    assert told == in_order(named)


def typical(**more: Any) -> AnswerKept:
    day = datetime(2026, 10, 5, 8, tzinfo=UTC)
    told: dict[str, Any] = {"datee_du": None, "commentaire": "", "saisie_le": day, "saisie_par": "Camille Perrin"}
    told |= {"valeur": Decimal(4), "numerateur": None, "denominateur": None, "reponse": "nombre"}
    return AnswerKept(**told, is_on_behalf=True, origine="formulaire", indicateur="S2", **more)


def test_what_many_answers_share_is_written_once() -> None:
    _, beside = put_apart(typical(numero=900 + n, engagement=70 + n) for n in range(28))
    signature = ["Camille Perrin", "2026-10-05T08:00:00+00:00", 1, "formulaire"]
    assert json.loads(beside) == [[900, 28], [signature], [0, 28], []]
    assert beside.endswith(NOTHING_BESIDE)


def test_R13_a_day_and_a_text_stand_with_their_answer() -> None:
    dated = typical(numero=3, engagement=9)._replace(datee_du=date(2026, 9, 12), commentaire="dont 2 en QPV")
    _, beside = put_apart([typical(numero=7, engagement=8), dated])
    assert json.loads(beside)[0] == [7, 1, 3, 1]
    assert json.loads(beside)[3] == [[9, "2026-09-12", "dont 2 en QPV"]]


@given(answers)
def test_what_is_put_apart_goes_together(rows: list[AnswerKept]) -> None:
    assert go_together(*put_apart(rows))


@given(answers.filter(bool), st.data())
def test_an_answer_more_or_less_on_one_side_alone_is_seen(rows: list[AnswerKept], data: st.DataObject) -> None:
    fewer = [*rows]
    fewer.pop(data.draw(st.integers(0, len(rows) - 1)))
    (seal_of_all, beside_all), (seal_of_fewer, beside_fewer) = put_apart(rows), put_apart(fewer)
    assert not go_together(seal_of_all, beside_fewer)
    assert not go_together(seal_of_fewer, beside_all)


@pytest.mark.parametrize(
    "beside", ["", "null", "[]", "[[1],[],[],[]]", '[[1,1],[["a"]],[0,1],[]]', "[[1,1],[],[5,1],[]]"]
)
def test_what_no_version_ever_wrote_does_not_go_with_a_seal(beside: str) -> None:
    assert not go_together('[[3,"S2","nombre",1,null,null]]', beside)


def test_a_comment_of_no_answer_under_the_seal_does_not_go_with_it() -> None:
    sceau = '[[3,"S2","nombre",1,null,null]]'
    signed = '[["Bruno","2026-01-01T00:00:00+00:00",0,"formulaire"]]'
    assert go_together(sceau, f'[[1,1],{signed},[0,1],[[3,null,"relu"]]]')
    assert not go_together(sceau, f'[[1,1],{signed},[0,1],[[4,null,"relu"]]]')
