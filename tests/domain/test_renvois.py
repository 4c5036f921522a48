"""What a declaration sent back opens again (R18)."""

from __future__ import annotations

import pytest

from paqte.domain.catalogue import catalogue
from paqte.domain.renvois import hanging_together

GRID = catalogue()


@pytest.mark.parametrize(
    ("asked", "opened"),
    [("R3", {"R3", "R3e"}), ("R3e", {"R3", "R3e"}), ("S2", {"S2", "S2p"}), ("S2p", {"S2", "S2p"}), ("S7", {"S7"})],
)
def test_R18_a_part_its_whole_and_the_ratio_that_counts_them_open_together(asked: str, opened: set[str]) -> None:
    assert opened <= hanging_together([asked], GRID)
    assert "A2" not in hanging_together([asked], GRID)


def test_R18_whatever_is_asked_opens_the_same_family_from_any_of_its_members() -> None:
    for code in GRID.indicateurs:
        family = hanging_together([code], GRID)
        assert code in family
        assert all(hanging_together([member], GRID) == family for member in family)


def test_nothing_asked_opens_nothing() -> None:
    assert hanging_together([], GRID) == frozenset()
