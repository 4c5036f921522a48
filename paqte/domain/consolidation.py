"""How figures add up: the only place where they do (R10, R13–R15, R20–R22).

`consolidate` turns facts into a Consolidation, and consolidations merge: the result over two sets of facts
is the merge of the results over each. A région and the nation are merges of départements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, NamedTuple

from paqte.domain.catalogue import FLUX, LIBRE, OUI_NON, RATIO, STOCK
from paqte.domain.declarations import MANQUANTE, NEANT
from paqte.domain.periodes import Periode

Number = int | Decimal
CENT = Decimal(100)
TENTH = Decimal("0.1")
HUNDREDTH = Decimal("0.01")


class Cle(NamedTuple):
    """Whose figure it is: one engagement of one signatory's convention."""

    departement: str
    signataire: int
    convention: int
    engagement: int


class Fait(NamedTuple):
    """One validated answer, in the order of the columns of queries/faits.py."""

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
    """What one engagement owes over a window: how many answers, and its target over the term if it has one."""

    cle: Cle
    indicateur: str
    periodes: int
    cible: Number | None = None
    reference: Number | None = None


class Part(NamedTuple):
    """What one engagement brings. Absent is None, never zero (R13)."""

    dues: int = 0
    repondues: int = 0
    neants: int = 0
    somme: Number | None = None
    numerateur: Number | None = None
    denominateur: Number | None = None
    derniere: tuple[str, Number] | None = None
    cible: Number | None = None
    reference: Number | None = None
    declarations: frozenset[int] = frozenset()

    def merge(self, other: Part) -> Part:
        """Both together: counts and flows add, a stock keeps the last, a target stays what it was.

        Were one engagement given two targets, the higher would stay, whichever came first.
        """
        return Part(
            self.dues + other.dues,
            self.repondues + other.repondues,
            self.neants + other.neants,
            _plus(self.somme, other.somme),
            _plus(self.numerateur, other.numerateur),
            _plus(self.denominateur, other.denominateur),
            _later(self.derniere, other.derniere),
            _higher(self.cible, other.cible),
            _higher(self.reference, other.reference),
            self.declarations | other.declarations,
        )


NOTHING = Part()


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Parts by indicator, then by engagement. A commutative monoid under `merge`; empty is neutral."""

    parts: Mapping[str, Mapping[Cle, Part]] = field(default_factory=dict)

    def of(self, indicateur: str) -> Mapping[Cle, Part]:
        return self.parts.get(indicateur, {})

    def merge(self, other: Consolidation) -> Consolidation:
        """The consolidation of both sets of facts (R20)."""
        return merge_all((self, other))


def consolidate(faits: Iterable[Fait], attentes: Iterable[Attente] = ()) -> Consolidation:
    """Consolidation of validated answers and of what was owed; each fact is given once."""
    parts: defaultdict[str, dict[Cle, Part]] = defaultdict(dict)
    for attente in attentes:
        owed = Part(attente.periodes, cible=attente.cible, reference=attente.reference)
        known = parts[attente.indicateur].get(attente.cle)
        parts[attente.indicateur][attente.cle] = owed if known is None else known.merge(owed)
    answers: defaultdict[tuple[Any, ...], list[Fait]] = defaultdict(list)
    for fait in faits:
        answers[fait[:5]].append(fait)
    for (*whose, indicateur), given in answers.items():
        cle = Cle(*whose)
        parts[indicateur][cle] = _part(given, parts[indicateur].get(cle, NOTHING))
    return Consolidation(dict(parts))


def merge_all(consolidations: Iterable[Consolidation]) -> Consolidation:
    """The merge of any number of consolidations; nothing gives the empty one."""
    merged: defaultdict[str, dict[Cle, Part]] = defaultdict(dict)
    for one in consolidations:
        for code, parts in one.parts.items():
            mine = merged[code]
            for cle, part in parts.items():
                known = mine.get(cle)
                mine[cle] = part if known is None else known.merge(part)
    return Consolidation(dict(merged))


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
    derniere: tuple[str, Number] | None = None
    declarations = []
    for _, _, _, _, _, declaration, periode, reponse, valeur, numerateur, denominateur in faits:
        if reponse == MANQUANTE:
            continue
        is_neant = reponse == NEANT
        neants += is_neant
        declarations.append(declaration)
        value = 0 if is_neant else valeur
        if value is not None:
            somme = value if somme is None else somme + value
            last = _end(periode), value
            derniere = last if derniere is None or last > derniere else derniere
        if denominateur is not None and (is_neant or numerateur is not None):
            upper = (upper or 0) + (numerateur or 0)
            lower = (lower or 0) + denominateur
    given = len(declarations)
    return Part(
        owed.dues, given, neants, somme, upper, lower, derniere, owed.cible, owed.reference, frozenset(declarations)
    )


@cache
def _end(periode: str) -> str:
    """Sortable last day of a period, so that "2026-T2" and "2026-S1" end together."""
    return Periode.from_code(periode).dernier_jour.isoformat()


def _plus(a: Number | None, b: Number | None) -> Number | None:
    if a is None or b is None:
        return b if a is None else a
    return a + b


def _exact_plus(a: Decimal | None, b: Decimal | None) -> Decimal | None:
    if a is None or b is None:
        return b if a is None else a
    return a + b


def _higher(a: Number | None, b: Number | None) -> Number | None:
    if a is None or b is None:
        return b if a is None else a
    return a if a > b else b


def _later(a: tuple[str, Number] | None, b: tuple[str, Number] | None) -> tuple[str, Number] | None:
    if a is None or b is None:
        return b if a is None else a
    return max(a, b)


class Total(NamedTuple):
    """One figure over many engagements.

    `valeur` None means that nothing can be said; `signataires_dus` and `signataires_repondants` count
    signatories (R13): one answers when it gave every answer it owed, and `signataires_neant` are those whose
    every answer confirms zero, none of those owed being missing.
    """

    valeur: Decimal | None
    signataires_dus: int
    signataires_repondants: int
    signataires_neant: int
    contributeurs: int
    declarations: frozenset[int]


def total(parts: Mapping[Cle, Part], genre: str) -> Total:
    """The figure of one indicator, according to its kind (R14, R15)."""
    by_signatory: defaultdict[tuple[str, int], list[Part]] = defaultdict(list)
    for cle, part in parts.items():
        by_signatory[(cle.departement, cle.signataire)].append(part)
    owing = [given for given in by_signatory.values() if any(p.dues for p in given)]
    whole = [given for given in by_signatory.values() if all(p.repondues >= p.dues for p in given)]
    return Total(
        valeur=figure(parts.values(), genre),
        signataires_dus=len(owing),
        signataires_repondants=sum(any(p.dues for p in given) for given in whole),
        signataires_neant=sum(_is_neant(given) for given in whole),
        contributeurs=sum(any(p.repondues for p in given) for given in by_signatory.values()),
        declarations=frozenset().union(*(p.declarations for p in parts.values())),
    )


def _is_neant(parts: Iterable[Part]) -> bool:
    """Whether something was answered and every answer confirms zero (R13)."""
    answered = [p for p in parts if p.repondues]
    return bool(answered) and all(p.neants == p.repondues for p in answered)


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
            _exact_plus(self.valeur, other.valeur),
            _exact_plus(self.numerateur, other.numerateur),
            _exact_plus(self.denominateur, other.denominateur),
            self.signataires_dus + other.signataires_dus,
            self.signataires_repondants + other.signataires_repondants,
            self.signataires_neant + other.signataires_neant,
        )

    def figure(self, genre: str) -> Decimal | None:
        """The figure as it is read: a ratio in percent, anything else as it adds up (R14)."""
        return percent(self.numerateur, self.denominateur) if genre == RATIO else self.valeur


def condense(parts: Iterable[Part], genre: str) -> Somme:
    """Flows summed, last stocks summed, "yes" counted, ratios as Σnum and Σden; free ones never (R5, R14)."""
    given = list(parts)
    if genre == FLUX:
        return Somme(_sum(p.somme for p in given))
    if genre == STOCK:
        return Somme(_sum(p.derniere[1] if p.derniere else None for p in given))
    if genre == OUI_NON:
        return Somme(_sum((1 if p.derniere[1] else 0) if p.derniere else None for p in given))
    if genre == RATIO:
        return Somme(None, _sum(p.numerateur for p in given), _sum(p.denominateur for p in given))
    return Somme()


def figure(parts: Iterable[Part], genre: str) -> Decimal | None:
    """The figure of these engagements together, as it is read (R14, R15)."""
    return condense(parts, genre).figure(genre)


def percent(numerateur: Number | None, denominateur: Number | None) -> Decimal | None:
    """Share in percent, one decimal, half up; None when the denominator is absent or zero (R14)."""
    if numerateur is None or not denominateur:
        return None
    return (Decimal(numerateur) * CENT / Decimal(denominateur)).quantize(TENTH, ROUND_HALF_UP)


def _sum(values: Iterable[Number | None]) -> Decimal | None:
    known = [v for v in values if v is not None]
    return Decimal(sum(known)) if known else None


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
    owing = [p for p in parts.values() if p.dues]
    aimed = [p for p in owing if p.cible is not None]
    sans_cible = percent(len(owing) - len(aimed), len(owing))
    if not aimed or genre == LIBRE:
        return Taux(None, None, sans_cible)
    cible = _weighted_target(aimed) if genre == RATIO else _sum(p.cible for p in aimed)
    return Taux(cible, percent(figure(aimed, genre), cible), sans_cible)


def _weighted_target(parts: list[Part]) -> Decimal | None:
    """The percentage aimed at together: each target weighs what its denominator weighs (R14)."""
    if len(parts) == 1:
        return _sum([parts[0].cible])
    known = [p for p in parts if p.denominateur]
    weight = _sum(p.denominateur for p in known)
    if not weight:
        return None
    aimed = sum((Decimal(p.cible or 0) * Decimal(p.denominateur or 0) for p in known), Decimal(0))
    return (aimed / weight).quantize(TENTH, ROUND_HALF_UP)


def reference(parts: Mapping[Cle, Part], genre: str) -> Decimal | None:
    """Reference values added up; percentages do not add, so several of them give None."""
    known = [p for p in parts.values() if p.reference is not None and p.dues]
    if genre == LIBRE or (genre == RATIO and len(known) > 1):
        return None
    return _sum(p.reference for p in known)


def difference(annonce: Number, parties: Iterable[Number]) -> Decimal:
    """A stated total less the sum of its parts; zero when it adds up (R17)."""
    return Decimal(annonce) - Decimal(sum(parties))


def count_by_nature(natures: Mapping[tuple[str, str], str]) -> dict[str, int]:
    """How many signatories of each kind; keys are (département, SIREN), so one counts once there (R2, R3)."""
    counts: defaultdict[str, int] = defaultdict(int)
    for nature in natures.values():
        counts[nature] += 1
    return dict(counts)


def term_target(objectifs: Mapping[int, Number], genre: str) -> Number | None:
    """Target over the whole term. Key 0 is the term itself; 1, 2, 3… are convention years (R6).

    Annual flows add up; of stocks, ratios and yes/no the last year counts. No target at all gives None.
    """
    if 0 in objectifs:
        return objectifs[0]
    if not objectifs:
        return None
    return sum(objectifs.values(), Decimal(0)) if genre in (FLUX, LIBRE) else objectifs[max(objectifs)]
