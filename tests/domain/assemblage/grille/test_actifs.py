"""Active and new: counted in periods, never in days, whatever the kind of signatory (R34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.tableaux.signataires import recent_periods
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.bilan import TABLES as BILAN
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.commun.comparaison import compare
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.reporting.classeurs.bilan_detail import TABLEAUX_DETAIL
from paqte.reporting.classeurs.compte_rendu import TABLEAUX
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


OTHERS = (
    "nouveaux_reseaux",
    "actifs_reseaux",
    "nouveaux_employeurs_publics",
    "actifs_employeurs_publics",
    "nouvelles_associations",
    "actives_associations",
)


def counted(comptes: object) -> list[int | None]:
    return [getattr(comptes, name) for name in OTHERS]


def a_world(periode: str) -> DonneesBilan:
    """Two networks, one of them new and neither active; a new hospital that answered; an old association that did."""
    since = date(2026, 4, 10)
    signed = [
        convention(1, engagement(11, "S2"), nature="reseau", debut=since),
        convention(2, engagement(21, "S2"), nature="reseau"),
        convention(3, engagement(31, "S2"), nature="employeur_public", debut=since),
        convention(4, engagement(41, "S2"), nature="association"),
        convention(5, engagement(51, "S2")),
    ]
    told = [fait(c, c.engagements[0], "2026-T2", 2) for c in signed[2:]]
    return donnees(signed, told, periode=Periode.from_code(periode))


def test_R34_new_and_active_signatories_of_each_other_nature_have_counts_of_their_own() -> None:
    bilan = assemble(a_world("2026-S1"), catalogue(), edition=1, now=NOW, gabarit="e")
    export = assemble_trimestre(a_world("2026-T2"), catalogue(), edition=1, now=NOW, gabarit="e")
    assert counted(bilan.comptes) == counted(export.comptes) == [1, 0, 1, 1, 0, 1]
    assert (bilan.comptes.nouvelles_entreprises, bilan.comptes.actives) == (0, 1)
    lines = (
        "Réseaux : 2 ; nouveaux : 1 ; actifs : 0.",
        "Employeurs publics : 1 ; nouveaux : 1 ; actifs : 1.",
        "Associations : 1 ; nouvelles : 0 ; actives : 1.",
    )
    for document, tableaux in ((bilan, TABLEAUX_DETAIL), (export, TABLEAUX)):
        notes = next(t for t in tableaux if t.nom == "t_notes")
        assert tuple(notes.lignes(document))[1:4] == lines


def test_R34_an_edition_of_before_these_counts_keeps_its_bytes_and_nothing_is_said_to_have_changed() -> None:
    bilan = assemble(a_world("2026-S1"), catalogue(), edition=1, now=NOW, gabarit="e")
    versions = replace(bilan.versions, colonnes="")
    before = replace(bilan, versions=versions, comptes=replace(bilan.comptes, **dict.fromkeys(OTHERS)))
    assert not any(name in before.as_json() for name in OTHERS)
    assert Bilan.from_json(before.as_json()) == before
    assert compare(before, bilan, BILAN) == []
    other = replace(bilan, comptes=replace(bilan.comptes, nouveaux_reseaux=2, actives=7))
    assert [(e.colonne, e.avant, e.apres) for e in compare(bilan, other, BILAN)] == [
        ("Entreprises actives", "1", "7"),
        ("Réseaux, nouveaux", "1", "2"),
    ]
