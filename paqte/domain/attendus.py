"""What a signatory owes, when, and since when: derived from its own convention, never from a common form.

The one rule that pages, lists, mails, counts and documents read (R5, R11, R37, R41, R42).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from paqte.domain.calendrier.agenda import Agenda
from paqte.domain.calendrier.campagnes import Campagne
from paqte.domain.calendrier.periodes import Periode, periodes_between
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.statuts.conventions import PROJET, SEMESTRE, TRIMESTRE, Dates
from paqte.domain.statuts.declarations import A_COMPLETER, A_SAISIR, NEVER_SENT, SENT


def covered_periods(dates: Dates, rythme: str, window: Periode) -> tuple[Periode, ...]:
    """The convention's own periods that end inside the window and in which it binds at least one day.

    By its dates alone: it may answer for them. One signed or ended inside a period covers that period. A semester
    declarant covers nothing inside a lone quarter (R11).
    """
    if dates.statut == PROJET:
        return ()
    start, end = max(dates.debut, window.debut), min(dates.effective_end, window.dernier_jour)
    return tuple(p for p in periodes_between(start, end, rythme) if window.contains(p))


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
    _covered: dict[Periode, tuple[Periode, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    # Each answer beside the very grid it was worked out with: under another one it is worked out anew.
    _owes: dict[Periode, tuple[Catalogue, bool]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _owed: dict[int, tuple[Catalogue, tuple[Periode, ...]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def followed(self, window: Periode) -> tuple[Periode, ...]:
        """The periods inside the window that the préfecture follows and asks of it, whatever it promises (R42)."""
        return tuple(p for p in self._covers(window) if self._is_asked(p))

    def _covers(self, window: Periode) -> tuple[Periode, ...]:
        """Its own periods inside the window, worked out once a window: every page and mail asks again."""
        found = self._covered.get(window)
        if found is None:
            found = self._covered[window] = covered_periods(self.dates, self.rythme, window)
        return found

    def owed(self, window: Periode, grid: Catalogue) -> tuple[Periode, ...]:
        """Of those, the periods with at least one question: without any, nothing is owed (R41)."""
        return tuple(p for p in self.followed(window) if self._promises(p, grid))

    def owes(self, periode: Periode, grid: Catalogue) -> bool:
        """Whether that one period is owed."""
        kept = self._owes.get(periode)
        if kept is None or kept[0] is not grid:
            kept = self._owes[periode] = (grid, periode in self.owed(periode, grid))
        return kept[1]

    def asks_something(self, periode: Periode, grid: Catalogue) -> bool:
        """Whether it may answer for one of its periods, asked or not: it then promises something (R41, R42)."""
        return self.covers(periode) and self._promises(periode, grid)

    def owed_by(self, today: date, grid: Catalogue) -> tuple[Periode, ...]:
        """All that is owed of the periods over on that day, whatever their age, then the first one to come."""
        owed = self._owed_until(today.year + 1, grid)
        closed = bisect_right(owed, today, key=lambda p: p.fin)
        return owed[: closed + 1]

    def _owed_until(self, year: int, grid: Catalogue) -> tuple[Periode, ...]:
        """All that is owed until the end of a year, in order: the steps of one page ask on many days of few years."""
        kept = self._owed.get(year)
        if kept is None or kept[0] is not grid:
            start, end = max(self.dates.debut, self.depuis), min(self.dates.effective_end, date(year, 12, 31))
            own = periodes_between(start, end, self.rythme)
            kept = self._owed[year] = (grid, tuple(p for p in own if self.owes(p, grid)))
        return kept[1]

    def _promises(self, periode: Periode, grid: Catalogue) -> bool:
        return not grid.counted_during(periode.debut, periode.fin).isdisjoint(self.indicateurs)

    def covers(self, periode: Periode) -> bool:
        """Whether it is one of the convention's own periods, in which it binds (R45)."""
        return periode in self._covers(periode)

    def since(self, periode: Periode) -> date | None:
        """The day from which the dates of a period count, when it was asked late; None for the usual ones."""
        return self.anterieures.get(periode.code)

    def _is_asked(self, periode: Periode) -> bool:
        is_left_out = periode.code in self.anterieures and self.anterieures[periode.code] is None
        return periode.debut >= self.depuis and not is_left_out


def semester_instead(suivi: Suivi, window: Periode) -> Periode | None:
    """The semester that it answers for in place of a lone quarter in which it binds; None when it has none (R11)."""
    is_binding = suivi.dates.statut != PROJET and window.overlaps(suivi.dates.debut, suivi.dates.effective_end)
    if window.genre != TRIMESTRE or suivi.rythme != SEMESTRE or not is_binding:
        return None
    return Periode.containing(window.debut, SEMESTRE)


def is_semester_declarant(suivi: Suivi, window: Periode, grid: Catalogue) -> bool:
    """Whether it owes a semester instead; one of which nothing is asked for it either is no declarant (R41, R42)."""
    semestre = semester_instead(suivi, window)
    return semestre is not None and suivi.owes(semestre, grid)


@dataclass(frozen=True, slots=True)
class Echeance:
    """One period of one convention on a civil day: whether it is asked, its dates, where its declaration stands.

    What nobody asked for is never late, missing or reminded, though it may have been begun (R41, R42).
    """

    dates: Campagne
    etat: str
    is_owed: bool
    is_covered: bool
    today: date

    @property
    def periode(self) -> Periode:
        return self.dates.periode

    @property
    def ouverture(self) -> date:
        return self.dates.ouverture

    @property
    def limite(self) -> date:
        """The last day on which an answer is in time."""
        return self.dates.echeance

    @property
    def fermeture(self) -> date | None:
        """The last day on which the company can answer alone; None while none is set."""
        return self.dates.fermeture

    @property
    def is_open(self) -> bool:
        """Whether it may be sent: a draft prepared before the opening waits for that day."""
        return self.today >= self.ouverture or self.etat not in NEVER_SENT

    @property
    def is_running(self) -> bool:
        """Whether its company may prepare it already: asked, begun as a period, not to be sent yet (R12)."""
        return self.is_owed and not self.is_open and self.today >= self.periode.debut

    @property
    def is_sent(self) -> bool:
        return self.etat in SENT

    @property
    def is_missing(self) -> bool:
        """Owed, and neither sent nor validated."""
        return self.is_owed and not self.is_sent

    @property
    def is_late(self) -> bool:
        """Owed, its due day over, and never sent: what was asked back makes nobody late who had answered (R18)."""
        return self.is_owed and self.etat in NEVER_SENT and self.today > self.limite

    @property
    def is_closed(self) -> bool:
        """Whether the company can no longer answer alone what it never sent."""
        return self.etat in NEVER_SENT and self.dates.is_closed_to_companies(self.today)

    @property
    def is_waiting(self) -> bool:
        """Whether the company has something to do: what is owed, or what its référent asked back."""
        asked = self.is_owed or (self.is_covered and self.etat == A_COMPLETER)
        return asked and self.is_open and not self.is_closed and not self.is_sent


def echeances(
    suivi: Suivi,
    declared: Mapping[str, str],
    *,
    agenda: Agenda,
    today: date,
    grid: Catalogue,
    windows: Sequence[Periode] | None = None,
) -> Iterator[Echeance]:
    """What `periods_told` gives, each with its dates and where it stands; `declared` gives states by code of period."""
    for periode in periods_told(suivi, declared, today=today, grid=grid, windows=windows):
        yield echeance(suivi, periode, declared.get(periode.code), agenda=agenda, today=today, grid=grid)


def periods_told(
    suivi: Suivi,
    declared: Iterable[str],
    *,
    today: date,
    grid: Catalogue,
    windows: Sequence[Periode] | None = None,
) -> Iterable[Periode]:
    """Each period owed, and each begun though nobody asked for it; `declared` are codes of periods.

    Inside `windows`, quarters, semesters or years that do not overlap; without any, all that is owed until the period
    that opens next. The begun ones come first, those of `windows` among them alone being given by the caller.
    """
    if windows is None:
        owed = suivi.owed_by(today, grid)
    else:
        owed = tuple(p for window in windows for p in suivi.owed(window, grid))
    return dict.fromkeys((*map(Periode.from_code, declared), *owed))


def echeance(
    suivi: Suivi, periode: Periode, etat: str | None, *, agenda: Agenda, today: date, grid: Catalogue
) -> Echeance:
    """One period of one convention; `etat` None when nobody opened its declaration."""
    return Echeance(*echeance_row(suivi, periode, etat, agenda=agenda, today=today, grid=grid))


def echeance_row(
    suivi: Suivi, periode: Periode, etat: str | None, *, agenda: Agenda, today: date, grid: Catalogue
) -> tuple[Campagne, str, bool, bool, date]:
    """What an Echeance is made of, for those that tell more: thousands a page are made once."""
    return (
        agenda.campagne(periode, suivi.since(periode)),
        A_SAISIR if etat is None else etat,
        suivi.owes(periode, grid),
        suivi.covers(periode),
        today,
    )


def owed_indicators(indicateurs: Iterable[str], periode: Periode, grid: Catalogue) -> tuple[str, ...]:
    """Of the engaged indicators, those the grid still counts in the period (a closed measure is not owed)."""
    counted = grid.counted_during(periode.debut, periode.fin)
    return tuple(code for code in indicateurs if code in counted)
