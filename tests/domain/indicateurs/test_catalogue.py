"""The grid as data: what is shipped, and how a new version or indicator enters it (R5, R8, R8b, R10, R14, R21)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from paqte.domain.indicateurs.catalogue import SOURCE, catalogue, load_catalogue
from paqte.domain.indicateurs.genres import FLUX, LIBRE, OUI_NON, RATIO, STOCK

# Axis, code, kind and unit of the reconstructed grid handed over with the circulars.
INDICATEURS = {
    "SENSIBILISER": ["S1", "S2", "S2p", "S3", "S4", "S5", "S6", "S7"],
    "FORMER": ["F1", "F1p", "F2", "F3"],
    "RECRUTER": ["R1", "R2", "R2p", "R3", "R3e"],
    "ACHETER": ["A1", "A2", "A2p", "A3", "A4", "A5", "A6"],
    "AUTRE": ["X1"],
}
OURS = {"S6h", "F4", "B1", "P12h", "S2r"}  # hours apart from persons, a total to check, and two units that P12 mixed
MESURES = {f"P{n:02d}": f"T{n:02d}" for n in range(1, 15)}
GENRE_OF = {
    RATIO: {"S2p", "F1p", "R2p", "A2p"},
    STOCK: {"A1"},
    OUI_NON: {"R1"},
    LIBRE: {"X1"},
}
VALUED = {
    "T01": ["S1", "S2"],
    "T02": ["S3", "S4", "S5"],
    "T03": ["F1"],
    "T04": ["F3"],
    "T08": ["R3e"],
    "T12": ["A3", "A4", "A6"],
}


def shipped() -> str:
    return SOURCE.read_text(encoding="utf-8")


def test_the_shipped_grid_is_read_and_does_not_contradict_itself() -> None:
    assert load_catalogue(shipped()) == catalogue()


def test_the_grid_says_that_it_is_reconstructed() -> None:
    assert catalogue().statut == "reconstruite"
    assert catalogue().avertissement.startswith("Grille reconstruite")


@pytest.mark.parametrize("axe", INDICATEURS)
def test_every_indicator_handed_over_stands_in_its_axis(axe: str) -> None:
    listed = {i.code for i in catalogue().of_axe(axe)}
    assert set(INDICATEURS[axe]) <= listed
    assert listed - set(INDICATEURS[axe]) <= OURS


def test_the_grid_holds_nothing_else() -> None:
    handed = {code for codes in INDICATEURS.values() for code in codes}
    assert set(catalogue().indicateurs) == handed | set(MESURES) | OURS


def test_R14_R15_each_indicator_is_of_its_kind() -> None:
    special = {code: genre for genre, codes in GENRE_OF.items() for code in codes}
    assert {i.code: i.genre for i in catalogue().indicateurs.values()} == {
        code: special.get(code, FLUX) for code in catalogue().indicateurs
    }


def test_R14_a_ratio_counts_what_an_indicator_beside_it_counts() -> None:
    ratios = [i for i in catalogue().indicateurs.values() if i.genre == RATIO]
    assert {i.code: i.numerateur for i in ratios} == {"S2p": "S2", "F1p": "F1", "R2p": "R2", "A2p": "A2"}
    assert all(i.denominateur and i.unite == "%" for i in ratios)


def test_R8_there_are_14_thematiques_of_which_T07_alone_is_transversal() -> None:
    thematiques = catalogue().thematiques
    assert list(thematiques) == [f"T{n:02d}" for n in range(1, 15)]
    assert [t.code for t in thematiques.values() if t.transversale] == ["T07"]


def test_R8b_each_thematique_has_its_measure_and_T12_one_for_each_unit() -> None:
    grid = catalogue()
    for measure, thematique in MESURES.items():
        assert measure in {i.code for i in grid.measures_of(thematique)}
    assert {i.unite for i in grid.measures_of("T12")} == {"€ HT", "heures"}
    assert [len(grid.measures_of(t)) for t in grid.thematiques] == [2 if t == "T12" else 1 for t in grid.thematiques]


def test_R8b_every_measure_of_the_plan_says_that_it_is_reconstructed() -> None:
    measures = catalogue().of_dispositif("plan_10000")
    assert {i.code for i in measures} == {*MESURES, "P12h"}
    assert all("reconstruite" in i.preuve for i in measures)


def test_R10_what_values_a_thematique_is_never_one_of_its_own_measures() -> None:
    grid = catalogue()
    assert {t: [i.code for i in grid.valuing(t)] for t in grid.thematiques if grid.valuing(t)} == VALUED
    assert all(not i.thematique for t in grid.thematiques for i in grid.valuing(t))


def test_R15_internships_are_counted_by_school_year_and_offers_apart_from_welcomes() -> None:
    scolaires = {i.code for i in catalogue().indicateurs.values() if i.calendrier == "scolaire"}
    assert scolaires == {"S1", "S2", "S2r", "S4"}


def test_R17_emplois_francs_are_part_of_recruitments_and_closed_since_the_end_of_2024() -> None:
    grid = catalogue()
    assert [i.code for i in grid.parts_of("R3")] == ["R3e"]
    assert {i.code for i in grid.indicateurs.values() if i.au != date.max} == {"R3e", "P08"}
    assert grid.indicateurs["R3e"].au == grid.indicateurs["P08"].au == date(2024, 12, 31)


def test_R21_no_total_of_the_grid_adds_two_figures_on_suppliers() -> None:
    grid = catalogue()
    assert all(len({"A1", "A2", "A3", "A4"}.intersection(i.total_de)) < 2 for i in grid.indicateurs.values())
    assert grid.indicateurs["A1"].doublons


def test_R23_small_numbers_are_those_of_the_four_sensitive_thematiques() -> None:
    sensitive = {i.thematique for i in catalogue().indicateurs.values() if i.petits_nombres}
    assert sensitive == {"T05", "T07", "T09", "T10"}


def test_R5_a_free_engagement_never_adds_up() -> None:
    assert [i.code for i in catalogue().indicateurs.values() if not i.is_summable] == ["X1"]


@pytest.mark.parametrize(
    ("debut", "fin", "is_owed"),
    [
        (date(2024, 10, 1), date(2025, 1, 1), True),
        (date(2024, 12, 31), date(2025, 1, 1), True),
        (date(2025, 1, 1), date(2025, 4, 1), False),
        (date(2020, 1, 1), date(2020, 7, 1), True),
    ],
)
def test_an_indicator_closed_on_a_day_still_counts_in_the_period_of_that_day(
    debut: date, fin: date, is_owed: bool
) -> None:
    assert catalogue().indicateurs["R3e"].is_valid_during(debut, fin) is is_owed


NEW_INDICATOR = """
[[indicateur]]
code = "S8"
axe = "SENSIBILISER"
libelle = "Nombre de visites d’entreprise"
unite = "visites"
genre = "flux"
nombre = "compte"
du = 2027-01-01
compte = "Les visites qui ont eu lieu pendant la période."
thematiques = ["T02"]
"""
# Later than any that may be shipped.
NEW_VERSION = """
[[version]]
code = "9998.1"
du = 9998-01-01
note = "Ajoute les visites d’entreprise."
"""


def test_a_new_indicator_touches_the_file_alone() -> None:
    grid = load_catalogue(shipped() + NEW_INDICATOR)
    added = grid.indicateurs["S8"]
    assert added in grid.of_axe("SENSIBILISER")
    assert added in grid.valuing("T02")
    assert not added.is_valid_during(date(2026, 7, 1), date(2027, 1, 1))
    assert added.is_valid_during(date(2027, 1, 1), date(2027, 4, 1))
    assert {c: i for c, i in grid.indicateurs.items() if c != "S8"} == catalogue().indicateurs


def test_a_new_version_touches_the_file_alone() -> None:
    grid = load_catalogue(shipped() + NEW_VERSION)
    assert grid.version_on(date(2026, 6, 30)).code == "2019.1"
    assert grid.version_on(date(2026, 12, 31)).code == "2026.1"
    assert grid.version_on(date(9997, 12, 31)).code == catalogue().versions[-1].code
    assert grid.version_on(date(9998, 1, 1)).code == "9998.1"
    assert grid.version_on(date(9999, 1, 1)).code == "9998.1"


def test_before_the_first_version_the_first_one_holds() -> None:
    assert catalogue().version_on(date(2018, 7, 11)).code == "2019.1"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    assert load_catalogue("\ufeff" + shipped().replace("\n", "\r\n")) == catalogue()


def test_R39_every_indicator_says_in_one_sentence_what_is_counted() -> None:
    for i in catalogue().indicateurs.values():
        assert i.compte[0].isupper() and i.compte.endswith(".") and i.compte.count(".") == 1, i.code
        assert i.code == "X1" or "période" in i.compte or i.code == "S2r", i.code


def test_R39_what_is_counted_is_told_in_words_and_never_by_a_code() -> None:
    codes = set(catalogue().indicateurs) | set(catalogue().thematiques)
    for i in catalogue().indicateurs.values():
        assert not codes & set(re.findall(r"\w+", f"{i.libelle} {i.unite} {i.compte}")), i.code


def test_R39_the_definitions_are_said_to_be_reconstructed_and_follow_the_grid() -> None:
    told = catalogue().definitions({"A1", "S2r"})
    assert told == (
        "Ce qui est compté, indicateur par indicateur, définition reconstruite comme la grille :",
        "S2r, dont élèves de collèges REP+ : Parmi les élèves de 3e accueillis en stage, ceux dont le collège est "
        "classé REP+ au jour du stage, où qu’ils habitent ; ils sont déjà dans le nombre d’élèves accueillis.",
        "A1, Nombre de fournisseurs implantés en QPV : Les fournisseurs implantés en QPV avec lesquels l’entreprise "
        "travaille à la fin de la période ; le même est compté à chaque trimestre, et par chaque entreprise qui "
        "l’emploie.",
    )
    assert catalogue().definitions(set()) == ()


def test_R39_the_guide_says_what_is_counted_word_for_word() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "indicateurs.md").read_text(encoding="utf-8")
    for i in catalogue().indicateurs.values():
        assert f"| {i.code} | {i.libelle} | {i.compte} |" in guide, i.code


def test_R39_rep_plus_is_counted_apart_inside_S2() -> None:
    grid = catalogue()
    part = grid.indicateurs["S2r"]
    assert (part.dont, part.axe, part.unite, part.genre) == ("S2", "SENSIBILISER", "personnes", "flux")
    assert grid.parts_of("S2") == (part,)
    assert "S2r" not in grid.indicateurs["B1"].total_de
