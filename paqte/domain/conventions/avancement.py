"""Where a signatory stands on its promises: late, silent, on the way, ahead (R6, R13, R18, R22, R42).

What is promised over a term is expected day after day of it, what is promised by year day after day of each. Only flows
accumulate, hence only they tell an advance or a delay; a stock, a share or a yes is not compared with time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from paqte.domain.attendus import Echeance
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Number, summed
from paqte.domain.conventions.objectifs import promised_in
from paqte.domain.statuts.conventions import Dates
from paqte.domain.statuts.declarations import NEVER_SENT, VALIDEE

RETARD, SILENCE, VOIE, AVANCE = "retard", "silence", "voie", "avance"
# In the order in which a référent looks at them.
AVANCEMENTS: dict[str, str] = {
    RETARD: "En retard",
    SILENCE: "Sans réponse récente",
    VOIE: "Dans les temps",
    AVANCE: "En avance",
}
# Two due periods in a row without an answer: one may be a holiday or a change of contact, and reminders follow it.
SILENT_PERIODS = 2
# Fifteen points of the term, nearly two quarters of a three-year convention (a quarter is 8.3): apprentices sign in
# September, pupils come in winter, and a season must put nobody late.
MARGIN = Fraction(15, 100)
WHOLE_TERM: Mapping[int, Number] = {}


class ObjectifAwaited(NamedTuple):
    """One flow that has a target: what is validated since the start, what is aimed at over the term, the share of it
    expected to this day, from 0 to 1. `realise` None: nobody answered (R13).
    """

    libelle: str
    realise: Number | None
    cible: Number
    attendu: Fraction

    @property
    def rate(self) -> Fraction:
        """What is achieved of what is aimed at, exact (R33); a target of 0 is reached."""
        return Fraction(Decimal(self.realise or 0)) / Fraction(Decimal(self.cible)) if self.cible else Fraction(1)

    @property
    def is_behind(self) -> bool:
        return self.rate < self.attendu - MARGIN

    @property
    def is_ahead(self) -> bool:
        return self.rate >= self.attendu + MARGIN


class ProgressVerdict(NamedTuple):
    """One of AVANCEMENTS; `en_retard` are the declarations never sent whose due date is over, `derriere` the flows
    behind, of `mesures` that are measured.
    """

    code: str
    en_retard: tuple[Echeance, ...] = ()
    derriere: tuple[ObjectifAwaited, ...] = ()
    mesures: int = 0

    @property
    def libelle(self) -> str:
        return AVANCEMENTS[self.code]

    @property
    def depuis(self) -> date | None:
        """The first due date that is over."""
        return min((e.limite for e in self.en_retard), default=None)


def expected_share(
    dates: Dates,
    asked: Iterable[Echeance],
    par_annee: Mapping[int, Number] = WHOLE_TERM,
    annees: Iterable[Periode] = (),
) -> Fraction:
    """The share of a target whose answers are due: of periods asked, over their due date, that wait for no référent.

    A target by convention year is expected in its own year, day after day; one of the whole term, over the term (R6).
    A declaration that was sent and not validated yet makes nobody late: its figures are not counted yet (R18). Of
    `annees`, whose whole value is counted, no period is left out, though one of them alone was answered (R11).
    """
    whole = set(annees)
    due = [e.periode for e in asked if _is_due(e) and (e.etat == VALIDEE or e.etat in NEVER_SENT)]
    due = [*whole, *(p for p in due if not any(year.contains(p) for year in whole))]
    cible = summed(par_annee.values()) or Decimal(1)
    by_year = par_annee if any(par_annee.values()) else WHOLE_TERM
    return sum((promised_in(p, dates, cible, by_year) for p in due), Fraction(0)) / Fraction(Decimal(cible))


def verdict_of(
    conventions: Sequence[Sequence[Echeance]], flows: Sequence[ObjectifAwaited], finies: Iterable[Echeance] = ()
) -> ProgressVerdict:
    """Of a signatory: what each of its conventions in force was asked, and their flows that have a target.

    `finies` is what those that are over were asked: the last answers of a convention are due after its end. Silent: the
    last two due periods of a convention in force never sent. Late: a declaration late, or half of the flows at least
    behind. Ahead: half of them at least ahead. Else on the way.
    """
    late = tuple(e for asked in (*conventions, finies) for e in asked if e.is_late)
    measured = [flow for flow in flows if flow.attendu]
    behind = tuple(flow for flow in measured if flow.is_behind)
    told = (late, behind, len(measured))
    if any(map(_is_silent, conventions)):
        return ProgressVerdict(SILENCE, *told)
    if late or (behind and 2 * len(behind) >= len(measured)):
        return ProgressVerdict(RETARD, *told)
    ahead = sum(flow.is_ahead for flow in measured)
    return ProgressVerdict(AVANCE if ahead and 2 * ahead >= len(measured) else VOIE, *told)


def _is_silent(asked: Sequence[Echeance]) -> bool:
    due = sorted((e for e in asked if _is_due(e)), key=lambda e: e.periode.fin)
    last = due[-SILENT_PERIODS:]
    return len(last) == SILENT_PERIODS and all(e.etat in NEVER_SENT for e in last)


def _is_due(e: Echeance) -> bool:
    return e.is_owed and e.today > e.limite
