"""A result of a period that several conventions of one signatory promise is put on none by chance (R7, R20, R32)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from paqte.importing.tracker.targets import REALISATION
from paqte.models import Convention, Declaration, db
from tests.factories import a_convention, a_departement, a_signataire, a_siren
from tests.services.imports.test_tracker import Rows, kept, refusals, take

pytestmark = pytest.mark.usefixtures("session")
ALONE: dict[str, Any] = {"subjects": {REALISATION}}
WHOLE = {"debut": date(2025, 1, 1), "fin": date(2027, 12, 31)}


@pytest.fixture
def elan(session: Any) -> int:
    a_departement("41")
    return a_signataire("Élan", siren=a_siren(1))


def numbers() -> list[str]:
    return list(db.session.scalars(select(Convention.numero).order_by(Convention.id)))


def bearing() -> list[str]:
    """The number of the convention that bears each declaration."""
    query = select(Convention.numero).join(Declaration, Declaration.convention_id == Convention.id)
    return list(db.session.scalars(query.order_by(Declaration.id)))


@pytest.mark.parametrize("rythme", ["T", "S"])
def test_R20_a_quantity_that_two_conventions_promise_is_refused_naming_both_until_one_is_named(
    rythme: str, elan: int, now: datetime
) -> None:
    for dispositif in ("paqte", "plan_10000"):
        a_convention(elan, "S2", dispositif=dispositif, rythme=rythme, **WHOLE)
    told = "Stages de 3e réalisés " + ("T1 2026" if rythme == "T" else "S1 2026")
    (sentence,) = [said for *_, said in refusals(take([["SIRET", told], [a_siren(1), "6"]], now, **ALONE))]
    first, second = numbers()
    assert f"Les conventions {first} et {second} se partagent" in sentence and "une colonne « Convention »" in sentence
    assert kept() == set() and bearing() == []
    named: Rows = [["SIRET", "Convention", told], [a_siren(1), second, "6"]]
    assert refusals(take(named, now, **ALONE)) == []
    assert bearing() == [second]


def test_R32_a_stock_that_two_conventions_promise_is_taken_once(elan: int, now: datetime) -> None:
    for _ in range(2):
        a_convention(elan, "A1", **WHOLE)
    assert refusals(take([["SIRET", "A1 réalisé T1 2026"], [a_siren(1), "4"]], now, **ALONE)) == []
    assert bearing() == numbers()[:1]


@pytest.mark.parametrize("order", [("charte", "paqte"), ("paqte", "charte")])
def test_R7_a_result_is_put_on_no_charte_beside_a_convention_that_counts(
    order: tuple[str, str], elan: int, now: datetime
) -> None:
    for dispositif in order:
        a_convention(elan, "S2", dispositif=dispositif, **WHOLE)
    assert refusals(take([["SIRET", "Stages de 3e réalisés T1 2026"], [a_siren(1), "6"]], now, **ALONE)) == []
    assert bearing() == [numbers()[order.index("paqte")]]
