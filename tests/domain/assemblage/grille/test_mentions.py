"""A line explains itself: what its answers count, over how many conventions, what its rate counts (R6, R13, R22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from paqte.domain.assemblage import assemble
from paqte.domain.assemblage.donnees import ConventionLue
from paqte.domain.assemblage.trimestre import assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.consolidation import Fait
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.compte_rendu import CompteRendu
from paqte.domain.documents.lignes.lignes import LigneIndicateur, LigneThematique
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait

RATIO = "réponses : nombre de signataires ; pourcentage : somme de leurs numérateurs sur somme de leurs dénominateurs"


def bilan(conventions: list[ConventionLue], faits: list[Fait] | None = None) -> Bilan:
    return assemble(donnees(conventions, faits or []), catalogue(), edition=1, now=NOW, gabarit="essai")


def export(conventions: list[ConventionLue], faits: list[Fait], periode: str) -> CompteRendu:
    given = donnees(conventions, faits, periode=Periode.from_code(periode))
    return assemble_trimestre(given, catalogue(), edition=1, now=NOW, gabarit="essai")


def line(found: Bilan, code: str) -> LigneIndicateur:
    return next(one for one in found.indicateurs if one.code == code)


def theme(found: Bilan, code: str) -> LigneThematique:
    return next(one for one in found.thematiques if one.code == code)


def measure(found: CompteRendu, code: str) -> LigneThematique:
    return next(one for one in found.thematiques if one.mesure == code)


def test_R14_a_ratio_says_what_its_answers_count_where_somebody_owes_one() -> None:
    promised = engagement(11, "A2p")
    signed = convention(1, promised)
    assert line(bilan([signed], [fait(signed, promised, "2026-T1", ratio=(1, 4))]), "A2p").mention == RATIO
    assert line(bilan([convention(1)]), "A2p").mention == ""


def test_R6_a_reference_known_for_some_conventions_says_over_how_many() -> None:
    known = [convention(key, replace(engagement(key * 10, "F1"), reference=Decimal(30))) for key in (1, 2)]
    unknown = [convention(key, engagement(key * 10, "F1")) for key in (3, 4, 5)]
    found = line(bilan([*known, *unknown]), "F1")
    assert (found.reference.valeur, found.mention) == (60, "référence connue pour 2 conventions sur 5")
    alone = line(bilan([known[0], unknown[0]]), "F1")
    assert (alone.reference.valeur, alone.mention) == (30, "référence connue pour 1 convention sur 2")
    assert line(bilan(known), "F1").mention == ""
    assert line(bilan(unknown), "F1").mention == ""


def test_R6_several_references_in_percent_are_not_said_to_be_absent() -> None:
    several = [convention(key, replace(engagement(key * 10, "A2p"), reference=Decimal(3))) for key in (1, 2)]
    found = line(bilan(several), "A2p")
    assert (found.reference.valeur, found.reference.motif) == (None, "références en pourcentage, non sommables")
    assert line(bilan([convention(1, engagement(10, "A2p"))]), "A2p").reference.motif == "sans référence"


def test_R6_yearly_targets_that_leave_a_year_out_are_said_to_be_partial() -> None:
    two = replace(engagement(11, "F1", cible=80), annees=(1, 3))
    assert line(bilan([convention(1, two)]), "F1").mention == "objectif partiel : fixé pour 2 années sur 3"
    one = replace(engagement(11, "F1", cible=40), annees=(2,))
    assert line(bilan([convention(1, one)]), "F1").mention == "objectif partiel : fixé pour 1 année sur 3"
    all_three = replace(engagement(21, "F1", cible=90), annees=(1, 2, 3))
    assert line(bilan([convention(2, all_three)]), "F1").mention == ""
    both = line(bilan([convention(1, two), convention(2, all_three)]), "F1")
    assert both.mention == "objectif partiel : une année au moins sans objectif pour 1 convention sur 2"


def test_R6_of_a_stock_the_target_of_the_last_year_is_whole_and_that_of_a_former_year_is_partial() -> None:
    last = replace(engagement(11, "A1", cible=80), annees=(3,))
    assert line(bilan([convention(1, last)]), "A1").mention == "doublons possibles"
    former = replace(engagement(11, "A1", cible=80), annees=(1, 2))
    assert line(bilan([convention(1, former)]), "A1").mention == (
        "doublons possibles ; objectif partiel : fixé pour l’année 2 sur 3"
    )


def test_R22_a_rate_that_leaves_results_out_says_what_it_counts() -> None:
    aimed, free, other = engagement(11, "F1", cible=100), engagement(21, "F1"), engagement(31, "F1")
    one, two, three = convention(1, aimed), convention(2, free), convention(3, other)
    faits = [fait(one, aimed, "2026-T1", 20), fait(two, free, "2026-T1", 200), fait(three, other, "2026-T2", 90)]
    found = line(bilan([one, two, three], faits), "F1")
    assert (found.cumul.valeur, found.cible.valeur, found.taux.valeur) == (310, 100, Decimal("20.0"))
    assert found.mention == "taux sur les seules conventions en vigueur ayant un objectif (1 sur 3) : 20 sur 100"
    assert line(bilan([one], faits[:1]), "F1").mention == ""


def test_R22_so_does_a_rate_beside_results_of_a_convention_that_ended() -> None:
    aimed, gone = engagement(11, "F1", cible=100), engagement(21, "F1", cible=500)
    one = convention(1, aimed)
    ended = convention(2, gone, debut=date(2022, 1, 1), fin=date(2024, 12, 31))
    found = line(bilan([one, ended], [fait(one, aimed, "2026-T1", 20), fait(ended, gone, "2024-T1", 300)]), "F1")
    assert (found.cumul.valeur, found.taux.valeur) == (320, Decimal("20.0"))
    assert found.mention == "taux sur les seules conventions en vigueur ayant un objectif (1 sur 1) : 20 sur 100"


def test_R23_the_two_numbers_of_a_rate_under_secret_are_not_told() -> None:
    aimed, free = engagement(11, "P09", cible=10), engagement(21, "P09")
    one, two = (convention(key, e, dispositif="plan_10000") for key, e in ((1, aimed), (2, free)))
    faits = [fait(one, aimed, "2026-T1", 2), fait(two, free, "2026-T1", 3)]
    assert measure(export([one, two], faits, "2026-T1"), "P09").mention == (
        "taux sur les seules conventions en vigueur ayant une prévision (1 sur 2)"
    )
    assert theme(bilan([one, two], faits), "T09").mention == "prévision connue pour 1 convention sur 2"


def test_R22_a_forecast_and_its_rate_say_so_too() -> None:
    aimed, free = replace(engagement(11, "P01", cible=40), annees=(1, 2)), engagement(21, "P01")
    one, two = (convention(key, e, dispositif="plan_10000") for key, e in ((1, aimed), (2, free)))
    faits = [fait(one, aimed, "2026-T1", 10), fait(two, free, "2026-T1", 70)]
    partial = "prévision partielle : une année au moins sans prévision pour 1 convention sur 2"
    assert theme(bilan([one, two], faits), "T01").mention == f"{partial} ; prévision connue pour 1 convention sur 2"
    assert measure(export([one, two], faits, "2026-T1"), "P01").mention == (
        f"{partial} ; taux sur les seules conventions en vigueur ayant une prévision (1 sur 2) : 10 sur 40"
    )


def test_R13_nothing_is_missing_before_the_convention_began() -> None:
    free = engagement(11, "X1", libelle="Repas solidaires", unite="repas")
    new = convention(1, free, debut=date(2026, 1, 1), fin=date(2028, 12, 31))
    found = line(bilan([new], [fait(new, free, "2026-T2", 5)]), "X1")
    before = "la convention n’avait pas commencé"
    assert (found.realise.motif, found.precedent.motif, found.un_an_avant.motif) == ("T2 : 5 repas", before, before)
    old = convention(1, free)
    assert line(bilan([old]), "X1").precedent.motif == "aucune réponse"


def test_R13_a_missing_answer_to_a_period_that_nobody_asked_is_no_line_and_no_word() -> None:
    free, promised = engagement(11, "X1", libelle="Repas", unite="repas"), engagement(12, "F1")
    later = convention(1, free, promised, debut=date(2026, 4, 1), fin=date(2029, 3, 31))
    faits = [fait(later, e, "2026-T1", reponse="manquante") for e in (free, promised)]
    faits += [fait(later, free, "2026-T2", 5)]
    assert line(bilan([later], faits), "X1").realise.motif == "T2 : 5 repas"
    assert export([later], faits, "2026-T1").donnees == ()
    owed = [(d.indicateur, d.etat) for d in export([later], faits, "2026-T2").donnees]
    assert owed == [("X1", "nombre"), ("F1", "sans_reponse")]


def test_R6_a_free_commitment_says_that_its_target_is_partial() -> None:
    free = replace(engagement(11, "X1", cible=30, libelle="Repas", unite="repas"), annees=(1, 2))
    assert line(bilan([convention(1, free)]), "X1").mention == "objectif partiel : fixé pour 2 années sur 3"
