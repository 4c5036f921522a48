"""Completeness and punctuality: answered over owed, and in time over owed, whatever is put together (R12, R13, R20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import SHIPPED, DeclarationLue
from paqte.domain.assemblage.tableaux.completude import CompletudeParts, in_time, lines
from paqte.domain.consolidation import Attente, Cle, Consolidation, Fait, consolidate, merge_all
from paqte.domain.declarations.completude import Completude, completeness
from paqte.domain.documents.lignes.lignes import LigneCompletude
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait
from tests.domain.oracle import CLES, fact_lists, owing_lists

A, B = engagement(1, "S2"), engagement(2, "R3")
ONE, TWO = convention(1, A, B), convention(2, engagement(3, "S2"))
# Answers are due on 20 July 2026 for the second quarter, on 20 April for the first.
JUST_IN_TIME = datetime(2026, 7, 20, 21, 59, tzinfo=UTC)
TOO_LATE = datetime(2026, 7, 20, 22, 1, tzinfo=UTC)


def parts(whole: Consolidation, faits: list[Fait], punctual: frozenset[int]) -> CompletudeParts:
    """What was consolidated, and of the answers those of the declarations sent in time."""
    return CompletudeParts(whole, consolidate(f for f in faits if f.declaration in punctual))


def told(conventions: list, faits: list[Fait], sent: dict[int, datetime] | None = None) -> dict[tuple, LigneCompletude]:
    given = donnees(conventions, faits)
    times = sent or {}
    moved = tuple(replace(d, premier_envoi_le=times.get(d.id, d.premier_envoi_le)) for d in given.declarations)
    bilan = assemble(replace(given, declarations=moved), catalogue(), edition=1, now=NOW, gabarit="")
    return {(line.genre, line.code): line for line in bilan.completude}


def first_sent(key: int, periode: str, moment: datetime | None) -> DeclarationLue:
    return DeclarationLue(key, 1, periode, "validee", moment, TOO_LATE, premier_envoi_le=moment)


def test_R13_a_number_and_a_confirmed_zero_answer_and_a_missing_one_does_not() -> None:
    faits = [
        fait(ONE, A, "2026-T1", 3),
        fait(ONE, A, "2026-T2", reponse="neant"),
        fait(ONE, B, "2026-T1", reponse="manquante"),
    ]
    found = told([ONE], faits)
    whole = found["ensemble", ""]
    assert (whole.dus, whole.repondus, whole.completude.valeur) == (4, 2, Decimal("50.0"))
    assert found["indicateur", "S2"].completude.valeur == 100
    assert found["indicateur", "R3"].completude.valeur == 0


def test_answers_are_counted_by_axis_by_indicator_and_by_signatory() -> None:
    found = told([ONE, TWO], [fait(ONE, A, "2026-T1", 3), fait(TWO, TWO.engagements[0], "2026-T1", 1)])
    counted = {key: (line.dus, line.repondus) for key, line in found.items()}
    assert counted == {
        ("ensemble", ""): (6, 2),
        ("axe", "SENSIBILISER"): (4, 2),
        ("axe", "RECRUTER"): (2, 0),
        ("indicateur", "S2"): (4, 2),
        ("indicateur", "R3"): (2, 0),
        ("signataire", "1"): (4, 1),
        ("signataire", "2"): (2, 1),
    }
    assert found["signataire", "1"].libelle == "Société 01 (fictif)"


@pytest.mark.parametrize(("sent", "timely"), [(JUST_IN_TIME, 1), (TOO_LATE, 0)])
def test_R12_in_time_is_until_midnight_of_the_due_day_where_the_departement_lives(sent: datetime, timely: int) -> None:
    answer = fait(ONE, A, "2026-T2", 3)
    line = told([ONE], [answer], {answer.declaration: sent})["ensemble", ""]
    assert (line.repondus, line.a_temps) == (1, timely)
    assert line.ponctualite.valeur == Decimal(25 * timely)


def test_R12_the_legal_time_is_that_of_the_departement() -> None:
    late_in_paris = first_sent(1, "2026-T2", TOO_LATE)
    assert in_time([late_in_paris], [], "41", SHIPPED) == frozenset()
    assert in_time([late_in_paris], [], "972", SHIPPED) == {1}


def test_R12_the_due_day_is_that_of_the_settings_and_what_was_never_sent_is_not_in_time() -> None:
    sent, unsent = (
        first_sent(1, "2026-T2", TOO_LATE),
        first_sent(2, "2026-T1", None),
    )
    assert in_time([sent, unsent], [], "41", SHIPPED.under(replace(SHIPPED.delais, echeance=21))) == {1}


def test_R12_what_was_first_sent_in_time_stays_so_whenever_it_is_corrected() -> None:
    corrected = replace(first_sent(1, "2026-T2", JUST_IN_TIME), transmise_le=NOW, validee_le=NOW)
    assert in_time([corrected], [], "41", SHIPPED) == {1}


def test_R13_nothing_owed_gives_no_rate_at_all() -> None:
    assert told([], []) == {}
    assert (Completude().completude, Completude().ponctualite) == (None, None)


def test_R7_a_charter_owes_nothing() -> None:
    assert told([convention(1, A, dispositif="charte")], []) == {}


def test_R13_what_nobody_owed_counts_nowhere_and_no_rate_passes_100() -> None:
    cle = Cle("41", 1, 1, 1)
    extra = [Fait(*cle, "S2", n, f"2026-T{n}", "nombre", 1, None, None) for n in (1, 2)]
    unowed = Fait(*cle._replace(engagement=2), "R3", 3, "2026-T1", "nombre", 1, None, None)
    counted = parts(consolidate([*extra, unowed], [Attente(cle, "S2", 1)]), extra, frozenset({1, 2}))
    assert counted.ensemble == Completude(1, 1, 1)


@given(fact_lists, owing_lists, st.sets(st.integers(0, 400)))
def test_R20_the_completeness_of_two_departements_is_the_merge_of_theirs(
    faits: list[Fait], attentes: list[Attente], punctual: set[int]
) -> None:
    def of(departement: str) -> CompletudeParts:
        mine = [f for f in faits if f.departement == departement]
        owed = [a for a in attentes if a.cle.departement == departement]
        return parts(consolidate(mine, owed), mine, frozenset(punctual))

    both = parts(consolidate(faits, attentes), faits, frozenset(punctual))
    assert of("41").merge(of("972")) == both
    names = {cle.signataire: f"n° {cle.signataire}" for cle in CLES}
    assert lines(of("41").merge(of("972")), names, catalogue()) == lines(both, names, catalogue())


@given(fact_lists, owing_lists)
def test_R20_signatories_and_indicators_add_up_to_the_whole(faits: list[Fait], attentes: list[Attente]) -> None:
    whole = consolidate(faits, attentes)
    by_indicator = completeness(whole, whole, lambda code, cle: (code,))
    by_signatory = completeness(whole, merge_all([whole]), lambda code, cle: (cle[:2],))
    for groups in (by_indicator, by_signatory):
        assert sum(c.dus for c in groups.values()) == sum(a.periodes for a in attentes)
        assert all(0 <= c.a_temps <= c.repondus <= c.dus for c in groups.values())
    assert sum(c.repondus for c in by_indicator.values()) == sum(c.repondus for c in by_signatory.values())
