"""What may be shown beside a hidden number, of a few answers whose every other reading is found by hand (R23)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.assemblage.diffusion.marges import _up_to_four, silent, unexplained
from paqte.domain.assemblage.diffusion.temoins import ANY, TOGETHER, World, bounds_of, states_of
from paqte.domain.secret import MASQUE, PETIT, Cellule, Origin

INFINITY = Decimal("Infinity")
# Whose answer, which one, of which quarter.
ALPHA, ALPHA_2 = ("Alpha", 1, "2026-T1"), ("Alpha", 1, "2026-T2")
BETA, GAMMA, DELTA = ((name, key, "2026-T1") for key, name in enumerate(("Bêta", "Gamma", "Delta"), 2))


def figure(name: str, values: dict[Origin, int], *, said: int | str | None = None, is_total: bool = True) -> Cellule:
    dite = Decimal(said) if isinstance(said, int) else said
    return Cellule(name, "T05", {o: Decimal(v) for o, v in values.items()}, is_total=is_total, dite=dite)


def own(origin: Origin, value: int, said: int | str | None = None) -> Cellule:
    return figure(f"{origin[0]} {origin[2]}", {origin: value}, said=said, is_total=False)


def world(*veiled: Cellule) -> World:
    """A first file, where all these figures hide behind what may be supposed of them."""
    made = World([], [])
    for one in veiled:
        made.veil(one, bounds_of(one.valeur))
    return made


def shown(made: World, cellule: Cellule) -> bool:
    return made.show(cellule, lambda *_: True)


def state(origin: Origin, value: int | Decimal) -> Any:
    return (*origin, Decimal(value))


@pytest.mark.parametrize(("value", "bounds"), [(1, (1, 4)), (4, (1, 4)), (5, (5, INFINITY)), (900, (5, INFINITY))])
def test_R23_a_hidden_figure_is_one_to_four_or_five_and_more(value: int, bounds: tuple[int, Decimal]) -> None:
    assert bounds_of(Decimal(value)) == bounds


def test_R23_one_person_moved_between_two_answers_of_one_company_weighs_no_more_in_their_total() -> None:
    """Alpha makes 17 of 20, the most there may be: its one is a two only if its other answer gives a person."""
    two = {ALPHA: 1, ALPHA_2: 16}
    total = figure("total", {**two, BETA: 2, GAMMA: 1})
    assert shown(world(own(ALPHA, 1), own(ALPHA_2, 16), total), total)
    alone = figure("total", {ALPHA: 1, BETA: 5, GAMMA: 5})
    assert shown(world(own(ALPHA, 1), alone), alone)
    # Who would outweigh the others with one person more has none from them, and one person can be taken from nobody.
    heavy = figure("total", {ALPHA: 17, BETA: 1, GAMMA: 1, DELTA: 1})
    assert shown(world(own(BETA, 1), heavy), heavy), "one of the seventeen may be hers"
    crowd = figure("total", {ALPHA: 1, BETA: 1, GAMMA: 1, DELTA: 1, ("Epsilon", 9, "2026-T1"): 1})
    assert not shown(world(own(ALPHA, 1), crowd), crowd), "five of five companies: each has one"


def test_R23_two_totals_that_differ_by_one_company_tell_its_small_sum_though_neither_answer() -> None:
    """Alpha's one and two may be a two and a one, its three is a three as soon as the total without it is shown."""
    others = figure("entreprises", {BETA: 10, GAMMA: 10, DELTA: 10})
    whole = figure("ensemble", {ALPHA: 1, ALPHA_2: 2, BETA: 10, GAMMA: 10, DELTA: 10})
    made = world(own(ALPHA, 1), own(ALPHA_2, 2), whole, others)
    assert shown(made, whole)
    assert not shown(made, others)
    assert made.is_safe(frozenset({state(ALPHA, 1), state(ALPHA_2, 2)}))
    assert not made.gives(others)
    large = figure("ensemble", {ALPHA: 2, ALPHA_2: 3, BETA: 10, GAMMA: 10, DELTA: 10})
    again = world(own(ALPHA, 2), own(ALPHA_2, 3), large, others)
    assert shown(again, large) and shown(again, others), "five is no small number, and neither of its answers is told"


@pytest.mark.parametrize(("total", "is_safe"), [(5, False), (6, True)])
def test_R23_what_was_published_as_hidden_and_was_five_is_no_other_reading_of_four(total: int, is_safe: bool) -> None:
    """Alpha is at most four, Bêta was shown: a total of five at least leaves Alpha four alone."""
    beta = total - 4
    known = [
        own(ALPHA, 4, PETIT),
        own(BETA, beta, beta),
        figure("total", {ALPHA: 4, BETA: beta}, said=MASQUE),
    ]
    assert World(known, []).is_safe(states_of(known[0])) is is_safe


def test_R23_what_was_hidden_under_five_without_being_said_small_may_be_any_number() -> None:
    known = [own(ALPHA, 4, MASQUE)]
    made = World(known, [])
    assert made.is_safe(states_of(known[0]))
    assert (list(made.small_veils(state(ALPHA, 4))), ANY) == ([], (1, INFINITY))


def test_R23_an_answer_could_lose_down_to_its_least_and_gain_up_to_its_most_or_to_85_percent() -> None:
    given = {ALPHA: 3, BETA: 20, GAMMA: 7, DELTA: 10}
    total = figure("total", given)
    made = world(*(own(origin, value) for origin, value in given.items()), total)
    assert made.spare(state(ALPHA, 3)) == (2, 1)
    assert made.spare(state(BETA, 20)) == (15, INFINITY), "nothing is shown yet"
    assert shown(made, total)
    assert made.spare(state(ALPHA, 3)) == (2, 1)
    assert made.spare(state(BETA, 20)) == (15, 34 - 20)
    assert made.spare(state(GAMMA, 7)) == (2, 34 - 7)


def test_R23_what_else_a_company_gave_is_hidden_too_when_its_weight_is_measured() -> None:
    """Bêta's other answer of twelve is five at least: 25 of 52, of which 85 % is 44.2."""
    beta_2 = ("Bêta", 2, "2026-T2")
    given = {BETA: 20, beta_2: 12, GAMMA: 10, DELTA: 10}
    total = figure("total", given)
    made = world(*(own(origin, value) for origin, value in given.items()), total)
    assert shown(made, total)
    assert made.spare(state(BETA, 20)) == (15, 44 - 25)
    assert made.spare(state(beta_2, 12)) == (7, 44 - 17)


def test_R23_a_corrected_answer_is_small_if_it_ever_was_and_moves_within_both_its_figures() -> None:
    known = [own(ALPHA, 3, PETIT), own(BETA, 12, 12)]
    made = World(known, [])
    made.veil(own(ALPHA, 12), bounds_of(Decimal(12)))
    both = state(ALPHA, TOGETHER)
    assert (made.is_corrected(both), made.is_corrected(state(BETA, 12))) == (True, False)
    assert [made.is_small(one) for one in (both, state(ALPHA, 3), state(ALPHA, 12))] == [True, True, False]
    assert made.spare(both) == (2, 1), "down to one and to five, up to four"
    assert [made.is_told(one) for one in (state(BETA, 12), state(ALPHA, 3))] == [True, False]
    assert list(made.small_veils(state(BETA, 12))) == []


def test_R23_a_veil_under_five_is_told_with_what_it_is_short_of_four() -> None:
    sums = figure("somme", {ALPHA: 1, BETA: 2})
    made = world(own(ALPHA, 1), sums, figure("large", {ALPHA: 1, GAMMA: 9}))
    assert dict(made.small_veils(state(ALPHA, 1))) == {"Alpha 2026-T1": 3, "somme": 1}


def test_R23_a_figure_is_inside_another_that_counts_all_its_answers_and_more() -> None:
    part, whole = figure("part", {ALPHA: 9, BETA: 9}), figure("whole", {ALPHA: 9, BETA: 9, GAMMA: 9, DELTA: 9})
    aside = figure("aside", {ALPHA: 9, GAMMA: 9, DELTA: 9})
    made = world(part, whole, aside)
    assert shown(made, aside) and not made.is_inside(part), "it does not count Bêta"
    assert shown(made, whole) and made.is_inside(part)
    assert not made.is_inside(whole)
    made.supposing(part)
    assert sorted(map(len, made.alike())) == [1, 1, 2]
    made.forgetting(part)
    groups = [sorted(one[0] for one in group) for group in made.alike(part)]
    assert sorted(groups) == [["Alpha", "Delta", "Gamma"], ["Bêta"]]


def test_R23_a_total_that_stays_hidden_takes_no_cover_away_from_a_small_number() -> None:
    """The second total would leave Delta alone: it hides, and Alpha is as before among the three of the first."""
    lines = [own(ALPHA, 2), own(BETA, 10), own(GAMMA, 10), own(DELTA, 3)]
    first, second = figure("first", {ALPHA: 2, BETA: 10, GAMMA: 10}), figure("second", {BETA: 10, GAMMA: 10, DELTA: 3})
    made = world(*lines, first, second)
    assert silent(made, [first, second, *lines], ()) == {"second", "Bêta 2026-T1"}
    assert silent(world(*lines, first), [first, *lines], ()) == {"Bêta 2026-T1"}


def test_R23_answers_that_are_under_five_together_gain_up_to_four_together() -> None:
    """One and two are three: one person more between them. A correction of a one to a four gains nobody by itself."""
    plain = world(own(ALPHA, 1), own(ALPHA_2, 2), figure("somme", {ALPHA: 1, ALPHA_2: 2}))
    each = {one: plain.spare(one)[1] for one in (state(ALPHA, 1), state(ALPHA_2, 2))}
    assert (list(each.values()), _up_to_four(plain, each)) == ([3, 2], 1)
    apart = world(own(ALPHA, 1), own(BETA, 2))
    both = {one: apart.spare(one)[1] for one in (state(ALPHA, 1), state(BETA, 2))}
    assert _up_to_four(apart, both) == 5
    made = World([own(ALPHA, 4, PETIT)], [])
    for one in (own(ALPHA, 1), own(ALPHA_2, 1), figure("somme", {ALPHA: 1, ALPHA_2: 1})):
        made.veil(one, bounds_of(one.valeur))
    moved = {one: made.spare(one)[1] for one in (state(ALPHA, TOGETHER), state(ALPHA_2, 1))}
    assert (list(moved.values()), _up_to_four(made, moved)) == ([0, 3], 2)


def test_R23_a_former_total_is_asked_why_it_hid_only_if_it_hid_and_could_have_been_shown() -> None:
    """Of what answers the file shows nowhere: hidden beside small ones it says something of them."""
    given = {ALPHA: 3, ALPHA_2: 9, BETA: 2, GAMMA: 10}
    hid, was_shown = figure("hid", given, said=MASQUE), figure("shown", given, said=24)
    of_two = figure("two", {ALPHA: 3, GAMMA: 10}, said=MASQUE)
    alone = figure("alone", {ALPHA_2: 9, BETA: 2, GAMMA: 10, DELTA: 10}, said=MASQUE)
    lines = [own(origin, value) for origin, value in given.items()]
    assert unexplained(world(*lines, hid), [hid, of_two], ()) == [(hid, states_of(hid))]
    assert unexplained(world(*lines, was_shown), [was_shown], ()) == []
    few = {states_of(hid)}
    assert unexplained(world(*lines, hid), [hid], few) == [], "it would tell a total of few"
    beside = world(*lines, own(DELTA, 10), hid, alone)
    beside.supposing(hid)
    told = unexplained(beside, [alone], ())
    assert [(total.cle, sorted(one[:3] for one in untold)) for total, untold in told] == [("alone", [DELTA])]
