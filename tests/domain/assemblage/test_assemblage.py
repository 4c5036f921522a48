"""Assembly of a bilan from rows: what each heading of the CGET says, and how absence is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from paqte.domain.assemblage import NEANT, assemble
from paqte.domain.assemblage.donnees import ActionLue, AvertissementLu, ChiffreLu, ConventionLue, DonneesBilan
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.lignes.lignes import LigneIndicateur
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.statuts.conventions import Dates
from tests.domain.loir_et_cher import NOW, S1, convention, corrected, donnees, engagement, fait

E1, E2, E3 = engagement(11, "S2", cible=60), engagement(21, "S2"), engagement(22, "F1p", cible=10)
BRUNO, AUTRE = convention(1, E1), convention(2, E2, E3)


def bilan(given: DonneesBilan, **more: object) -> Bilan:
    return assemble(given, catalogue(), edition=1, now=NOW, gabarit="essai", **more)  # type: ignore[arg-type]


def line(given: Bilan, code: str) -> LigneIndicateur:
    return next(one for one in given.indicateurs if one.code == code)


def test_R11_a_semester_sums_the_validated_quarters_that_lie_wholly_inside() -> None:
    faits = [fait(BRUNO, E1, "2025-T4", 100), fait(BRUNO, E1, "2026-T1", 3), fait(BRUNO, E1, "2026-T2", 4)]
    found = line(bilan(donnees([BRUNO], faits)), "S2")
    assert found.realise.valeur == 7
    assert found.precedent.valeur == 100
    assert found.cumul.valeur == 107


def test_R13_who_answered_half_of_what_it_owed_has_not_answered_and_its_figure_still_counts() -> None:
    faits = [fait(BRUNO, E1, "2026-T1", 3), fait(AUTRE, E2, "2026-T1", 1), fait(AUTRE, E2, "2026-T2", 1)]
    found = line(bilan(donnees([BRUNO, AUTRE], faits)), "S2")
    assert (found.realise.valeur, found.repondu, found.du) == (5, 1, 2)


def test_R13_no_answer_is_an_absence_with_its_reason_and_never_zero() -> None:
    found = line(bilan(donnees([BRUNO, AUTRE])), "S2")
    assert found.realise.valeur is None
    assert found.realise.motif == "aucune réponse sur 2 attendues"
    assert line(bilan(donnees([BRUNO])), "R3").realise.motif == "aucun signataire ne s’y est engagé"


def test_R13_a_confirmed_zero_is_zero_and_is_counted_apart() -> None:
    faits = [fait(BRUNO, E1, p, reponse="neant") for p in ("2026-T1", "2026-T2")]
    found = line(bilan(donnees([BRUNO], faits)), "S2")
    assert (found.realise.valeur, found.neants, found.repondu) == (0, 1, 1)


def test_R14_a_share_is_recomputed_from_its_two_numbers_and_a_nil_denominator_gives_nd() -> None:
    other = convention(3, engagement(31, "F1p"))
    faits = [fait(AUTRE, E3, "2026-T1", ratio=(1, 10)), fait(other, other.engagements[0], "2026-T1", ratio=(9, 10))]
    assert line(bilan(donnees([AUTRE, other], faits)), "F1p").realise.valeur == Decimal("50.0")
    nil = [fait(AUTRE, E3, "2026-T1", ratio=(0, 0))]
    assert "n.d." in line(bilan(donnees([AUTRE], nil)), "F1p").realise.motif


def test_R22_the_rate_uses_only_engagements_with_a_target_and_says_the_share_without() -> None:
    faits = [fait(BRUNO, E1, "2026-T1", 15), fait(AUTRE, E2, "2026-T1", 1000)]
    found = line(bilan(donnees([BRUNO, AUTRE], faits)), "S2")
    assert (found.cible.valeur, found.taux.valeur, found.sans_cible.valeur) == (60, Decimal("25.0"), Decimal("50.0"))


def test_R22_an_ended_convention_leaves_the_rate_and_stays_in_the_total_since_the_start() -> None:
    ended = convention(4, engagement(41, "S2", cible=10), debut=date(2020, 1, 1), fin=date(2022, 12, 31))
    faits = [fait(ended, ended.engagements[0], "2021-T1", 10), fait(BRUNO, E1, "2026-T1", 6)]
    found = line(bilan(donnees([BRUNO, ended], faits)), "S2")
    assert (found.cumul.valeur, found.cible.valeur, found.taux.valeur) == (16, 60, Decimal("10.0"))


def test_R15_a_stock_takes_the_last_value_of_each_and_is_marked_doublons_possibles() -> None:
    a = convention(5, engagement(51, "A1"))
    faits = [fait(a, a.engagements[0], "2026-T1", 8), fait(a, a.engagements[0], "2026-T2", 5)]
    found = line(bilan(donnees([a], faits)), "A1")
    assert (found.realise.valeur, found.mention) == (5, "doublons possibles")


def test_R5_a_free_commitment_stands_on_a_line_of_its_own_and_is_never_summed() -> None:
    a = convention(6, engagement(61, "X1", libelle="Repas solidaires", unite="repas"))
    faits = [fait(a, a.engagements[0], "2026-T1", 3), fait(a, a.engagements[0], "2026-T2", reponse="neant")]
    found = line(bilan(donnees([a], faits)), "X1")
    assert found.libelle.startswith("Repas solidaires")
    assert (found.realise.valeur, found.realise.motif) == (None, "T1 : 3 repas ; T2 : néant")
    assert (found.repondu, found.du) == (1, 1)


def test_R2_the_kinds_of_signatories_are_counted_apart() -> None:
    kinds = ["entreprise", "entreprise", "reseau", "employeur_public", "association"]
    comptes = bilan(donnees([convention(k, nature=n) for k, n in enumerate(kinds, 1)])).comptes
    found = (comptes.entreprises, comptes.reseaux, comptes.employeurs_publics, comptes.associations)
    assert found == (2, 1, 1, 1)


def test_R3_a_siren_that_signed_twice_counts_once_and_shows_both_conventions() -> None:
    renewed = [
        convention(1, siren="111111111", fin=date(2026, 3, 31)),
        convention(2, siren="111111111", debut=date(2026, 4, 1)),
    ]
    found = bilan(donnees(renewed))
    assert found.comptes.entreprises == 1
    assert len(found.signataires) == 2


def test_R3_a_new_enterprise_is_one_never_bound_before_the_period() -> None:
    known = convention(1, siren="111111111", debut=date(2022, 1, 1), fin=date(2024, 12, 31))
    back = convention(2, siren="111111111", debut=date(2026, 2, 1))
    new = convention(3, debut=date(2026, 2, 1))
    assert bilan(donnees([known, back, new])).comptes.nouvelles_entreprises == 1


def test_R7_a_charter_is_listed_to_transform_and_is_not_a_signatory_of_the_pacte() -> None:
    found = bilan(donnees([convention(1, dispositif="charte")]))
    assert (found.comptes.entreprises, found.comptes.chartes_a_transformer) == (0, 1)
    assert "À transformer" in found.signataires[0].remarques


def test_R4_a_projet_counts_nowhere() -> None:
    projet = convention(1, E1, dates=Dates("projet", date(2025, 1, 1), date(2027, 12, 31)))
    found = bilan(donnees([projet]))
    assert found.comptes.entreprises == 0
    assert found.reponses == ()


def test_R9_the_club_lists_enterprises_engaged_in_both_and_active_means_a_non_zero_value_in_twelve_months() -> None:
    both, plan = convention(1, E1, is_in_plan_10000=True), convention(2, dispositif="plan_10000")
    asleep = convention(3, engagement(31, "S2"))
    faits = [fait(both, E1, "2025-T3", 1), fait(asleep, asleep.engagements[0], "2026-T1", reponse="neant")]
    comptes = bilan(donnees([both, plan, asleep], faits)).comptes
    assert (comptes.plan_10000, comptes.club, comptes.actives) == (2, 1, 1)


def test_R9_a_value_older_than_twelve_months_does_not_make_an_enterprise_active() -> None:
    assert bilan(donnees([BRUNO], [fait(BRUNO, E1, "2025-T2", 5)])).comptes.actives == 0


def test_R10_what_the_pacte_values_in_a_thematique_stands_beside_and_is_never_added() -> None:
    a = convention(1, E1, engagement(12, "P01", cible=20), is_in_plan_10000=True)
    faits = [fait(a, E1, "2026-T1", 7), fait(a, a.engagements[1], "2026-T1", 5)]
    t01 = next(t for t in bilan(donnees([a], faits)).thematiques if t.code == "T01")
    assert (t01.realise.valeur, t01.prevision.valeur, t01.entreprises) == (5, 20, 1)
    assert t01.valorise == "S2 : 7 personnes"


def test_R8_the_fourteen_thematiques_are_all_there_and_T07_is_transversal() -> None:
    found = bilan(donnees([])).thematiques
    assert {t.code for t in found} == {f"T{n:02}" for n in range(1, 15)}
    assert {t.code for t in found if t.transversale} == {"T07"}


def test_a_departement_with_nothing_gives_a_valid_bilan_that_says_neant() -> None:
    found = bilan(donnees([]))
    assert found.is_neant
    assert found.notes[0] == NEANT


def test_R13_quality_says_who_owed_who_answered_and_which_indicators_are_missing() -> None:
    answers = {r.periode: r for r in bilan(donnees([AUTRE], [fait(AUTRE, E2, "2026-T1", 1)])).reponses}
    first, second = answers["1er trimestre 2026"], answers["2e trimestre 2026"]
    assert (first.dus, first.repondus, first.manquants, first.etat) == (2, 1, "F1p", "Validée")
    assert (second.dus, second.repondus, second.manquants, second.etat) == (2, 0, "S2, F1p", "À saisir")


def test_R11_a_convention_ended_inside_the_semester_owes_until_its_end() -> None:
    early = convention(1, E1, dates=Dates("resiliee", date(2025, 1, 1), date(2027, 12, 31), date(2026, 2, 15)))
    assert [r.periode for r in bilan(donnees([early])).reponses] == ["1er trimestre 2026"]


def test_R8b_a_closed_measure_is_not_owed_and_says_since_when() -> None:
    a = convention(1, engagement(11, "R3e"))
    found = bilan(donnees([a]))
    assert line(found, "R3e").du == 0
    assert line(found, "R3e").realise.motif == "mesure close depuis le 31/12/2024"
    assert found.reponses == (), "nothing to ask, nothing owed (R41)"


def test_R13_a_closed_measure_with_figures_since_the_start_never_says_that_nobody_committed() -> None:
    a = convention(1, engagement(11, "R3e"), debut=date(2023, 1, 1), fin=date(2026, 12, 31))
    found = line(bilan(donnees([a], [fait(a, a.engagements[0], "2024-T4", 18)])), "R3e")
    absent = {found.realise.motif, found.precedent.motif, found.un_an_avant.motif}
    assert (found.cumul.valeur, absent) == (18, {"mesure close depuis le 31/12/2024"})
    assert found.mention == ""


def test_R13_what_an_ended_convention_promised_was_not_due_rather_than_never_promised() -> None:
    ended = convention(4, engagement(41, "S2"), debut=date(2020, 1, 1), fin=date(2022, 12, 31))
    found = line(bilan(donnees([ended], [fait(ended, ended.engagements[0], "2021-T1", 10)])), "S2")
    assert (found.cumul.valeur, found.realise.motif) == (10, "aucune réponse n’était due")
    assert line(bilan(donnees([ended])), "S2").cumul.motif == "aucune réponse n’était due"


def test_R13_what_nobody_committed_to_gives_one_reason_for_the_whole_row() -> None:
    found = bilan(donnees([BRUNO]))
    row = line(found, "R3")
    promised, told = (row.reference, row.cible, row.taux, row.sans_cible), (row.realise, row.precedent, row.cumul)
    assert {f.motif for f in (*promised, *told)} == {"aucun signataire ne s’y est engagé"}
    theme = next(t for t in found.thematiques if t.code == "T02")
    assert {f.motif for f in (theme.prevision, theme.realise, theme.cumul)} == {"aucun signataire ne s’y est engagé"}


def test_R13_nobody_committed_to_a_closed_measure_is_said_so_beside_since_when_it_is_closed() -> None:
    found = line(bilan(donnees([BRUNO])), "R3e")
    assert found.realise.motif == "aucun signataire ne s’y est engagé"
    assert found.mention == "mesure close depuis le 31/12/2024"


def test_R17_accepted_warnings_stand_in_the_bilan_with_their_sentence() -> None:
    warned = AvertissementLu(1, "2026-T1", "S2", "C’est plus de 3 fois…", "Nouvelle usine.")
    found = bilan(donnees([BRUNO], avertissements=(warned,))).avertissements
    assert [(w.signataire, w.indicateur, w.commentaire) for w in found] == [(BRUNO.nom, "S2", "Nouvelle usine.")]


def test_R19_a_correction_shows_before_and_after_and_a_late_answer_is_said() -> None:
    former = [fait(BRUNO, E1, "2026-T1", 3)]
    present = [fait(BRUNO, E1, "2026-T1", 5), fait(AUTRE, E2, "2026-T2", reponse="neant")]
    rows = donnees([BRUNO, AUTRE], present)
    found = bilan(rows, corrections=corrected(former, rows)).corrections
    assert [(c.signataire, c.avant, c.apres) for c in found] == [
        (BRUNO.nom, "3", "5"),
        (AUTRE.nom, "sans réponse", "zéro confirmé"),
    ]
    assert "après l’édition précédente" in found[1].motif


def test_R19_a_correction_is_told_as_the_answer_was_given() -> None:
    """A yes and a no in their words, money with its cents: « 1 » became « zéro confirmé »."""
    yes, paid, stock = engagement(41, "R1"), engagement(42, "A2"), engagement(43, "A1")
    c = convention(4, yes, paid, stock)
    former = [fait(c, yes, "2026-T1", 1), fait(c, paid, "2026-T1", Decimal("1234.5")), fait(c, stock, "2026-T1", 1)]
    present = [
        fait(c, yes, "2026-T1", reponse="neant"),
        fait(c, paid, "2026-T1", Decimal("1234")),
        fait(c, stock, "2026-T1", reponse="neant"),
    ]
    rows = donnees([c], present)
    found = bilan(rows, corrections=corrected(former, rows)).corrections
    assert [(one.indicateur, one.avant, one.apres) for one in found] == [
        ("R1", "oui", "non"),
        ("A2", "1\u202f234,50", "1\u202f234"),
        ("A1", "1", "zéro confirmé"),
    ]
    assert corrected(present, donnees([c], former))[0].apres == "oui"


def test_R19_nothing_changed_shows_no_correction_whatever_the_type_of_the_number() -> None:
    former = [fait(BRUNO, E1, "2026-T1", Decimal("3"))]
    rows = donnees([BRUNO], [fait(BRUNO, E1, "2026-T1", 3)])
    assert bilan(rows, corrections=corrected(former, rows)).corrections == ()


def test_R26_the_published_case_of_Val_d_Oise_shows_value_month_categories_and_share() -> None:
    end_of_march = date(2021, 3, 31)
    chiffres = (
        ChiffreLu("qpv", Decimal(41), date(2021, 6, 28), "génération 2015", "conseil territorial"),
        ChiffreLu("population_qpv", Decimal(207_000), date(2021, 6, 28), "", "conseil territorial"),
        ChiffreLu("defm_qpv", Decimal(29_836), end_of_march, "catégories ABC", "conseil territorial"),
        ChiffreLu("defm", Decimal(123_080), end_of_march, "catégories ABC", "conseil territorial"),
    )
    found = {c.code: c for c in bilan(donnees([], chiffres=chiffres)).contexte}
    assert (found["qpv"].valeur.valeur, found["population_qpv"].valeur.valeur) == (41, 207_000)
    assert (found["defm_qpv"].valeur.valeur, found["defm_qpv"].date) == (29_836, "2021-03-31")
    assert found["defm_qpv"].precision == "catégories ABC"
    assert found["part_defm_qpv"].valeur.valeur == Decimal("24.2")


def test_R26_a_figure_after_the_break_of_january_2025_bears_the_note_and_one_before_does_not() -> None:
    def note(day: date) -> str:
        found = bilan(donnees([], chiffres=(ChiffreLu("defm_qpv", Decimal(1), day, "", ""),))).contexte
        return next(c.note for c in found if c.code == "defm_qpv")

    assert "Rupture de série" in note(date(2025, 1, 31))
    assert note(date(2024, 12, 31)) == ""


def test_R26_a_context_figure_is_the_last_one_before_the_end_of_the_period() -> None:
    chiffres = tuple(ChiffreLu("qpv", Decimal(v), date(y, 1, 1), "", "") for v, y in ((5, 2024), (4, 2026), (9, 2027)))
    found = next(c for c in bilan(donnees([], chiffres=chiffres)).contexte if c.code == "qpv")
    assert (found.valeur.valeur, found.date) == (4, "2026-01-01")


def test_an_action_tells_its_place_and_counts_no_one_when_nobody_counted() -> None:
    told = ActionLue(date(2026, 3, 5), "Société 01", "FORMER", "Une visite", "Texte", "Blois", None)
    found = bilan(donnees([], actions=(told,))).actions[0]
    assert (found.axe, found.beneficiaires.valeur, found.beneficiaires.motif) == ("Former", None, "non compté")


def test_the_same_rows_give_the_same_hash_and_the_json_gives_the_bilan_back() -> None:
    rows = donnees([BRUNO, AUTRE], [fait(BRUNO, E1, "2026-T1", Decimal("3.50"))])
    assert bilan(rows).sha256 == bilan(rows).sha256
    assert Bilan.from_json(bilan(rows).as_json()) == bilan(rows)


def test_the_published_case_of_Alpes_Maritimes_comes_out_with_its_figures_and_its_split_of_signatories() -> None:
    parts = {"S2": 229, "F4": 350, "R3": 972, "B1": 1551}
    club = convention(100, *(engagement(rank, code) for rank, code in enumerate(parts, 1)), nature="reseau")
    others: list[ConventionLue] = [convention(k) for k in range(1, 28)]
    others += [convention(k, nature="reseau") for k in range(28, 31)]
    faits = [fait(club, e, "2026-T2", parts[e.indicateur]) for e in club.engagements]
    found = bilan(donnees([*others, club], faits))
    lines = [n for n in found.indicateurs if n.code in parts]
    for nature in ("reseau", "ensemble"):
        assert {n.code: n.realise.valeur for n in lines if n.nature == nature} == parts
    assert {n.realise.valeur for n in lines if n.nature == "entreprise"} == {None}
    assert (found.comptes.entreprises, found.comptes.reseaux) == (27, 4)
    assert S1.code == found.periode


def test_R12_a_document_says_to_the_second_when_it_was_made() -> None:
    made = assemble(donnees([]), catalogue(), edition=1, now=NOW.replace(microsecond=5), gabarit="essai")
    assert made.genere_le == "2026-07-31T11:00:00+02:00"
