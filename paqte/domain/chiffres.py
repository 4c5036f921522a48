"""A figure, or its absence and why (R13); a share, rounded where it is shown and nowhere else (R33)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from paqte.domain.consolidation import Number, Somme, Total, quotient
from paqte.domain.indicateurs.genres import PERCENTAGE, QUOTIENTS, Quotient, genre_of

# The steps to which a share of a promise is read: to the unit, in a list to a tenth.
UNITE, DIXIEME = Decimal(1), Decimal("0.1")
_UNDER = {UNITE: "< 1", DIXIEME: "< 0,1"}
# Answered, and read by no number (R14): in a word, and why.
INDEFINI = "n.d."
SANS_DENOMINATEUR = f"{INDEFINI} : dénominateur nul ou absent"
INFIMES = frozenset(how.infime for how in QUOTIENTS).union(_UNDER.values())


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
        """A figure that is not zero and that its rounding would tell as zero (R33)."""
        return self.motif in INFIMES


def share(numerateur: Number | None, denominateur: Number | None, motif: str = "") -> Chiffre:
    """A share in percent, from its exact numbers; `motif` says why there is none.

    Rounded here alone, half up to one decimal (R33); one that is not zero never reads 0: it says « < 0,1 % » instead.
    """
    return divided(numerateur, denominateur, PERCENTAGE, motif)


def divided(numerateur: Number | None, denominateur: Number | None, how: Quotient, motif: str = "") -> Chiffre:
    """Two exact numbers read by their quotient, as `share` does in percent (R14, R33)."""
    value = quotient(numerateur, denominateur, how)
    if value is None:
        return Chiffre(None, motif)
    return Chiffre(None, how.infime) if not value and numerateur else Chiffre(value)


def rounded(exact: Fraction, pas: Decimal) -> Chiffre:
    """An exact number read to one of these steps, half up; one that is not zero never reads 0 (R33)."""
    value = (Decimal(exact.numerator) / exact.denominator).quantize(pas, ROUND_HALF_UP)
    return Chiffre(None, _UNDER[pas]) if exact and not value else Chiffre(value)


def figure_read(figure: Somme | Total, genre: str) -> Chiffre:
    """A figure that adds up, as an indicator of that kind is read."""
    how = genre_of(genre).quotient
    return Chiffre(figure.valeur) if how is None else divided(figure.numerateur, figure.denominateur, how)
