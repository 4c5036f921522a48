"""« n sur n » says who gave every answer owed: one not asked for makes up for none that is missing (R13, R42)."""

from __future__ import annotations

from datetime import date

import pytest

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import ConventionLue
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Fait
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import Dates
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

S2, FREE, PLAN = engagement(11, "S2"), engagement(12, "X1", libelle="Arbres", unite="arbres"), engagement(13, "P05")


def line(code: str, c: ConventionLue, faits: list[Fait], periode: str = "2026-S1") -> LigneIndicateur:
    given = donnees([c], faits, periode=Periode.from_code(periode))
    found = assemble(given, catalogue(), edition=1, now=NOW, gabarit="essai")
    return next(one for one in found.indicateurs if one.code == code)


@pytest.mark.parametrize("code", ["S2", "X1"])
def test_R42_an_answer_of_before_the_first_followed_period_makes_up_for_no_other(code: str) -> None:
    c = convention(1, S2, FREE, depuis=date(2026, 4, 1))
    mine = S2 if code == "S2" else FREE
    before, owed = fait(c, mine, "2026-T1", 5), fait(c, mine, "2026-T2", 7)
    assert [(x.repondu, x.du) for x in (line(code, c, given) for given in ([before], [owed], [before, owed]))] == [
        (0, 1),
        (1, 1),
        (1, 1),
    ]


def test_R13_two_owed_one_given_and_one_that_nobody_owed_are_not_whole() -> None:
    """Owed T1 and T2; T1 answered, and the whole semester when the convention still answered by semester."""
    c = convention(1, S2, FREE)
    for mine in (S2, FREE):
        faits = [fait(c, mine, "2026-T1", 5), fait(c, mine, "2026-S1", 9)]
        found = line(mine.indicateur, c, faits)
        assert (found.repondu, found.du, found.neants) == (0, 1, 0)
        assert line(mine.indicateur, c, [*faits, fait(c, mine, "2026-T2", 4)]).repondu == 1


def test_R13_a_zero_that_nobody_owed_confirms_nothing_for_a_missing_answer() -> None:
    c = convention(1, S2)
    faits = [fait(c, S2, "2026-T1", reponse="neant"), fait(c, S2, "2026-S1", reponse="neant")]
    found = line("S2", c, faits)
    assert (found.realise.valeur, found.neants, found.repondu) == (0, 0, 0)


def test_R42_a_period_left_out_when_typing_late_makes_up_for_no_other() -> None:
    c = convention(1, S2, anterieures={"2026-T1": None})
    assert line("S2", c, [fait(c, S2, "2026-T1", 5)]).repondu == 0
    assert line("S2", c, [fait(c, S2, "2026-T2", 5)]).repondu == 1


def test_R45_an_answer_after_the_end_makes_up_for_no_other() -> None:
    dates = Dates("resiliee", date(2025, 1, 1), date(2027, 12, 31), date(2026, 3, 15))
    c = convention(1, S2, dates=dates)
    found = line("S2", c, [fait(c, S2, "2026-T2", 7)])
    assert (found.realise.valeur, found.repondu, found.du) == (7, 0, 1)


def test_R13_the_thematiques_and_the_export_count_alike() -> None:
    c = convention(1, S2, PLAN, is_in_plan_10000=True, depuis=date(2026, 4, 1))
    unowed = [fait(c, PLAN, "2026-T1", 5), fait(c, S2, "2026-T1", 5)]
    bilan = assemble(donnees([c], unowed), catalogue(), edition=1, now=NOW, gabarit="essai")
    theme = next(t for t in bilan.thematiques if t.code == catalogue().indicateurs["P05"].thematique)
    assert (theme.realise.valeur, theme.repondu, theme.du) == (5, 0, 1)
    quarter = donnees([c], unowed, periode=Periode.from_code("2026-T1"))
    export = assemble_trimestre(quarter, catalogue(), edition=1, now=NOW, gabarit="essai")
    told = next(one for one in export.indicateurs if one.code == "S2")
    assert (told.realise.valeur, told.repondu, told.du) == (5, 0, 0)


def test_R20_the_marks_merge_as_the_answers_do() -> None:
    """Two engagements of one signatory: one whole, the other answered beside what it owed."""
    twice = engagement(14, "S2")
    c = convention(1, S2, twice)
    faits = [fait(c, S2, p, 1) for p in ("2026-T1", "2026-T2")]
    beside = [*faits, fait(c, twice, "2026-T1", 1), fait(c, twice, "2026-S1", 1)]
    assert line("S2", c, beside).repondu == 0
    assert line("S2", c, [*beside, fait(c, twice, "2026-T2", 1)]).repondu == 1
