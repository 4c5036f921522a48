"""The figures a préfet asks for first are cells of the bilan, of the enterprises alone (R7, R13, R20, R38)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.phares import Headline, Headlines, headlines
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

GRID = catalogue()
OWN, THEIRS, OF_A_CLUB = engagement(1, "S2", 60), engagement(2, "S2"), engagement(3, "S2", 50)
BUYS = engagement(4, "A2", 1000)
BRUNO = convention(1, OWN, BUYS, debut=date(2025, 1, 1), fin=date(2027, 12, 31))
OTHER = convention(2, THEIRS)
CLUB = convention(3, OF_A_CLUB, nature="reseau", debut=date(2025, 1, 1), fin=date(2027, 12, 31))
SIGNED = {BRUNO.id: (BRUNO, OWN), OTHER.id: (OTHER, THEIRS), CLUB.id: (CLUB, OF_A_CLUB)}


def told(rows: DonneesBilan) -> Headlines:
    return headlines(rows, GRID)


def of(rows: DonneesBilan, code: str) -> Headline:
    return next(c for c in told(rows).chiffres if c.ligne.code == code)


def test_the_grid_names_them_once_and_at_most_eight_stand_in_a_look() -> None:
    assert [i.code for i in GRID.phares] == ["S2", "S5", "F1", "F2", "R3", "A2", "A3"]


ANSWERS = st.lists(
    st.tuples(
        st.sampled_from([*SIGNED]),
        st.sampled_from(["2025-T1", "2025-T2", "2025-T4", "2026-T1", "2026-T2"]),
        st.sampled_from(["nombre", "neant", "manquante"]),
        st.integers(0, 90),
    ),
    max_size=12,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=30, deadline=None)
@given(ANSWERS, st.sampled_from(["2025-S1", "2026-S1", "2026-S2"]))
def test_R20_each_of_them_is_the_cell_of_the_bilan_of_the_enterprises(
    answers: list[tuple[int, str, str, int]], semestre: str
) -> None:
    faits = [
        fait(*SIGNED[key], code, value if kind == "nombre" else None, reponse=kind)
        for key, code, kind, value in answers
    ]
    rows = replace(donnees([BRUNO, OTHER, CLUB], faits), periode=Periode.from_code(semestre))
    bilan = assemble(rows, GRID, edition=1, now=NOW, gabarit="essai")
    cells = {line.code: line for line in bilan.indicateurs if line.nature == "entreprise"}
    found = told(rows)
    assert [c.ligne for c in found.chiffres] == [cells[c.ligne.code] for c in found.chiffres]
    assert [line for axe in found.axes for line in axe.lignes] == [
        line for line in cells.values() if line.cible.valeur is not None or line.taux.valeur is not None
    ]
    assert found.entreprises == bilan.comptes.entreprises
    # Counted apart, by hand.
    mine = [
        value for key, code, kind, value in answers if kind == "nombre" and key != CLUB.id and code in RANGE[semestre]
    ]
    zeros = [1 for key, code, kind, _ in answers if kind == "neant" and key != CLUB.id and code in RANGE[semestre]]
    assert of(rows, "S2").ligne.realise.valeur == (Decimal(sum(mine)) if mine or zeros else None)


RANGE = {"2025-S1": ("2025-T1", "2025-T2"), "2026-S1": ("2026-T1", "2026-T2"), "2026-S2": ("2026-T3", "2026-T4")}


def test_R38_what_a_network_welcomed_is_not_what_the_enterprises_did() -> None:
    faits = [fait(BRUNO, OWN, "2026-T1", 7), fait(CLUB, OF_A_CLUB, "2026-T1", 40)]
    assert of(donnees([BRUNO, CLUB], faits), "S2").ligne.realise.valeur == 7


def test_R13_a_year_without_any_answer_compares_with_nothing_and_a_year_of_zeros_does() -> None:
    now = [fait(BRUNO, OWN, "2026-T1", 7)]
    silent, zero = of(donnees([BRUNO], now), "S2"), fait(BRUNO, OWN, "2025-T2", reponse="neant")
    assert (silent.ecart, silent.ligne.un_an_avant.motif) == (None, "aucune réponse sur 1 attendue")
    assert of(donnees([BRUNO], [zero, *now]), "S2").ecart == 7
    assert of(donnees([BRUNO], [fait(BRUNO, OWN, "2025-T2", 9), *now]), "S2").ecart == -2


def test_R13_who_answered_is_counted_now_and_a_year_before() -> None:
    faits = [fait(BRUNO, OWN, code, 1) for code in ("2025-T1", "2025-T2", "2026-T1")]
    found = of(donnees([BRUNO, OTHER], faits), "S2")
    assert (found.ligne.repondu, found.ligne.du) == (0, 2)
    assert (found.repondu_avant, found.du_avant) == (1, 2)


def test_R7_a_charte_brings_nothing_to_any_of_them() -> None:
    charte = convention(9, engagement(91, "S2", 500), dispositif="charte")
    faits = [fait(charte, charte.engagements[0], "2026-T1", 300)]
    found = told(donnees([charte, BRUNO], faits))
    assert found.entreprises == 1
    assert (of(donnees([charte, BRUNO], faits), "S2").ligne.realise.valeur, found.is_told) == (None, False)
    assert of(donnees([charte, BRUNO], faits), "S2").ligne.cible.valeur == 60


def test_R21_what_two_may_tell_of_the_same_person_is_said() -> None:
    assert {c.ligne.code for c in told(donnees([BRUNO])).chiffres if c.has_doubles} == {"S5"}


def test_R22_an_axis_shows_the_rates_of_what_was_aimed_at_and_adds_up_no_two_units() -> None:
    free = engagement(5, "X1", 5, libelle="Forum", unite="jours")
    firm = replace(BRUNO, engagements=(*BRUNO.engagements, free))
    faits = [fait(firm, OWN, "2026-T1", 15), fait(firm, BUYS, "2026-T1", 250), fait(firm, free, "2026-T1", 2)]
    rates = {
        axe.libelle: [(one.code, one.taux.valeur) for one in axe.lignes] for axe in told(donnees([firm], faits)).axes
    }
    assert rates == {"Sensibiliser": [("S2", 25)], "Acheter": [("A2", 25)]}
