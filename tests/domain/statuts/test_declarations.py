"""The life of a declaration (R13, R18)."""

from __future__ import annotations

from itertools import product

import pytest

from paqte.domain.statuts.declarations import (
    A_COMPLETER,
    A_SAISIR,
    ACTS,
    BROUILLON,
    ETATS,
    MANQUANTE,
    NEANT,
    NOMBRE,
    RENVOYER,
    REPONSES,
    ROUVRIR,
    SAISIR,
    TRANSITIONS,
    TRANSMETTRE,
    TRANSMISE,
    VALIDEE,
    VALIDER,
    TransitionRefused,
    may,
    next_state,
)
from tests.domain.phrases import is_french_sentence

REFUSED = None
# Every state and every act, spelled out apart from the product's own table.
EXPECTED: dict[str, dict[str, str | None]] = {
    A_SAISIR: {SAISIR: BROUILLON, TRANSMETTRE: TRANSMISE, RENVOYER: REFUSED, VALIDER: REFUSED, ROUVRIR: REFUSED},
    BROUILLON: {SAISIR: BROUILLON, TRANSMETTRE: TRANSMISE, RENVOYER: REFUSED, VALIDER: REFUSED, ROUVRIR: REFUSED},
    TRANSMISE: {SAISIR: REFUSED, TRANSMETTRE: REFUSED, RENVOYER: A_COMPLETER, VALIDER: VALIDEE, ROUVRIR: REFUSED},
    A_COMPLETER: {SAISIR: A_COMPLETER, TRANSMETTRE: TRANSMISE, RENVOYER: REFUSED, VALIDER: REFUSED, ROUVRIR: REFUSED},
    VALIDEE: {SAISIR: REFUSED, TRANSMETTRE: REFUSED, RENVOYER: REFUSED, VALIDER: REFUSED, ROUVRIR: A_COMPLETER},
}
CASES = [(etat, act, EXPECTED[etat][act]) for etat, act in product(EXPECTED, ACTS)]


def test_R18_every_state_and_act_is_decided() -> None:
    assert set(EXPECTED) == set(ETATS)
    assert all(set(acts) == set(ACTS) for acts in EXPECTED.values())
    assert set(TRANSITIONS) <= set(product(ETATS, ACTS))


@pytest.mark.parametrize(("etat", "act", "after"), [case for case in CASES if case[2]])
def test_R18_an_act_allowed_leads_to_its_state(etat: str, act: str, after: str) -> None:
    assert may(etat, act)
    assert next_state(etat, act) == after


@pytest.mark.parametrize(("etat", "act"), [case[:2] for case in CASES if not case[2]])
def test_R18_any_other_act_is_refused_in_french_with_what_may_be_done(etat: str, act: str) -> None:
    assert not may(etat, act)
    with pytest.raises(TransitionRefused, match=f"« {ETATS[etat].lower()} » : ") as refusal:
        next_state(etat, act)
    assert is_french_sentence(str(refusal.value))


def test_R18_every_state_can_be_reached_and_left() -> None:
    reached = {A_SAISIR}
    for _ in ETATS:
        reached |= {after for (etat, _act), after in TRANSITIONS.items() if etat in reached}
    assert reached == set(ETATS)
    assert {etat for etat, _act in TRANSITIONS} == set(ETATS)


def test_R18_a_validated_declaration_is_frozen_until_it_is_reopened() -> None:
    assert [act for act in ACTS if may(VALIDEE, act)] == [ROUVRIR]


def test_R18_nothing_is_validated_without_having_been_handed_in() -> None:
    assert [key for key, after in TRANSITIONS.items() if after == VALIDEE] == [(TRANSMISE, VALIDER)]


def test_R18_what_a_referent_reads_cannot_change_under_their_eyes() -> None:
    assert not may(TRANSMISE, SAISIR)
    assert not may(TRANSMISE, TRANSMETTRE)


def test_R13_a_value_is_a_number_a_confirmed_zero_or_missing() -> None:
    assert set(REPONSES) == {NOMBRE, NEANT, MANQUANTE}
