"""One quantity is typed once: a figure that repeats another of the same declaration is filled from it (R10, R13).

Left empty, or left as it was filled, it follows the figure it repeats, « néant » included. Changed by somebody, it is
theirs, and controles.py asks why. What is still missing there stays missing here.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from paqte.domain.declarations.controles import Reponse, figure_of
from paqte.domain.declarations.reponses import AnswerTyped, settle
from paqte.domain.indicateurs.catalogue import Catalogue
from paqte.domain.statuts.declarations import MANQUANTE, NEANT, NOMBRE


def settle_all(
    typed: Mapping[int, AnswerTyped], stored: Mapping[int, Reponse], owed: Container[int], grid: Catalogue
) -> dict[int, Reponse]:
    """Every answer of a declaration, by engagement, once this typing is in.

    `stored` holds an answer for each engagement of the declaration, missing ones too; nothing is filled in for what
    is not `owed`.
    """
    settled = {key: settle(key, answer, grid.indicateurs[stored[key].indicateur]) for key, answer in typed.items()}
    given = {**stored, **settled}
    by_code = {answer.indicateur: key for key, answer in stored.items()}
    for key in stored:
        indicateur = grid.indicateurs[stored[key].indicateur]
        source = by_code.get(indicateur.source)
        if source is not None and key in owed and (key in typed or source in typed):
            repeat = _Repeat(given[key], stored[key], given[source], stored[source], typed.get(key))
            given[key] = repeat.pair() if indicateur.traits.is_pair else repeat.value()
    return given


def repeats(mine: Reponse, source: Reponse) -> bool:
    """Whether an answer is the very figure that it repeats."""
    counted = figure_of(source)
    return counted is not None and counted == _first(mine)


@dataclass(frozen=True, slots=True)
class _Repeat:
    """An answer and the one it repeats, each now and as stored before; `typed` is None when nobody typed it now."""

    now: Reponse
    before: Reponse
    source: Reponse
    source_before: Reponse
    typed: AnswerTyped | None

    def value(self) -> Reponse:
        """The answer that says the same as its source, or the one somebody gave."""
        if self._is_contradictory or not (self._is_empty or self._is_as_filled(figure_of(self.now), self.now.reponse)):
            return self.now
        return replace(self.now, reponse=self.source.reponse, valeur=self.source.valeur)

    def pair(self) -> Reponse:
        """The two numbers of a quotient, the first one filled; without the second there is none yet."""
        counted, upper, lower = figure_of(self.source), self.now.numerateur, self.now.denominateur
        if self.now.reponse == MANQUANTE or counted is None or self._is_contradictory:
            return self.now
        is_left = (upper is None and self.now.reponse == NOMBRE) or self._is_as_filled(upper, self.now.reponse)
        if lower is None:
            is_alone = upper is not None and not self._is_own and (is_left or upper == counted)
            return Reponse(self.now.engagement, self.now.indicateur, MANQUANTE) if is_alone else self.now
        return replace(self.now, reponse=NOMBRE if counted else NEANT, numerateur=counted) if is_left else self.now

    @property
    def _is_own(self) -> bool:
        return self.typed is not None and self.typed.is_own

    @property
    def _is_contradictory(self) -> bool:
        """A tick « néant » beside a number is refused where it was typed, and repeated nowhere."""
        return self.source.reponse == NEANT and bool(self.source.valeur)

    @property
    def _is_empty(self) -> bool:
        """Left empty by whoever typed it; what nobody typed is filled when its source was missing as well."""
        is_missing = self.now.reponse == MANQUANTE
        return is_missing and (self.typed is not None or self.source_before.reponse == MANQUANTE)

    def _is_as_filled(self, figure: Decimal | None, reponse: str) -> bool:
        """Still what the page showed, which came from the source as it stood before."""
        if self._is_own or figure is None:
            return False
        if self.before.reponse == MANQUANTE:
            return figure == figure_of(self.source_before)
        is_left = (figure, reponse == NEANT) == (_first(self.before), self.before.reponse == NEANT)
        return is_left and repeats(self.before, self.source_before)


def _first(reponse: Reponse) -> Decimal | None:
    """The figure, or the first number of two."""
    return reponse.numerateur if reponse.denominateur is not None else figure_of(reponse)
