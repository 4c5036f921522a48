"""The figure of one indicator over many engagements, by its kind, and who gave it (R10, R13–R15, R32, R33)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from paqte.domain.consolidation.faits import Cle, Number
from paqte.domain.consolidation.parts import Part
from paqte.domain.indicateurs.genres import AUCUNE, CUMUL, DERNIER, OUI, PERCENTAGE, RAPPORT, Quotient, genre_of

# Of one signatory, as `counted` says them.
Counted = tuple[bool, bool, bool, bool, bool]


class Total(NamedTuple):
    """One figure over many engagements.

    `valeur` None means that nothing can be said; `signataires_dus` and `signataires_repondants` count
    signatories (R13): one answers when it gave every answer it owed, and `signataires_neant` are those whose
    every answer confirms zero, none of those owed being missing. `doubles` are those of whom two conventions told
    the last value at once, the greater being kept (R32). `declarations` are those the figure is made of. A
    ratio keeps its two exact numbers: `valeur` is rounded, to be read (R33).
    """

    valeur: Decimal | None
    signataires_dus: int
    signataires_repondants: int
    signataires_neant: int
    contributeurs: int
    declarations: frozenset[int]
    doubles: int = 0
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None


def total(parts: Mapping[Cle, Part], genre: str) -> Total:
    """The figure of one indicator, according to its kind (R14, R15)."""
    by_signatory: defaultdict[tuple[str, int], list[Part]] = defaultdict(list)
    for cle, part in parts.items():
        by_signatory[cle[:2]].append(part)
    return total_of(parts, genre, [counted(given) for given in by_signatory.values()])


def counted(given: Collection[Part]) -> Counted:
    """Of one signatory: whether it owes, owes and gave everything, confirms zero, gave something, told twice.

    It confirms zero when every answer does (R13); it told twice when two engagements told the last value for periods
    that end together (R32).
    """
    is_due, is_whole = any(p.dues for p in given), all(p.is_whole for p in given)
    answered = [p for p in given if p.repondues]
    is_neant = bool(answered) and all(p.neants == p.repondues for p in answered)
    ends = sorted((p.derniere.fin for p in given if p.derniere), reverse=True) if len(given) > 1 else ()
    is_double = len(ends) > 1 and ends[0] == ends[1]
    return is_due, is_due and is_whole, is_whole and is_neant, bool(answered), is_double


def total_of(parts: Mapping[Cle, Part], genre: str, counts: Collection[Counted]) -> Total:
    """The same, each signatory being counted."""
    somme = condense(parts, genre)
    due, whole, neant, given, double = map(sum, zip(*counts, strict=True)) if counts else (0,) * 5
    doubles = double if genre_of(genre).is_said_once else 0
    numbers = somme.numerateur, somme.denominateur
    return Total(somme.figure(genre), due, whole, neant, given, _behind(parts, genre), doubles, *numbers)


def _behind(parts: Mapping[Cle, Part], genre: str) -> frozenset[int]:
    """The declarations that a figure is made of: of what is said once, that of the value kept (R32)."""
    if genre_of(genre).is_said_once:
        return frozenset(p.derniere.declaration for p in said(parts, genre) if p.derniere)
    return frozenset().union(*(p.declarations for p in parts.values()))


class Somme(NamedTuple):
    """What a figure is made of once its engagements no longer matter: a département's, a région's, the nation's.

    A commutative monoid under `merge`: the sums of two territories are those of both together (R20).
    """

    valeur: Decimal | None = None
    numerateur: Decimal | None = None
    denominateur: Decimal | None = None
    signataires_dus: int = 0
    signataires_repondants: int = 0
    signataires_neant: int = 0

    def merge(self, other: Somme) -> Somme:
        """Both territories together; absent stays absent until one of them knows (R13)."""
        return Somme(
            summed((self.valeur, other.valeur)),
            summed((self.numerateur, other.numerateur)),
            summed((self.denominateur, other.denominateur)),
            self.signataires_dus + other.signataires_dus,
            self.signataires_repondants + other.signataires_repondants,
            self.signataires_neant + other.signataires_neant,
        )

    def figure(self, genre: str) -> Decimal | None:
        """The figure as it is read: two numbers by their quotient, anything else as it adds up (R14)."""
        how = genre_of(genre).quotient
        return self.valeur if how is None else quotient(self.numerateur, self.denominateur, how)


def said(parts: Mapping[Cle, Part], genre: str) -> list[Part]:
    """The parts that add up: one a signatory for a stock or a yes, whatever it signed, else one an engagement (R32)."""
    if not genre_of(genre).is_said_once:
        return list(parts.values())
    merged: dict[tuple[str, int], Part] = {}
    for cle, part in parts.items():
        # What owes nothing in the window aims at nothing in it.
        mine = part if part.dues else part._replace(cible=None, reference=None)
        known = merged.get((cle.departement, cle.signataire))
        merged[cle.departement, cle.signataire] = mine if known is None else known.merge(mine)
    return list(merged.values())


def condense(parts: Mapping[Cle, Part], genre: str) -> Somme:
    """Flows summed, last stocks summed, "yes" counted, ratios as Σnum and Σden; free ones never (R5, R14).

    A stock and a yes are said once a signatory (R32).
    """
    return add_up(said(parts, genre), genre)


def add_up(parts: Iterable[Part], genre: str) -> Somme:
    """The same, of parts that already are one of each."""
    return SOMMES[genre_of(genre).somme](list(parts))


# What a kind of indicator names (domain.genres): how its parts add up.
SOMMES: Mapping[str, Callable[[list[Part]], Somme]] = {
    CUMUL: lambda given: Somme(summed(p.somme for p in given)),
    DERNIER: lambda given: Somme(summed(p.derniere.valeur if p.derniere else None for p in given)),
    OUI: lambda given: Somme(summed((1 if p.derniere.valeur else 0) if p.derniere else None for p in given)),
    RAPPORT: lambda given: Somme(None, summed(p.numerateur for p in given), summed(p.denominateur for p in given)),
    AUCUNE: lambda given: Somme(),
}


def figure(parts: Mapping[Cle, Part], genre: str) -> Decimal | None:
    """The figure of these engagements together, as it is read (R14, R15)."""
    return condense(parts, genre).figure(genre)


def percent(numerateur: Number | None, denominateur: Number | None) -> Decimal | None:
    """Share in percent, one decimal, half up; None when the denominator is absent or zero (R14)."""
    return quotient(numerateur, denominateur, PERCENTAGE)


def quotient(numerateur: Number | None, denominateur: Number | None, how: Quotient) -> Decimal | None:
    """Two exact numbers as they are read together; None when the denominator is absent or zero (R14, R33)."""
    if numerateur is None or not denominateur:
        return None
    return (Decimal(numerateur) * how.facteur / Decimal(denominateur)).quantize(how.pas, ROUND_HALF_UP)


def summed(values: Iterable[Number | None]) -> Decimal | None:
    """Their exact sum; None when none is known (R13)."""
    known = [v for v in values if v is not None]
    return Decimal(sum(known)) if known else None
