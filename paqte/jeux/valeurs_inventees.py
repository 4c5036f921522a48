"""Figures for invented enterprises: plausible, and coherent as the controls ask (R16, R17)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from paqte.domain.consolidation import Number
from paqte.domain.indicateurs.catalogue import Indicateur
from paqte.domain.saisie.nombres import COMPTE, EUROS
from paqte.domain.statuts.declarations import MANQUANTE, NEANT, NOMBRE

MISSING_SHARE, ZERO_SHARE, TARGET_SHARE = 0.05, 0.25, 0.7


class Invention(NamedTuple):
    """One answer: how it was answered, then its figures."""

    reponse: str
    valeur: Number | None = None
    numerateur: Number | None = None
    denominateur: Number | None = None


def promise(indicateur: Indicateur, chance: random.Random) -> tuple[Number | None, Number | None]:
    """Reference value and target over the term; either may be absent (R6)."""
    if chance.random() > TARGET_SHARE:
        return None, None
    if indicateur.traits.is_chosen:
        return None, 1
    target = chance.randint(5, 60)
    return target // 2, target if indicateur.nombre != EUROS else target * 1000


def answers(owed: Sequence[Indicateur], effectif: int, chance: random.Random) -> dict[str, Invention]:
    """An answer for each indicator, by code; those that depend on others come last."""
    given: dict[str, Invention] = {}
    for indicateur in sorted(owed, key=_rank):
        known = given.get(indicateur.repete)
        given[indicateur.code] = known or _answer(indicateur, given, effectif, chance)
    return given


def _rank(i: Indicateur) -> tuple[bool, bool, bool]:
    return bool(i.repete), bool(i.dont or i.numerateur or i.total_de), i.traits.is_pair


def _answer(i: Indicateur, given: dict[str, Invention], effectif: int, chance: random.Random) -> Invention:
    if chance.random() < MISSING_SHARE:
        return Invention(MANQUANTE)
    if i.traits.is_pair:
        return _ratio(given.get(i.numerateur), chance)
    number = _dependent(i, given, chance) if i.total_de or i.dont else _invented_number(i, effectif, chance)
    return Invention(NOMBRE if number else NEANT, number)


def _dependent(i: Indicateur, given: dict[str, Invention], chance: random.Random) -> Number:
    """The sum of its parts, or a part of its total."""
    if i.total_de:
        return sum(given[code].valeur or 0 for code in i.total_de if code in given)
    whole = given[i.dont].valeur if i.dont in given else None
    return chance.randint(0, int(whole)) if whole else 0


def _invented_number(i: Indicateur, effectif: int, chance: random.Random) -> Number:
    if chance.random() < ZERO_SHARE:
        return 0
    if i.traits.is_chosen:
        return 1
    if i.nombre == COMPTE:
        return chance.randint(1, max(1, min(effectif, 12) if i.borne_effectif else 12))
    hundredths = chance.randint(100, 3_000_000 if i.nombre == EUROS else 20_000)
    return Decimal(hundredths).scaleb(-2)


def _ratio(counted: Invention | None, chance: random.Random) -> Invention:
    """Its numerator is what was declared beside it."""
    upper = counted.valeur if counted and counted.valeur is not None else chance.randint(0, 5)
    lower = int(upper * chance.randint(2, 6)) + chance.randint(1, 9)
    return Invention(NOMBRE if upper else NEANT, None, upper, lower)
