"""What a typing means: a number, a confirmed zero, or nothing (R13, R14)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.assemblage.tableaux.reponses import told as told_in_documents
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Fait
from paqte.domain.declarations.controles import Contexte, check, errors
from paqte.domain.declarations.reponses import (
    UNSTORABLE,
    AnswerTyped,
    answer_told,
    comment_field,
    field_of,
    part_kind,
    settle,
    typing_faults,
)
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.saisie.nombres import COMPTE, EUROS
from paqte.domain.statuts.declarations import MANQUANTE, NEANT, NOMBRE
from tests.domain.phrases import is_french_sentence

GRID = catalogue().indicateurs
SEMESTRE = Periode(2026, "S", 1)
figures = st.none() | st.sampled_from([Decimal(0), Decimal("0.00"), Decimal(3), Decimal("2.5")])
typings = st.builds(AnswerTyped, figures, figures, figures, st.booleans())


@pytest.mark.parametrize(
    ("typed", "reponse", "valeur"),
    [
        (AnswerTyped(), MANQUANTE, None),
        (AnswerTyped(Decimal(3)), NOMBRE, Decimal(3)),
        (AnswerTyped(Decimal(0)), NEANT, Decimal(0)),
        (AnswerTyped(is_neant=True), NEANT, Decimal(0)),
        (AnswerTyped(Decimal(0), is_neant=True), NEANT, Decimal(0)),
        (AnswerTyped(Decimal(3), is_neant=True), NEANT, Decimal(3)),  # kept, so that the contradiction is said
    ],
)
def test_R13_left_empty_is_missing_and_a_zero_typed_is_confirmed(
    typed: AnswerTyped, reponse: str, valeur: Decimal | None
) -> None:
    settled = settle(7, typed, GRID["R3"])
    assert (settled.engagement, settled.indicateur, settled.reponse, settled.valeur) == (7, "R3", reponse, valeur)
    assert (settled.numerateur, settled.denominateur) == (None, None)


@pytest.mark.parametrize(
    ("upper", "lower", "is_neant", "expected"),
    [
        (None, None, False, (MANQUANTE, None, None)),
        (3, 9, False, (NOMBRE, 3, 9)),
        (3, None, False, (NOMBRE, 3, None)),
        (None, 9, False, (NOMBRE, None, 9)),
        (0, 9, False, (NEANT, 0, 9)),
        (0, 0, False, (NEANT, 0, 0)),
        (0, None, False, (NOMBRE, 0, None)),
        (None, None, True, (NEANT, None, None)),
        (None, 9, True, (NEANT, 0, 9)),
        (3, 9, True, (NEANT, 3, 9)),
    ],
)
def test_R14_a_ratio_keeps_its_two_numbers(
    upper: int | None, lower: int | None, is_neant: bool, expected: tuple[str, int | None, int | None]
) -> None:
    typed = AnswerTyped(
        numerateur=None if upper is None else Decimal(upper),
        denominateur=None if lower is None else Decimal(lower),
        is_neant=is_neant,
    )
    settled = settle(7, typed, GRID["F1p"])
    assert (settled.reponse, settled.numerateur, settled.denominateur) == expected
    assert settled.valeur is None


@given(typings, st.sampled_from(["R3", "F1p", "R1", "X1", "A2"]))
def test_R13_what_no_error_stops_is_what_a_base_can_hold(typed: AnswerTyped, code: str) -> None:
    """Held against the constraints of the table: missing has no figure, zero is zero, a ratio is two numbers."""
    settled = settle(7, typed, GRID[code])
    faults = [
        *typing_faults(settled, typed, GRID[code], SEMESTRE),
        *errors(check([settled], Contexte(SEMESTRE, catalogue()))),
    ]
    if {fault.code for fault in faults} & UNSTORABLE:
        return
    has_figure = settled.valeur is not None or settled.numerateur is not None
    assert (settled.numerateur is None) == (settled.denominateur is None)
    if settled.reponse == MANQUANTE:
        assert not has_figure
    elif settled.reponse == NEANT:
        assert not settled.valeur
        assert not settled.numerateur
    else:
        assert has_figure


def test_R13_a_tick_beside_a_numerator_is_said_to_contradict_it() -> None:
    typed = AnswerTyped(numerateur=Decimal(3), is_neant=True)
    (fault,) = check([settle(7, typed, GRID["F1p"])], Contexte(SEMESTRE, catalogue()))
    assert fault.code == "neant_et_valeur"
    assert is_french_sentence(fault.message)


@pytest.mark.parametrize(
    ("valeur", "day", "expected"),
    [
        (1, date(2026, 6, 30), []),
        (1, date(2020, 1, 1), []),
        (1, None, []),
        (1, date(2026, 7, 1), ["date_apres"]),
        (0, date(2026, 6, 30), ["date_sans_oui"]),
        (None, date(2026, 6, 30), ["date_sans_oui"]),
    ],
)
def test_the_date_of_a_yes_goes_with_a_yes_and_not_after_the_period(
    valeur: int | None, day: date | None, expected: list[str]
) -> None:
    typed = AnswerTyped(None if valeur is None else Decimal(valeur), datee_du=day)
    faults = typing_faults(settle(7, typed, GRID["R1"]), typed, GRID["R1"], SEMESTRE)
    assert [fault.code for fault in faults] == expected
    assert all(is_french_sentence(fault.message) for fault in faults)


def test_a_finding_stands_beside_the_field_it_is_about() -> None:
    typed = AnswerTyped(Decimal(0), datee_du=date(2026, 1, 1))
    (dated,) = typing_faults(settle(7, typed, GRID["R1"]), typed, GRID["R1"], SEMESTRE)
    assert field_of(dated, GRID["R1"]) == "date_7"
    (half,) = check([settle(7, AnswerTyped(numerateur=Decimal(3)), GRID["F1p"])], Contexte(SEMESTRE, catalogue()))
    assert field_of(half, GRID["F1p"]) == "numerateur_7"
    assert field_of(half, GRID["R3"]) == "valeur_7"
    assert comment_field(7, "saut") == "explication_7_saut"


def test_R14_the_numbers_of_a_ratio_are_typed_as_what_they_count() -> None:
    assert part_kind(GRID["F1p"], catalogue()) == COMPTE
    assert part_kind(GRID["A2p"], catalogue()) == EUROS


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ((MANQUANTE, None, None, None), "S2", "sans réponse"),
        ((NEANT, 0, None, None), "S2", "zéro confirmé"),
        ((NEANT, None, None, None), "F1p", "zéro confirmé"),
        ((NEANT, None, 0, 5), "F1p", "zéro confirmé (0 sur 5)"),
        ((NOMBRE, None, 3, 1200), "F1p", "3 sur 1\u202f200"),
        ((NOMBRE, 1234, None, None), "S2", "1\u202f234"),
        ((NOMBRE, Decimal("1234.5"), None, None), "A2", "1\u202f234,50"),
        ((NOMBRE, 1, None, None), "R1", "oui"),
        ((NEANT, 0, None, None), "R1", "non"),
        ((NOMBRE, 7, None, None), "INCONNU", "7"),
    ],
)
def test_R13_R14_an_answer_is_told_in_one_way_and_nil_out_of_something_says_out_of_what(
    given: tuple[str, Decimal | int | None, Decimal | int | None, Decimal | int | None], code: str, told: str
) -> None:
    """A correction from 0 of 5 to 0 of 12 read « zéro confirmé », before and after."""
    known = catalogue().indicateurs.get(code)
    fait = Fait("41", 1, 1, 1, code, 1, "2026-T1", *given)
    assert answer_told(fait, known, known.unite if known else "") == told
    assert told_in_documents(fait) == told
