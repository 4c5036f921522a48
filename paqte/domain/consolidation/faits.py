"""What figures are made from: who answered what for which period, and who owed it (R11, R32)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.statuts.declarations import MANQUANTE, NEANT

Number = int | Decimal

# Département, signatory and indicator of what is said once, whatever the number of conventions (R32).
Whose = tuple[str, int, str]


class Cle(NamedTuple):
    """Whose figure it is: one engagement of one signatory's convention."""

    departement: str
    signataire: int
    convention: int
    engagement: int


class Fait(NamedTuple):
    """One validated answer, in the order of the columns of queries/declarations/faits.py."""

    departement: str
    signataire: int
    convention: int
    engagement: int
    indicateur: str
    declaration: int
    periode: str
    reponse: str
    valeur: Number | None
    numerateur: Number | None
    denominateur: Number | None


class Attente(NamedTuple):
    """What one engagement owes over a window: how many answers, and its target over the term if it has one.

    `codes` are the periods it owes; empty when an answer of any period will do.
    """

    cle: Cle
    indicateur: str
    periodes: int
    cible: Number | None = None
    reference: Number | None = None
    codes: frozenset[str] = frozenset()


class Last(NamedTuple):
    """The last value answered: the last day of its period, the value, the declaration that holds it.

    In this order, so that of two answers of one period the greater comes later (R32).
    """

    fin: str
    valeur: Number
    declaration: int


def inside(faits: Iterable[Fait], window: Periode) -> list[Fait]:
    """The facts whose period lies wholly inside the window (R11)."""
    known: dict[str, bool] = {}
    kept = []
    for fait in faits:
        is_in = known.get(fait.periode)
        if is_in is None:
            is_in = known[fait.periode] = window.contains(Periode.from_code(fait.periode))
        if is_in:
            kept.append(fait)
    return kept


def lasting(faits: Iterable[Fait]) -> list[Fait]:
    """Of the answers to one indicator that is said once, the one that stands for each signatory (R32)."""
    kept: dict[tuple[str, int], tuple[Last, Fait]] = {}
    for fait in faits:
        value = 0 if fait.reponse == NEANT else fait.valeur
        if fait.reponse != MANQUANTE and value is not None:
            last = Last(end_of(fait.periode), value, fait.declaration)
            known = kept.get(fait[:2])
            kept[fait[:2]] = (last, fait) if known is None or last > known[0] else known
    return [fait for _, fait in kept.values()]


@cache
def end_of(periode: str) -> str:
    """Sortable last day of a period, so that "2026-T2" and "2026-S1" end together."""
    return Periode.from_code(periode).dernier_jour.isoformat()
