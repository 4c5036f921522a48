"""What is achieved this civil year and promised for it, from the lines of the bilans (R6, R7, R13, R20, R38)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.phares import YearHeadline, headlines, year_so_far
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.conventions.objectifs import promised_in
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import Dates, add_years, years_of
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

GRID = catalogue()
OWN, THEIRS, OF_A_CLUB = engagement(1, "F1", 30), engagement(2, "F1"), engagement(3, "F1", 900)
BRUNO, OTHER = convention(1, OWN), convention(2, THEIRS, rythme="S")
CLUB = convention(3, OF_A_CLUB, nature="reseau")
SIGNED = {1: (BRUNO, OWN), 2: (OTHER, THEIRS), 3: (CLUB, OF_A_CLUB)}
YEAR = Periode.from_code("2026")


def of_year(rows: DonneesBilan, code: str = "F1", annee: str = "2026") -> YearHeadline:
    return year_so_far(replace(rows, periode=Periode.from_code(annee)), GRID)[code]


ANSWERS = st.lists(
    st.tuples(
        st.sampled_from([*SIGNED]),
        st.sampled_from(["2025-T4", "2026-T1", "2026-T2", "2026-S1", "2026-T3", "2026-T4", "2026-S2", "2027-T1"]),
        st.sampled_from(["nombre", "neant", "manquante"]),
        st.integers(0, 90),
    ),
    max_size=14,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=60, deadline=None)
@given(ANSWERS)
def test_R20_what_is_achieved_in_the_year_is_what_its_two_bilans_say_together(
    answers: list[tuple[int, str, str, int]],
) -> None:
    faits = [
        fait(*SIGNED[key], code, value if kind == "nombre" else None, reponse=kind)
        for key, code, kind, value in answers
    ]
    rows = donnees([BRUNO, OTHER, CLUB], faits)
    for i in GRID.phares:
        halves = [
            next(c.ligne.realise.valeur for c in told.chiffres if c.ligne.code == i.code)
            for told in (headlines(replace(rows, periode=half), GRID) for half in YEAR.parts("S"))
        ]
        known = [value for value in halves if value is not None]
        assert of_year(rows, i.code).realise.valeur == (sum(known, Decimal(0)) if known else None)


DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


@settings(max_examples=150, deadline=None)
@given(DAYS, st.integers(1, 2000), st.integers(0, 500), st.data())
def test_R6_the_years_of_a_term_promise_together_what_the_bilan_aims_at(
    debut: date, days: int, cible: int, data: st.DataObject
) -> None:
    # Whole years too, after which nothing is left of the next one; a target may stand for a year never reached.
    fin = data.draw(st.sampled_from([debut + timedelta(days=days), add_years(debut, 2) - timedelta(days=1)]))
    yearly = data.draw(st.dictionaries(st.integers(1, years_of(debut, fin) + 2), st.integers(0, 500)))
    reached = [target for year, target in yearly.items() if add_years(debut, year - 1) <= fin]
    aimed = sum(reached) if yearly else cible
    dates, years = Dates("signee", debut, fin), range(debut.year, fin.year + 1)
    found = [promised_in(Periode(year, "A", 1), dates, aimed, yearly) for year in years]
    assert sum(found) == aimed
    assert promised_in(Periode(debut.year - 1, "A", 1), dates, aimed, yearly) == 0


def test_R6_a_yearly_target_is_that_of_its_own_year_and_a_term_s_goes_day_after_day() -> None:
    three = Dates("signee", date(2025, 1, 1), date(2027, 12, 31))
    assert promised_in(YEAR, three, 12, {1: 2, 2: 4, 3: 6}) == 4
    assert promised_in(YEAR, three, 12, {}) == 12 * Fraction(365, 1095)
    autumn = Dates("signee", date(2025, 9, 1), date(2028, 8, 31))
    until = (date(2026, 8, 31) - date(2025, 12, 31)).days
    assert promised_in(YEAR, autumn, 12, {1: 2, 2: 4, 3: 6}) == 2 * Fraction(until, 365) + 4 * Fraction(122, 365)
    stopped = replace(three, statut="resiliee", resiliee_le=date(2026, 1, 31))
    assert promised_in(YEAR, stopped, 1095, {}) == 31
    assert add_years(date(2024, 2, 29), 1) == date(2025, 3, 1)


def test_R38_R7_the_year_is_that_of_the_enterprises_and_of_no_charte() -> None:
    charte = convention(9, engagement(91, "F1", 600), dispositif="charte")
    faits = [fait(BRUNO, OWN, "2026-T3", 7), fait(CLUB, OF_A_CLUB, "2026-T1", 40)]
    found = of_year(donnees([BRUNO, CLUB, charte], [*faits, fait(charte, charte.engagements[0], "2026-T1", 300)]))
    assert (found.realise.valeur, found.promis.valeur) == (7, 10)


def test_R33_a_promise_of_less_than_a_half_in_the_year_is_not_told_as_none() -> None:
    """One apprentice over three years is a third of one in each: the page said that 0 was promised."""
    alone = of_year(donnees([convention(1, engagement(1, "F1", 1))])).promis
    assert (alone.valeur, alone.motif, alone.is_missing) == (None, "< 1", False)
    assert of_year(donnees([convention(1, engagement(1, "F1", 2))])).promis.valeur == 1


def test_R13_nothing_validated_is_no_zero_and_no_target_is_not_a_target_of_zero() -> None:
    silent, zero = (
        of_year(donnees([OTHER])),
        of_year(donnees([OTHER], [fait(OTHER, THEIRS, "2026-S1", reponse="neant")])),
    )
    assert (silent.realise.valeur, silent.realise.motif) == (None, "aucune réponse validée")
    assert (silent.promis.valeur, silent.promis.motif) == (None, "sans objectif")
    assert zero.realise.valeur == 0
    assert of_year(donnees([convention(1, engagement(1, "F1", 0))])).promis.valeur == 0
    assert of_year(donnees([BRUNO]), annee="2029").promis.valeur is None
