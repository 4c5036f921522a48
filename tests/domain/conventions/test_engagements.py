"""What a convention may promise (R5, R6, R8, R8b)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from paqte.domain.conventions.engagements import EngagementSaisi, axes_of, offered, target_years, typing_errors
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import CHARTE, PAQTE, PLAN_10000
from tests.domain.phrases import is_french_sentence

GRID = catalogue()


def kept(code: str = "R3", **typed: object) -> EngagementSaisi:
    return EngagementSaisi(code, is_kept=True, **typed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dispositif", "is_in_plan", "axes"),
    [
        (PAQTE, False, ["SENSIBILISER", "FORMER", "RECRUTER", "ACHETER", "AUTRE"]),
        (PAQTE, True, ["SENSIBILISER", "FORMER", "RECRUTER", "ACHETER", "AUTRE", "PLAN"]),
        (CHARTE, False, ["SENSIBILISER", "FORMER", "RECRUTER", "ACHETER", "AUTRE"]),
        (PLAN_10000, False, ["AUTRE", "PLAN"]),
    ],
)
def test_R8_each_dispositif_has_its_axes(dispositif: str, is_in_plan: bool, axes: list[str]) -> None:
    assert [axe.code for axe in axes_of(GRID, dispositif, is_in_plan)] == axes


@pytest.mark.parametrize(
    ("debut", "fin", "has_emplois_francs"),
    [
        (date(2024, 12, 31), date(2027, 12, 30), True),
        (date(2025, 1, 1), date(2027, 12, 31), False),
    ],
)
def test_an_indicator_closed_before_the_term_is_not_offered(debut: date, fin: date, has_emplois_francs: bool) -> None:
    assert ("R3e" in [i.code for i in offered(GRID, "RECRUTER", debut, fin)]) is has_emplois_francs


def test_R5_the_free_commitment_is_offered_last() -> None:
    assert [i.code for i in offered(GRID, "AUTRE", date(2026, 1, 1), date(2028, 12, 31))][-1] == "X1"


def test_R6_a_term_has_as_many_yearly_targets_as_years_ten_at_most() -> None:
    assert target_years(date(2026, 1, 1), date(2028, 12, 31)) == 3
    assert target_years(date(2026, 1, 1), date(2026, 3, 31)) == 1
    assert target_years(date(2020, 1, 1), date(2035, 1, 1)) == 10


def test_R6_no_target_differs_from_a_target_of_zero() -> None:
    assert kept().objectifs == {}
    assert kept(duree=Decimal(0)).objectifs == {0: Decimal(0)}
    assert kept(annees={1: Decimal(0), 3: Decimal(5)}).objectifs == {1: Decimal(0), 3: Decimal(5)}
    assert kept().is_blank
    assert not kept(duree=Decimal(0)).is_blank
    assert not kept(annees={1: Decimal(0)}).is_blank
    assert not kept(precision="En lien avec l’AFPA").is_blank


NAN, INFINITY = Decimal("NaN"), Decimal("Infinity")


@pytest.mark.parametrize(
    ("saisi", "fields"),
    [
        (kept(), []),
        (kept(reference=Decimal(4), duree=Decimal(12)), []),
        (kept(annees={1: Decimal(1), 3: Decimal(3)}), []),
        (kept(annees={4: Decimal(1)}), ["an4"]),
        (kept(duree=Decimal(12), annees={1: Decimal(4)}), ["duree"]),
        (kept(duree=Decimal("1.5")), ["duree"]),
        (kept(reference=Decimal(-1)), ["reference"]),
        (kept(duree=NAN), ["duree"]),
        (kept(duree=INFINITY), ["duree"]),
        (kept(annees={2: Decimal(10) ** 12}), ["an2"]),
        (kept("F1p", duree=Decimal("12.5")), []),
        (kept("F1p", duree=Decimal("100.01")), ["duree"]),
        (kept("A2", duree=Decimal("1234.56")), []),
        (kept("R1", duree=Decimal(1)), []),
        (kept("R1", duree=Decimal(2)), ["duree"]),
        (kept("X1", libelle="Repas partagés", unite="repas"), []),
        (kept("X1", libelle="Repas partagés"), ["unite"]),
        (kept("X1", unite="repas"), ["libelle"]),
        (kept(precision="x" * 1000), []),
        (kept(precision="x" * 1001), ["precision"]),
        (kept("X1", libelle="x" * 301, unite="y" * 61), ["libelle", "unite"]),
    ],
)
def test_R5_R6_a_promise_is_refused_beside_its_field(saisi: EngagementSaisi, fields: list[str]) -> None:
    errors = typing_errors(saisi, GRID.indicateurs[saisi.indicateur], years=3)
    assert sorted(errors) == fields
    assert all(is_french_sentence(error) for error in errors.values())
