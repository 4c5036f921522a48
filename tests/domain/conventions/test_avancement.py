"""Late, silent, on the way, ahead: literal dates and numbers, then what must hold whatever they are (R13, R18, R42)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.assemblage.donnees import SHIPPED
from paqte.domain.attendus import Echeance
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.avancement import (
    AVANCE,
    AVANCEMENTS,
    RETARD,
    SILENCE,
    VOIE,
    ObjectifAwaited,
    expected_share,
    verdict_of,
)
from paqte.domain.statuts.conventions import SIGNEE, Dates

TERM = Dates(SIGNEE, date(2025, 1, 1), date(2027, 12, 31))
TODAY = date(2026, 8, 2)  # the second quarter of 2026 was due on 20 July
ETATS = ("a_saisir", "brouillon", "transmise", "a_completer", "validee")


def asked(*etats: str, is_owed: bool = True) -> list[Echeance]:
    """The first quarters of 2025 and what follows, in these states."""
    found, periode = [], Periode(2025, "T", 1)
    for etat in etats:
        found.append(Echeance(SHIPPED.campagne(periode), etat, is_owed, True, TODAY))
        periode = periode.suivante
    return found


def flow(realise: int | None, cible: int = 100, attendu: Fraction = Fraction(1, 2)) -> ObjectifAwaited:
    return ObjectifAwaited("Alternants", None if realise is None else Decimal(realise), Decimal(cible), attendu)


@pytest.mark.parametrize(
    ("etats", "days"),
    [
        ((), 0),
        (("validee",) * 4, 365),
        (("validee",) * 6, 546),
        (("validee",) * 7, 546),  # the third quarter of 2026 is not due yet
        (("validee",) * 5 + ("a_saisir",), 546),
        (("validee",) * 5 + ("transmise",), 455),  # it waits for its référent, who makes nobody late
        (("validee",) * 5 + ("a_completer",), 455),
    ],
)
def test_R18_what_is_due_and_waits_for_no_referent_is_expected(etats: tuple[str, ...], days: int) -> None:
    assert expected_share(TERM, asked(*etats)) == Fraction(days, 1095)


@pytest.mark.parametrize(
    ("par_annee", "quarters", "expected"),
    [
        ({1: 0, 2: 10, 3: 20}, 4, Fraction(0)),  # the first year promises nothing: nobody is late for it
        ({1: 0, 2: 10, 3: 20}, 6, Fraction(10 * 181, 365) / 30),
        ({1: 30, 2: 0, 3: 0}, 4, Fraction(1)),
        ({1: 10, 2: 10, 3: 10}, 6, Fraction(546, 1095)),
        ({2: 10}, 4, Fraction(0)),
        ({1: 0, 2: 0, 3: 0}, 4, Fraction(1, 3)),  # a target of zero is reached, whatever is expected
    ],
)
def test_R6_a_target_by_year_is_expected_in_its_own_year(
    par_annee: dict[int, int], quarters: int, expected: Fraction
) -> None:
    """« 0, 10, 20 » was late at the end of its first year, for a third of 30 that nobody had promised yet."""
    targets = {year: Decimal(target) for year, target in par_annee.items()}
    assert expected_share(TERM, asked(*["validee"] * quarters), targets) == expected


@pytest.mark.parametrize(("etats", "days"), [((), 365), (("validee",) * 4, 365), (("validee",) * 5, 455)])
def test_R11_of_a_year_told_at_once_every_day_is_expected_once(etats: tuple[str, ...], days: int) -> None:
    assert expected_share(TERM, asked(*etats), annees=[Periode(2025, "A", 1)]) == Fraction(days, 1095)


def test_R42_what_nobody_asked_for_is_not_expected() -> None:
    assert expected_share(TERM, asked("validee", "a_saisir", is_owed=False)) == 0


@pytest.mark.parametrize(
    ("etats", "realises", "expected"),
    [
        (("validee",) * 6, (50,), VOIE),
        (("validee",) * 6, (35,), VOIE),  # exactly the margin of fifteen points
        (("validee",) * 6, (34,), RETARD),
        (("validee",) * 6, (64,), VOIE),
        (("validee",) * 6, (65,), AVANCE),
        (("validee",) * 6, (None,), RETARD),
        (("validee",) * 6, (34, 50, 50), VOIE),  # one of three
        (("validee",) * 6, (34, 34, 50, 90), RETARD),  # half of them
        (("validee",) * 6, (34, 90), RETARD),  # half behind and half ahead: what calls for help comes first
        (("validee",) * 6, (), VOIE),
        (("validee",) * 5 + ("brouillon",), (90,), RETARD),
        (("validee",) * 5 + ("transmise",), (50,), VOIE),
        (("validee",) * 5 + ("a_completer",), (50,), VOIE),
        (("validee",) * 4 + ("a_saisir", "brouillon"), (90,), SILENCE),
        (("a_saisir", "validee", "a_saisir", "validee", "a_saisir", "validee"), (90,), RETARD),
        (("a_saisir",), (), RETARD),
        ((), (), VOIE),
    ],
)
def test_a_signatory_is_late_silent_on_the_way_or_ahead(
    etats: tuple[str, ...], realises: tuple[int | None, ...], expected: str
) -> None:
    assert verdict_of([asked(*etats)], [flow(one) for one in realises]).code == expected


def test_R42_nobody_is_late_or_silent_for_what_she_was_not_asked() -> None:
    assert verdict_of([asked("a_saisir", "a_saisir", is_owed=False)], []).code == VOIE


def test_nothing_is_measured_before_anything_is_due_and_a_target_of_zero_is_reached() -> None:
    assert verdict_of([[]], [flow(0, attendu=Fraction(0)), flow(90, attendu=Fraction(0))]).code == VOIE
    assert flow(0, cible=0).rate == 1


@given(
    st.lists(st.sampled_from(ETATS), max_size=7),
    st.lists(st.integers(0, 200), max_size=6),
    st.permutations(range(6)),
)
def test_the_order_of_engagements_changes_nothing_and_more_achieved_never_makes_it_worse(
    etats: list[str], realises: list[int], order: list[int]
) -> None:
    conventions, flows = [asked(*etats)], [flow(one) for one in realises]
    found = verdict_of(conventions, flows).code
    assert verdict_of(conventions, [flows[i] for i in order if i < len(flows)]).code == found
    rank = list(AVANCEMENTS)
    better = verdict_of(conventions, [flow(one + 30) for one in realises]).code
    assert found == better == SILENCE or rank.index(better) >= rank.index(found)
