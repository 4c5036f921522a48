"""How much room a sum must leave so that it does not say why a total beside it hides, counted by hand (R23)."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from paqte.domain.assemblage.diffusion.marges import _margin

# Whose answer, to what, when; and which part of it.
ALPHA, BETA, GAMMA = ((name, "T05", "2026-T1") for name in ("Alpha", "Bêta", "Gamma"))
WHOLE = "entier"


def margin(values: dict[Any, int], group: tuple[Any, ...]) -> int:
    """Of a total of these answers, none told elsewhere, the room that a sum over `group` must leave."""
    states = {origin: (*origin, WHOLE) for origin in values}
    world: Any = SimpleNamespace(is_small=lambda state: values[state[:3]] < 5)
    total: Any = SimpleNamespace(apports={origin: Decimal(value) for origin, value in values.items()})
    return _margin(world, total, list(states.values()), [states[origin] for origin in group])


def test_R23_small_answers_alone_leave_room_from_all_ones_to_all_fours() -> None:
    assert margin({ALPHA: 3, BETA: 2}, (ALPHA, BETA)) == 6
    assert margin({ALPHA: 1, BETA: 40}, (ALPHA,)) == 3


@pytest.mark.parametrize(
    ("values", "group", "beyond"),
    [
        # Alpha at its least is one; with one person more, two: Bêta is above 85 % from twelve on (12 / 14),
        # seven beyond the five that it is at least.
        ({ALPHA: 3, BETA: 10}, (ALPHA, BETA), 7),
        ({ALPHA: 4, BETA: 90}, (ALPHA, BETA), 7),
        # Gamma's seven are known: nine others, 51 / 60 is 85 % and not above, 52 / 61 is.
        ({ALPHA: 3, BETA: 10, GAMMA: 7}, (ALPHA, BETA), 47),
        # At their least, Alpha is one and Gamma five: seven others, 40 / 47 is above, 39 / 46 is not.
        ({ALPHA: 3, BETA: 10, GAMMA: 7}, (ALPHA, BETA, GAMMA), 35),
        # Gamma's five is told, and no small number.
        ({ALPHA: 3, BETA: 10, GAMMA: 5}, (ALPHA, BETA, GAMMA), 35),
    ],
)
def test_R23_with_a_larger_one_the_room_goes_past_the_number_from_which_it_outweighs_the_others(
    values: dict[Any, int], group: tuple[Any, ...], beyond: int
) -> None:
    assert margin(values, group) == beyond + 1


def test_R23_a_sum_over_none_of_a_hidden_total_needs_no_room_for_it() -> None:
    assert margin({ALPHA: 3, BETA: 10}, ()) == 0
