"""A stock or a yes is said once per signatory, while a convention of it is in force at the end of the window (R32)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import ConventionLue
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Fait, consolidate, total
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import Dates
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

SORTIS = "aucune convention en vigueur à la fin de la période"


def former(*engagements: object, fin: date = date(2026, 3, 31), **more: object) -> ConventionLue:
    return convention(1, *engagements, debut=date(2023, 4, 1), fin=fin, **more)  # type: ignore[arg-type]


def renewed(*engagements: object, debut: date = date(2026, 4, 1), **more: object) -> ConventionLue:
    """The next convention of the same signatory."""
    return convention(2, *engagements, debut=debut, signataire_id=1, siren="000000001", **more)  # type: ignore[arg-type]


def read(code: str, conventions: list[ConventionLue], faits: list[Fait], periode: str = "2026-S1") -> LigneIndicateur:
    given = donnees(conventions, faits, periode=Periode.from_code(periode))
    found = assemble(given, catalogue(), edition=1, now=NOW, gabarit="essai")
    return next(line for line in found.indicateurs if line.code == code)


def read_quarter(code: str, conventions: list[ConventionLue], faits: list[Fait], periode: str) -> LigneIndicateur:
    given = donnees(conventions, faits, periode=Periode.from_code(periode))
    found = assemble_trimestre(given, catalogue(), edition=1, now=NOW, gabarit="essai")
    return next(line for line in found.indicateurs if line.code == code)


STOCK, SUITE = engagement(11, "A1"), engagement(21, "A1")
OUI, ENCORE = engagement(12, "R1"), engagement(22, "R1")


def test_R32_a_renewal_never_doubles_a_stock() -> None:
    before, after = former(STOCK), renewed(SUITE)
    faits = [fait(before, STOCK, "2026-T1", 12), fait(after, SUITE, "2026-T2", 12)]
    found = read("A1", [before, after], faits)
    assert (found.realise.valeur, found.cumul.valeur, found.repondu, found.du) == (12, 12, 1, 1)
    assert found.mention == "doublons possibles"


def test_R32_the_last_answer_over_all_conventions_stands_be_it_smaller() -> None:
    before, after = former(STOCK), renewed(SUITE)
    faits = [fait(before, STOCK, "2026-T1", 30), fait(after, SUITE, "2026-T2", 7)]
    assert read("A1", [before, after], faits).realise.valeur == 7
    unanswered = read("A1", [before, after], faits[:1])
    assert (unanswered.realise.valeur, unanswered.repondu) == (30, 0)


def test_R32_two_yes_of_one_signatory_are_one_beside_one_answer() -> None:
    before, after = former(OUI), renewed(ENCORE)
    faits = [fait(before, OUI, "2026-T1", 1), fait(after, ENCORE, "2026-T2", 1)]
    found = read("R1", [before, after], faits)
    assert (found.realise.valeur, found.cumul.valeur, found.repondu, found.du) == (1, 1, 1, 1)


def test_R32_whoever_is_gone_brings_nothing_any_more_and_it_is_said_why() -> None:
    gone = convention(1, STOCK, OUI, debut=date(2020, 7, 1), fin=date(2023, 6, 30))
    faits = [fait(gone, STOCK, "2023-T2", 40), fait(gone, OUI, "2023-T2", 1)]
    for code in ("A1", "R1"):
        alone = read(code, [gone], faits)
        assert (alone.cumul.valeur, alone.cumul.motif) == (None, SORTIS)
    other = convention(2, SUITE)
    beside = read("A1", [gone, other], [*faits, fait(other, SUITE, "2026-T1", 5)])
    assert (beside.realise.valeur, beside.cumul.valeur) == (5, 5)


def test_R32_a_convention_ended_inside_the_semester_counts_in_its_first_quarter_alone() -> None:
    ended = convention(1, STOCK, dates=Dates("resiliee", date(2025, 1, 1), date(2027, 12, 31), date(2026, 5, 15)))
    faits = [fait(ended, STOCK, "2026-T1", 12), fait(ended, STOCK, "2026-T2", 9)]
    semestre = read("A1", [ended], faits)
    assert (semestre.realise.valeur, semestre.realise.motif) == (None, SORTIS)
    assert (semestre.repondu, semestre.du) == (1, 1)
    assert read_quarter("A1", [ended], faits, "2026-T1").realise.valeur == 12
    assert read_quarter("A1", [ended], faits, "2026-T2").realise.motif == SORTIS


def test_R32_it_is_in_force_on_its_last_day() -> None:
    until = convention(1, STOCK, fin=date(2026, 6, 30))
    short = convention(1, STOCK, fin=date(2026, 6, 29))
    told = [fait(until, STOCK, "2026-T1", 4)]
    assert (read("A1", [until], told).realise.valeur, read("A1", [short], told).realise.valeur) == (4, None)


def test_R32_another_convention_in_force_keeps_the_value_alive_but_neither_a_charte_nor_the_plan_alone_does() -> None:
    before = former(STOCK)
    told = [fait(before, STOCK, "2026-T1", 12)]
    assert read("A1", [before, renewed(engagement(29, "F1"))], told).realise.valeur == 12
    for dispositif in ("charte", "plan_10000"):
        found = read("A1", [before, renewed(engagement(29, "P01"), dispositif=dispositif)], told)
        assert found.realise.motif == SORTIS


def test_R32_a_projet_keeps_nothing_alive() -> None:
    before, after = former(STOCK), renewed(SUITE, dates=Dates("projet", date(2026, 4, 1), date(2029, 3, 31)))
    assert read("A1", [before, after], [fait(before, STOCK, "2026-T1", 12)]).realise.motif == SORTIS


def test_R32_of_two_answers_for_one_last_period_the_greater_counts_and_it_is_said() -> None:
    before, after = former(STOCK, fin=date(2026, 5, 15)), renewed(SUITE, debut=date(2026, 5, 16))
    faits = [fait(before, STOCK, "2026-T2", 20), fait(after, SUITE, "2026-T2", 13)]
    found = read("A1", [before, after], faits)
    assert found.realise.valeur == found.cumul.valeur == 20
    assert found.mention == (
        "doublons possibles ; plusieurs conventions ont répondu pour 1 signataire : la plus grande valeur compte"
    )


def test_R32_where_three_answered_they_are_not_said_to_be_two() -> None:
    bound = [convention(n, engagement(10 * n, "A1"), signataire_id=1, siren="000000001") for n in (1, 2, 3)]
    found = read("A1", bound, [fait(c, c.engagements[0], "2026-T2", 5 + c.id) for c in bound])
    assert found.realise.valeur == 8
    assert "plusieurs conventions ont répondu pour 1 signataire" in found.mention
    assert "deux" not in found.mention


def test_R32_after_a_renewal_the_target_the_reference_and_the_rate_are_those_of_the_convention_in_force() -> None:
    was = replace(STOCK, cible=Decimal(10), reference=Decimal(3))
    is_now = replace(SUITE, cible=Decimal(24), reference=Decimal(9))
    before, after = former(was), renewed(is_now)
    found = read("A1", [before, after], [fait(before, was, "2026-T1", 12)])
    assert (found.cible.valeur, found.reference.valeur) == (24, 9)
    assert (found.taux.valeur, found.sans_cible.valeur) == (Decimal("50.0"), 0)


def test_R32_two_signatories_each_say_their_own() -> None:
    one, other = convention(1, STOCK), convention(2, SUITE, siren="000000001")
    faits = [fait(one, STOCK, "2026-T2", 12), fait(other, SUITE, "2026-T2", 5)]
    assert read("A1", [one, other], faits).realise.valeur == 17


def test_R32_the_semester_before_looks_at_who_was_in_force_at_its_own_end() -> None:
    ended = convention(1, STOCK, fin=date(2026, 3, 31))
    found = read("A1", [ended], [fait(ended, STOCK, "2025-T4", 6)])
    assert (found.precedent.valeur, found.realise.valeur, found.cumul.motif) == (6, None, SORTIS)


def test_R32_a_stock_is_made_of_the_declaration_kept_and_of_no_other() -> None:
    before, after = former(STOCK), renewed(SUITE)
    faits = [fait(before, STOCK, "2026-T1", 12), fait(after, SUITE, "2026-T2", 7)]
    assert total(consolidate(faits).of("A1"), "stock").declarations == {faits[1].declaration}
    assert total(consolidate(faits).of("A1"), "flux").declarations == {f.declaration for f in faits}


def states(conventions: list[ConventionLue], faits: list[Fait], periode: str) -> list[tuple[str, object, str]]:
    given = donnees(conventions, faits, periode=Periode.from_code(periode))
    found = assemble_trimestre(given, catalogue(), edition=1, now=NOW, gabarit="essai")
    return [(d.convention, d.valeur, d.etat) for d in found.donnees]


def test_R32_a_row_of_data_says_which_of_two_answers_is_kept() -> None:
    before, after = former(STOCK, fin=date(2026, 5, 15)), renewed(SUITE, debut=date(2026, 5, 16))
    faits = [fait(before, STOCK, "2026-T2", 20), fait(after, SUITE, "2026-T2", 13)]
    assert states([before, after], faits, "2026-T2") == [
        ("41-2025-001", 20, "nombre"),
        ("41-2025-002", 13, "non_retenue"),
    ]
    yes = [fait(former(OUI), OUI, "2026-T2", 1), fait(renewed(ENCORE), ENCORE, "2026-T2", reponse="neant")]
    both = [former(OUI, fin=date(2026, 5, 15)), renewed(ENCORE, debut=date(2026, 5, 16))]
    assert [etat for _, _, etat in states(both, yes, "2026-T2")] == ["nombre", "non_retenue"]


def test_R32_a_row_of_data_of_whoever_is_gone_is_not_kept_and_a_flow_always_is() -> None:
    flow = engagement(13, "S2")
    ended = convention(1, STOCK, flow, dates=Dates("resiliee", date(2025, 1, 1), date(2027, 12, 31), date(2026, 5, 15)))
    faits = [fait(ended, STOCK, "2026-T2", 9), fait(ended, flow, "2026-T2", 3)]
    assert states([ended], faits, "2026-T2") == [("41-2025-001", 9, "non_retenue"), ("41-2025-001", 3, "nombre")]
    assert states([ended], [fait(ended, STOCK, "2026-T1", 9)], "2026-T1")[0] == ("41-2025-001", 9, "nombre")
