"""How figures add up: the only place where they do (R10, R13–R15, R20–R22).

`consolidate` turns facts into a Consolidation, and consolidations merge: the result over two sets of facts
is the merge of the results over each. A région and the nation are merges of départements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.genres import AUCUNE, CUMUL, DERNIER, OUI, PERCENTAGE, RAPPORT, Quotient, genre_of
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


Counted = tuple[bool, bool, bool, bool, bool]
NO_KEYS: frozenset[int] = frozenset()
NO_CODES: frozenset[str] = frozenset()


class Part(NamedTuple):
    """What one engagement brings. Absent is None, never zero (R13).

    `attendues` and `donnees` are codes of periods: those it owed, those it answered.
    """

    dues: int = 0
    repondues: int = 0
    neants: int = 0
    somme: Number | None = None
    numerateur: Number | None = None
    denominateur: Number | None = None
    derniere: Last | None = None
    cible: Number | None = None
    reference: Number | None = None
    declarations: frozenset[int] = frozenset()
    attendues: frozenset[str] = frozenset()
    donnees: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether every answer owed is given: one that nobody owed makes up for none (R13, R42)."""
        return self.repondues >= self.dues and self.attendues <= self.donnees

    def merge(self, other: Part) -> Part:
        """Both together: counts and flows add, a stock keeps the last, a target stays (the higher of two)."""
        return together((self, other))


def together(parts: Iterable[Part]) -> Part:
    """The merge of any number of parts of one engagement, without those in between: thousands a page."""
    dues = repondues = neants = 0
    somme: Number | None = None
    upper: Number | None = None
    lower: Number | None = None
    derniere: Last | None = None
    cible, reference = NOTHING.cible, NOTHING.reference
    declarations, attendues, donnees = NO_KEYS, NO_CODES, NO_CODES
    for owed, answered, zeros, s, u, low, last, aim, former, keys, asked, given in parts:
        dues, repondues, neants = dues + owed, repondues + answered, neants + zeros
        somme = somme if s is None else s if somme is None else somme + s
        upper = upper if u is None else u if upper is None else upper + u
        lower = lower if low is None else low if lower is None else lower + low
        cible = cible if aim is None or (cible is not None and cible >= aim) else aim
        reference = reference if former is None or (reference is not None and reference >= former) else former
        derniere = derniere if last is None or (derniere is not None and derniere >= last) else last
        declarations, attendues, donnees = declarations | keys, attendues | asked, donnees | given
    return Part(
        dues, repondues, neants, somme, upper, lower, derniere, cible, reference, declarations, attendues, donnees
    )


NOTHING = Part()


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Parts by indicator, then by engagement. A commutative monoid under `merge`; empty is neutral."""

    parts: Mapping[str, Mapping[Cle, Part]] = field(default_factory=dict)

    def of(self, indicateur: str) -> Mapping[Cle, Part]:
        return self.parts.get(indicateur, {})

    def merge(self, other: Consolidation) -> Consolidation:
        return merge_all((self, other))


def consolidate(
    faits: Iterable[Fait], attentes: Iterable[Attente] = (), sortis: Collection[Whose] = frozenset()
) -> Consolidation:
    """Consolidation of validated answers and of what was owed; each fact is given once.

    `sortis` are those whom no convention binds any more at the end of the window: they answered, but what they said
    of a stock or by a yes stands no longer (R32).
    """
    parts: defaultdict[str, dict[Cle, Part]] = defaultdict(dict)
    for attente in attentes:
        owed = Part(attente.periodes, cible=attente.cible, reference=attente.reference, attendues=attente.codes)
        known = parts[attente.indicateur].get(attente.cle)
        parts[attente.indicateur][attente.cle] = owed if known is None else known.merge(owed)
    answers: defaultdict[tuple[Any, ...], list[Fait]] = defaultdict(list)
    for fait in faits:
        answers[fait[:5]].append(fait)
    for (*whose, indicateur), given in answers.items():
        cle = Cle(*whose)
        part = _part(given, parts[indicateur].get(cle, NOTHING))
        is_gone = (cle.departement, cle.signataire, indicateur) in sortis
        parts[indicateur][cle] = part._replace(derniere=None) if is_gone else part
    return Consolidation(dict(parts))


def merge_all(consolidations: Iterable[Consolidation]) -> Consolidation:
    """The merge of any number of consolidations; nothing gives the empty one."""
    by_code: defaultdict[str, list[Mapping[Cle, Part]]] = defaultdict(list)
    for one in consolidations:
        for code, parts in one.parts.items():
            by_code[code].append(parts)
    return Consolidation({code: fold(given) for code, given in by_code.items()})


def fold(given: list[Mapping[Cle, Part]]) -> Mapping[Cle, Part]:
    """The parts of one indicator, whatever the number of consolidations that hold some."""
    if len(given) == 1:
        return given[0]
    several: dict[Cle, list[Part]] = {}
    for parts in given:
        for cle, part in parts.items():
            several.setdefault(cle, []).append(part)
    return {cle: alike[0] if len(alike) == 1 else together(alike) for cle, alike in several.items()}


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


def _part(faits: Iterable[Fait], owed: Part) -> Part:
    """What the answers to one engagement bring. « Néant » is zero, a missing answer brings nothing (R13)."""
    neants = 0
    somme: Number | None = None
    upper: Number | None = None
    lower: Number | None = None
    derniere: Last | None = None
    declarations, periodes = [], []
    for _, _, _, _, _, declaration, periode, reponse, valeur, numerateur, denominateur in faits:
        if reponse == MANQUANTE:
            continue
        is_neant = reponse == NEANT
        neants += is_neant
        declarations.append(declaration)
        periodes.append(periode)
        value = 0 if is_neant else valeur
        if value is not None:
            somme = value if somme is None else somme + value
            last = Last(_end(periode), value, declaration)
            derniere = last if derniere is None or last > derniere else derniere
        if denominateur is not None and (is_neant or numerateur is not None):
            upper = (upper or 0) + (numerateur or 0)
            lower = (lower or 0) + denominateur
    given = len(declarations)
    return Part(
        owed.dues, given, neants, somme, upper, lower, derniere, owed.cible, owed.reference,
        frozenset(declarations), owed.attendues, frozenset(periodes),
    )  # fmt: skip


def lasting(faits: Iterable[Fait]) -> list[Fait]:
    """Of the answers to one indicator that is said once, the one that stands for each signatory (R32)."""
    kept: dict[tuple[str, int], tuple[Last, Fait]] = {}
    for fait in faits:
        value = 0 if fait.reponse == NEANT else fait.valeur
        if fait.reponse != MANQUANTE and value is not None:
            last = Last(_end(fait.periode), value, fait.declaration)
            known = kept.get(fait[:2])
            kept[fait[:2]] = (last, fait) if known is None or last > known[0] else known
    return [fait for _, fait in kept.values()]


@cache
def _end(periode: str) -> str:
    """Sortable last day of a period, so that "2026-T2" and "2026-S1" end together."""
    return Periode.from_code(periode).dernier_jour.isoformat()


class Total(NamedTuple):
    """One figure over many engagements.

    `valeur` None says nothing; `signataires_dus` and `signataires_repondants` count signatories (R13): one answers
    when it gave every answer it owed, and `signataires_neant` are those whose every answer owed confirms zero.
    `doubles` are those of whom two conventions told the last value at once, the greater being kept (R32).
    `declarations` are those the figure is made of. A ratio keeps its two exact numbers: `valeur` is rounded (R33).
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
    return is_due, is_due and is_whole, is_whole and is_neant, bool(answered), len(ends) > 1 and ends[0] == ends[1]


def total_of(
    parts: Mapping[Cle, Part], genre: str, counts: Collection[Counted], behind: frozenset[int] = NO_KEYS
) -> Total:
    """The same, each signatory being counted; `behind` are the declarations it is made of, where they are known."""
    somme = condense(parts, genre)
    due, whole, neant, given, double = map(sum, zip(*counts, strict=True)) if counts else (0,) * 5
    doubles = double if genre_of(genre).is_said_once else 0
    return Total(somme.figure(genre), due, whole, neant, given, behind or _behind(parts, genre), doubles, *somme[1:3])


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


_SOMME, _NUMERATEUR, _DENOMINATEUR = map(attrgetter, ("somme", "numerateur", "denominateur"))
# What a kind of indicator names (domain.genres): how its parts add up.
SOMMES: Mapping[str, Callable[[list[Part]], Somme]] = {
    CUMUL: lambda given: Somme(summed(map(_SOMME, given))),
    DERNIER: lambda given: Somme(summed(p.derniere.valeur if p.derniere else None for p in given)),
    OUI: lambda given: Somme(summed((1 if p.derniere.valeur else 0) if p.derniere else None for p in given)),
    RAPPORT: lambda given: Somme(None, summed(map(_NUMERATEUR, given)), summed(map(_DENOMINATEUR, given))),
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
