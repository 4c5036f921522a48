"""Assembly of the quarterly account: the same sums as the bilan, semester declarants told, nothing made up."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paqte.domain.assemblage.diffusion.publiable import publishable
from paqte.domain.assemblage.donnees import ConventionLue, DonneesBilan
from paqte.domain.assemblage.trimestre import NEANT, assemble_trimestre
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.chiffres import Chiffre
from paqte.domain.consolidation import Fait
from paqte.domain.documents.commun.comparaison import Comparaison, compare
from paqte.domain.documents.compte_rendu import NOT_COMPARED, CompteRendu
from paqte.domain.documents.compte_rendu import TABLES as COMPTE_RENDU
from paqte.domain.documents.lignes.lignes import LigneIndicateur, LigneThematique
from paqte.domain.documents.lignes.lignes_trimestre import DonneeTrimestre
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.indicateurs.genres import FLUX, OUI_NON, RATIO, STOCK
from paqte.domain.secret import MASQUE
from tests.domain.loir_et_cher import convention, corrected, donnees, engagement, fait

T3 = Periode.from_code("2026-T3")
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
S2, R3 = engagement(11, "S2", cible=60), engagement(12, "R3")
P01 = engagement(13, "P01", cible=10)
BRUNO, AUTRE = convention(1, S2, P01, is_in_plan_10000=True), convention(2, engagement(21, "S2"))
SEMESTRIEL = convention(3, engagement(31, "S2"), rythme="S")


def rows(conventions: list[ConventionLue], faits: list[Fait] | None = None, **more: object) -> DonneesBilan:
    return replace(donnees(conventions, faits or []), periode=T3, **more)  # type: ignore[arg-type]


def export(given: DonneesBilan, **more: object) -> CompteRendu:
    return assemble_trimestre(given, catalogue(), edition=1, now=NOW, gabarit="essai", **more)  # type: ignore[arg-type]


def indicateur(given: CompteRendu, code: str) -> LigneIndicateur:
    return next(line for line in given.indicateurs if line.code == code)


def thematique(given: CompteRendu, mesure: str) -> LigneThematique:
    return next(line for line in given.thematiques if line.mesure == mesure)


def values(given: CompteRendu, convention: str) -> list[DonneeTrimestre]:
    return [d for d in given.donnees if d.convention == convention]


def test_R11_the_quarter_takes_its_own_answers_and_the_others_count_since_the_start() -> None:
    faits = [fait(BRUNO, S2, "2026-T2", 100), fait(BRUNO, S2, "2026-T3", 4), fait(BRUNO, S2, "2025-T3", 7)]
    line = indicateur(export(rows([BRUNO], faits)), "S2")
    found = (line.realise.valeur, line.precedent.valeur, line.un_an_avant.valeur, line.cumul.valeur)
    assert found == (4, 100, 7, 111)


@pytest.mark.parametrize("quarter", ["2026-T3", "2026-T4"])
def test_R11_a_semester_declarant_is_told_and_is_never_zero(quarter: str) -> None:
    faits = [fait(SEMESTRIEL, SEMESTRIEL.engagements[0], "2026-S2", 50)]
    given = export(replace(rows([SEMESTRIEL], faits), periode=Periode.from_code(quarter)))
    line = indicateur(given, "S2")
    assert (line.realise.valeur, line.realise.motif) == (None, "1 déclarant semestriel")
    assert (line.du, line.semestriels, given.comptes.semestriels) == (0, 1, 1)
    assert given.entreprises[0].declaration == "Déclarant semestriel"
    assert given.entreprises[0].dus is None
    assert [(d.etat, d.valeur, d.periode) for d in given.donnees] == [("semestriel", None, quarter)]


def test_R11_beside_quarterly_answers_semester_declarants_are_said_to_be_left_out() -> None:
    line = indicateur(export(rows([BRUNO, SEMESTRIEL], [fait(BRUNO, S2, "2026-T3", 4)])), "S2")
    assert (line.realise.valeur, line.repondu, line.du) == (4, 1, 1)
    assert "hors 1 déclarant semestriel" in line.mention


def test_R13_what_is_missing_says_why_and_a_confirmed_zero_is_zero() -> None:
    given = export(rows([BRUNO, AUTRE], [fait(BRUNO, S2, "2026-T3", reponse="neant")]))
    assert next((d.etat, d.valeur) for d in values(given, BRUNO.numero)) == ("neant", 0)
    assert [(d.etat, d.valeur) for d in values(given, AUTRE.numero)] == [("non_transmise", None)]
    assert indicateur(given, "S2").realise.valeur == 0
    assert indicateur(given, "R3").realise.motif == "aucun signataire ne s’y est engagé"


def test_R10_what_the_paqte_values_stands_beside_a_thematique_and_is_never_added() -> None:
    faits = [fait(BRUNO, S2, "2026-T3", 40), fait(BRUNO, P01, "2026-T3", 3)]
    line = thematique(export(rows([BRUNO], faits)), "P01")
    assert (line.realise.valeur, line.prevision.valeur, line.entreprises) == (3, 10, 1)
    assert "S2 : 40" in line.valorise


def test_R14_a_share_is_made_from_its_two_numbers_in_the_total_and_in_each_row() -> None:
    a, b = convention(5, engagement(51, "F1p")), convention(6, engagement(61, "F1p"))
    faits = [
        fait(a, a.engagements[0], "2026-T3", ratio=(1, 10)),
        fait(b, b.engagements[0], "2026-T3", ratio=(9, 30)),
    ]
    given = export(rows([a, b], faits))
    assert indicateur(given, "F1p").realise.valeur == Decimal("25.0")
    assert [(d.valeur, d.numerateur, d.denominateur) for d in given.donnees] == [(10, 1, 10), (30, 9, 30)]


def test_R9_the_club_is_in_both_and_the_plan_alone_counts_as_engaged() -> None:
    plan = convention(7, dispositif="plan_10000")
    comptes = export(rows([BRUNO, AUTRE, plan])).comptes
    assert (comptes.engagees, comptes.paqte, comptes.plan_10000, comptes.club) == (3, 2, 2, 1)


def test_R3_new_enterprises_are_those_bound_by_neither_dispositif_before_the_quarter() -> None:
    old = convention(8, siren="888888888", dispositif="plan_10000")
    joined = convention(9, siren="888888888", debut=date(2026, 8, 1))
    new = convention(10, debut=date(2026, 8, 1))
    assert export(rows([old, joined, new])).comptes.nouvelles == 1


def test_R2_R7_other_kinds_are_counted_apart_and_a_charter_engages_in_nothing() -> None:
    given = export(rows([convention(1, nature="reseau"), convention(2, dispositif="charte")]))
    assert (given.comptes.engagees, given.comptes.reseaux, given.comptes.chartes_a_transformer) == (0, 1, 1)
    assert [e.nature for e in given.entreprises] == ["Réseau d’entreprises"]


def test_R19_a_corrected_answer_is_a_correction_of_the_next_edition() -> None:
    before, after = fait(BRUNO, S2, "2026-T3", 4), fait(BRUNO, S2, "2026-T3", 5)
    present = rows([BRUNO], [after])
    given = export(present, corrections=corrected([before], present))
    assert [(c.indicateur, c.avant, c.apres) for c in given.corrections] == [("S2", "4", "5")]


def test_a_departement_with_nothing_gives_a_valid_export_that_says_neant() -> None:
    given = export(rows([]))
    assert given.is_neant
    assert given.notes[0] == NEANT
    assert len(given.thematiques) == 15


def test_the_json_gives_the_document_back_with_the_same_hash() -> None:
    given = export(rows([BRUNO, SEMESTRIEL], [fait(BRUNO, S2, "2026-T3", 4)], rubriques={"efficacite": "Bien."}))
    assert CompteRendu.from_json(given.as_json()) == given
    assert CompteRendu.from_json(given.as_json()).sha256 == given.sha256


ENGAGED = ("S2", "R3", "R1", "A1", "F1p", "P01", "P03", "A3")
RYTHMES = ("T", "T", "S")
COMPANIES = [
    convention(k, *(engagement(100 * k + n, code) for n, code in enumerate(ENGAGED)), rythme=RYTHMES[k % 3])
    for k in range(1, 7)
]
answers = st.one_of(st.none(), st.just("neant"), st.integers(0, 60))


def a_fact(c: ConventionLue, rank: int, answer: int | str, quarter: str) -> Fait:
    e = c.engagements[rank]
    if answer == "neant":
        return fait(c, e, quarter, reponse="neant")
    if e.indicateur == "F1p":
        return fait(c, e, quarter, ratio=(int(answer), 60))
    return fait(c, e, quarter, min(int(answer), 1) if e.indicateur == "R1" else int(answer))


@given(st.data())
@pytest.mark.lent
def test_R20_the_rows_of_the_signatories_add_up_to_every_figure_of_the_quarter(data: st.DataObject) -> None:
    faits = []
    for c in COMPANIES:
        if c.rythme == "T":
            for rank in range(len(ENGAGED)):
                answer = data.draw(answers)
                faits += [a_fact(c, rank, answer, "2026-T3")] if answer is not None else []
    given = export(rows(COMPANIES, faits))
    by_code: defaultdict[str, list[DonneeTrimestre]] = defaultdict(list)
    for row in given.donnees:
        by_code[row.indicateur].append(row)
    lines = [(i.code, i.realise.valeur) for i in given.indicateurs]
    lines += [(t.mesure, t.realise.valeur) for t in given.thematiques]
    for code, shown in lines:
        assert shown == total_of(by_code[code], catalogue().indicateurs[code].genre), code


def total_of(given: list[DonneeTrimestre], genre: str) -> Decimal | None:
    """The sum of the rows, counted apart from the product's own sums."""
    if genre == RATIO:
        pairs = [(d.numerateur, d.denominateur) for d in given if d.denominateur is not None]
        lower = sum(Decimal(b or 0) for _, b in pairs)
        upper = sum(Decimal(a or 0) for a, _ in pairs)
        return (100 * upper / lower).quantize(Decimal("0.1"), ROUND_HALF_UP) if lower else None
    known = [d.valeur for d in given if d.valeur is not None]
    assert genre in (FLUX, STOCK, OUI_NON)
    return sum(known, Decimal(0)) if known else None


@given(st.lists(answers, min_size=6, max_size=6))
@pytest.mark.lent
def test_R20_the_quarter_of_all_is_the_sum_of_the_quarters_of_each(given: list[int | str | None]) -> None:
    facts = {
        c.id: [] if answer is None or c.rythme == "S" else [a_fact(c, 0, answer, "2026-T3")]
        for c, answer in zip(COMPANIES, given, strict=True)
    }
    whole = indicateur(export(rows(COMPANIES, [f for some in facts.values() for f in some])), "S2")
    parts = [indicateur(export(rows([c], facts[c.id])), "S2") for c in COMPANIES]
    known = [p.realise.valeur for p in parts if p.realise.valeur is not None]
    assert whole.realise.valeur == (sum(known) if known else None)
    for count in ("repondu", "du", "neants", "semestriels"):
        assert getattr(whole, count) == sum(getattr(p, count) for p in parts)


# Told by the bilan alone.
NOMBRES = ("numerateur", "denominateur", "realise_vise", "vise", "poids_vise")
NAMING = {
    "versions": {"regles", "colonnes"},
    "progres": {"mesure", "nature"},
    "entreprises": {"convention"},
    "indicateurs": {"code", "genre", "est_dont", "nature", "reference", "sans_cible", *NOMBRES},
    "thematiques": {"code", "mesure", "unite", "nature"},
    "donnees": {"convention", "indicateur", "libelle", "periode", "etat"},
}


def test_every_field_of_a_compte_rendu_is_compared_or_excused_with_a_reason() -> None:
    compared = {c.champ for c in COMPTE_RENDU} | {champ for c in COMPTE_RENDU if not c.champ for champ in c.comparees}
    assert {f.name for f in fields(CompteRendu)} - compared == NOT_COMPARED.keys()


@pytest.mark.parametrize("comparaison", [c for c in COMPTE_RENDU if c.champ], ids=lambda c: c.champ)
def test_every_column_of_a_table_is_compared_or_names_its_row(comparaison: Comparaison) -> None:
    hint = get_type_hints(CompteRendu)[comparaison.champ]
    record = hint if is_dataclass(hint) else get_args(hint)[0]
    assert {f.name for f in fields(record)} <= {*comparaison.comparees} | NAMING.get(comparaison.champ, set())


def test_R19_a_changed_answer_shows_in_the_figure_and_in_its_row_of_data() -> None:
    before, after = (export(rows([BRUNO], [fait(BRUNO, S2, "2026-T3", n)])) for n in (4, 5))
    found = {(e.tableau, e.colonne): (e.avant, e.apres) for e in compare(before, after, COMPTE_RENDU)}
    assert found["Axes PAQTE", "Réalisé au trimestre"] == ("4", "5")
    assert found["Données", "Valeur"] == ("4", "5")


def progres(given: CompteRendu, mesure: str) -> Chiffre:
    return next(p.taux for p in given.progres if p.mesure == mesure)


def test_R22_the_share_of_a_forecast_counts_only_those_who_forecast() -> None:
    other = convention(8, engagement(81, "P01"), dispositif="plan_10000")
    faits = [fait(BRUNO, P01, "2026-T2", 4), fait(other, other.engagements[0], "2026-T3", 100)]
    assert progres(export(rows([BRUNO, other], faits)), "P01").valeur == Decimal("40.0")


def test_R13_a_share_that_is_missing_says_what_is_lacking() -> None:
    given = export(rows([BRUNO, convention(8, engagement(81, "P03"), dispositif="plan_10000")]))
    assert progres(given, "P01").motif == "aucune réponse depuis le début"
    assert progres(given, "P03").motif == "sans prévision"
    assert progres(given, "P04").motif == "aucun signataire ne s’y est engagé"


def test_R23_the_publishable_export_gives_no_share_of_a_thematique_under_secret() -> None:
    """Known with its forecast, a share gives back the number, be it shown elsewhere or hidden."""
    firms = [convention(n, engagement(n * 10, "P07", cible=20), dispositif="plan_10000") for n in (7, 8, 9)]
    faits = [fait(BRUNO, P01, "2026-T3", 4), *(fait(c, c.engagements[0], "2026-T3", 9) for c in firms)]
    given = rows([BRUNO, *firms], faits)
    shown = publishable(export(given), given, catalogue())
    assert progres(export(given), "P07").valeur == Decimal("45.0")
    assert progres(shown, "P07") == Chiffre(None, MASQUE)
    assert progres(shown, "P01").valeur == Decimal("40.0")
    assert progres(shown, "P05").motif == "aucun signataire ne s’y est engagé"


def test_R19_an_edition_of_before_the_shares_were_kept_keeps_its_hash() -> None:
    given = replace(export(rows([BRUNO])), progres=())
    assert "progres" not in json.loads(given.as_json())
    assert CompteRendu.from_json(given.as_json()) == given
