"""What a renewed convention starts from: what the former one achieved in its last twelve months (R6, R22)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode, last_closed
from paqte.domain.consolidation import Fait, Number, consolidate, figure
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.statuts.conventions import ANNEE, SEMESTRE, TRIMESTRE
from paqte.domain.statuts.declarations import MANQUANTE

# How many of its own periods make the last twelve months of a convention.
OF_A_YEAR = {TRIMESTRE: 4, SEMESTRE: 2}


class Promesse(NamedTuple):
    """An engagement of the former convention and the reference it had."""

    id: int
    indicateur: str
    reference: Decimal | None


@dataclass(frozen=True, slots=True)
class Reprise:
    """The references of the next convention by engagement of the former, and those that come from what was achieved.

    `du` and `au` are the days, both inside, over which it was. `partielles` are the engagements of which only a part of
    these days was told: their former reference stays.
    """

    references: Mapping[int, Decimal | None]
    realisees: tuple[int, ...]
    partielles: tuple[int, ...]
    du: date
    au: date


def carried_references(
    promesses: Iterable[Promesse],
    faits: Iterable[Fait],
    rythme: str,
    today: date,
    grid: Catalogue,
    *,
    fin: date,
    annees: Collection[tuple[int, str]] = (),
) -> Reprise:
    """A flow or a ratio over the last twelve months that are over, a stock or a yes as it was last told.

    Twelve months of its own periods, `fin` being its last day: those that end with a lone quarter hold one semester
    alone (R11), and it owes nothing after its end. A flow that was not told for all of them is no year's: missing is
    not zero. There, where nothing was answered, and for a free commitment, the former reference stays (R5, R13).
    `annees` are the engagement and the period of the answers that are those of their whole civil year: one that these
    twelve months do not hold whole is nobody's share of them (R11).
    """
    last = min(last_closed(today, rythme), Periode.containing(fin, rythme), key=lambda p: p.debut)
    first, quarters = last, set(last.parts(TRIMESTRE))
    for _ in range(OF_A_YEAR[rythme] - 1):
        first = first.precedente
        quarters.update(first.parts(TRIMESTRE))
    recent = [f for f in faits if _is_inside(f, first.debut, last.fin) and f.reponse != MANQUANTE]
    references: dict[int, Decimal | None] = {}
    achieved: list[int] = []
    partial: list[int] = []
    for promesse in promesses:
        own = [f for f in recent if f.engagement == promesse.id]
        value = _achieved(promesse, own, grid)
        if value is not None and not (_is_told_once(promesse, grid) or _quarters_told(own, annees) == quarters):
            partial.append(promesse.id)
            value = None
        references[promesse.id] = promesse.reference if value is None else Decimal(value)
        achieved += [promesse.id] if value is not None else []
    return Reprise(references, tuple(achieved), tuple(partial), first.debut, last.dernier_jour)


def _is_told_once(promesse: Promesse, grid: Catalogue) -> bool:
    """Whether what it says of a part of a year may stand for it: its kind is not added up."""
    return not grid.indicateurs[promesse.indicateur].traits.adds_years


def _quarters_told(faits: Iterable[Fait], annees: Collection[tuple[int, str]]) -> set[Periode]:
    """The quarters that these answers tell of: of one that is that of its civil year, the whole year."""
    told = ((Periode.from_code(f.periode), (f.engagement, f.periode) in annees) for f in faits)
    whole = (Periode.containing(p.debut, ANNEE) if is_annual else p for p, is_annual in told)
    return {quarter for p in whole for quarter in p.parts(TRIMESTRE)}


def _is_inside(fait: Fait, debut: date, fin: date) -> bool:
    periode = Periode.from_code(fait.periode)
    return debut <= periode.debut and periode.fin <= fin


def _achieved(promesse: Promesse, faits: Iterable[Fait], grid: Catalogue) -> Number | None:
    indicateur = grid.indicateurs.get(promesse.indicateur)
    if indicateur is None or not indicateur.traits.is_summable:
        return None
    return figure(consolidate(faits).of(promesse.indicateur), indicateur.genre)
