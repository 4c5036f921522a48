"""What the seals of one declared period add up to, those that stand since the last time not read again (R18, R20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from paqte.domain.consolidation import Cle, Consolidation, Fait, Part, consolidate
from paqte.domain.declarations.sceau import Sceau, read_facts
from paqte.domain.fusions import PartsMade

# Of one indicator and one engagement.
Told = tuple[str, Cle, Part]


class DeclarationScellee(NamedTuple):
    """What one declaration brings, and the fingerprint of its seal and of whose it is."""

    empreinte: bytes
    parts: tuple[Told, ...]


class SommePeriode(NamedTuple):
    """The sum of one declared period, and what each of its declarations brings, by key."""

    declared: Mapping[int, DeclarationScellee]
    whole: Consolidation


def sum_again(departement: str, seals: Sequence[Sceau], former: SommePeriode | None) -> SommePeriode:
    """What the seals of one declared period add up to; those that `former` knows are not read again."""
    known = former.declared if former else {}
    prints = {one.declaration: _fingerprint(one) for one in seals}
    other = [one for one in seals if (had := known.get(one.declaration)) is None or had[0] != prints[one.declaration]]
    read = _declared_anew(departement, other, prints)
    declared = {key: read.get(key) or known[key] for key in prints}
    whole = _replaced(former, declared, read) if former else None
    return SommePeriode(declared, _added(declared.values()) if whole is None else whole)


def _declared_anew(
    departement: str, seals: Sequence[Sceau], prints: Mapping[int, bytes]
) -> dict[int, DeclarationScellee]:
    facts = defaultdict(list)
    for fait in read_facts(departement, seals):
        facts[fait.declaration].append(fait)
    return {
        one.declaration: DeclarationScellee(prints[one.declaration], tuple(_parts(consolidate(facts[one.declaration]))))
        for one in seals
    }


def _parts(one: Consolidation) -> Iterator[Told]:
    for code, parts in one.parts.items():
        for cle, part in parts.items():
            yield code, cle, part


def _added(declared: Iterable[DeclarationScellee]) -> Consolidation:
    parts: defaultdict[str, dict[Cle, Part]] = defaultdict(dict)
    for one in declared:
        for code, cle, part in one.parts:
            known = parts[code].get(cle)
            parts[code][cle] = part if known is None else known.merge(part)
    return Consolidation(dict(parts))


def _replaced(
    former: SommePeriode, declared: Mapping[int, DeclarationScellee], read: Mapping[int, DeclarationScellee]
) -> Consolidation | None:
    """The former sum with the parts of these in place of what they brought; None where others came or went."""
    if former.declared.keys() != declared.keys():
        return None
    parts: dict[str, Mapping[Cle, Part]] = dict(former.whole.parts)
    anew: defaultdict[str, dict[Cle, Part]] = defaultdict(dict)
    for key, one in read.items():
        had = former.declared[key].parts
        if [told[:2] for told in had] != [told[:2] for told in one.parts]:
            return None
        for (code, cle, before), (_, _, part) in zip(had, one.parts, strict=True):
            if parts[code][cle] is not before:
                return None
            anew[code][cle] = part
    return Consolidation({**parts, **{code: PartsMade(parts[code], moved) for code, moved in anew.items()}})


def _fingerprint(one: Sceau) -> bytes:
    whose = f"{one.signataire} {one.convention} {one.periode} "
    return blake2b((whose + one.texte).encode(), digest_size=16).digest()


class FaitsLus(NamedTuple):
    """The answers under the seal of one declaration, and its fingerprint."""

    empreinte: bytes
    faits: tuple[Fait, ...]


def facts_again(departement: str, seals: Sequence[Sceau], former: Mapping[int, FaitsLus] | None) -> dict[int, FaitsLus]:
    """The answers under these seals, by declaration in their order; those that `former` knows are not read again."""
    known = former or {}
    prints = {one.declaration: _fingerprint(one) for one in seals}
    other = [one for one in seals if (had := known.get(one.declaration)) is None or had[0] != prints[one.declaration]]
    read: dict[int, list[Fait]] = {one.declaration: [] for one in other}
    for fait in read_facts(departement, other):
        read[fait.declaration].append(fait)
    return {key: FaitsLus(prints[key], tuple(read[key])) if key in read else known[key] for key in prints}
