"""What is larger than a département and has editions of its own: a région, the nation."""

from __future__ import annotations

# Territories stand under codes of their own, which are no département's.
NATION = "FR"
_REGION = "R"
NATIONAL = "National"
# The legal time of the ministry, not that of a département.
PARIS = "75"


def of_region(code: str) -> str:
    """The territory of a région, by its official code: « R24 »."""
    return f"{_REGION}{code}"


def is_territory(code: str) -> bool:
    """Whether a code is a territory's, and not a département's."""
    return code == NATION or code.startswith(_REGION)


def region_of(territoire: str) -> str | None:
    """The official code of the région, None for the nation."""
    return None if territoire == NATION else territoire.removeprefix(_REGION)
