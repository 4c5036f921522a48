"""What a signatory owes: derived from its own convention, never from a common form (R5, R11)."""

from __future__ import annotations

from collections.abc import Iterable

from paqte.domain.catalogue import Catalogue
from paqte.domain.conventions import PROJET, Dates
from paqte.domain.periodes import Periode, periodes_between


def owed_periods(dates: Dates, rythme: str, window: Periode) -> tuple[Periode, ...]:
    """The convention's own periods that end inside the window and in which it binds at least one day.

    A convention signed or ended inside a period owes that period. A semester declarant owes nothing inside a
    lone quarter (R11).
    """
    if dates.statut == PROJET:
        return ()
    own = periodes_between(dates.debut, dates.effective_end, rythme)
    return tuple(p for p in own if window.contains(p))


def owed_indicators(indicateurs: Iterable[str], periode: Periode, grid: Catalogue) -> tuple[str, ...]:
    """Of the engaged indicators, those the grid still counts in the period (a closed measure is not owed)."""
    known = (grid.indicateurs.get(code) for code in indicateurs)
    return tuple(i.code for i in known if i and i.is_valid_during(periode.debut, periode.fin))
