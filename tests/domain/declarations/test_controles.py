"""Errors that block a declaration, warnings that ask for a sentence (R13, R14, R17)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.controles import (
    AVERTISSEMENT,
    ERREUR,
    Constat,
    Contexte,
    Reponse,
    check,
    errors,
    warnings,
)
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.indicateurs.genres import RATIO
from paqte.domain.statuts.declarations import MANQUANTE, NEANT, NOMBRE
from tests.domain.phrases import is_french_sentence

SEMESTRE = Periode(2026, "S", 1)
ENGAGEMENTS = {code: rank for rank, code in enumerate(catalogue().indicateurs, start=1)}
Typed = int | Decimal | tuple[int, int] | str | None


def reponse(code: str, typed: Typed) -> Reponse:
    """A figure, two for a ratio, "neant", or None for missing."""
    key = ENGAGEMENTS[code]
    if typed is None:
        return Reponse(key, code, MANQUANTE)
    if typed == "neant":
        return Reponse(key, code, NEANT)
    if isinstance(typed, tuple):
        return Reponse(key, code, NOMBRE, None, Decimal(typed[0]), Decimal(typed[1]))
    return Reponse(key, code, NOMBRE, Decimal(typed))


def findings(
    typed: Mapping[str, Typed],
    periode: Periode = SEMESTRE,
    effectif: int | None = None,
    former: Mapping[str, int] | None = None,
) -> tuple[Constat, ...]:
    precedentes = {ENGAGEMENTS[code]: Decimal(n) for code, n in (former or {}).items()}
    contexte = Contexte(periode, catalogue(), effectif, precedentes)
    return check([reponse(code, figure) for code, figure in typed.items()], contexte)


def codes(found: tuple[Constat, ...]) -> list[str]:
    return [c.code for c in found]


def alone(found: tuple[Constat, ...], gravite: str, code: str, indicateur: str) -> str:
    """The one finding, which stands beside that field and is a sentence."""
    assert [(c.gravite, c.code, c.engagement) for c in found] == [(gravite, code, ENGAGEMENTS[indicateur])]
    assert is_french_sentence(found[0].message)
    return found[0].message


def test_a_sound_declaration_raises_nothing() -> None:
    typed = {"S2": 12, "S2p": (12, 40), "F1": 3, "R1": 1, "R3": 9, "A1": 4, "A2": Decimal("1234.56"), "X1": 7}
    assert findings(typed, effectif=50, former={"S2": 10, "R3": 8}) == ()


def test_nothing_declared_raises_nothing() -> None:
    assert findings({}) == ()
    assert findings(dict.fromkeys(["R3", "S2", "S2p", "B1"])) == ()


def test_R17_a_dont_above_its_total_blocks() -> None:
    message = alone(findings({"R3": 1200, "R3e": 1300}, Periode(2024, "S", 1)), ERREUR, "dont_superieur", "R3e")
    assert "1\u202f200" in message
    assert "Nombre de recrutements de résidents en QPV" in message


@pytest.mark.parametrize("part", [0, 5, 12])
def test_R17_a_dont_up_to_its_total_passes(part: int) -> None:
    assert findings({"R3": 12, "R3e": part}, Periode(2024, "S", 1)) == ()


@pytest.mark.parametrize("nothing", [0, "neant"])
def test_R17_a_positive_dont_of_nothing_blocks(nothing: Typed) -> None:
    message = alone(findings({"R3": nothing, "R3e": 2}, Periode(2024, "S", 1)), ERREUR, "dont_sans_total", "R3e")
    assert "total est nul" in message


@pytest.mark.parametrize("part", [0, "neant", None])
def test_R17_no_dont_of_nothing_passes(part: Typed) -> None:
    assert findings({"R3": "neant", "R3e": part}, Periode(2024, "S", 1)) == ()


def test_R13_a_dont_whose_total_is_missing_is_held_against_nothing() -> None:
    assert findings({"R3": None, "R3e": 2}, Periode(2024, "S", 1)) == ()
    assert findings({"R3e": 2}, Periode(2024, "S", 1)) == ()


def test_R17_an_emploi_franc_signed_after_2024_asks_for_a_sentence() -> None:
    message = alone(findings({"R3": 4, "R3e": 2}, Periode(2025, "T", 1)), AVERTISSEMENT, "mesure_close", "R3e")
    assert "31/12/2024" in message
    assert codes(findings({"P08": 1})) == ["mesure_close"]


@pytest.mark.parametrize("typed", [0, "neant", None])
def test_R17_no_emploi_franc_after_2024_passes(typed: Typed) -> None:
    assert findings({"R3": 4, "R3e": typed}) == ()


def test_R17_an_emploi_franc_of_the_last_quarter_of_2024_passes() -> None:
    assert findings({"R3": 4, "R3e": 2}, Periode(2024, "T", 4)) == ()
    assert findings({"R3": 4, "R3e": 2}, Periode(2024, "S", 2)) == ()


def test_R17_more_than_three_times_the_former_period_asks_for_a_sentence() -> None:
    message = alone(findings({"S5": 3001}, former={"S5": 1000}), AVERTISSEMENT, "saut", "S5")
    assert "plus de 3 fois la période précédente, 1\u202f000" in message


@pytest.mark.parametrize(
    ("figure", "former"),
    [(30, {"S5": 10}), (0, {"S5": 10}), (5, {"S5": 0}), (5, {}), (5, {"S4": 1}), ("neant", {"S5": 9})],
)
def test_R17_up_to_three_times_or_from_nothing_known_passes(figure: Typed, former: Mapping[str, int]) -> None:
    assert findings({"S5": figure}, former=former) == ()


def test_R17_more_than_the_head_count_asks_for_a_sentence() -> None:
    message = alone(findings({"R3": 1201}, effectif=1200), AVERTISSEMENT, "effectif_depasse", "R3")
    assert "1\u202f200" in message


@pytest.mark.parametrize(
    ("code", "figure", "effectif"), [("R3", 12, 12), ("R3", 12, None), ("S5", 500, 12), ("R3", "neant", 0)]
)
def test_R17_a_figure_not_bounded_by_the_head_count_passes(code: str, figure: int, effectif: int | None) -> None:
    assert findings({code: figure}, effectif=effectif) == ()


ALPES_MARITIMES = {"S2": 229, "F4": 350, "R3": 972}


def test_R17_the_published_total_of_alpes_maritimes_passes() -> None:
    assert findings(ALPES_MARITIMES | {"B1": 1551}) == ()


def test_R17_the_other_total_printed_for_alpes_maritimes_asks_for_a_sentence() -> None:
    message = alone(findings(ALPES_MARITIMES | {"B1": 1651}), AVERTISSEMENT, "total_faux", "B1")
    assert "1\u202f651" in message
    assert "229 + 350 + 972 = 1\u202f551" in message


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"S2": 10, "R3": 5, "B1": 14}, ["total_faux"]),
        ({"S2": 10, "R3": "neant", "B1": 10}, []),
        ({"S2": 10, "R3": "neant", "B1": 11}, ["total_faux"]),
        ({"S2": 10, "B1": "neant"}, ["total_faux"]),
        ({"S2": "neant", "B1": "neant"}, []),
        ({"S2": 10, "R3": 5, "B1": None}, []),
        ({"B1": 14}, []),
    ],
)
def test_R17_a_stated_total_is_held_against_the_sum_of_its_parts(typed: dict[str, Typed], expected: list[str]) -> None:
    assert codes(findings(typed)) == expected


@pytest.mark.parametrize(("stated", "expected"), [(14, []), (11, []), (10, []), (9, ["total_faux"])])
def test_R13_a_missing_part_may_make_up_a_total_but_not_lower_it(stated: int, expected: list[str]) -> None:
    assert codes(findings({"S2": 10, "R3": None, "B1": stated})) == expected


def test_R14_a_ratio_needs_both_its_numbers() -> None:
    half = Reponse(ENGAGEMENTS["S2p"], "S2p", NOMBRE, None, Decimal(3), None)
    assert codes(check([half], Contexte(SEMESTRE, catalogue()))) == ["ratio_incomplet"]
    bare = Reponse(ENGAGEMENTS["S2p"], "S2p", NOMBRE, Decimal(30))
    assert codes(check([bare], Contexte(SEMESTRE, catalogue()))) == ["ratio_incomplet"]


@pytest.mark.parametrize(("typed", "expected"), [((4, 3), ["ratio_impossible"]), ((1, 0), ["ratio_impossible"])])
def test_R14_a_part_above_its_whole_blocks(typed: Typed, expected: list[str]) -> None:
    assert codes(errors(findings({"F1p": typed}))) == expected


@pytest.mark.parametrize("typed", [(3, 3), (0, 3), (0, 0), "neant", None])
def test_R14_a_part_up_to_its_whole_passes(typed: Typed) -> None:
    assert findings({"F1p": typed}) == ()


@pytest.mark.parametrize(
    ("counted", "expected"), [(3, []), (None, []), (4, ["ratio_discordant"]), ("neant", ["ratio_discordant"])]
)
def test_a_share_agrees_with_the_figure_declared_beside_it(counted: Typed, expected: list[str]) -> None:
    found = findings({"S2": counted, "S2p": (3, 10)})
    assert codes(found) == expected
    assert errors(found) == ()


def test_R13_a_confirmed_zero_with_a_number_blocks() -> None:
    both = Reponse(ENGAGEMENTS["R3"], "R3", NEANT, Decimal(3))
    alone(check([both], Contexte(SEMESTRE, catalogue())), ERREUR, "neant_et_valeur", "R3")
    share = Reponse(ENGAGEMENTS["F1p"], "F1p", NEANT, None, Decimal(3), Decimal(9))
    alone(check([share], Contexte(SEMESTRE, catalogue())), ERREUR, "neant_et_valeur", "F1p")


@pytest.mark.parametrize(
    ("typed", "expected"), [(0, []), (1, []), ("neant", []), (2, ["oui_ou_non"]), (Decimal("0.5"), ["oui_ou_non"])]
)
def test_a_yes_or_no_is_one_or_nought(typed: Typed, expected: list[str]) -> None:
    assert codes(findings({"R1": typed})) == expected


def test_a_measure_not_begun_asks_for_a_sentence_with_its_date() -> None:
    grid = catalogue()
    later = replace(grid.indicateurs["S5"], du=date(2027, 1, 1))
    future = replace(grid, indicateurs={**grid.indicateurs, "S5": later})
    found = check([reponse("S5", 3)], Contexte(SEMESTRE, future))
    assert "01/01/2027" in alone(found, AVERTISSEMENT, "mesure_future", "S5")
    assert codes(check([reponse("S5", 3)], Contexte(Periode(2026, "T", 4), future))) == ["mesure_future"]
    assert check([reponse("S5", 3)], Contexte(Periode(2027, "T", 1), future)) == ()


def test_a_measure_that_closes_on_the_first_day_of_the_period_still_counts_in_it() -> None:
    grid = catalogue()
    closing = replace(grid.indicateurs["S5"], au=SEMESTRE.debut)
    brief = replace(grid, indicateurs={**grid.indicateurs, "S5": closing})
    assert check([reponse("S5", 3)], Contexte(SEMESTRE, brief)) == ()
    assert codes(check([reponse("S5", 3)], Contexte(SEMESTRE.suivante, brief))) == ["mesure_close"]


def test_an_indicator_the_grid_no_longer_knows_is_held_against_nothing() -> None:
    old = Reponse(1, "Z9", NOMBRE, Decimal(3))
    assert check([old], Contexte(SEMESTRE, catalogue())) == ()


def test_errors_come_before_warnings_and_each_is_one_or_the_other() -> None:
    found = findings({"R3": 5, "R3e": 9, "S5": 100}, former={"S5": 1})
    assert [c.gravite for c in found] == [ERREUR, AVERTISSEMENT, AVERTISSEMENT]
    assert errors(found) + warnings(found) == found


def answers_to(code: str) -> st.SearchStrategy[Typed]:
    numbers = st.integers(0, 10**9 - 1)
    figure = st.tuples(numbers, numbers) if catalogue().indicateurs[code].genre == RATIO else numbers
    return st.none() | st.just("neant") | figure


@given(
    st.fixed_dictionaries({}, optional={code: answers_to(code) for code in ENGAGEMENTS}),
    st.integers(0, 5000),
    st.dictionaries(st.sampled_from(sorted(ENGAGEMENTS)), st.integers(0, 5000)),
    st.sampled_from(["2024-T4", "2025-T1", "2026-S1"]),
)
def test_R17_every_finding_is_a_french_sentence_whatever_is_declared_in_whatever_order(
    typed: dict[str, Typed], effectif: int, former: dict[str, int], periode: str
) -> None:
    found = findings(typed, Periode.from_code(periode), effectif, former)
    assert all(is_french_sentence(c.message) and is_french_sentence(c.phrase) for c in found)
    assert not [
        c.message for c in found if re.search(r"\b(?:corrig|dites|expliqu|saisi|vérifi|décoch)", c.message, re.I)
    ]
    assert {c.engagement for c in found} <= {ENGAGEMENTS[code] for code, figure in typed.items() if figure is not None}
    turned = findings(dict(reversed(typed.items())), Periode.from_code(periode), effectif, former)
    assert sorted(c.code for c in found) == sorted(c.code for c in turned)


@pytest.mark.parametrize(
    ("typed", "effectif", "former", "code", "numbers"),
    [
        ({"S2": 9}, None, {"S2": 2}, "saut", (9, 6, 3, True)),
        ({"R3": 5, "R3e": 7}, None, {}, "dont_superieur", (7, 5, 2, True)),
        ({"R3": "neant", "R3e": 7}, None, {}, "dont_sans_total", (7, 0, 7, True)),
        ({"R3": 1201}, 1200, {}, "effectif_depasse", (1201, 1200, 1, True)),
        ({"S2": 10, "R3": 5, "B1": 14}, None, {}, "total_faux", (14, 15, -1, False)),
        ({"S2": 4, "S2p": (3, 10)}, None, {}, "ratio_discordant", (3, 4, -1, False)),
        ({"S2": 4, "P01": 6}, None, {}, "reprise_differente", (6, 4, 2, False)),
    ],
)
def test_R17_a_finding_bears_what_was_found_what_was_expected_and_the_difference(
    typed: dict[str, Typed],
    effectif: int | None,
    former: dict[str, int],
    code: str,
    numbers: tuple[int, int, int, bool],
) -> None:
    found = next(c for c in findings(typed, effectif=effectif, former=former) if c.code == code)
    assert (found.trouve, found.attendu, found.ecart, found.is_most) == numbers


def test_R17_a_finding_without_two_numbers_bears_none() -> None:
    found = findings({"P08": 3})
    assert [(c.code, c.trouve, c.attendu, c.ecart) for c in found] == [("mesure_close", None, None, None)]
