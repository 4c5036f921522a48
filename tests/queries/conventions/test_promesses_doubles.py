"""What two conventions in force at once both promise, and that is said once a signatory (R32)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from paqte.queries.conventions.promesses.promesses_doubles import double_promises
from tests.factories import CAMILLE, ZOE, a_convention, a_signataire

pytestmark = pytest.mark.usefixtures("session")


def found(convention: int, actor: Any = CAMILLE) -> list[tuple[str, date, date]]:
    return [(p.code, p.du, p.au) for p in double_promises(actor=actor, convention_id=convention)]


def test_R32_a_stock_or_a_yes_of_two_conventions_in_force_at_once_is_told_with_the_common_days() -> None:
    alpha = a_signataire()
    first = a_convention(alpha, "A1", "R1", "S2", debut=date(2024, 1, 1), fin=date(2026, 12, 31))
    second = a_convention(alpha, "A1", "R1", "S2", debut=date(2026, 4, 1), fin=date(2029, 3, 31))
    common = (date(2026, 4, 1), date(2026, 12, 31))
    assert sorted(found(second)) == [("A1", *common), ("R1", *common)]
    assert sorted(found(first)) == sorted(found(second))
    assert found(second, ZOE) == []


def test_R32_a_renewal_that_begins_the_day_after_is_no_double_one_that_begins_that_day_is() -> None:
    alpha, beta = a_signataire(), a_signataire("Béta (fictif)")
    a_convention(alpha, "A1", debut=date(2023, 4, 1), fin=date(2026, 3, 31))
    assert found(a_convention(alpha, "A1", debut=date(2026, 4, 1), fin=date(2029, 3, 31))) == []
    a_convention(beta, "A1", debut=date(2023, 4, 1), fin=date(2026, 3, 31))
    same_day = a_convention(beta, "A1", debut=date(2026, 3, 31), fin=date(2029, 3, 30))
    assert found(same_day) == [("A1", date(2026, 3, 31), date(2026, 3, 31))]


def test_R32_neither_a_charte_nor_another_signatory_makes_a_double() -> None:
    alpha = a_signataire()
    mine = a_convention(alpha, "A1", debut=date(2025, 1, 1), fin=date(2027, 12, 31))
    a_convention(alpha, "A1", dispositif="charte", debut=date(2025, 1, 1), fin=date(2027, 12, 31))
    a_convention(a_signataire("Béta (fictif)"), "A1", debut=date(2025, 1, 1), fin=date(2027, 12, 31))
    assert found(mine) == []
