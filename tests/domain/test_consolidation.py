"""How figures add up, case by case (R6, R10–R15, R20–R22); see test_consolidation_properties for random facts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from paqte.domain.assemblage.tableaux.signataires import count_by_nature
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import (
    Attente,
    Cle,
    Consolidation,
    Fait,
    Number,
    consolidate,
    inside,
    merge_all,
    percent,
    total,
)
from paqte.domain.conventions.objectifs import achievement, reference, term_target
from paqte.domain.declarations.controles import difference
from paqte.domain.indicateurs.genres import FLUX, LIBRE, OUI_NON, RATIO, STOCK

ALPHA, BETA, GAMMA = Cle("41", 1, 10, 100), Cle("41", 2, 20, 200), Cle("972", 3, 30, 300)
ALPHA_RENEWED = Cle("41", 1, 11, 110)


def answer(cle: Cle, valeur: Number | None, periode: str = "2026-S1", indicateur: str = "R3") -> Fait:
    declaration = cle.convention * 100 + int(periode[-1])
    reponse = "manquante" if valeur is None else "nombre"
    return Fait(*cle, indicateur, declaration, periode, reponse, valeur, None, None)


def neant(cle: Cle, periode: str = "2026-S1", valeur: Number | None = None) -> Fait:
    return answer(cle, 0, periode)._replace(reponse="neant", valeur=valeur)


def ratio(cle: Cle, upper: Number | None, lower: Number | None, periode: str = "2026-S1") -> Fait:
    return answer(cle, 0, periode)._replace(valeur=None, numerateur=upper, denominateur=lower)


def owed(cle: Cle, periodes: int = 1, cible: Number | None = None, before: Number | None = None) -> Attente:
    return Attente(cle, "R3", periodes, cible, before)


def value(faits: list[Fait], genre: str, attentes: list[Attente] | None = None) -> Decimal | None:
    return total(consolidate(faits, attentes or []).of("R3"), genre).valeur


def test_R15_flows_add_up_over_periods_and_signatories() -> None:
    faits = [answer(ALPHA, 3, "2026-T1"), answer(ALPHA, 4, "2026-T2"), answer(BETA, 5)]
    assert value(faits, FLUX) == 12


def test_R11_a_stock_takes_the_last_value_of_each_and_adds_the_signatories() -> None:
    faits = [answer(ALPHA, 9, "2026-T1"), answer(ALPHA, 4, "2026-T2"), answer(BETA, 5)]
    assert value(faits, STOCK) == 9
    assert value(faits[::-1], STOCK) == 9


def test_R11_a_stock_answered_only_at_first_keeps_that_value() -> None:
    assert value([answer(ALPHA, 9, "2026-T1"), answer(ALPHA, None, "2026-T2")], STOCK) == 9


def test_R11_a_stock_that_fell_to_a_confirmed_zero_is_zero() -> None:
    assert value([answer(ALPHA, 9, "2026-T1"), neant(ALPHA, "2026-T2")], STOCK) == 0


def test_R11_a_stock_merged_from_two_semesters_keeps_the_later_whichever_comes_first() -> None:
    first, then = consolidate([answer(ALPHA, 9, "2025-S2")]), consolidate([answer(ALPHA, 4, "2026-S1")])
    assert total(first.merge(then).of("R3"), STOCK).valeur == 4
    assert total(then.merge(first).of("R3"), STOCK).valeur == 4


def test_yes_is_counted_once_for_each_and_no_is_an_answer() -> None:
    faits = [answer(ALPHA, 1, "2026-T1"), answer(ALPHA, 1, "2026-T2"), neant(BETA), answer(GAMMA, 1)]
    assert value(faits, OUI_NON) == 2
    assert value([neant(BETA)], OUI_NON) == 0
    assert value([answer(BETA, None)], OUI_NON) is None


def test_R14_a_ratio_is_the_sum_over_the_sum_and_never_a_mean() -> None:
    faits = [ratio(ALPHA, 1, 2), ratio(BETA, 1, 98)]
    assert value(faits, RATIO) == Decimal("2.0")


def test_R14_a_ratio_over_two_quarters_is_the_sum_over_the_sum() -> None:
    faits = [ratio(ALPHA, 10, 10, "2026-T1"), ratio(ALPHA, 0, 30, "2026-T2")]
    assert value(faits, RATIO) == Decimal("25.0")


@pytest.mark.parametrize("faits", [[ratio(ALPHA, 0, 0)], [neant(ALPHA)], [answer(ALPHA, None)], []])
def test_R14_no_denominator_gives_no_percentage(faits: list[Fait]) -> None:
    assert value(faits, RATIO) is None


def test_R14_a_denominator_without_its_numerator_is_left_out() -> None:
    assert value([ratio(ALPHA, None, 50), ratio(BETA, 5, 10)], RATIO) == 50


def test_R14_none_out_of_twelve_is_nought_per_cent() -> None:
    none_of_twelve = ratio(ALPHA, 0, 12)._replace(reponse="neant")
    assert value([none_of_twelve], RATIO) == 0
    assert value([none_of_twelve._replace(numerateur=None)], RATIO) == 0
    assert value([none_of_twelve, ratio(BETA, 6, 12)], RATIO) == 25


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (1, 8, "12.5"),
        (5, 10000, "0.1"),  # 0.05 rounds up
        (4999, 10**7, "0.0"),
        (25, 200, "12.5"),
        (3, 2, "150.0"),
        (0, 7, "0.0"),
        (Decimal("0.01"), Decimal("999999999999.99"), "0.0"),
    ],
)
def test_percentages_have_one_decimal_half_up(upper: Number, lower: Number, expected: str) -> None:
    assert str(percent(upper, lower)) == expected


@pytest.mark.parametrize(("upper", "lower"), [(None, 3), (3, None), (3, 0), (0, 0), (None, None), (3, Decimal("0.00"))])
def test_R14_a_percentage_of_nothing_is_nothing(upper: Number | None, lower: Number | None) -> None:
    assert percent(upper, lower) is None


def test_R5_free_commitments_are_never_summed() -> None:
    parts = consolidate([answer(ALPHA, 3), answer(BETA, 4)], [owed(ALPHA, cible=2)]).of("R3")
    assert total(parts, LIBRE).valeur is None
    assert achievement(parts, LIBRE)[:2] == (None, None)
    assert reference(parts, LIBRE) is None


def test_R13_missing_is_not_zero() -> None:
    assert value([], FLUX) is None
    assert value([answer(ALPHA, None)], FLUX) is None
    assert value([answer(ALPHA, None), answer(BETA, 5)], FLUX) == 5


@pytest.mark.parametrize("stored", [None, 0, Decimal("0.00")])
def test_R13_a_confirmed_zero_is_zero_however_it_is_stored(stored: Number | None) -> None:
    assert value([neant(ALPHA, valeur=stored)], FLUX) == 0
    assert value([neant(ALPHA, valeur=stored)], STOCK) == 0


def test_R13_a_total_says_how_many_answered_out_of_how_many_owed_it() -> None:
    faits = [answer(ALPHA, 3, "2026-T1"), answer(ALPHA, 4, "2026-T2"), answer(BETA, 5, "2026-T1"), neant(GAMMA)]
    counted = total(consolidate(faits, [owed(ALPHA, 2), owed(BETA, 2), owed(GAMMA, 1)]).of("R3"), FLUX)
    assert counted[:5] == (12, 3, 2, 1, 3)
    assert counted.declarations == {1001, 1002, 2001, 3001}


def test_R13_a_signatory_with_two_conventions_answers_once_and_only_when_both_do() -> None:
    attentes = [owed(ALPHA), owed(ALPHA_RENEWED)]
    half = total(consolidate([answer(ALPHA, 3)], attentes).of("R3"), FLUX)
    assert (half.signataires_dus, half.signataires_repondants, half.contributeurs) == (1, 0, 1)
    both = total(consolidate([answer(ALPHA, 3), answer(ALPHA_RENEWED, 0)], attentes).of("R3"), FLUX)
    assert (both.signataires_dus, both.signataires_repondants) == (1, 1)


@pytest.mark.parametrize(
    ("faits", "periodes", "expected"),
    [
        ([neant(ALPHA, "2026-T1"), neant(ALPHA, "2026-T2")], 2, 1),
        ([neant(ALPHA, "2026-T1"), answer(ALPHA, None, "2026-T2")], 2, 0),  # half of it is still missing
        ([neant(ALPHA, "2026-T1"), answer(ALPHA, 3, "2026-T2")], 2, 0),
        ([answer(ALPHA, None)], 1, 0),
        ([], 1, 0),
    ],
)
def test_R13_a_signatory_confirms_zero_by_answering_zero_everywhere(
    faits: list[Fait], periodes: int, expected: int
) -> None:
    counted = total(consolidate(faits, [owed(ALPHA, periodes)]).of("R3"), FLUX)
    assert counted.signataires_neant == expected


def test_R13_a_signatory_whose_other_convention_has_a_figure_confirms_no_zero() -> None:
    faits = [neant(ALPHA), answer(ALPHA_RENEWED, 3)]
    assert total(consolidate(faits, [owed(ALPHA), owed(ALPHA_RENEWED)]).of("R3"), FLUX).signataires_neant == 0


def test_R20_money_adds_up_to_the_cent() -> None:
    faits = [answer(Cle("41", n, n, n), Decimal("0.10")) for n in range(1000)]
    assert value(faits, FLUX) == Decimal("100.00")
    assert value([answer(ALPHA, Decimal("999999999999.99")), answer(BETA, Decimal("0.02"))], FLUX) == Decimal(
        "1000000000000.01"
    )


def test_R20_a_region_is_the_merge_of_its_departements() -> None:
    loir_et_cher = consolidate([answer(ALPHA, 3), answer(BETA, 5)], [owed(ALPHA), owed(BETA)])
    martinique = consolidate([answer(GAMMA, 7)], [owed(GAMMA)])
    both = total(merge_all([loir_et_cher, martinique]).of("R3"), FLUX)
    assert (both.valeur, both.signataires_dus, both.signataires_repondants) == (15, 3, 3)


def test_R20_two_departements_may_use_the_same_numbers_for_different_signatories() -> None:
    elsewhere = ALPHA._replace(departement="972")
    both = consolidate([answer(ALPHA, 3)]).merge(consolidate([answer(elsewhere, 4)]))
    assert total(both.of("R3"), FLUX)[:5] == (7, 0, 0, 0, 2)
    assert total(both.of("R3"), STOCK).valeur == 7


@pytest.mark.parametrize("genre", [FLUX, STOCK])
def test_R21_purchases_and_suppliers_are_never_added_to_one_another(genre: str) -> None:
    codes = ("A1", "A2", "A3", "A4")
    together = consolidate([answer(ALPHA, 10**n, indicateur=code) for n, code in enumerate(codes)])
    assert {code: total(together.of(code), genre).valeur for code in codes} == {
        "A1": 1,
        "A2": 10,
        "A3": 100,
        "A4": 1000,
    }


def test_R6_R22_no_target_differs_from_a_target_of_zero() -> None:
    none = achievement(consolidate([answer(ALPHA, 3)], [owed(ALPHA)]).of("R3"), FLUX)
    zero = achievement(consolidate([answer(ALPHA, 3)], [owed(ALPHA, cible=0)]).of("R3"), FLUX)
    assert none[:3] == (None, None, 100)
    assert zero[:3] == (0, None, 0)


def test_R6_R22_a_target_of_zero_adds_nothing_to_the_others_and_is_still_a_target() -> None:
    parts = consolidate([answer(ALPHA, 3), answer(BETA, 5)], [owed(ALPHA, cible=0), owed(BETA, cible=10)]).of("R3")
    assert achievement(parts, FLUX)[:3] == (10, 80, 0)


def test_R22_only_values_having_a_target_enter_the_rate_and_the_share_without_is_shown() -> None:
    faits = [answer(ALPHA, 5), answer(BETA, 1000), answer(GAMMA, 5)]
    parts = consolidate(faits, [owed(ALPHA, cible=10), owed(BETA), owed(GAMMA, cible=10)]).of("R3")
    assert achievement(parts, FLUX)[:3] == (20, 50, Decimal("33.3"))


def test_R13_R22_a_target_nobody_answered_has_no_rate_and_not_nought() -> None:
    parts = consolidate([answer(ALPHA, None)], [owed(ALPHA, cible=10)]).of("R3")
    assert achievement(parts, FLUX)[:3] == (10, None, 0)
    confirmed = consolidate([neant(ALPHA)], [owed(ALPHA, cible=10)]).of("R3")
    assert achievement(confirmed, FLUX)[:3] == (10, 0, 0)


def test_R22_nothing_owed_gives_no_rate_at_all() -> None:
    assert achievement(consolidate([answer(ALPHA, 5)]).of("R3"), FLUX)[:3] == (None, None, None)
    assert achievement(Consolidation().of("R3"), FLUX)[:3] == (None, None, None)


def test_R22_more_than_promised_is_more_than_a_hundred() -> None:
    parts = consolidate([answer(ALPHA, 25)], [owed(ALPHA, cible=10)]).of("R3")
    assert achievement(parts, FLUX).taux == 250


def test_R14_R22_targets_in_percent_weigh_what_their_denominators_weigh() -> None:
    faits = [ratio(ALPHA, 1, 10), ratio(BETA, 9, 90)]
    parts = consolidate(faits, [owed(ALPHA, cible=50), owed(BETA, cible=5)]).of("R3")
    assert achievement(parts, RATIO)[:3] == (Decimal("9.5"), Decimal("105.3"), 0)


def test_R14_R22_a_single_target_in_percent_stays_what_was_promised() -> None:
    parts = consolidate([ratio(ALPHA, 1, 10)], [owed(ALPHA, cible=Decimal("12.5"))]).of("R3")
    assert achievement(parts, RATIO)[:3] == (Decimal("12.5"), 80, 0)
    silent = consolidate([], [owed(ALPHA, cible=20)]).of("R3")
    assert achievement(silent, RATIO)[:3] == (20, None, 0)


def test_R14_several_targets_in_percent_without_denominator_have_no_common_target() -> None:
    parts = consolidate([], [owed(ALPHA, cible=20), owed(BETA, cible=40)]).of("R3")
    assert achievement(parts, RATIO)[:3] == (None, None, 0)


def test_R6_reference_values_add_up_but_percentages_do_not() -> None:
    parts = consolidate([], [owed(ALPHA, before=3), owed(BETA, before=4), owed(GAMMA)]).of("R3")
    assert reference(parts, FLUX) == 7
    assert reference(parts, RATIO) is None
    assert reference(consolidate([], [owed(ALPHA, before=3), owed(GAMMA)]).of("R3"), RATIO) == 3
    assert reference(consolidate([], [owed(GAMMA)]).of("R3"), FLUX) is None


def test_one_engagement_given_two_targets_keeps_one_whichever_comes_first() -> None:
    low, high = consolidate([], [owed(ALPHA, cible=3)]), consolidate([], [owed(ALPHA, cible=8)])
    assert low.merge(high) == high.merge(low)
    assert achievement(low.merge(high).of("R3"), FLUX).cible == 8


@pytest.mark.parametrize(
    ("window", "kept"),
    [
        ("2026-S1", ["2026-T1", "2026-T2", "2026-S1"]),
        ("2026-T1", ["2026-T1"]),
        ("2026-T2", ["2026-T2"]),  # the semester declarant is no zero here: it is absent (R11)
        ("2026", ["2026-T1", "2026-T2", "2026-S1", "2026-T3"]),
        ("2025-S2", []),
    ],
)
def test_R11_a_period_takes_what_lies_wholly_inside_it(window: str, kept: list[str]) -> None:
    faits = [answer(ALPHA, 1, periode) for periode in ("2026-T1", "2026-T2", "2026-S1", "2026-T3")]
    assert [f.periode for f in inside(faits, Periode.from_code(window))] == kept


@pytest.mark.parametrize(
    ("objectifs", "genre", "target"),
    [
        ({}, FLUX, None),
        ({0: 0}, FLUX, 0),
        ({0: 30, 1: 5}, FLUX, 30),
        ({1: 5, 2: 10, 3: 15}, FLUX, 30),
        ({1: 5, 2: 10, 3: 15}, STOCK, 15),
        ({3: 12, 1: 8}, RATIO, 12),
        ({1: 1, 2: 0}, OUI_NON, 0),
        ({1: 5, 2: 10}, LIBRE, 15),
        ({1: 0, 2: 0}, FLUX, 0),
    ],
)
def test_R6_yearly_targets_make_the_target_of_the_term(
    objectifs: dict[int, Number], genre: str, target: Number | None
) -> None:
    assert term_target(objectifs, genre) == target


def test_R17_the_published_total_of_alpes_maritimes_adds_up_and_the_other_paper_s_does_not() -> None:
    assert difference(1551, [229, 350, 972]) == 0
    assert difference(1651, [229, 350, 972]) == 100
    assert difference(Decimal("0.30"), [Decimal("0.10")] * 3) == 0


def test_R2_R3_an_enterprise_counts_once_in_a_departement_and_kinds_stay_apart() -> None:
    natures = {
        ("41", "732829320"): "entreprise",
        ("972", "732829320"): "entreprise",
        ("41", "662042449"): "reseau",
    }
    assert count_by_nature(natures) == {"entreprise": 2, "reseau": 1}
