"""A free commitment's line: its own words, its own numbers, never summed, and nothing made up (R5, R6, R11, R13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from paqte.domain.assemblage.donnees import ConventionLue, EngagementLu
from paqte.domain.documents.bilan import Bilan
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.assemblage.petit_monde import NOMBRES_EXACTS, bilan, export, told
from tests.domain.loir_et_cher import convention, donnees, engagement, fait


def repas(
    key: int, reference: int | None = None, cible: int | None = None, annees: tuple[int, ...] = ()
) -> EngagementLu:
    known = [None if value is None else Decimal(value) for value in (reference, cible)]
    return EngagementLu(key, "X1", "Repas solidaires", "repas", known[0], known[1], annees)


FULL, BARE, ZERO = repas(61, 2, 12, (1, 3)), engagement(71, "X1"), repas(81, cible=0)
HALF_SAID, NETWORK, NOTHING = convention(6, FULL), convention(7, BARE, nature="reseau"), convention(8, ZERO)
FRESH = convention(9, repas(91), debut=date(2026, 4, 1), fin=date(2029, 3, 31))
BY_SEMESTER = convention(10, repas(101), rythme="S")
FAITS = (
    fait(HALF_SAID, FULL, "2026-T1", 3),
    fait(HALF_SAID, FULL, "2026-T2", reponse="manquante"),
    fait(HALF_SAID, FULL, "2025-T3", reponse="neant"),
    fait(HALF_SAID, FULL, "2025-T4", 2),
    fait(NETWORK, BARE, "2026-T1", Decimal("1.5")),
    fait(NETWORK, BARE, "2026-T2", reponse="neant"),
    fait(NOTHING, ZERO, "2026-T1", reponse="neant"),
    fait(NOTHING, ZERO, "2026-T2", reponse="neant"),
)
EVERYBODY = (HALF_SAID, NETWORK, NOTHING, FRESH, BY_SEMESTER)
NEVER = "(non sommable) | (non sommable) | (non sommable)"
SILENT = "(aucune réponse)"
BEFORE = "(la convention n’avait pas commencé)"
SEMESTRIEL = "(1 déclarant semestriel)"


def lines(document: object) -> list[str]:
    """The columns of each document that name no line and no kind."""
    others = ("semestriels",) if isinstance(document, Bilan) else ("reference", "sans_cible")
    return [told(i, "axe", "code", "genre", *NOMBRES_EXACTS, *others) for i in document.indicateurs if i.code == "X1"]  # type: ignore[attr-defined]


def test_R5_R13_each_cell_of_a_free_commitment_is_its_own_and_a_missing_answer_is_not_given() -> None:
    assert lines(bilan(donnees(EVERYBODY, FAITS))) == [
        "Repas solidaires (Société 06 (fictif)) | repas | non | 2 | 12 | (T1 : 3 repas ; T2 : sans réponse)"
        f" | (T3 : néant ; T4 : 2 repas) | {SILENT} | {NEVER} | 0 | 1 | 0"
        " | objectif partiel : fixé pour 2 années sur 3 | entreprise",
        "Autre engagement spécifique (Société 07 (fictif)) | — | non | (sans référence) | (sans objectif)"
        f" | (T1 : 1,5 ; T2 : néant) | {SILENT} | {SILENT} | {NEVER} | 1 | 1 | 0 | — | reseau",
        "Repas solidaires (Société 08 (fictif)) | repas | non | (sans référence) | 0 | (T1 : néant ; T2 : néant)"
        f" | {SILENT} | {SILENT} | {NEVER} | 1 | 1 | 1 | — | entreprise",
        "Repas solidaires (Société 09 (fictif)) | repas | non | (sans référence) | (sans objectif)"
        f" | {SILENT} | {BEFORE} | {BEFORE} | {NEVER} | 0 | 1 | 0 | — | entreprise",
        "Repas solidaires (Société 10 (fictif)) | repas | non | (sans référence) | (sans objectif)"
        f" | {SILENT} | {SILENT} | {SILENT} | {NEVER} | 0 | 1 | 0 | — | entreprise",
    ]


def test_R5_R11_in_an_export_only_the_free_commitment_of_a_semester_declarant_waits_for_the_semester() -> None:
    never = "(non sommable) | (non sommable)"
    assert lines(export(donnees(EVERYBODY, FAITS))) == [
        "Repas solidaires (Société 06 (fictif)) | repas | non | 12 | (T2 : sans réponse) | (T1 : 3 repas)"
        f" | {SILENT} | {never} | 0 | 1 | 0 | 0 | objectif partiel : fixé pour 2 années sur 3 | entreprise",
        "Autre engagement spécifique (Société 07 (fictif)) | — | non | (sans objectif) | (T2 : néant) | (T1 : 1,5)"
        f" | {SILENT} | {never} | 1 | 1 | 1 | 0 | — | reseau",
        "Repas solidaires (Société 08 (fictif)) | repas | non | 0 | (T2 : néant) | (T1 : néant)"
        f" | {SILENT} | {never} | 1 | 1 | 1 | 0 | — | entreprise",
        "Repas solidaires (Société 09 (fictif)) | repas | non | (sans objectif)"
        f" | {SILENT} | {BEFORE} | {BEFORE} | {never} | 0 | 1 | 0 | 0 | — | entreprise",
        "Repas solidaires (Société 10 (fictif)) | repas | non | (sans objectif)"
        f" | {SEMESTRIEL} | {SEMESTRIEL} | {SEMESTRIEL} | {never} | 0 | 0 | 0 | 1 | — | entreprise",
    ]


def test_R5_an_ended_convention_has_no_line_and_one_that_began_last_quarter_owes_nothing_before() -> None:
    ended = convention(1, repas(11), fin=date(2025, 12, 31))
    assert lines(bilan(donnees([ended], [fait(ended, ended.engagements[0], "2025-T4", 4)]))) == []
    begun = convention(2, repas(21), debut=date(2026, 6, 30), fin=date(2029, 6, 29))
    assert lines(export(donnees([begun]), "2026-T2"))[0].split(" | ")[4:7] == [SILENT, BEFORE, BEFORE]


LATE = convention(1, engagement(11, "S2"), engagement(12, "P01"), engagement(13, "X1"), is_in_plan_10000=True)
LATE = replace(LATE, anterieures={"2026-T1": None})
GONE = replace(LATE, anterieures={}, engagements=LATE.engagements[:1])
OWED = pytest.mark.parametrize(
    ("firm", "quarters", "answered", "owed"),
    [
        # The first quarter was not asked of it (R42): only the second counts, whatever it answered.
        (LATE, ("2026-T1", "2026-T2"), 1, 1),
        (LATE, ("2026-T1",), 0, 1),
        # It bears P01 and X1 no more: their answers stay in the totals and are nobody's due.
        (GONE, ("2026-T1", "2026-T2"), 1, 1),
        # It ended before the window: nothing is owed of what it answered all the same.
        (replace(LATE, dates=replace(LATE.dates, dernier_jour=date(2025, 12, 31))), ("2026-T1", "2026-T2"), 0, 0),
    ],
    ids=["not asked", "not asked alone", "given up", "ended"],
)


@OWED
def test_R13_nowhere_does_anybody_answer_more_than_is_owed(
    firm: ConventionLue, quarters: tuple[str, ...], answered: int, owed: int
) -> None:
    faits = [fait(LATE, e, quarter, 5) for e in LATE.engagements for quarter in quarters]
    document = bilan(donnees([firm], faits))
    s2 = next(i for i in document.indicateurs if i.code == "S2")
    assert (s2.repondu, s2.du) == (answered, owed)
    told_of = [(i.code, i.repondu, i.du) for i in (*document.indicateurs, *document.thematiques)]
    told_of += [(c.code, c.repondus, c.dus) for c in document.completude]
    told_of += [(c.code, c.a_temps, c.dus) for c in document.completude]
    told_of += [(r.convention, r.repondus, r.dus) for r in document.reponses]
    for quarter in ("2026-T1", "2026-T2"):
        given = export(donnees([firm], faits), quarter)
        told_of += [(i.code, i.repondu, i.du) for i in (*given.indicateurs, *given.thematiques)]
        told_of += [(e.convention, e.repondus or 0, e.dus or 0) for e in given.entreprises]
        told_of += [("déclarations", given.comptes.validees, given.comptes.attendues)]
    assert [told for told in told_of if told[1] > told[2]] == []


@pytest.mark.parametrize(
    ("quarter", "owed", "told_of"),
    [
        ("2024-T4", 1, "(aucune réponse sur 1 attendue)"),
        ("2025-T1", 0, "(mesure close depuis le 31/12/2024)"),
        ("2024-S2", 1, "(aucune réponse sur 1 attendue)"),
        ("2025-S1", 0, "(mesure close depuis le 31/12/2024)"),
    ],
)
def test_R17_a_measure_that_closes_on_the_last_day_of_a_period_is_still_owed_for_it_and_never_after(
    quarter: str, owed: int, told_of: str
) -> None:
    firm = convention(1, engagement(11, "R3e"), debut=date(2024, 1, 1), fin=date(2026, 12, 31), rythme=quarter[5])
    line = next(i for i in export(donnees([firm]), quarter).indicateurs if i.code == "R3e")
    assert (line.du, f"({line.realise.motif})", line.mention) == (owed, told_of, "")
    rows = export(donnees([firm]), quarter)
    assert (len(rows.donnees), rows.comptes.attendues, rows.entreprises[0].dus) == (owed, owed, owed or None)
    assert rows.entreprises[0].declaration == ("À saisir" if owed else "Rien de dû")


@pytest.mark.parametrize(
    ("du", "au", "owed"),
    [
        (date.min, date(2025, 12, 31), False),
        (date.min, date(2026, 1, 1), True),
        (date.min, date(2026, 3, 31), True),
        (date(2026, 3, 31), date.max, True),
        (date(2026, 4, 1), date.max, False),
    ],
    ids=["closed the day before", "closes the first day", "closes the last day", "opens the last day", "opens after"],
)
def test_R17_one_day_of_the_quarter_is_enough_for_a_measure_to_be_owed(du: date, au: date, owed: bool) -> None:
    measure = replace(catalogue().indicateurs["S2"], du=du, au=au)
    assert measure.is_valid_during(date(2026, 1, 1), date(2026, 4, 1)) is owed


def test_R13_a_measure_is_said_closed_only_for_the_periods_after_its_last_day() -> None:
    firm = convention(1, engagement(11, "R3e"), debut=date(2025, 1, 1))
    told_of = []
    for quarter in ("2024-T3", "2024-T4", "2025-T1"):
        line = next(i for i in export(donnees([firm]), quarter).indicateurs if i.code == "R3e")
        told_of.append((line.realise.motif, line.precedent.motif, line.mention))
    due, closed = "aucune réponse n’était due", "mesure close depuis le 31/12/2024"
    assert told_of == [(due, due, ""), (due, due, ""), (closed, due, "")]


def test_R42_a_free_commitment_begun_before_the_first_followed_period_owes_nothing_there() -> None:
    old = replace(convention(11, repas(111), debut=date(2024, 1, 1), fin=date(2027, 12, 31)), depuis=date(2026, 7, 1))
    (line,) = [i for i in bilan(donnees([old])).indicateurs if i.code == "X1"]
    assert line.realise.motif == "aucune réponse n’était due"
