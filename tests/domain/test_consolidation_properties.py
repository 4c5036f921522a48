"""Consolidation over random facts: it merges, nothing is lost or counted twice, and a naive count agrees (R20)."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.consolidation import Attente, Consolidation, Fait, consolidate, figure, merge_all, total
from paqte.domain.conventions.objectifs import achievement, reference
from paqte.domain.indicateurs.genres import FLUX, OUI_NON, RATIO, STOCK
from tests.domain.oracle import INDICATEURS, count, fact_lists, owing_lists

pytestmark = pytest.mark.lent

GENRES = (FLUX, STOCK, OUI_NON, RATIO)


def split(items: list, marks: list[int], ways: int) -> list[list]:
    """Items dealt into `ways` hands, as the marks say."""
    hands: list[list] = [[] for _ in range(ways)]
    for n, item in enumerate(items):
        hands[marks[n % len(marks)] % ways].append(item)
    return hands


marks = st.lists(st.integers(0, 3), min_size=1, max_size=30)


@given(fact_lists, owing_lists, marks, st.integers(1, 4))
def test_R20_the_result_over_a_set_of_facts_is_the_merge_of_the_results_over_its_parts(
    faits: list[Fait], attentes: list[Attente], dealt: list[int], ways: int
) -> None:
    parts = zip(split(faits, dealt, ways), split(attentes, dealt[::-1], ways), strict=True)
    assert merge_all(consolidate(f, a) for f, a in parts) == consolidate(faits, attentes)


@given(fact_lists, owing_lists, fact_lists, owing_lists)
def test_R20_merging_two_gives_the_same_from_either_side(
    faits: list[Fait], attentes: list[Attente], others: list[Fait], owed: list[Attente]
) -> None:
    a, b = consolidate(faits, attentes), consolidate(others, owed)
    assert a.merge(b) == b.merge(a) == consolidate(faits + others, attentes + owed)


@given(fact_lists, fact_lists, owing_lists, owing_lists)
def test_R20_merging_three_gives_the_same_in_any_grouping(
    first: list[Fait], second: list[Fait], third: list[Attente], fourth: list[Attente]
) -> None:
    a, b, c = consolidate(first, third), consolidate(second), consolidate([], fourth)
    assert a.merge(b).merge(c) == a.merge(b.merge(c)) == merge_all([c, a, b])


@given(fact_lists, owing_lists)
def test_R20_merging_with_nothing_changes_nothing(faits: list[Fait], attentes: list[Attente]) -> None:
    one = consolidate(faits, attentes)
    assert one.merge(Consolidation()) == one == Consolidation().merge(one) == merge_all([one])
    assert merge_all([]) == Consolidation() == consolidate([])


@given(fact_lists, owing_lists)
def test_R20_merging_leaves_both_as_they_were(faits: list[Fait], attentes: list[Attente]) -> None:
    a, b = consolidate(faits), consolidate(faits, attentes)
    a.merge(b)
    assert (a, b) == (consolidate(faits), consolidate(faits, attentes))


@given(fact_lists, owing_lists, st.randoms(use_true_random=False))
def test_R20_the_order_of_facts_is_of_no_account(faits: list[Fait], attentes: list[Attente], chance: Random) -> None:
    before = consolidate(faits, attentes)
    chance.shuffle(faits)
    chance.shuffle(attentes)
    after = consolidate(faits, attentes)
    assert before == after
    for code, genre in ((c, g) for c in INDICATEURS for g in GENRES):
        assert total(before.of(code), genre) == total(after.of(code), genre)
        assert achievement(before.of(code), genre) == achievement(after.of(code), genre)


@pytest.mark.parametrize("indicateur", INDICATEURS)
def test_R13_R14_R15_a_naive_count_agrees_on_every_figure(indicateur: str) -> None:
    @given(fact_lists, owing_lists)
    def check(faits: list[Fait], attentes: list[Attente]) -> None:
        parts = consolidate(faits, attentes).of(indicateur)
        expected = count(faits, attentes, indicateur)
        flux = total(parts, FLUX)
        assert flux.valeur == expected.flux
        assert figure(parts, STOCK) == expected.stock
        assert figure(parts, OUI_NON) == expected.oui
        assert figure(parts, RATIO) == expected.ratio
        assert flux[1:5] == (expected.dus, expected.repondants, expected.neants, expected.contributeurs)

    check()


@given(fact_lists, owing_lists, st.sampled_from(INDICATEURS))
def test_R20_departements_add_up_to_their_region_exactly(
    faits: list[Fait], attentes: list[Attente], indicateur: str
) -> None:
    children = [
        consolidate([f for f in faits if f.departement == d], [a for a in attentes if a.cle.departement == d])
        for d in ("41", "972")
    ]
    parent = total(merge_all(children).of(indicateur), FLUX)
    totals = [total(child.of(indicateur), FLUX) for child in children]
    known = [t.valeur for t in totals if t.valeur is not None]
    assert parent.valeur == (sum(known) if known else None)
    for n in range(1, 5):
        assert parent[n] == sum(t[n] for t in totals)
    assert parent.declarations == totals[0].declarations | totals[1].declarations


@given(fact_lists, owing_lists, st.sampled_from(INDICATEURS), st.sampled_from(GENRES))
def test_R13_taking_the_missing_answers_away_changes_no_figure(
    faits: list[Fait], attentes: list[Attente], indicateur: str, genre: str
) -> None:
    answered = [f for f in faits if f.reponse != "manquante"]
    whole, bare = consolidate(faits, attentes).of(indicateur), consolidate(answered, attentes).of(indicateur)
    assert total(whole, genre) == total(bare, genre)
    assert achievement(whole, genre) == achievement(bare, genre)
    assert reference(whole, genre) == reference(bare, genre)


@given(fact_lists, owing_lists, st.sampled_from(INDICATEURS))
def test_R13_confirmed_zeros_and_full_answers_are_never_more_than_those_who_answered(
    faits: list[Fait], attentes: list[Attente], indicateur: str
) -> None:
    counted = total(consolidate(faits, attentes).of(indicateur), FLUX)
    assert counted.signataires_repondants <= counted.signataires_dus
    assert counted.signataires_neant <= counted.contributeurs
    if not counted.contributeurs:
        assert counted.valeur is None


@given(fact_lists, owing_lists, st.sampled_from(INDICATEURS), st.sampled_from(GENRES))
def test_R22_no_value_without_target_enters_a_rate(
    faits: list[Fait], attentes: list[Attente], indicateur: str, genre: str
) -> None:
    aimed = [a for a in attentes if a.indicateur == indicateur and a.cible is not None and a.periodes]
    # A stock and a yes are said once a signatory, anything else once an engagement (R32).
    whose = 2 if genre in (STOCK, OUI_NON) else 4
    who_aims = {a.cle[:whose] for a in aimed}
    kept = [f for f in faits if f.indicateur == indicateur and f[:whose] in who_aims]
    rate = achievement(consolidate(faits, attentes).of(indicateur), genre)
    alone = achievement(consolidate(kept, aimed).of(indicateur), genre)
    assert (rate.cible, rate.taux) == (alone.cible, alone.taux)
    owing = {a.cle[:whose] for a in attentes if a.indicateur == indicateur and a.periodes}
    expected = Decimal(len(owing - who_aims)) / len(owing) * 100 if owing else None
    assert rate.sans_cible is None if expected is None else abs(rate.sans_cible - expected) <= Decimal("0.05")
