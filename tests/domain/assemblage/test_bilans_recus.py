"""A bilan received as rows of a sheet: what it brings, what contradicts itself, and the same once kept as a text."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from paqte.domain.assemblage.nation import PartRecue
from paqte.domain.assemblage.recus import VISES, BilanReceived, part_received, unknown_codes
from paqte.domain.assemblage.territoires.ecrites import part_again, part_kept
from paqte.domain.consolidation import Somme
from paqte.domain.indicateurs.catalogue import catalogue

GRID = catalogue()


def row(code: str, label: str, done: Any, *numbers: Any) -> dict[str, Any]:
    upper, lower, owed, answered, zeros = numbers or (None, None, None, None, None)
    return {
        "Code": code, "Indicateur": label, "Réalisé au semestre": done, "Numérateur": upper, "Dénominateur": lower,
        "Réponses attendues": owed, "Réponses reçues": answered, "Zéros confirmés": zeros,
    }  # fmt: skip


STAGES = [
    row("S2", "Stages", Decimal(12), None, None, 3, 2, 1),
    row("S2", "Stages — réseaux (élèves)", Decimal(4), None, None, 1, 1, 0),
    row("S2", "Stages — employeurs publics", Decimal(0), None, None, 1, 1, 1),
    row("S2", "Stages — associations", None, None, None, 2, 0, 0),
    row("S2", "Stages — Total, toutes natures", Decimal(16), None, None, 7, 4, 2),
]
SHARE = row("S2p", "Part", Decimal("25.0"), Decimal(3), Decimal(12), 3, 2, 0)
BILAN = BilanReceived(
    departement="41",
    nom="Loir-et-Cher",
    numero=3,
    sha256="a" * 64,
    champs={"b_entreprises": 5, "b_reseaux": 1, "b_employeurs_publics": 2, "b_associations": None},
    indicateurs=[*STAGES, SHARE],
    completude=[{"De": "Axe", "Attendues": 9, "Validées": 9}, {"De": "Ensemble", "Attendues": 10, "Validées": 6}],
)


def gaps(*rows: dict[str, Any]) -> tuple[str, ...]:
    return part_received(replace(BILAN, indicateurs=rows), GRID).ecarts


def test_R20_a_received_bilan_brings_its_own_figures_line_by_line() -> None:
    part = part_received(BILAN, GRID)
    assert (part.departement, part.nom, part.edition_id, part.numero, part.sha256) == (
        "41", "Loir-et-Cher", 0, 3, "a" * 64,
    )  # fmt: skip
    assert (part.entreprises, part.autres, part.dus, part.repondus, part.ecarts) == (5, 3, 10, 6, ())
    assert part.sommes == {
        ("S2", "entreprise"): Somme(Decimal(12), None, None, 3, 2, 1),
        ("S2", "reseau"): Somme(Decimal(4), None, None, 1, 1, 0),
        ("S2", "employeur_public"): Somme(Decimal(0), None, None, 1, 1, 1),
        ("S2", "association"): Somme(None, None, None, 2, 0, 0),
        ("S2", "ensemble"): Somme(Decimal(16), None, None, 7, 4, 2),
        ("S2p", "entreprise"): Somme(None, Decimal(3), Decimal(12), 3, 2, 0),
    }


def test_R13_what_a_received_bilan_leaves_blank_counts_for_none() -> None:
    blank = replace(BILAN, champs=dict.fromkeys(BILAN.champs), completude=[], indicateurs=[row("S2", "Stages", None)])
    part = part_received(blank, GRID)
    assert (part.entreprises, part.autres, part.dus, part.repondus) == (0, 0, 0, 0)
    assert part.sommes == {("S2", "entreprise"): Somme()}
    whole = replace(BILAN, completude=[{"De": "Ensemble", "Attendues": None, "Validées": None}])
    assert (part_received(whole, GRID).dus, part_received(whole, GRID).repondus) == (0, 0)


def test_R33_a_share_that_its_numbers_do_not_give_or_that_has_only_one_is_told() -> None:
    assert gaps(row("S2p", "Part", Decimal("25.1"), Decimal(3), Decimal(12), 3, 2, 0)) == (
        "S2p, Part : le taux n’est pas celui de ses deux nombres",
    )
    for upper, lower in ((None, Decimal(12)), (Decimal(3), None), (None, None)):
        assert gaps(row("S2p", "Part", Decimal("25.0"), upper, lower, 3, 2, 0)) == (
            "S2p, Part : sans ses deux nombres, ce taux ne s’additionne pas",
        )
    assert gaps(row("S2p", "Part", None, None, None, 3, 0, 0)) == ()


def test_R38_a_total_of_all_natures_that_is_not_the_sum_of_its_lines_is_told() -> None:
    other = row("F1", "Alternants", Decimal(100), None, None, 1, 1, 0)
    assert gaps(*STAGES, other) == ()
    wrong = row("S2", "Stages — Total, toutes natures", Decimal(17), None, None, 7, 4, 2)
    assert gaps(*STAGES[:-1], wrong, other) == ("S2 : le total n’est pas la somme de ses lignes",)


def test_R20_no_target_is_kept_of_what_does_not_add_up_or_is_not_known() -> None:
    (free, *_) = (i.code for i in GRID.indicateurs.values() if not i.is_summable)
    rows = [
        one | dict.fromkeys(VISES, Decimal(8)) for one in (*STAGES, row(free, "Libre", None), row("Z9", "Autre", 1))
    ]
    aims = part_received(replace(BILAN, indicateurs=rows), GRID).beside.objectifs
    assert aims is not None and {code for code, _ in aims} == {"S2"}


def test_what_this_catalogue_does_not_know_is_named_once_and_not_added_up() -> None:
    strange = [row("Z9", "Autre", Decimal(1)), row("Z8", "Autre", Decimal(1)), row("Z9", "Autre", Decimal(1))]
    bilan = replace(BILAN, indicateurs=[*strange, *STAGES])
    assert unknown_codes(bilan, GRID) == ("Z9", "Z8")
    assert {code for code, _ in part_received(bilan, GRID).sommes} == {"S2"}


def test_a_bilan_of_before_the_two_numbers_says_so() -> None:
    assert BILAN.lacks_numbers is False
    for missing in ("Numérateur", "Dénominateur"):
        cut = {name: value for name, value in SHARE.items() if name != missing}
        assert replace(BILAN, indicateurs=[*STAGES, cut]).lacks_numbers is True


def test_a_part_kept_as_a_text_is_the_same_part_again() -> None:
    part = part_received(BILAN, GRID)
    recue = PartRecue(7)
    assert part_again(part_kept(part), "41", "Loir-et-Cher", recue) == replace(part, recue=recue)


def test_R38_every_nature_but_enterprises_counts_among_the_others() -> None:
    natures = ("b_entreprises", "b_reseaux", "b_employeurs_publics", "b_associations")

    def counted(**told: int) -> tuple[int, int]:
        part = part_received(replace(BILAN, champs=dict.fromkeys(natures) | told), GRID)
        return part.entreprises, part.autres

    assert [counted(**{name: 4}) for name in natures] == [(4, 0), (0, 4), (0, 4), (0, 4)]
    assert counted(b_reseaux=1, b_employeurs_publics=2, b_associations=4) == (0, 7)
