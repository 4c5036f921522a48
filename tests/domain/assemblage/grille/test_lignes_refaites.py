"""A line of the grid kept from before is told again only while nothing that it tells has moved (R20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from paqte.domain.assemblage.grille import natures
from paqte.domain.assemblage.grille.indicateurs import Fenetres, line
from paqte.domain.assemblage.grille.mentions import Couverture
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.assemblage.petit_monde import monde

GRID = catalogue()
EVERYTHING = frozenset(GRID.indicateurs)
MOVES: Mapping[str, Mapping[str, Any]] = {
    "another semester": {"periode": Periode.from_code("2024-S2")},
    "who answers for the semester": {"semestriels": dict.fromkeys(EVERYTHING, 7)},
    "who committed": {"engages": EVERYTHING},
    "who committed elsewhere": {"engages": frozenset(), "engages_ailleurs": EVERYTHING},
    "nobody committed": {"engages": frozenset(), "engages_ailleurs": frozenset()},
}


def lines_of(fenetres: Fenetres) -> list[LigneIndicateur]:
    return [line(i, fenetres, monde().periode, "entreprise") for i in GRID.indicateurs.values() if i.is_summable]


def kept_and_anew(moved: Fenetres) -> tuple[list[LigneIndicateur], list[LigneIndicateur]]:
    return lines_of(moved), lines_of(replace(moved, lines={}))


@pytest.mark.parametrize("window", ["periode", "precedent", "un_an_avant"])
@pytest.mark.parametrize("move", MOVES)
def test_R20_a_line_follows_what_it_tells_beside_its_sums(window: str, move: str) -> None:
    fenetres = natures.views(monde(), GRID)[0].fenetres
    before = lines_of(fenetres)
    assert all(a is b for a, b in zip(before, lines_of(fenetres), strict=True)), "nothing moved: the very same"
    kept, anew = kept_and_anew(replace(fenetres, **{window: replace(getattr(fenetres, window), **MOVES[move])}))
    assert kept == anew


def test_R22_a_line_follows_how_many_references_and_targets_are_known() -> None:
    fenetres = natures.views(monde(), GRID)[0].fenetres
    before = lines_of(fenetres)
    known = Couverture(conventions=9, references=1, cibles=2)
    kept, anew = kept_and_anew(replace(fenetres, couvertures=dict.fromkeys(EVERYTHING, known)))
    assert kept == anew != before


def test_a_line_of_another_period_is_another_line() -> None:
    fenetres = natures.views(monde(), GRID)[0].fenetres
    lines_of(fenetres)
    other = Periode.from_code("2027-S1")
    told = [line(i, fenetres, other, "entreprise") for i in GRID.indicateurs.values() if i.is_summable]
    alone = replace(fenetres, lines={})
    assert told == [line(i, alone, other, "entreprise") for i in GRID.indicateurs.values() if i.is_summable]
