"""Every figure leads to exactly the declarations it is made of, by property (R13, R20, R32, R38, R45)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan
from paqte.domain.assemblage.grille.natures import FenetresSignataires, views
from paqte.domain.assemblage.grille.traces import (
    COLONNES,
    CUMUL,
    MOINDRE,
    PERIODE,
    PRECEDENT,
    REMPLACEE,
    SANS_REPONSE,
    Answer,
    sources,
    total_of,
)
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode, periodes_between
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import Fait
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import Dates
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

GRID = catalogue()
CODES = ("S2", "A1", "R1", "F1p", "P01")
FLUX, STOCK, OUI, RATIO = "flux", "stock", "oui_non", "ratio"
SEEDS = range(40)


def test_the_measures_of_these_worlds_are_of_every_kind() -> None:
    assert [GRID.indicateurs[code].genre for code in CODES] == [FLUX, STOCK, OUI, RATIO, FLUX]


def random_world(seed: int) -> DonneesBilan:
    """Renewals, overlaps, gaps, ends inside a semester, natures, rhythms, zeros, holes, answers nobody owed."""
    chance = random.Random(f"traces {seed}")
    conventions, faits = [], list[Fait]()
    for signatory in range(1, chance.randint(2, 6)):
        nature = chance.choice(("entreprise", "entreprise", "reseau", "association"))
        start = date(chance.choice((2023, 2024, 2025)), chance.choice((1, 4, 7)), chance.choice((1, 15)))
        for rank in range(chance.randint(1, 3)):
            end = start + timedelta(days=chance.randint(60, 700))
            c = _convention(chance, signatory * 10 + rank, signatory, nature, Dates("signee", start, end))
            conventions.append(c)
            faits += _answers(chance, c)
            start = end + timedelta(days=chance.choice((1, 1, -60, 120)))
    window = Periode.from_code(chance.choice(("2026-S1", "2025-S2", "2026-T1", "2026-T2")))
    known = tuple(f for f in faits if Periode.from_code(f.periode).fin <= window.fin)
    return donnees(conventions, known, periode=window)


def _convention(chance: random.Random, key: int, signatory: int, nature: str, dates: Dates) -> ConventionLue:
    promised = [engagement(key * 10 + i, code) for i, code in enumerate(CODES) if chance.random() < 0.8]
    return convention(
        key, *promised, nature=nature, dates=dates, signataire_id=signatory, siren=f"{signatory:09}",
        rythme=chance.choice("TTS"), is_in_plan_10000=True,
    )  # fmt: skip


def _answers(chance: random.Random, c: ConventionLue) -> Iterator[Fait]:
    """Some of its periods, and at times one after its end."""
    last = c.dates.effective_end + timedelta(days=chance.choice((0, 0, 90)))
    for periode in periodes_between(c.dates.debut, last, c.rythme):
        for e in c.engagements:
            fate = chance.random()
            if fate < 0.75:
                yield _answer(chance, c, e.id, e.indicateur, periode.code, fate)


def _answer(chance: random.Random, c: ConventionLue, key: int, code: str, periode: str, fate: float) -> Fait:
    declaration = c.id * 1000 + int(periode[2:4]) * 20 + int(periode[-1]) + (8 if periode[5] == "S" else 0)
    reponse = "manquante" if fate < 0.06 else "neant" if fate < 0.15 else "nombre"
    value: int | None = {"neant": 0, "manquante": None}.get(reponse, chance.randint(0, 1 if code == "R1" else 40))
    numbers: tuple[int | None, int | None, int | None] = (value, None, None)
    if code == "F1p":
        numbers = (None, value, None if value is None else chance.choice((0, 50, 200)))
    return Fait("41", c.signataire_id, c.id, key, code, declaration, periode, reponse, *numbers)


Exact = tuple[Decimal | None, Decimal | None, Decimal | None]


def exact(view: FenetresSignataires, code: str, colonne: str) -> Exact:
    figure = total_of(view, GRID.indicateurs[code], colonne)
    return (None if code == "F1p" else figure.valeur), figure.numerateur, figure.denominateur


def by_hand(code: str, counted: list[Fait]) -> Exact:
    """The sum of the answers said to be counted, kind by kind."""
    if code == "F1p":
        told = [f for f in counted if f.denominateur is not None]
        return None, _sum([f.numerateur for f in told]), _sum([f.denominateur for f in told])
    return _sum([f.valeur for f in counted]), None, None


def _sum(values: list[int | Decimal | None]) -> Decimal | None:
    return Decimal(sum(v or 0 for v in values)) if values else None


def changed(f: Fait) -> Fait:
    """Another answer: a yes becomes a no, a number grows."""
    if f.indicateur == "F1p":
        return f._replace(reponse="nombre", numerateur=(f.numerateur or 0) + 1)
    return f._replace(reponse="nombre", valeur=1 - (f.valeur or 0) if f.indicateur == "R1" else (f.valeur or 0) + 1)


def again(view: FenetresSignataires, faits: list[Fait]) -> FenetresSignataires:
    """The same view of a world with other answers."""
    return views(replace(view.donnees, faits=tuple(faits)), GRID)[-1]


def traced(world: DonneesBilan) -> Iterator[tuple[FenetresSignataires, str, str, tuple[Answer, ...]]]:
    for view in views(world, GRID):
        for code in CODES:
            for colonne in COLONNES:
                yield view, code, colonne, sources(view, GRID.indicateurs[code], colonne)


@pytest.mark.parametrize("seed", SEEDS)
def test_R45_a_figure_is_the_sum_of_the_answers_it_leads_to(seed: int) -> None:
    for view, code, colonne, found in traced(random_world(seed)):
        counted = [s.fait for s in found if not s.ecartee]
        assert exact(view, code, colonne) == by_hand(code, counted), (view.nature, code, colonne)
        assert {f.declaration for f in counted} == total_of(view, GRID.indicateurs[code], colonne).declarations


@pytest.mark.parametrize("seed", SEEDS[:12])
def test_R45_each_answer_counted_moves_the_figure_and_all_the_others_together_do_not(seed: int) -> None:
    for view, code, colonne, found in traced(random_world(seed)):
        before = exact(view, code, colonne)
        # Of two yes for one period, the other stands when one becomes a no.
        twins = {s.fait.signataire for s in found if s.ecartee == MOINDRE and code == "R1"}
        for s in (s for s in found if not s.ecartee and s.fait.signataire not in twins):
            others = [f for f in view.donnees.faits if f is not s.fait]
            assert exact(again(view, [*others, changed(s.fait)]), code, colonne) != before, (code, colonne, s)
        gone = {id(s.fait) for s in found if s.ecartee}
        kept = [f for f in view.donnees.faits if id(f) not in gone]
        assert exact(again(view, kept), code, colonne) == before, (code, colonne)


@pytest.mark.parametrize("seed", SEEDS[:12])
def test_R32_an_answer_replaced_by_a_later_one_may_change_without_moving_the_figure(seed: int) -> None:
    for view, code, colonne, found in traced(random_world(seed)):
        for s in (s for s in found if s.ecartee not in ("", MOINDRE, SANS_REPONSE)):
            others = [f for f in view.donnees.faits if f is not s.fait]
            assert exact(again(view, [*others, changed(s.fait)]), code, colonne) == exact(view, code, colonne)


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_R45_the_traced_figures_are_the_document_s(seed: int) -> None:
    """Every cell of both documents, read by its line and column."""
    world = random_world(seed)
    is_bilan = world.periode.genre == "S"
    make = assemble if is_bilan else assemble_trimestre
    printed = make(world, GRID, edition=1, now=NOW, gabarit="essai")
    columns = {PERIODE: "realise", PRECEDENT: PRECEDENT, CUMUL: CUMUL}
    lines = {(line.code, line.nature): line for line in printed.indicateurs}
    for view, code, colonne, found in traced(world):
        line = lines.get((code, view.nature))
        if line is not None and colonne in columns and code != "F1p":
            cell: Chiffre = getattr(line, columns[colonne])
            assert cell.valeur == by_hand(code, [s.fait for s in found if not s.ecartee])[0]


def test_R32_a_stock_leads_to_its_last_answer_and_says_why_the_others_do_not_count() -> None:
    first, second = engagement(11, "A1"), engagement(21, "A1")
    before = convention(1, first, dates=Dates("signee", date(2025, 1, 1), date(2026, 3, 31)), signataire_id=7)
    after = convention(2, second, dates=Dates("signee", date(2026, 4, 1), date(2029, 3, 31)), signataire_id=7)
    gone = convention(3, engagement(31, "A1"), dates=Dates("signee", date(2024, 1, 1), date(2026, 5, 15)))
    faits = [fait(before, first, "2026-T1", 30), fait(after, second, "2026-T2", 12), fait(gone, gone.engagements[0],
             "2026-T1", 40)]  # fmt: skip
    view = views(donnees([before, after, gone], faits), GRID)[-1]
    found = {s.fait.valeur: s.ecartee for s in sources(view, GRID.indicateurs["A1"], PERIODE)}
    assert found == {30: REMPLACEE, 12: "", 40: "aucune convention en vigueur à la fin de la période"}
    assert total_of(view, GRID.indicateurs["A1"], PERIODE).valeur == 12
    assert REMPLACEE == "remplacée par une réponse plus récente"


def test_R32_of_two_answers_of_one_period_the_lesser_says_so() -> None:
    first, second = engagement(11, "A1"), engagement(21, "A1")
    one = convention(1, first, signataire_id=7)
    two = convention(2, second, signataire_id=7)
    view = views(donnees([one, two], [fait(one, first, "2026-T2", 20), fait(two, second, "2026-T2", 13)]), GRID)[-1]
    found = {s.fait.valeur: s.ecartee for s in sources(view, GRID.indicateurs["A1"], PERIODE)}
    assert found == {20: "", 13: MOINDRE}


def test_R5_a_free_commitment_leads_to_its_own_answers_alone() -> None:
    trees, meals = engagement(11, "X1", libelle="Arbres"), engagement(21, "X1", libelle="Repas")
    here = convention(1, trees)
    over = convention(2, meals, dates=Dates("signee", date(2023, 1, 1), date(2025, 12, 31)))
    faits = [fait(here, trees, "2026-T1", 5), fait(here, trees, "2025-T4", 3), fait(over, meals, "2025-T4", 9)]
    view = views(donnees([here, over], faits), GRID)[-1]
    i = GRID.indicateurs["X1"]
    assert [(s.fait.valeur, s.ecartee) for s in sources(view, i, PERIODE)] == [(5, "")]
    assert [(s.fait.valeur, s.ecartee) for s in sources(view, i, PRECEDENT)] == [
        (3, ""),
        (9, "convention hors de la période du document"),
    ]
