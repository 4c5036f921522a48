"""What each engagement brings, and how that adds up over facts, periods and territories: a merge (R13, R20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from paqte.domain.consolidation.faits import Attente, Cle, Fait, Last, Number, Whose, end_of
from paqte.domain.statuts.declarations import MANQUANTE, NEANT

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
            last = Last(end_of(periode), value, declaration)
            derniere = last if derniere is None or last > derniere else derniere
        if denominateur is not None and (is_neant or numerateur is not None):
            upper = (upper or 0) + (numerateur or 0)
            lower = (lower or 0) + denominateur
    given = len(declarations)
    return Part(
        owed.dues, given, neants, somme, upper, lower, derniere, owed.cible, owed.reference,
        frozenset(declarations), owed.attendues, frozenset(periodes),
    )  # fmt: skip
