"""How figures add up: the only place where they do (R10, R13–R15, R20–R22).

`consolidate` turns facts into a Consolidation, and consolidations merge: the result over two sets of facts
is the merge of the results over each. A région and the nation are merges of départements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from paqte.domain.catalogue import FLUX, LIBRE, OUI_NON, RATIO, STOCK
from paqte.domain.declarations import NEANT, NOMBRE
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
        """Both together: counts and flows add, a stock keeps the last, a target stays what it was."""
        return Part(
            self.dues + other.dues,
            self.repondues + other.repondues,
            self.neants + other.neants,
            _plus(self.somme, other.somme),
            _plus(self.numerateur, other.numerateur),
            _plus(self.denominateur, other.denominateur),
            _later(self.derniere, other.derniere),
            self.cible if self.cible is not None else other.cible,
            self.reference if self.reference is not None else other.reference,
            self.declarations | other.declarations,
        )


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Parts by indicator, then by engagement. A commutative monoid under `merge`; empty is neutral."""

    parts: Mapping[str, Mapping[Cle, Part]] = field(default_factory=dict)

    def of(self, indicateur: str) -> Mapping[Cle, Part]:
        return self.parts.get(indicateur, {})

    def merge(self, other: Consolidation) -> Consolidation:
        """The consolidation of both sets of facts (R20)."""
        merged = {code: dict(parts) for code, parts in self.parts.items()}
        for code, parts in other.parts.items():
            mine = merged.setdefault(code, {})
            for cle, part in parts.items():
                known = mine.get(cle)
                mine[cle] = part if known is None else known.merge(part)
        return Consolidation(merged)


def consolidate(faits: Iterable[Fait], attentes: Iterable[Attente] = ()) -> Consolidation:
    """Consolidation of validated answers and of what was owed; each fact is given once."""
    answers: defaultdict[str, dict[Cle, list[Fait]]] = defaultdict(dict)
    for fait in faits:
        answers[fait.indicateur].setdefault(Cle._make(fait[:4]), []).append(fait)
    parts = {code: {cle: _part(given) for cle, given in by_cle.items()} for code, by_cle in answers.items()}
    for attente in attentes:
        owed = Part(dues=attente.periodes, cible=attente.cible, reference=attente.reference)
        mine = parts.setdefault(attente.indicateur, {})
        known = mine.get(attente.cle)
        mine[attente.cle] = owed if known is None else known.merge(owed)
    return Consolidation(parts)


def merge_all(consolidations: Iterable[Consolidation]) -> Consolidation:
    """The merge of any number of consolidations; nothing gives the empty one."""
    total = Consolidation()
    for one in consolidations:
        total = total.merge(one)
    return total


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


def _part(faits: list[Fait]) -> Part:
    answered = [f for f in faits if f.reponse in (NOMBRE, NEANT)]
    values = [f for f in answered if f.valeur is not None]
    ratios = [f for f in answered if f.denominateur is not None]
    last = max(values, key=_rank) if values else None
    return Part(
        repondues=len(answered),
        neants=sum(f.reponse == NEANT for f in answered),
        somme=sum((f.valeur for f in values if f.valeur is not None), 0) if values else None,
        numerateur=sum((f.numerateur or 0 for f in ratios), 0) if ratios else None,
        denominateur=sum((f.denominateur or 0 for f in ratios), 0) if ratios else None,
        derniere=(_end(last.periode), last.valeur) if last and last.valeur is not None else None,
        declarations=frozenset(f.declaration for f in answered),
    )


def _rank(fait: Fait) -> tuple[str, Number]:
    return _end(fait.periode), fait.valeur or 0


_ENDS: dict[str, str] = {}


def _end(periode: str) -> str:
    """Sortable last day of a period, so that "2026-T2" and "2026-S1" end together."""
    end = _ENDS.get(periode)
    if end is None:
        end = _ENDS[periode] = Periode.from_code(periode).dernier_jour.isoformat()
    return end


def _plus(a: Number | None, b: Number | None) -> Number | None:
    if a is None or b is None:
        return b if a is None else a
    return a + b


def _later(a: tuple[str, Number] | None, b: tuple[str, Number] | None) -> tuple[str, Number] | None:
    if a is None or b is None:
        return b if a is None else a
    return max(a, b)


class Total(NamedTuple):
    """One figure over many engagements.

    `valeur` None means that nothing can be said; `signataires_dus` and `signataires_repondants` count
    signatories (R13): one answers when it gave every answer it owed.
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
    answering = [given for given in owing if all(p.repondues >= p.dues for p in given)]
    return Total(
        valeur=figure(parts.values(), genre),
        signataires_dus=len(owing),
        signataires_repondants=len(answering),
        signataires_neant=sum(all(p.neants == p.repondues > 0 for p in given) for given in by_signatory.values()),
        contributeurs=sum(any(p.repondues for p in given) for given in by_signatory.values()),
        declarations=frozenset().union(*(p.declarations for p in parts.values())),
    )


def figure(parts: Iterable[Part], genre: str) -> Decimal | None:
    """Flows summed, last stocks summed, "yes" counted, ratios Σnum/Σden in percent; free ones never (R5, R14)."""
    given = list(parts)
    if genre == FLUX:
        return _sum(p.somme for p in given)
    if genre == STOCK:
        return _sum(p.derniere[1] if p.derniere else None for p in given)
    if genre == OUI_NON:
        return _sum((1 if p.derniere[1] else 0) if p.derniere else None for p in given)
    if genre == RATIO:
        return percent(_sum(p.numerateur for p in given), _sum(p.denominateur for p in given))
    return None


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
    """Target, rate and share of owing engagements without target; a target of 0 is a target (R6, R22)."""
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
