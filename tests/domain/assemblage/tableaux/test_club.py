"""The club is of enterprises in both dispositifs; results broken down add up to those of the bilan (R8, R9, R20)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import ConventionLue, EngagementLu
from paqte.domain.assemblage.tableaux.club import INCONNU, PAR, break_down, club
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import Dates
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

GRID = catalogue()
CODES = tuple(i.code for i in GRID.phares)
MEASURE = next(i for t in GRID.thematiques for i in GRID.measures_of(t) if i.is_summable)
PLACES = ("Blois", "Vendôme", "")
SIZES = ("PME", "GE", "")
NATURES = ("entreprise", "reseau", "association")
PERIODS = ("2025-T3", "2026-T1", "2026-T2")

SIGNED = st.lists(
    st.tuples(
        st.integers(1, 4),  # whose: two conventions of one signatory are drawn too
        st.sampled_from(PLACES),
        st.sampled_from(SIZES),
        st.sampled_from(["", "Agglopolys (fictif)"]),
        st.sampled_from(CODES),
        st.dictionaries(st.sampled_from(PERIODS), st.one_of(st.none(), st.integers(0, 50))),
    ),
    max_size=7,
)


def world(drawn: list[Any]) -> Any:
    """Conventions, each signatory with one nature, and their answers; None is an answer that was not given."""
    rows: list[ConventionLue] = []
    faits = []
    for rank, (who, commune, categorie, epci, code, answers) in enumerate(drawn, start=1):
        own: EngagementLu = engagement(rank, code, 10)
        c = convention(
            rank, own, signataire_id=who, siren=f"{who:09}", nature=NATURES[who % 3], commune=commune,
            categorie=categorie, cosignataire=epci,
        )  # fmt: skip
        rows.append(c)
        faits += [
            fait(c, own, code_of, value, reponse="manquante" if value is None else "nombre")
            for code_of, value in answers.items()
        ]
    return donnees(rows, faits)


@settings(max_examples=40, deadline=None)
@given(SIGNED, st.sampled_from([*PAR]))
def test_R20_each_breakdown_adds_up_to_the_total_that_the_bilan_writes(drawn: list[Any], par: str) -> None:
    rows = world(drawn)
    found = break_down(rows, GRID, par)
    lines = defaultdict(list)
    for line in assemble(rows, GRID, edition=1, now=NOW, gabarit="essai").indicateurs:
        lines[line.code].append(line)
    assert [i.code for i in found.colonnes] == list(CODES)
    for rank, i in enumerate(found.colonnes):
        written = lines[i.code][-1].realise  # the last line of an indicator is that of every nature
        assert found.ensemble[rank].valeur == written.valeur
        cells = [row.chiffres[rank].valeur for row in found.lignes]
        known = [value for value in cells if value is not None]
        assert (sum(known, Decimal(0)) if known else None) == written.valeur, (par, i.code)


@settings(max_examples=40, deadline=None)
@given(SIGNED, st.sampled_from([*PAR]))
def test_each_group_is_what_its_signatories_answered_counted_one_by_one(drawn: list[Any], par: str) -> None:
    """Counted again from what was drawn, without a line of the product: two quarters of one semester, added."""
    found = break_down(world(drawn), GRID, par)
    last = {row[0]: row for row in drawn}
    words = {"PME": "PME", "GE": "Grande entreprise", "reseau": "Réseau d’entreprises", "entreprise": "Entreprise",
             "association": "Association"}  # fmt: skip
    expected: defaultdict[tuple[str, str], int] = defaultdict(int)
    for who, _, _, _, code, answers in drawn:
        _, commune, categorie, epci, _, _ = last[who]
        value = {"commune": commune, "categorie": categorie, "cosignataire": epci, "nature": NATURES[who % 3]}[par]
        for period in ("2026-T1", "2026-T2"):
            if answers.get(period) is not None:
                expected[words.get(value, value) or INCONNU, code] += answers[period]
    told = {
        (row.libelle, i.code): figure.valeur
        for row in found.lignes
        for i, figure in zip(found.colonnes, row.chiffres, strict=True)
        if figure.valeur is not None
    }
    for key, value in told.items():
        assert value == expected.get(key, 0), key
    assert {key for key, value in expected.items() if value} <= set(told)


def test_what_is_broken_down_by_epci_follows_the_convention_of_the_pacte_in_the_period() -> None:
    """An adhesion to the plan, a projet and what begins after the period have no EPCI of their results."""
    own, after = engagement(1, "S2"), date(2026, 7, 1)
    signed = a_company(1, own, cosignataire="Agglopolys (fictif)")
    later = {"signataire_id": 1, "siren": "000000001"}
    others = [
        a_company(2, dispositif="plan_10000", debut=date(2026, 2, 1), **later),
        a_company(3, cosignataire="Perche (fictif)", dates=Dates("projet", after, date(2029, 6, 30)), **later),
        a_company(4, cosignataire="Val (fictif)", debut=after, fin=date(2029, 6, 30), **later),
    ]
    rows = donnees([signed, *others], [fait(signed, own, "2026-T1", 9)])
    found = break_down(rows, GRID, "cosignataire")
    at = [i.code for i in found.colonnes].index("S2")
    assert [(row.libelle, row.chiffres[at].valeur) for row in found.lignes] == [("Agglopolys (fictif)", 9)]


def a_company(key: int, *held: EngagementLu, **more: Any) -> ConventionLue:
    return convention(key, *held, **more)


def test_R9_the_club_is_of_enterprises_in_both_dispositifs_a_SIREN_once_and_the_same_as_the_bilan_counts() -> None:
    own, other = engagement(1, MEASURE.code, 20), engagement(2, MEASURE.code)
    rows = donnees(
        [
            a_company(1, own, is_in_plan_10000=True),
            a_company(2, other, siren="000000007", signataire_id=7),
            a_company(3, engagement(3, "S2"), siren="000000007", signataire_id=8, dispositif="plan_10000"),
            a_company(4, dispositif="plan_10000"),
            a_company(5),
            a_company(6, is_in_plan_10000=True, nature="reseau"),
            a_company(8, is_in_plan_10000=True, debut=date(2020, 1, 1), fin=date(2022, 12, 31)),
        ],
        [fait(a_company(1), own, "2026-T1", 4), fait(a_company(1), own, "2025-T4", 3)],
    )
    found = club(rows, GRID)
    counted = assemble(rows, GRID, edition=1, now=NOW, gabarit="essai").comptes
    assert [one.siren for one in found] == ["000000001", "000000007"]
    assert len(found) == counted.club
    assert [one.is_active for one in found] == [True, False]
    (told,) = found[0].mesures
    assert (told.prevision.valeur, told.realise.valeur) == (Decimal(20), Decimal(7))
    (silent,) = found[1].mesures
    assert silent.prevision.motif == "sans prévision" and silent.realise.motif == "aucune réponse depuis le début"
    assert found[1].signataires == (7, 8) and found[1].conventions == (2, 3)


@pytest.mark.parametrize("par", [*PAR])
def test_where_nobody_signed_there_is_no_group_and_no_figure(par: str) -> None:
    found = break_down(donnees([]), GRID, par)
    assert found.lignes == () and all(figure.is_missing for figure in found.ensemble)
