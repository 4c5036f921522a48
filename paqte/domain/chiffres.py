"""A figure, or its absence and why (R13); a share, rounded where it is shown and nowhere else (R33)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from paqte.domain.consolidation import Number, percent

INFIME = "< 0,1\u00a0%"


@dataclass(frozen=True, slots=True)
class Chiffre:
    """A figure, or its absence and why (R13). `valeur` None is never zero."""

    valeur: Decimal | None = None
    motif: str = ""

    @property
    def is_missing(self) -> bool:
        return self.valeur is None and not self.is_infime

    @property
    def is_infime(self) -> bool:
        """A share that is not zero and that its rounding would tell as zero (R33)."""
        return self.motif == INFIME


def share(numerateur: Number | None, denominateur: Number | None, motif: str = "") -> Chiffre:
    """A share in percent, from its exact numbers; `motif` says why there is none.

    Rounded here alone, half up to one decimal (R33); one that is not zero never reads 0: it says « < 0,1 % » instead.
    """
    value = percent(numerateur, denominateur)
    if value is None:
        return Chiffre(None, motif)
    return Chiffre(None, INFIME) if not value and numerateur else Chiffre(value)
