"""One quantity is typed once: what repeats it is filled from it, and somebody who changes it says why (R10, R13)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.controles import Contexte, Reponse, check
from paqte.domain.declarations.reponses import AnswerTyped
from paqte.domain.declarations.reprises import settle_all
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.indicateurs.renvois import reopened
from paqte.domain.statuts.declarations import MANQUANTE, NEANT, NOMBRE

GRID = catalogue()
S2, P01, S2P, R3E, P08 = 1, 2, 3, 4, 5
CODES = {S2: "S2", P01: "P01", S2P: "S2p", R3E: "R3e", P08: "P08"}
T3 = Periode.from_code("2026-T3")


def answer(key: int, value: int | str | None) -> Reponse:
    if value is None:
        return Reponse(key, CODES[key], MANQUANTE)
    if value == "néant":
        return Reponse(key, CODES[key], NEANT, Decimal(0))
    return Reponse(key, CODES[key], NOMBRE, Decimal(value))


def share(upper: int, lower: int) -> Reponse:
    return Reponse(S2P, "S2p", NOMBRE if upper else NEANT, None, Decimal(upper), Decimal(lower))


def typed(value: int | str | None, *, own: bool = False) -> AnswerTyped:
    if value == "néant":
        return AnswerTyped(is_neant=True, is_own=own)
    return AnswerTyped(valeur=None if value is None else Decimal(value), is_own=own)


def typed_share(upper: int | None, lower: int | None, *, own: bool = False) -> AnswerTyped:
    numbers = [None if number is None else Decimal(number) for number in (upper, lower)]
    return AnswerTyped(numerateur=numbers[0], denominateur=numbers[1], is_own=own)


def settled(
    given: dict[int, AnswerTyped], stored: dict[int, Reponse], *, not_owed: frozenset[int] = frozenset()
) -> dict[int, Reponse]:
    whole = {key: answer(key, None) for key in CODES} | stored
    return settle_all(given, whole, set(CODES) - not_owed, GRID)


@pytest.mark.parametrize(
    ("source", "mine", "kept"),
    [
        (12, None, 12),
        ("néant", None, "néant"),
        (0, None, "néant"),
        (None, None, None),
        (12, 12, 12),
        (12, 15, 15),
        (12, "néant", "néant"),
        ("néant", 3, 3),
        (None, 3, 3),
    ],
)
def test_R13_left_empty_a_figure_is_the_one_it_repeats_and_missing_stays_missing(
    source: int | str | None, mine: int | str | None, kept: int | str | None
) -> None:
    assert settled({S2: typed(source), P01: typed(mine)}, {})[P01] == answer(P01, kept)


@pytest.mark.parametrize(
    ("before", "source_before", "source", "mine", "own", "kept"),
    [
        # Left as it was filled, it follows the correction of the other.
        (12, 12, 14, 12, False, 14),
        (12, 12, None, 12, False, None),
        (12, 12, "néant", 12, False, "néant"),
        ("néant", "néant", 5, "néant", False, 5),
        # Filled on the page and not stored yet.
        (None, 12, 14, 12, False, 14),
        # Touched, or given otherwise before, it is somebody's.
        (12, 12, 14, 12, True, 12),
        (12, 12, 14, 13, False, 13),
        (15, 12, 14, 15, False, 15),
        (15, 12, 15, 15, False, 15),
        ("néant", 12, 14, "néant", False, "néant"),
        # Emptied, it is filled again.
        (15, 12, 12, None, False, 12),
    ],
)
def test_a_figure_left_as_it_was_filled_follows_the_one_it_repeats(
    before: int | str | None,
    source_before: int | str | None,
    source: int | str | None,
    mine: int | str | None,
    own: bool,
    kept: int | str | None,
) -> None:
    stored = {S2: answer(S2, source_before), P01: answer(P01, before)}
    found = settled({S2: typed(source), P01: typed(mine, own=own)}, stored)
    assert found[P01] == answer(P01, kept)


def test_a_door_that_gives_the_one_alone_fills_the_other() -> None:
    assert settled({S2: typed(12)}, {})[P01] == answer(P01, 12)
    filled = {S2: answer(S2, 12), P01: answer(P01, 12)}
    assert settled({S2: typed(14)}, filled)[P01] == answer(P01, 14)


def test_nothing_moves_that_nobody_typed() -> None:
    """A declaration sent before, where one was answered and the other left empty, is asked about something else."""
    old = {S2: answer(S2, 12)}
    assert settled({R3E: typed(1)}, old)[P01] == answer(P01, None)
    changed = {S2: answer(S2, 12), P01: answer(P01, 15)}
    assert settled({S2: typed(14)}, changed)[P01] == answer(P01, 15)


def test_a_measure_that_is_not_owed_is_not_filled() -> None:
    found = settled({R3E: typed(2), P08: typed(None)}, {}, not_owed=frozenset({R3E, P08}))
    assert found[P08] == answer(P08, None)


def test_a_tick_beside_a_number_is_refused_where_it_is_and_repeated_nowhere() -> None:
    found = settled({S2: AnswerTyped(valeur=Decimal(3), is_neant=True), P01: typed(None)}, {})
    assert found[P01] == answer(P01, None)


@pytest.mark.parametrize(
    ("source", "given", "own", "kept"),
    [
        (4, (None, 9), False, share(4, 9)),
        ("néant", (None, 9), False, share(0, 9)),
        (4, (4, None), False, answer(S2P, None)),
        (4, (None, None), False, answer(S2P, None)),
        (4, (5, 9), False, share(5, 9)),
        (None, (5, 9), False, share(5, 9)),
        # Half a share that somebody typed is still refused.
        (4, (5, None), False, Reponse(S2P, "S2p", NOMBRE, None, Decimal(5), None)),
        (4, (4, None), True, Reponse(S2P, "S2p", NOMBRE, None, Decimal(4), None)),
        (None, (None, 9), False, Reponse(S2P, "S2p", NOMBRE, None, None, Decimal(9))),
    ],
)
def test_R14_the_first_number_of_a_share_is_the_figure_beside_it_and_the_second_is_asked(
    source: int | str | None, given: tuple[int | None, int | None], own: bool, kept: Reponse
) -> None:
    assert settled({S2: typed(source), S2P: typed_share(*given, own=own)}, {})[S2P] == kept


@pytest.mark.parametrize(
    ("given", "own", "kept"),
    [
        ((4, 9), False, share(6, 9)),
        ((4, 11), False, share(6, 11)),
        ((4, 9), True, share(4, 9)),
        ((5, 9), False, share(5, 9)),
    ],
)
def test_R14_a_share_follows_the_figure_beside_it(given: tuple[int, int], own: bool, kept: Reponse) -> None:
    stored = {S2: answer(S2, 4), S2P: share(4, 9)}
    assert settled({S2: typed(6), S2P: typed_share(*given, own=own)}, stored)[S2P] == kept
    assert settled({S2: typed(6)}, stored)[S2P] == share(6, 9)
    assert settled({S2: typed("néant")}, stored)[S2P] == share(0, 9)


def test_R14_half_a_share_shown_from_a_zero_corrected_since_is_no_answer() -> None:
    given = {S2: typed(4), S2P: typed_share(0, None)}
    assert settled(given, {S2: answer(S2, "néant")})[S2P] == answer(S2P, None)
    assert settled({S2: typed(4), S2P: typed_share(0, 9)}, {S2: answer(S2, "néant")})[S2P] == share(4, 9)


def test_R14_a_share_keeps_its_numbers_when_the_figure_beside_it_goes() -> None:
    stored = {S2: answer(S2, 4), S2P: share(4, 9)}
    assert settled({S2: typed(None), S2P: typed_share(4, 9)}, stored)[S2P] == share(4, 9)


# --- what is asked of whoever changes it -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "mine", "asked"),
    [
        (12, 12, []),
        (12, 15, ["reprise_differente"]),
        ("néant", 3, ["reprise_differente"]),
        (None, 3, []),
        (12, None, []),
    ],
)
def test_R17_a_repeat_that_differs_asks_for_a_sentence(
    source: int | str | None, mine: int | str | None, asked: list[str]
) -> None:
    found = check([answer(S2, source), answer(P01, mine)], Contexte(T3, GRID))
    assert [c.code for c in found] == asked and all(c.engagement == P01 for c in found)


def test_R17_a_repeat_says_both_numbers() -> None:
    found = check([answer(S2, 12), answer(P01, 15)], Contexte(T3, GRID))
    assert (
        found[0].message == "Ce nombre, 15, diffère de celui qu’il reprend, 12 "
        "(« Nombre d’élèves de 3e de REP+/REP/QPV effectivement accueillis en stage »)."
    )


def test_R14_a_share_said_nil_beside_a_figure_that_is_not_asks_for_a_sentence() -> None:
    nil = Reponse(S2P, "S2p", NEANT)
    assert [c.code for c in check([answer(S2, 12), nil], Contexte(T3, GRID))] == ["ratio_discordant"]
    assert check([answer(S2, "néant"), nil], Contexte(T3, GRID)) == ()


def test_R17_one_quantity_is_explained_once() -> None:
    former = {S2: Decimal(2), P01: Decimal(2)}
    found = check([answer(S2, 12), answer(P01, 12)], Contexte(T3, GRID, None, former))
    assert [(c.engagement, c.code) for c in found] == [(S2, "saut")]
    apart = check([answer(S2, 12), answer(P01, 13)], Contexte(T3, GRID, None, former))
    assert {(c.engagement, c.code) for c in apart} == {(S2, "saut"), (P01, "saut"), (P01, "reprise_differente")}
    alone = check([answer(S2, 12), answer(P01, 12)], Contexte(T3, GRID, None, {P01: Decimal(2), S2: Decimal(9)}))
    assert [(c.engagement, c.code) for c in alone] == [(P01, "saut")]


# --- the grid ----------------------------------------------------------------------------------------------


def test_R10_the_grid_says_which_figure_repeats_which() -> None:
    assert {i.code: i.source for i in GRID.indicateurs.values() if i.source} == {
        "S2p": "S2",
        "F1p": "F1",
        "R2p": "R2",
        "A2p": "A2",
        "P01": "S2",
        "P03": "F1",
        "P04": "F3",
        "P08": "R3e",
    }


def test_R18_what_repeats_an_answer_opens_with_it() -> None:
    assert {"S2", "P01", "S2p"} <= reopened(["S2"], GRID)
    assert {"S2", "P01"} <= reopened(["P01"], GRID)
