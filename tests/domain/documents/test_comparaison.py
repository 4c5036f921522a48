"""Two editions compared: nothing between alike, every changed cell and no other, with its declarations (R19)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.assemblage import assemble
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import Fait
from paqte.domain.documents.bilan import NOT_COMPARED, Bilan
from paqte.domain.documents.bilan import TABLES as BILAN
from paqte.domain.documents.commun.comparaison import (
    ABSENT,
    WHOLE_ROW,
    Comparaison,
    changed_answers,
    compare,
    lines,
    names_of,
)
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.editions.editions import read_differing, read_facts_about, write_facts
from paqte.domain.indicateurs.catalogue import catalogue
from tests.domain.documents.cases_comparees import columns_not_compared, fields_not_compared, mutated, named, places
from tests.domain.documents.tableaux_compares import AUTRES
from tests.domain.loir_et_cher import NOW, convention, donnees, engagement, fait
from tests.domain.oracle import fact_lists
from tests.reporting.mondes.exemples import exemple, neant

# An edition of today, that tells the counts of every nature and the exact numbers: what one of before leaves untold is
# no difference.
NOMBRES = dict.fromkeys(("realise_vise", "vise", "poids_vise"), Decimal(5))
ONE = replace(
    exemple(),
    comptes=replace(exemple().comptes, **AUTRES),
    indicateurs=tuple(
        replace(i, numerateur=Decimal(3), denominateur=Decimal(4), **NOMBRES) for i in exemple().indicateurs
    ),
)
# Part of what names a row, or told by the grid, whose version is compared.
NAMING = {
    "versions": {"regles", "colonnes"},
    "signataires": {"signataire_id", "convention", "is_partial_diffusion"},
    "partenaires": {"nom"},
    "indicateurs": {"code", "genre", "est_dont", "nature", "semestriels"},
    "thematiques": {"code", "unite", "nature", "mesure", "semestriels"},
    "actions": {"date", "signataire", "titre"},
    "contexte": {"code"},
    "evolution": {"periode"},
    "avertissements": {"signataire", "periode", "indicateur", "message"},
    "provenance": {"code"},
    "completude": {"genre", "code"},
    "reponses": {"convention", "periode"},
}


PLACES = list(places(ONE, BILAN))


@pytest.mark.parametrize("bilan", [ONE, neant()], ids=["41", "néant"])
def test_R19_a_bilan_compared_with_itself_gives_nothing(bilan: Bilan) -> None:
    assert compare(bilan, bilan, BILAN) == []
    assert compare(bilan, Bilan.from_json(bilan.as_json()), BILAN) == []


@given(st.sets(st.sampled_from(PLACES), max_size=12))
def test_R19_exactly_the_cells_that_were_changed_are_listed(changes: set[tuple[int, int, str]]) -> None:
    after = mutated(ONE, BILAN, changes)
    found = compare(ONE, after, BILAN)
    assert len(found) == len(changes)
    assert {(e.tableau, e.ligne, e.colonne) for e in found} == named(after, BILAN, changes)
    assert all(e.avant != e.apres for e in found)


@given(st.sets(st.sampled_from(PLACES), max_size=6))
def test_R19_the_other_way_round_before_and_after_change_places(changes: set[tuple[int, int, str]]) -> None:
    after = mutated(ONE, BILAN, changes)
    there = {(e.tableau, e.colonne, e.avant, e.apres) for e in compare(ONE, after, BILAN)}
    back = {(e.tableau, e.colonne, e.apres, e.avant) for e in compare(after, ONE, BILAN)}
    assert there == back


def test_what_names_a_row_is_never_its_rank() -> None:
    turned = replace(
        ONE,
        signataires=ONE.signataires[::-1],
        indicateurs=ONE.indicateurs[::-1],
        reponses=ONE.reponses[::-1],
        completude=ONE.completude[::-1],
        partenaires=ONE.partenaires[::-1],
    )
    assert compare(ONE, turned, BILAN) == []


def test_a_row_that_came_and_a_row_that_went_are_one_ecart_each_and_say_what_they_held() -> None:
    came, went = ONE.signataires[0], ONE.signataires[-1]
    before, after = replace(ONE, signataires=ONE.signataires[1:]), replace(ONE, signataires=ONE.signataires[:-1])
    first, last = compare(before, after, BILAN)
    assert (first.colonne, first.avant, last.apres) == (WHOLE_ROW, ABSENT, ABSENT)
    assert first.ligne == f"{came.convention}, {came.nom}" and went.nom in last.avant
    assert f"Commune : {came.commune}" in first.apres


def test_two_rows_alike_are_told_apart_by_their_number() -> None:
    twice = replace(ONE, partenaires=(*ONE.partenaires, ONE.partenaires[0]))
    assert [(e.tableau, e.colonne) for e in compare(ONE, twice, BILAN)] == [("Partenaires", WHOLE_ROW)]


def test_what_an_older_edition_could_not_tell_is_no_difference() -> None:
    before = replace(ONE.versions, colonnes="")
    older = replace(ONE, versions=before, provenance=(), completude=(), ecarts=())
    assert compare(older, ONE, BILAN) == []
    changed = replace(ONE, completude=ONE.completude[1:])
    assert [e.tableau for e in compare(changed, ONE, BILAN)] == ["Taux de réponse"]


def test_number_moment_and_what_is_told_of_the_edition_before_are_no_difference() -> None:
    told = replace(exemple(2), comptes=ONE.comptes, indicateurs=ONE.indicateurs, genere_le="2026-08-01T08:00:00+02:00")
    assert told.corrections and told.ecarts
    assert compare(ONE, told, BILAN) == []


def test_R13_an_absent_figure_is_told_by_its_reason_and_a_share_by_its_sign() -> None:
    line = next(i for i in ONE.indicateurs if i.unite != "%" and i.taux.valeur is not None)
    changed = replace(line, realise=Chiffre(None, "aucune réponse sur 4 attendues"), taux=Chiffre(Decimal("12.5")))
    after = replace(ONE, indicateurs=tuple(changed if i == line else i for i in ONE.indicateurs))
    told = {e.colonne: e.apres for e in compare(ONE, after, BILAN)}
    assert told == {"Réalisé au semestre": "(aucune réponse sur 4 attendues)", "Taux de réalisation": "12,5\u00a0%"}


def test_every_field_of_a_bilan_is_compared_or_excused_with_a_reason() -> None:
    assert fields_not_compared(Bilan, BILAN) == NOT_COMPARED.keys()


@pytest.mark.parametrize("comparaison", [c for c in BILAN if c.champ], ids=lambda c: c.champ)
def test_every_column_of_a_table_is_compared_or_names_its_row(comparaison: Comparaison) -> None:
    assert columns_not_compared(Bilan, comparaison) <= NAMING.get(comparaison.champ, set())


S2, R3 = engagement(1, "S2"), engagement(2, "R3")
FIRM, LATE = convention(1, S2, R3), convention(2, engagement(3, "S2"))
NUMEROS = {1: FIRM.numero, 2: LATE.numero}


def assembled(*faits: Fait) -> Bilan:
    return assemble(donnees([FIRM, LATE], faits), catalogue(), edition=1, now=NOW, gabarit="")


def test_R19_each_changed_cell_names_the_declarations_that_caused_it_and_no_other() -> None:
    kept = [fait(FIRM, S2, "2026-T1", 3), fait(FIRM, R3, "2026-T1", 5)]
    corrected, late = fait(FIRM, R3, "2026-T1", 8), fait(LATE, LATE.engagements[0], "2026-T2", 7)
    before, after = kept, [kept[0], corrected, late]
    answers = changed_answers(before, after)
    found = compare(assembled(*before), assembled(*after), BILAN, answers, NUMEROS)
    behind = {(e.tableau, e.ligne.split(",")[0], e.colonne): set(e.declarations) for e in found}
    assert behind["Indicateurs", "S2", "Réalisé au semestre"] == {late.declaration}
    assert behind["Indicateurs", "R3", "Réalisé au semestre"] == {corrected.declaration}
    assert behind["Taux de réponse", "Ensemble : Toutes les réponses", "Validées"] == {
        corrected.declaration,
        late.declaration,
    }
    assert behind["Taux de réponse", f"Signataire : {LATE.nom}", "Validées"] == {late.declaration}
    assert behind["Réponses", LATE.numero, "Répondus"] == {late.declaration}
    names = names_of(answers, {1: FIRM.nom, 2: LATE.nom})
    told = {(e.tableau, e.ligne[:2]): e.declarations for e in lines(found, names) if e.colonne == "Réalisé au semestre"}
    assert told["Indicateurs", "R3"] == "Société 01 (fictif), 1er trimestre 2026"


def test_a_column_of_a_former_semester_accuses_no_declaration_of_this_one() -> None:
    line = next(i for i in assembled().indicateurs if i.code == "S2")
    moved = replace(line, precedent=Chiffre(Decimal(9)), realise=Chiffre(Decimal(9)))
    answers = changed_answers([], [fait(FIRM, S2, "2026-T1", 9)])
    found = compare(_with(line), _with(moved), BILAN, answers, NUMEROS)
    assert {e.colonne: bool(e.declarations) for e in found} == {
        "Semestre précédent": False,
        "Réalisé au semestre": True,
    }


def _with(line: LigneIndicateur) -> Bilan:
    return replace(ONE, indicateurs=(line,))


def test_an_answer_told_the_same_is_no_correction() -> None:
    zero = fait(FIRM, S2, "2026-T1", 3)
    assert changed_answers([zero], [zero._replace(valeur=Decimal("3.00"), declaration=99)]) == []
    assert changed_answers([zero._replace(reponse="manquante", valeur=None)], []) == []


def test_beyond_eight_declarations_the_others_are_counted() -> None:
    answers = changed_answers([], [fait(convention(n, S2), engagement(n, "S2"), "2026-T1", 1) for n in range(1, 12)])
    names = names_of(answers, {n: f"Société {n:02}" for n in range(1, 12)})
    found = compare(_with(_line(1)), _with(_line(2)), BILAN, answers, {})
    assert lines(found, names)[0].declarations.endswith("Société 08, 1er trimestre 2026 ; et 3 autres")


def _line(value: int) -> LigneIndicateur:
    line = next(i for i in ONE.indicateurs if i.code == "S2")
    return replace(line, realise=Chiffre(Decimal(value)))


@given(fact_lists, fact_lists)
def test_only_the_answers_that_differ_are_read_from_two_editions(before: list[Fait], after: list[Fait]) -> None:
    former, present = read_differing(write_facts(before), write_facts(after))
    assert as_written(former) == as_written(before) - as_written(after)
    assert as_written(present) == as_written(after) - as_written(before)


@given(fact_lists, fact_lists, st.sets(st.sampled_from(["S2", "R3", "R9", "P01"])))
def test_R23_the_answers_about_some_measures_are_all_those_that_an_edition_keeps(
    own: list[Fait], earlier: list[Fait], codes: set[str]
) -> None:
    found = read_facts_about(write_facts(own, earlier), codes)
    assert as_written(found) == as_written([f for f in (*own, *earlier) if f.indicateur in codes])
    assert len(found) == sum(f.indicateur in codes for f in (*own, *earlier))


def as_written(faits: list[Fait]) -> set[str]:
    """Answers as an edition keeps each of them."""
    return {write_facts([fait]) for fait in faits}
