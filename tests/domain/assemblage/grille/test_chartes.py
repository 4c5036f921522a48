"""A charte « Entreprises et quartiers » is listed, and brings nothing to any figure (R7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from paqte.domain.assemblage import NEANT, assemble
from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.loir_et_cher import NOW, S1, convention, donnees, engagement, fait

PROMIS = replace(engagement(11, "S2", cible=100), reference=Decimal(5))
PAQTE = convention(1, PROMIS)
CHARTE = convention(
    2,
    replace(engagement(21, "S2", cible=1000), reference=Decimal(7)),
    engagement(22, "F1"),
    engagement(23, "P01", cible=30),
    dispositif="charte",
    is_in_plan_10000=True,
)
FAITS = [
    fait(PAQTE, PROMIS, "2026-T1", 50),
    fait(CHARTE, CHARTE.engagements[0], "2026-T1", 400),
    fait(CHARTE, CHARTE.engagements[2], "2026-T1", 9),
]
T1 = Periode.from_code("2026-T1")


def bilan(*conventions: object, **more: object) -> Bilan:
    given = donnees(conventions or (PAQTE, CHARTE), FAITS, **more)  # type: ignore[arg-type]
    return assemble(given, catalogue(), edition=1, now=NOW, gabarit="essai")


def export(**more: object) -> CompteRendu:
    given = donnees([PAQTE, CHARTE], FAITS, periode=T1, **more)
    return assemble_trimestre(given, catalogue(), edition=1, now=NOW, gabarit="essai")


def test_R7_the_target_of_a_charte_enters_neither_the_objective_nor_the_rate() -> None:
    found = next(line for line in bilan().indicateurs if line.code == "S2")
    assert (found.cible.valeur, found.taux.valeur) == (100, Decimal("50.0"))
    assert (found.reference.valeur, found.sans_cible.valeur) == (5, 0)
    assert (found.realise.valeur, found.cumul.valeur, found.du) == (50, 50, 1)


def test_R7_a_charte_commits_nobody_to_its_indicators() -> None:
    found = next(line for line in bilan().indicateurs if line.code == "F1")
    promised = (found.reference, found.cible, found.realise, found.cumul, found.taux, found.sans_cible)
    assert {f.motif for f in promised} == {"aucun signataire ne s’y est engagé"}


def test_R7_a_charte_counts_in_no_dispositif_and_in_no_thematique_and_is_listed_to_transform() -> None:
    found = bilan()
    assert (found.comptes.entreprises, found.comptes.plan_10000, found.comptes.club) == (1, 0, 0)
    assert found.comptes.chartes_a_transformer == 1
    t01 = next(t for t in found.thematiques if t.code == "T01")
    assert (t01.entreprises, t01.prevision.valeur, t01.realise.valeur, t01.du) == (0, None, None, 0)
    assert [(s.convention, s.dispositifs) for s in found.signataires] == [
        ("41-2025-001", "PAQTE"),
        ("41-2025-002", "Charte E&Q"),
    ]
    assert [r.signataire for r in found.reponses] == ["Société 01 (fictif)"] * 2
    assert {c.libelle for c in found.completude if c.genre == "signataire"} == {"Société 01 (fictif)"}


def test_R7_the_export_of_a_quarter_holds_no_row_and_no_figure_of_a_charte() -> None:
    found = export()
    assert (found.comptes.engagees, found.comptes.plan_10000, found.comptes.chartes_a_transformer) == (1, 0, 1)
    assert {row.convention for row in (*found.donnees, *found.entreprises)} == {"41-2025-001"}
    s2 = next(line for line in found.indicateurs if line.code == "S2")
    assert (s2.cible.valeur, s2.realise.valeur, s2.taux.valeur) == (100, 50, Decimal("50.0"))


@pytest.mark.parametrize(
    ("suite", "listed"),
    [
        (None, ["PAQTE", "Charte E&Q"]),
        (date(2025, 7, 1), ["PAQTE"]),
        (date(2026, 6, 30), ["PAQTE"]),
        (date(2026, 7, 1), ["PAQTE", "Charte E&Q"]),
    ],
)
def test_R7_a_charte_that_a_convention_follows_is_to_transform_no_more(suite: date | None, listed: list[str]) -> None:
    """What is signed for the next semester leaves this one as it was."""
    found = bilan(PAQTE, replace(CHARTE, suivie_le=suite))
    assert [s.dispositifs for s in found.signataires] == listed
    assert found.comptes.chartes_a_transformer == len(listed) - 1
    given = donnees([PAQTE, replace(CHARTE, suivie_le=suite)], FAITS, periode=Periode.from_code("2026-T2"))
    quarter = assemble_trimestre(given, catalogue(), edition=1, now=NOW, gabarit="essai")
    assert quarter.comptes.chartes_a_transformer == len(listed) - 1


def test_R7_with_a_charte_alone_the_bilan_says_that_nobody_signed_the_pacte() -> None:
    assert NEANT in bilan(CHARTE).notes


def test_R7_a_charte_makes_the_history_no_longer() -> None:
    old = replace(CHARTE, dates=replace(CHARTE.dates, debut=S1.debut.replace(year=2023)))
    young = replace(PAQTE, dates=replace(PAQTE.dates, debut=S1.debut))
    assert [p.periode for p in bilan(young, old).evolution] == ["2026-S1"]


def test_R30_the_place_of_a_sole_trader_is_hidden_when_it_signed_a_charte_too() -> None:
    trader = replace(CHARTE, is_partial_diffusion=True)
    given = donnees([PAQTE, trader], FAITS)
    shown = publishable(assemble(given, catalogue(), edition=1, now=NOW, gabarit="essai"), given, catalogue())
    assert [s.commune for s in shown.signataires] == ["Blois", "non diffusée"]
