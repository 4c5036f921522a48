"""What a renewed convention starts from: what the former one achieved in its last twelve months (R6, R22)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode, last_closed
from paqte.domain.consolidation import Fait, Number, consolidate, figure
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
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
    promesses: Iterable[Promesse], faits: Iterable[Fait], rythme: str, today: date, grid: Catalogue, *, fin: date
) -> Reprise:
    """A flow or a ratio over the last twelve months that are over, a stock or a yes as it was last told.

    Twelve months of its own periods, `fin` being its last day: those that end with a lone quarter hold one semester
    alone (R11), and it owes nothing after its end. A flow that was not told for all of them is no year's: missing is
    not zero. There, where nothing was answered, and for a free commitment, the former reference stays (R5, R13).
    """
    last = min(last_closed(today, rythme), Periode.containing(fin, rythme), key=lambda p: p.debut)
    first = last
    for _ in range(OF_A_YEAR[rythme] - 1):
        first = first.precedente
    recent = [f for f in faits if _is_inside(f, first.debut, last.fin) and f.reponse != MANQUANTE]
    references: dict[int, Decimal | None] = {}
    achieved: list[int] = []
    partial: list[int] = []
    for promesse in promesses:
        own = [f for f in recent if f.engagement == promesse.id]
        value = _achieved(promesse, own, grid)
        if value is not None and not _is_of_a_year(promesse, own, grid):
            partial.append(promesse.id)
            value = None
        references[promesse.id] = promesse.reference if value is None else Decimal(value)
        achieved += [promesse.id] if value is not None else []
    return Reprise(references, tuple(achieved), tuple(partial), first.debut, last.dernier_jour)


def _is_of_a_year(promesse: Promesse, faits: Iterable[Fait], grid: Catalogue) -> bool:
    """Whether these answers, all of twelve months, tell of each of their quarters, where they are added up."""
    if not grid.indicateurs[promesse.indicateur].traits.adds_years:
        return True
    return len({p for f in faits for p in Periode.from_code(f.periode).parts(TRIMESTRE)}) == OF_A_YEAR[TRIMESTRE]


def _is_inside(fait: Fait, debut: date, fin: date) -> bool:
    periode = Periode.from_code(fait.periode)
    return debut <= periode.debut and periode.fin <= fin


def _achieved(promesse: Promesse, faits: Iterable[Fait], grid: Catalogue) -> Number | None:
    indicateur = grid.indicateurs.get(promesse.indicateur)
    if indicateur is None or not indicateur.traits.is_summable:
        return None
    return figure(consolidate(faits).of(promesse.indicateur), indicateur.genre)
