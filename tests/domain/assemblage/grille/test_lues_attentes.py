"""Whose targets and whose last answers still stand on the last day, read one by one (R32, R38)."""

from __future__ import annotations

from datetime import date

from paqte.domain.assemblage.grille.attentes import aiming, gone
from paqte.domain.assemblage.grille.natures import telling, views
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import SOURCE, catalogue, load_catalogue
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

GRID = catalogue()
LAST = date(2026, 6, 30)
# A stock of the plan, which the grid of today has not.
PLANNED = load_catalogue(
    SOURCE.read_text(encoding="utf-8")
    + '\n[[indicateur]]\ncode = "P9s"\naxe = "PLAN"\nlibelle = "Partenaires"\nunite = "partenaires"\ngenre = "stock"\n'
    'nombre = "compte"\nthematique = "T01"\ncompte = "Les partenaires du dernier jour."\n'
)
ENDED = {"debut": date(2023, 4, 1), "fin": date(2026, 3, 31)}


def test_R32_the_target_of_a_stock_leaves_with_its_convention_and_that_of_a_flow_stays() -> None:
    both = (engagement(1, "S2", 60), engagement(2, "A1", 12), engagement(3, "ancien", 5))
    ended, current = convention(1, *both, **ENDED), convention(2, engagement(4, "A1", 7))  # type: ignore[arg-type]
    found = [(c.id, e.indicateur) for c, e in aiming([ended, current], LAST, GRID.indicateurs)]
    assert found == [(1, "S2"), (2, "A1")]


def test_R32_a_stock_of_the_plan_stands_while_its_signatory_is_in_the_plan() -> None:
    told = [("41", 1, "P9s")]
    paqte = convention(1)
    for standing in (convention(1, is_in_plan_10000=True), convention(1, dispositif="plan_10000")):
        assert gone([standing], told, LAST, PLANNED) == frozenset()
    over = convention(2, signataire_id=1, dispositif="plan_10000", **ENDED)  # type: ignore[arg-type]
    for lacking in ([paqte], [paqte, over], [convention(3, is_in_plan_10000=True)]):
        assert gone(lacking, told, LAST, PLANNED) == {("41", 1, "P9s")}
    assert gone([convention(1, dispositif="plan_10000")], [("41", 1, "A1")], LAST, PLANNED) == {("41", 1, "A1")}


def test_R38_enterprises_are_seen_alone_until_somebody_else_signs() -> None:
    firm, network = convention(1, engagement(1, "S2")), convention(2, engagement(2, "S2"), nature="reseau")
    assert [v.nature for v in views(donnees([firm]), GRID)] == ["entreprise"]
    assert [v.nature for v in views(donnees([firm, network]), GRID)] == ["entreprise", "reseau", "ensemble"]


def test_R38_a_nature_has_its_line_as_soon_as_it_owes_owed_or_answered_in_any_window() -> None:
    """Each network left before the next window; the third answered long ago, the fourth answers by semester."""

    def told(
        debut: date, fin: date, *answers: str, periode: str = "2026-S1", rythme: str = "T", code: str = "S2"
    ) -> list[str]:
        network = convention(2, engagement(2, code), nature="reseau", debut=debut, fin=fin, rythme=rythme)
        faits = [fait(network, network.engagements[0], quarter, 3) for quarter in answers]
        rows = donnees([convention(1, engagement(1, "F1")), network], faits, periode=Periode.from_code(periode))
        return [v.nature for v in telling(views(rows, GRID), code)]

    all_of_them = ["entreprise", "reseau", "ensemble"]
    assert told(date(2026, 1, 1), date(2026, 6, 30)) == all_of_them
    assert told(date(2025, 7, 1), date(2025, 12, 31)) == all_of_them
    assert told(date(2025, 1, 1), date(2025, 6, 30)) == all_of_them
    assert told(date(2023, 1, 1), date(2023, 12, 31)) == ["entreprise"]
    assert told(date(2023, 1, 1), date(2023, 12, 31), "2023-T4") == all_of_them
    assert told(date(2026, 1, 1), date(2026, 6, 30), periode="2026-T1", rythme="S") == all_of_them
    assert told(date(2026, 7, 1), date(2026, 12, 31)) == ["entreprise"]
    # Of a stock whose convention ended before the last day, no target stands: what is owed alone tells it.
    assert told(date(2026, 1, 1), date(2026, 5, 31), code="A1") == all_of_them
    assert told(date(2026, 1, 1), date(2026, 2, 15), periode="2026-T1", rythme="S", code="A1") == all_of_them
