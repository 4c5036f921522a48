"""How many things stand side by side in a room of the house: as many as a head holds."""

from __future__ import annotations

from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2] / "paqte"
MOST = 10
# Its floors are drawn whole in setup.cfg: they are not rooms among which one looks for something.
WHOLE = HOUSE
ROOMS = sorted({one.parent for one in HOUSE.rglob("__init__.py")})


def side_by_side(room: Path) -> tuple[list[str], list[str]]:
    """The modules of a room, and its own rooms."""
    modules = sorted(one.stem for one in room.glob("*.py") if one.stem != "__init__")
    return modules, sorted(one.parent.name for one in room.glob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(HOUSE.parent)))
def test_a_room_holds_ten_modules_and_ten_rooms_at_most(room: Path) -> None:
    modules, rooms = side_by_side(room)
    assert len(modules) <= MOST, modules
    assert room == WHOLE or len(rooms) <= MOST, rooms


def test_the_count_sees_the_house() -> None:
    assert {"domain", "services", "queries", "web"} <= set(side_by_side(HOUSE)[1])
    assert "consolidation" in side_by_side(HOUSE / "domain")[0]
