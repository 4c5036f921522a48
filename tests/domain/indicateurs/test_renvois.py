"""What a declaration sent back opens again (R18)."""

from __future__ import annotations

import pytest

from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.indicateurs.renvois import reopened

GRID = catalogue()


@pytest.mark.parametrize(
    ("asked", "opened"),
    [
        (["R3"], {"R3", "R3e", "B1", "P08"}),
        (["R3e"], {"R3", "R3e", "B1", "P08"}),
        (["S2"], {"S2", "S2p", "B1", "P01", "S2r"}),
        (["S2p"], {"S2", "S2p", "B1", "P01", "S2r"}),
        (["S7"], {"S7"}),
        (["S7", "A1"], {"S7", "A1"}),
        ([], set()),
    ],
)
def test_R18_an_answer_opens_with_its_parts_its_totals_and_its_ratios(asked: list[str], opened: set[str]) -> None:
    assert reopened(asked, GRID) == opened


def test_R18_a_total_opens_all_its_parts_and_a_part_not_its_neighbours() -> None:
    parts = set(GRID.indicateurs["B1"].total_de)
    assert parts <= reopened(["B1"], GRID)
    assert reopened(["S3"], GRID) == {"S3", "B1"}


def test_R18_whatever_a_control_may_hold_an_answer_against_opens_with_it() -> None:
    """A "dont" and its whole block one another: whoever may correct one may correct the other."""
    for i in GRID.indicateurs.values():
        if i.dont:
            assert i.dont in reopened([i.code], GRID) and i.code in reopened([i.dont], GRID)
