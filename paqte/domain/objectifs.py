"""Targets, references and rates: what is achieved of what was promised (R6, R22, R32)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from paqte.domain.catalogue import FLUX, LIBRE, RATIO
from paqte.domain.consolidation import TENTH, Cle, Number, Part, add_up, percent, said, summed


class Taux(NamedTuple):
    """Achievement over the engagements having a target (R22). Percentages; None when nothing can be said."""

    cible: Decimal | None
    taux: Decimal | None
    sans_cible: Decimal | None


def achievement(parts: Mapping[Cle, Part], genre: str) -> Taux:
    """Target, rate and share of owing engagements without target; a target of 0 is a target (R6, R22).

    The rate says what is known to be achieved of all that was promised: a target nobody answered yet stays in it,
    and how many answered stands beside (R13).
    """
    owing = [p for p in said(parts, genre) if p.dues]
    aimed = [p for p in owing if p.cible is not None]
    sans_cible = percent(len(owing) - len(aimed), len(owing))
    if not aimed or genre == LIBRE:
        return Taux(None, None, sans_cible)
    cible = _weighted_target(aimed) if genre == RATIO else summed(p.cible for p in aimed)
    return Taux(cible, percent(add_up(aimed, genre).figure(genre), cible), sans_cible)


def _weighted_target(parts: list[Part]) -> Decimal | None:
    """The percentage aimed at together: each target weighs what its denominator weighs (R14)."""
    if len(parts) == 1:
        return summed([parts[0].cible])
    known = [p for p in parts if p.denominateur]
    weight = summed(p.denominateur for p in known)
    if not weight:
        return None
    aimed = sum((Decimal(p.cible or 0) * Decimal(p.denominateur or 0) for p in known), Decimal(0))
    return (aimed / weight).quantize(TENTH, ROUND_HALF_UP)


def reference(parts: Mapping[Cle, Part], genre: str) -> Decimal | None:
    """Reference values added up; percentages do not add, so several of them give None."""
    known = [p for p in said(parts, genre) if p.reference is not None and p.dues]
    if genre == LIBRE or (genre == RATIO and len(known) > 1):
        return None
    return summed(p.reference for p in known)


def term_target(objectifs: Mapping[int, Number], genre: str) -> Number | None:
    """Target over the whole term. Key 0 is the term itself; 1, 2, 3… are convention years (R6).

    Annual flows add up; of stocks, ratios and yes/no the last year counts. No target at all gives None.
    """
    if 0 in objectifs:
        return objectifs[0]
    if not objectifs:
        return None
    return sum(objectifs.values(), Decimal(0)) if genre in (FLUX, LIBRE) else objectifs[max(objectifs)]
