"""Sums made again from those of before are those made from nothing, whatever came before (R20)."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paqte.domain.consolidation import Attente, Cle, Consolidation, Fait, Part, consolidate, merge_all, total
from paqte.domain.declarations.completude import CompletudeCounted, completeness, completeness_again
from paqte.domain.declarations.sceau import Sceau, Scelle, read_facts, seal, unseal
from paqte.domain.declarations.scelles import FaitsLus, SommePeriode, facts_again, sum_again
from paqte.domain.fusions import ConsolidationKept, Merged, TotalMade, merge_again, sift_again, total_again
from paqte.domain.indicateurs.genres import FLUX, STOCK
from paqte.domain.statuts.declarations import MANQUANTE, NEANT

CODES = ("R1", "R3", "S1")


def _facts(chance: random.Random, periode: str) -> list[Fait]:
    found = []
    for one in range(4):
        for rank, code in enumerate(CODES):
            whose = ("41", one, one, 10 * one + rank, code, 100 * int(periode[-1]) + one, periode)
            if chance.random() < 0.8:
                found.append(Fait(*whose, "renseignee", chance.randint(0, 3), None, None))
    return found


def _consolidations(chance: random.Random) -> list[Consolidation]:
    owed = [Attente(Cle("41", one, one, 10 * one), "R1", 2, codes=frozenset({"2026-T1"})) for one in range(3)]
    return [consolidate((), owed), *(consolidate(_facts(chance, f"2026-T{n}")) for n in (1, 2, 3))]


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 3), min_size=1, max_size=4))
def test_R20_a_merge_made_again_is_that_of_what_is_given_whatever_was_merged_before(
    seed: int, moved: list[int]
) -> None:
    chance = random.Random(seed)
    now = _consolidations(chance)
    made = merge_again(now, None)
    for rank in moved:
        other = list(now)
        other[rank] = _consolidations(chance)[rank]
        one = other[rank].parts
        # Of one indicator alone at times: the others are the very same objects.
        if chance.random() < 0.5 and CODES[0] in one:
            other[rank] = Consolidation({**now[rank].parts, CODES[0]: one[CODES[0]]})
        now, made = other, merge_again(other, made)
        assert made.whole == merge_all(now)
        assert list(made.whole.parts) == list(merge_all(now).parts)
    assert merge_again(now, made) is made
    assert merge_again(now[:2], made).whole == merge_all(now[:2])
    assert merge_again(now, merge_again((), None)).whole == merge_all(now)


def _seals(chance: random.Random, conventions: Sequence[int]) -> list[Sceau]:
    found = []
    for one in conventions:
        told = [_answer(chance, 10 * one + n, code) for n, code in enumerate(CODES) if chance.random() < 0.9]
        found.append(Sceau(one % 3, one, 100 + one, "2026-T1", seal(told)))
    return found


def _answer(chance: random.Random, engagement: int, code: str) -> Scelle:
    told = chance.choice(("renseignee", NEANT, MANQUANTE))
    return Scelle(engagement, code, told, chance.randint(0, 9) if told == "renseignee" else None, None, None)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_R18_the_sum_of_a_period_made_again_is_that_of_its_seals_whatever_its_declarations_said_before(
    seed: int, times: int
) -> None:
    chance = random.Random(seed)
    known = _seals(chance, range(1, 6))
    made: SommePeriode | None = None
    read: dict[int, FaitsLus] | None = None
    for _ in range(times):
        other = {one.declaration: one for one in _seals(chance, range(1, 8))}
        # Most stand; one answers otherwise, another changes hands, one comes, one goes.
        known = [other[one.declaration] if chance.random() < 0.3 else one for one in known if chance.random() < 0.95]
        known = [one._replace(signataire=9) if chance.random() < 0.1 else one for one in known]
        if chance.random() < 0.2:
            known += [one for key, one in other.items() if key not in {k.declaration for k in known}][:1]
        made = sum_again("41", known, made)
        assert made.whole == consolidate(read_facts("41", known))
        assert sum_again("41", known, made).whole == made.whole
        read = facts_again("41", known, read)
        assert [fait for one in read.values() for fait in one.faits] == read_facts("41", known)


def test_a_declaration_that_stands_is_not_read_again() -> None:
    chance = random.Random(41)
    known = _seals(chance, range(1, 6))
    made = sum_again("41", known, None)
    with pytest.raises(ValueError, match="Expecting"):
        sum_again("41", [known[0]._replace(texte="[["), *known[1:]], made)
    again = sum_again("41", [known[0]._replace(signataire=9), *known[1:]], made)
    assert [again.declared[key] is made.declared[key] for key in made.declared] == [False, True, True, True, True]


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_R13_what_is_counted_again_is_what_is_counted_from_nothing_whatever_moved(seed: int, times: int) -> None:
    chance = random.Random(seed)
    totals: dict[str, TotalMade] = {}
    counts: CompletudeCounted[str] | None = None
    for _ in range(times):
        parts = _consolidations(chance)
        if counts is not None and chance.random() < 0.7:
            parts = [counts.given, *parts[chance.randint(1, 3) :][:1]]
        given, punctual = merge_again(parts, None).whole, parts[chance.randint(0, len(parts) - 1)]
        for code, mine in given.parts.items():
            genre = chance.choice((FLUX, STOCK))
            totals[code] = total_again(mine, genre, totals.get(code))
            assert totals[code].total == total(mine, genre)
        counts = completeness_again(given, punctual, lambda code, cle: (code, str(cle.signataire)), counts)
        assert counts.groupes == completeness(given, punctual, lambda code, cle: (code, str(cle.signataire)))


def _is_told_by(_cle: Cle, part: Part, declarations: frozenset[int]) -> bool:
    return part.declarations <= declarations


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_R13_what_is_kept_of_a_sum_again_is_what_is_kept_from_nothing_whatever_moved(seed: int, times: int) -> None:
    chance = random.Random(seed)
    made: ConsolidationKept | None = None
    one, those = consolidate(_facts(chance, "2026-T1")), frozenset({100, 101, 102, 103})
    for _ in range(times):
        other = consolidate(_facts(chance, f"2026-T{chance.randint(1, 2)}"))
        code = chance.choice(CODES)
        one = chance.choice((one, other, Consolidation({**one.parts, code: other.parts.get(code, {})})))
        those = chance.choice((those, frozenset(chance.sample(range(100, 204), 60))))
        made = sift_again(one, those, _is_told_by, made)
        assert made.found.parts == {
            code: {cle: part for cle, part in parts.items() if part.declarations <= those}
            for code, parts in one.parts.items()
        }
    assert made is not None and sift_again(one, those, _is_told_by, made) is made


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_R20_what_follows_sums_from_one_to_the_next_is_what_is_made_from_nothing_whoever_skipped_some(
    seed: int, times: int
) -> None:
    """Merges, those kept of them, totals and counts, each looking at some states alone, of ever more corrections."""
    chance = random.Random(seed)
    seals = {code: _seals(chance, range(1, 6)) for code in ("2026-T1", "2026-T2")}
    sums: dict[str, SommePeriode] = {}
    owed = consolidate((), [Attente(Cle("41", one % 3, one, 10 * one), "R1", 2) for one in range(1, 5)])
    those = frozenset(range(100, 104))
    merged: Merged | None = None
    kept: ConsolidationKept | None = None
    totals: dict[str, TotalMade] = {}
    counts: CompletudeCounted[str] | None = None
    for _ in range(times):
        code = chance.choice(tuple(seals))
        seals[code] = _corrected(chance, seals[code])
        sums = {each: sum_again("41", theirs, sums.get(each)) for each, theirs in seals.items()}
        given = [owed, *(one.whole for one in sums.values())]
        if chance.random() < 0.7:
            merged = merge_again(given, merged)
            assert merged.whole == merge_all(given)
        whole = merged.whole if merged else merge_all(given)
        if chance.random() < 0.7:
            kept = sift_again(whole, those, _is_told_by, kept)
            assert kept.found == sift_again(whole, those, _is_told_by, None).found
        if chance.random() < 0.7:
            for each, mine in whole.parts.items():
                totals[each] = total_again(mine, FLUX, totals.get(each))
                assert totals[each].total == total(mine, FLUX)
        if chance.random() < 0.7 and kept is not None:
            counts = completeness_again(whole, kept.found, _by_signatory, counts)
            assert counts.groupes == completeness(whole, kept.found, _by_signatory)


def _by_signatory(code: str, cle: Cle) -> tuple[str, str]:
    return code, str(cle.signataire)


def _corrected(chance: random.Random, seals: Sequence[Sceau]) -> list[Sceau]:
    """One declaration says other numbers or, at times, other answers."""
    rank, found = chance.randrange(len(seals)), list(seals)
    answers = unseal(found[rank].texte)
    if chance.random() < 0.8:
        texte = seal(a._replace(valeur=a.valeur + 1) if a.valeur is not None else a for a in answers)
    else:
        texte = _seals(chance, [found[rank].convention])[0].texte
    found[rank] = found[rank]._replace(texte=texte)
    return found
