"""What a sum says of itself, read whole over a few signatories, and what it does not (R13, R20, R32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from paqte.domain.assemblage.nation import EditionScellee, Nation, PartDepartement, PartRecue, merge_parts, part_of
from paqte.domain.assemblage.territoire import measure_added
from paqte.domain.assemblage.territoires.ecrites import part_again, part_kept
from paqte.domain.assemblage.territoires.somme import PartSource, TerritoireNamed, assemble_somme
from paqte.domain.assemblage.territoires.trimestre import part_of_quarter
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.somme import SommeSemestre, SommeTerritoire, SommeTrimestre
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.assemblage.petit_monde import bilan, export, monde
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

GRID = catalogue()
KEPT_LONG_AGO = (
    '{"numero": 1, "sha256": "", "entreprises": 2, "autres": 1, "dus": 4, "repondus": 3, "sommes": '
    '[["S2", "entreprise", "7", null, null, 1, 1, 0]]}'
)


def named(document: Any, code: str, nom: str) -> Any:
    return replace(document, departement=code, departement_nom=nom)


def of_quarter(code: str, nom: str) -> PartDepartement:
    return part_of_quarter(named(export(monde()), code, nom), GRID, 1)


def of_semester(code: str, nom: str) -> PartDepartement:
    return part_of(EditionScellee(named(bilan(monde()), code, nom), tuple(monde().faits)), GRID)


def summed(kind: type[SommeTerritoire], nation: Nation, periode: str, **more: Any) -> SommeTerritoire:
    sources = [PartSource(part, f"{part.departement}.xlsx", "ab") for part in nation.parts]
    given = {"territoire": TerritoireNamed("R24", "Centre"), "periode": Periode.from_code(periode), "grid": GRID}
    return assemble_somme(kind, nation, sources, **given, **more)


def said(kind: type[SommeTerritoire], nation: Nation, periode: str) -> dict[str, Any]:
    return {one.quoi: one.valeur for one in summed(kind, nation, periode).ensemble}


def test_R18_a_line_of_an_indicator_that_the_grid_no_longer_has_is_in_no_sum_and_stops_none() -> None:
    """An edition issued long ago tells of what this grid has forgotten."""
    of_quarter_told, of_semester_told = named(export(monde()), "41", "x"), named(bilan(monde()), "41", "x")
    gone = replace(of_quarter_told, indicateurs=_with_one_gone(of_quarter_told.indicateurs))
    told = part_of_quarter(gone, GRID, 1)
    assert told == replace(part_of_quarter(of_quarter_told, GRID, 1), sha256=told.sha256)
    facts = tuple(monde().faits)
    left = replace(of_semester_told, indicateurs=_with_one_gone(of_semester_told.indicateurs))
    told = part_of(EditionScellee(left, facts), GRID)
    assert told == replace(part_of(EditionScellee(of_semester_told, facts), GRID), sha256=told.sha256)


def _with_one_gone(lines: Sequence[Any]) -> tuple[Any, ...]:
    return (*lines, replace(lines[0], code="Z9"))


def test_R13_a_sum_of_exports_says_nothing_of_days_that_no_export_tells() -> None:
    nation = merge_parts([of_quarter("41", "Loir-et-Cher"), of_quarter("18", "Cher")], GRID)
    assert (nation.a_temps, nation.silent_on("objectifs")) == (None, ())
    assert said(SommeTrimestre, nation, "2026-T2") == {
        "Période": "2e trimestre 2026",
        "Territoire": "Centre",
        "Départements additionnés": 2,
        "Entreprises": 6,
        "Entreprises, chaque SIREN une fois": 3,
        "Autres signataires": 2,
        "Réponses attendues": 12,
        "Réponses reçues": 8,
        "Réseaux": 2,
        "Employeurs publics": 0,
        "Associations": 0,
    }


def test_R13_a_sum_of_bilans_names_each_departement_that_does_not_tell_what_the_others_do() -> None:
    old = part_again(KEPT_LONG_AGO, "18", "Cher", PartRecue(4))
    older = part_again(KEPT_LONG_AGO, "28", "Eure-et-Loir", PartRecue(5))
    nation = merge_parts([of_semester("41", "Loir-et-Cher"), old, older], GRID)
    told, both = said(SommeSemestre, nation, "2026-S1"), "Cher (18), Eure-et-Loir (28)"
    assert {name: told[name] for name in list(told)[-6:]} == {
        "Réponses données à temps": 2,
        "Objectifs et taux non connus": both,
        "Thématiques non connues": both,
        "Nature des autres signataires non connue": both,
        "Réponses données à temps non connues": both,
        "SIREN non connus": both,
    }
    assert (told["Entreprises"], told["Entreprises, chaque SIREN une fois"]) == (2 + 2 + 2, 2)
    whole = said(SommeSemestre, merge_parts([of_semester("41", "Loir-et-Cher")], GRID), "2026-S1")
    assert [name for name in whole if "connu" in name] == []


def mixed() -> CompteRendu:
    """A flow, a share and a stock of a company; the flow of a network."""
    own = [engagement(11, "S2"), engagement(12, "S2p"), engagement(13, "A1")]
    firm, club = convention(1, *own), convention(2, engagement(21, "S2"), nature="reseau")
    given = [
        fait(firm, own[0], "2026-T2", 4),
        fait(firm, own[1], "2026-T2", ratio=(1, 3)),
        fait(firm, own[2], "2026-T2", 12),
        fait(club, club.engagements[0], "2026-T2", 9),
    ]
    return export(donnees([firm, club], given))


def test_R20_an_export_brings_the_exact_numbers_behind_each_of_its_figures_and_no_gap() -> None:
    part = part_of_quarter(mixed(), GRID, 7)
    told = {key: tuple(somme)[:3] for key, somme in part.sommes.items() if somme.signataires_repondants}
    assert told == {
        ("S2", "entreprise"): (4, None, None),
        ("S2", "reseau"): (9, None, None),
        ("S2", "ensemble"): (13, None, None),
        ("S2p", "entreprise"): (None, 1, 3),
        ("A1", "entreprise"): (12, None, None),
    }
    assert (part.edition_id, part.dus, part.repondus, part.ecarts) == (7, 4, 4, ())


def test_R38_a_line_of_before_the_natures_counts_the_rows_of_all() -> None:
    whole = tuple(replace(line, nature="") for line in mixed().indicateurs if line.nature == "ensemble")
    part = part_of_quarter(replace(mixed(), indicateurs=whole), GRID, 7)
    assert (part.sommes["S2", ""].valeur, part.ecarts) == (13, ())


@pytest.mark.parametrize(("code", "printed"), [("S2", Decimal(5)), ("S2p", Decimal("33.4"))])
def test_R20_a_figure_that_its_own_rows_do_not_give_is_named_and_one_that_is_not_told_is_none(
    code: str, printed: Decimal
) -> None:
    def moved(realise: Chiffre) -> CompteRendu:
        lines = mixed().indicateurs
        found = next(line for line in lines if (line.code, line.nature) == (code, "entreprise"))
        other = replace(found, realise=realise)
        return replace(mixed(), indicateurs=tuple(other if line == found else line for line in lines))

    gap = f"41 {code} : les données ne donnent plus le chiffre imprimé"
    assert part_of_quarter(moved(Chiffre(printed)), GRID, 1).ecarts == (gap,)
    assert part_of_quarter(moved(Chiffre(None, "n.d.")), GRID, 1).ecarts == ()


def test_a_sum_of_files_alone_bears_no_day_and_no_seal_and_one_of_the_base_bears_both() -> None:
    nation = merge_parts([of_quarter("41", "Loir-et-Cher")], GRID)
    alone, issued = (summed(SommeTrimestre, nation, "2026-T2", **more) for more in ({}, {"now": NOW, "edition": 3}))
    assert (alone.genere_le, alone.empreinte, alone.edition) == ("", "", 0)
    assert (bool(issued.genere_le), len(issued.empreinte), issued.edition) == (True, 64, 3)
    other = merge_parts([of_quarter("18", "Cher")], GRID)
    assert summed(SommeTrimestre, other, "2026-T2", now=NOW).empreinte != issued.empreinte
    assert replace(issued, genere_le="", empreinte="", edition=0) == alone
    (row,) = issued.departements
    assert (row.departement, row.nom, row.dus, row.repondus, row.edition, row.controle) == (
        "41", "Loir-et-Cher", 6, 4, 1, "édition de cette application",
    )  # fmt: skip
    assert (row.entreprises, row.autres, row.reseaux, row.employeurs_publics, row.associations) == (3, 1, 1, 0, 0)
    assert (row.a_temps, row.fichier, row.empreinte_fichier) == (None, "41.xlsx", "ab")


def test_R13_what_a_departement_does_not_tell_apart_is_blank_in_its_row() -> None:
    nation = merge_parts([part_again(KEPT_LONG_AGO, "18", "Cher", PartRecue(4))], GRID)
    (row,) = summed(SommeSemestre, nation, "2026-S1").departements
    assert (row.entreprises, row.autres, row.dus, row.repondus) == (2, 1, 4, 3)
    assert (row.reseaux, row.employeurs_publics, row.associations, row.a_temps) == (None, None, None, None)
    assert row.controle != "édition de cette application", "it came by a file"


def test_R20_each_total_is_the_sum_of_its_departements_each_told_beside_it() -> None:
    """Two départements of the same four signatories; of the plan, the company, one of April and the network."""
    nation = merge_parts([of_quarter("41", "Loir-et-Cher"), of_quarter("18", "Cher")], GRID)
    made = summed(SommeTrimestre, nation, "2026-T2")

    def of(rows: Any, code: str, *names: str) -> list[tuple[Any, ...]]:
        return [tuple(getattr(row, name) for name in names) for row in rows if row.code == code]

    told = ("nature", "realise", "repondu", "du", "neants", "mention")
    assert of(made.indicateurs, "S2", *told) == [
        ("entreprise", 8, 2, 2, 0, ""), ("reseau", 18, 2, 2, 0, ""), ("ensemble", 26, 4, 4, 0, ""),
    ]  # fmt: skip
    assert of(made.indicateurs, "F4", *told)[1:] == [
        (nature, None, 0, 2, 0, "aucune réponse reçue") for nature in ("reseau", "ensemble")
    ]
    assert of(made.detail, "S2", "departement", "nature", "realise")[:4] == [
        ("18", "entreprise", 4), ("41", "entreprise", 4), ("18", "reseau", 9), ("41", "reseau", 9),
    ]  # fmt: skip
    measured = ("nature", "entreprises", "prevision", "realise", "cumul", "repondu", "du")
    assert of(made.thematiques, "T01", *measured) == [
        ("entreprise", 4, 40, 0, 10, 2, 4), ("reseau", 0, 10, 12, 12, 2, 2), ("ensemble", 4, 50, 12, 22, 4, 6),
    ]  # fmt: skip
    assert of(made.thematiques_detail, "T01", "departement", *measured)[:2] == [
        ("18", "entreprise", 2, 20, 0, 5, 1, 2), ("41", "entreprise", 2, 20, 0, 5, 1, 2),
    ]  # fmt: skip


def test_R20_what_the_base_keeps_of_a_bilan_received_is_read_again_to_the_last_number() -> None:
    part = of_semester("41", "Loir-et-Cher")
    again = part_again(part_kept(part), "41", "Loir-et-Cher", PartRecue(4))
    assert (dict(again.sommes), again.beside) == (dict(part.sommes), part.beside)
    counts = ("departement", "nom", "numero", "sha256", "entreprises", "autres", "dus", "repondus")
    assert [getattr(again, name) for name in counts] == [getattr(part, name) for name in counts]
    aims = again.beside.objectifs
    assert aims is not None and tuple(aims["S2", "entreprise"])[:2] == (7, 60), "three and four, of sixty"
    assert measure_added(GRID, "T99", "personnes") is None, "a thématique that the grid knows no more adds up nothing"
