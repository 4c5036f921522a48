"""Each column of a trace read whole: its window, its figure, its answers, its promises in order (R5, R6, R13, R45)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from paqte.domain.assemblage.grille.natures import FenetresSignataires, views
from paqte.domain.assemblage.grille.traces import columns_of, figure_of, promises, sources, window_of
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.loir_et_cher import S1, convention, donnees, engagement, fait

GRID = catalogue()
S2, TREES = engagement(11, "S2", cible=60), engagement(12, "X1", libelle="Arbres")
FIRM = convention(1, S2, TREES)
GIVEN = {"2025-T1": 20, "2025-T4": 10, "2026-T1": 3, "2026-T2": 4}
FAITS = [fait(FIRM, S2, quarter, value) for quarter, value in GIVEN.items()]


def view(*more: object) -> FenetresSignataires:
    return views(donnees([FIRM], [*FAITS, *more]), GRID)[-1]  # type: ignore[list-item]


def test_R5_a_measure_has_four_columns_and_a_free_commitment_is_never_summed_since_the_start() -> None:
    assert columns_of(GRID.indicateurs["S2"], S1) == ("periode", "precedent", "un_an_avant", "cumul")
    assert columns_of(GRID.indicateurs["X1"], S1) == ("periode", "precedent", "un_an_avant")


def test_R45_of_a_civil_year_what_adds_up_from_year_to_year_alone_has_a_figure() -> None:
    year = Periode.from_code("2026")
    assert {code: columns_of(GRID.indicateurs[code], year) for code in ("S2", "F1p", "X1", "R1")} == {
        "S2": ("periode",), "F1p": (), "X1": (), "R1": (),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("colonne", "window", "figure", "behind"),
    [
        ("periode", "2026-S1", 7, [3, 4]),
        ("precedent", "2025-S2", 10, [10]),
        ("un_an_avant", "2025-S1", 20, [20]),
        ("cumul", None, 37, [20, 10, 3, 4]),
    ],
)
def test_R45_each_column_has_its_window_its_figure_and_its_answers(
    colonne: str, window: str | None, figure: int, behind: list[int]
) -> None:
    known = window_of(S1, colonne)
    assert (known.code if known else None) == window
    assert figure_of(view(), GRID.indicateurs["S2"], colonne).valeur == figure
    assert [(a.fait.valeur, a.ecartee) for a in sources(view(), GRID.indicateurs["S2"], colonne)] == [
        (value, "") for value in behind
    ]


def test_R13_a_column_without_figure_says_why_and_an_answer_left_missing_is_told() -> None:
    silent = fait(FIRM, S2, "2026-T2", reponse="manquante")
    given = views(donnees([FIRM], [*FAITS[:3], silent]), GRID)[-1]
    found = sources(given, GRID.indicateurs["S2"], "periode")
    assert [(a.fait.periode, a.ecartee) for a in found] == [("2026-T1", ""), ("2026-T2", "sans réponse")]
    assert figure_of(views(donnees([FIRM]), GRID)[-1], GRID.indicateurs["S2"], "cumul").motif == (
        "aucune réponse depuis le début"
    )
    assert figure_of(view(), GRID.indicateurs["R3"], "periode").motif == "aucun signataire ne s’y est engagé"


def test_R6_R45_promises_stand_by_name_then_number_with_the_years_they_leave_out() -> None:
    def named(key: int, nom: str, numero: str, cible: int, annees: tuple[int, ...] = (), code: str = "S2") -> object:
        return convention(key, replace(engagement(key * 10, code, cible), annees=annees), nom=nom, numero=numero)

    listed = [
        named(2, "Zinc", "41-4", 5),
        named(3, "alpha", "41-9", 7, (1, 3)),
        named(4, "Alpha", "41-2", 9),
        named(7, "Alpha", "41-1", 13),
        named(5, "Bois", "41-3", 11, code="R3"),
        convention(6, engagement(60, "S2", 99), debut=date(2026, 7, 1), fin=date(2029, 6, 30)),
    ]
    found = promises(views(donnees(listed), GRID)[-1], GRID.indicateurs["S2"])  # type: ignore[arg-type]
    assert [(p.convention.numero, p.engagement.cible, p.partielle) for p in found] == [
        ("41-1", Decimal(13), ""),
        ("41-2", Decimal(9), ""),
        ("41-9", Decimal(7), "2 années sur 3"),
        ("41-4", Decimal(5), ""),
    ]


def test_R5_the_figure_of_a_free_commitment_that_was_answered_is_never_a_sum() -> None:
    found = figure_of(view(fait(FIRM, TREES, "2026-T1", 3)), GRID.indicateurs["X1"], "periode")
    assert (found.valeur, found.motif) == (None, "n.d.")
