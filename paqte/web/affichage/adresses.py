"""What addresses name."""

from __future__ import annotations

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import NotFound


def period_of(code: str, genre: str) -> Periode:
    """The period of an address; NotFound unless it is one of this `genre` (of domain.periodes)."""
    try:
        periode = Periode.from_code(code)
    except ValueError as error:
        raise NotFound("Cette période") from error
    if periode.genre != genre:
        raise NotFound("Cette période")
    return periode
