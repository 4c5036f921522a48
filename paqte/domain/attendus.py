"""What a signatory owes, when, and since when: derived from its own convention, never from a common form.

The one rule that pages, lists, mails, counts and documents read (R5, R11, R41, R42).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from paqte.domain.catalogue import Catalogue
from paqte.domain.conventions import PROJET, Dates
from paqte.domain.periodes import Periode, periodes_between


def covered_periods(dates: Dates, rythme: str, window: Periode) -> tuple[Periode, ...]:
    """The convention's own periods that end inside the window and in which it binds at least one day.

    By its dates alone: it may answer for them. One signed or ended inside a period covers that period. A semester
    declarant covers nothing inside a lone quarter (R11).
    """
    if dates.statut == PROJET:
        return ()
    own = periodes_between(dates.debut, dates.effective_end, rythme)
    return tuple(p for p in own if window.contains(p))


@dataclass(frozen=True, slots=True)
class Suivi:
    """All that tells what a convention owes. A charte owes nothing: it has none (R7).

    `depuis` is the first day that the département follows; `anterieures` holds the periods that were over when the
    convention was typed, each with the day since which it is asked all the same, None when it is not (R42).
    """

    dates: Dates
    rythme: str
    indicateurs: tuple[str, ...]
    depuis: date = date.min
    anterieures: Mapping[str, date | None] = field(default_factory=dict)

    def followed(self, window: Periode) -> tuple[Periode, ...]:
        """The periods inside the window that the préfecture follows and asks of it, whatever it promises (R42)."""
        return tuple(p for p in covered_periods(self.dates, self.rythme, window) if self._is_asked(p))

    def owed(self, window: Periode, grid: Catalogue) -> tuple[Periode, ...]:
        """Of those, the periods with at least one question: without any, nothing is owed (R41)."""
        return tuple(p for p in self.followed(window) if owed_indicators(self.indicateurs, p, grid))

    def since(self, periode: Periode) -> date | None:
        """The day from which the dates of a period count, when it was asked late; None for the usual ones."""
        return self.anterieures.get(periode.code)

    def _is_asked(self, periode: Periode) -> bool:
        is_left_out = periode.code in self.anterieures and self.anterieures[periode.code] is None
        return periode.debut >= self.depuis and not is_left_out


def owed_indicators(indicateurs: Iterable[str], periode: Periode, grid: Catalogue) -> tuple[str, ...]:
    """Of the engaged indicators, those the grid still counts in the period (a closed measure is not owed)."""
    known = (grid.indicateurs.get(code) for code in indicateurs)
    return tuple(i.code for i in known if i and i.is_valid_during(periode.debut, periode.fin))
