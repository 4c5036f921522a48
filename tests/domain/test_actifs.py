"""Active and new: counted in periods, never in days, whatever the kind of signatory (R34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.signataires import recent_periods
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.catalogue import catalogue
from paqte.domain.periodes import Periode
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait


@pytest.mark.parametrize(
    ("window", "quarters", "semesters"),
    [
        ("2024-T2", ["2024-T2", "2024-T1", "2023-T4", "2023-T3"], ["2024-S1", "2023-S2"]),
        ("2024-S1", ["2024-T2", "2024-T1", "2023-T4", "2023-T3"], ["2024-S1", "2023-S2"]),
        ("2028-T1", ["2028-T1", "2027-T4", "2027-T3", "2027-T2"], ["2027-S2", "2027-S1"]),
        ("2026-S2", ["2026-T4", "2026-T3", "2026-T2", "2026-T1"], ["2026-S2", "2026-S1"]),
    ],
)
def test_R34_the_last_four_quarters_and_two_semesters_over(
    window: str, quarters: list[str], semesters: list[str]
) -> None:
    assert [p.code for p in recent_periods(Periode.from_code(window))] == [*quarters, *semesters]


def test_R34_a_leap_year_is_an_ordinary_year() -> None:
    signed = [convention(k, engagement(k * 10, "S2"), debut=date(2023, 1, 1)) for k in range(1, 25)]
    told = [fait(c, c.engagements[0], "2023-T3", 3) for c in signed]
    counts = {}
    for window in ("2024-T2", "2024-T3"):
        rows = donnees(signed, told, periode=Periode.from_code(window))
        counts[window] = assemble_trimestre(rows, catalogue(), edition=1, now=NOW, gabarit="e").comptes.actives
    assert counts == {"2024-T2": 24, "2024-T3": 0}
    rows = donnees(signed, told, periode=Periode.from_code("2024-S1"))
    assert assemble(rows, catalogue(), edition=1, now=NOW, gabarit="e").comptes.actives == 24


@pytest.mark.parametrize(
    ("code", "answer", "is_active"),
    [
        ("R1", {"valeur": 1}, True),
        ("R1", {"valeur": 0}, False),
        ("F1p", {"ratio": (1, 40)}, True),
        ("F1p", {"ratio": (0, 40)}, False),
        ("S2", {"reponse": "neant"}, False),
    ],
)
def test_R34_what_counts_as_a_value(code: str, answer: dict[str, object], is_active: bool) -> None:
    one = convention(1, engagement(11, code))
    rows = donnees([one], [fait(one, one.engagements[0], "2026-T1", **answer)])  # type: ignore[arg-type]
    assert assemble(rows, catalogue(), edition=1, now=NOW, gabarit="e").comptes.actives == int(is_active)


@pytest.mark.parametrize("nature", ["reseau", "employeur_public", "association", "entreprise"])
def test_R34_every_kind_can_be_new_and_active_and_only_enterprises_enter_their_count(nature: str) -> None:
    one = convention(1, engagement(11, "S2"), nature=nature, debut=date(2026, 3, 1))
    told = [fait(one, one.engagements[0], "2026-T1", 2)]
    given = assemble_trimestre(
        donnees([one], told, periode=Periode.from_code("2026-T1")), catalogue(), edition=1, now=NOW, gabarit="e"
    )
    row, is_enterprise = given.entreprises[0], nature == "entreprise"
    assert (row.is_nouvelle, row.is_active) == (True, True)
    assert (given.comptes.nouvelles, given.comptes.actives) == (int(is_enterprise), int(is_enterprise))


def test_R35_two_natures_of_one_siren_are_never_told_apart_by_the_order_of_names() -> None:
    first = convention(1, siren="111111111", nature="reseau", nom="Alpha", debut=date(2025, 1, 1))
    last = convention(2, siren="111111111", nature="entreprise", nom="Zoulou", debut=date(2025, 6, 1))
    for names in (("Alpha", "Zoulou"), ("Zoulou", "Alpha")):
        pair = [replace(one, nom=name) for one, name in zip((first, last), names, strict=True)]
        for order in (pair, pair[::-1]):
            comptes = assemble(donnees(order), catalogue(), edition=1, now=NOW, gabarit="e").comptes
            assert (comptes.entreprises, comptes.reseaux) == (1, 0)
