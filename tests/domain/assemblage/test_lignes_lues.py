"""Every row that a bilan and an export of a small world print, written by hand (R2, R4, R8, R9, R11, R13, R22, R38).

Each row is read whole: a heading, a reason, a count or a flag that moves fails here, whatever other tests compute.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from paqte.domain.assemblage.donnees import ActionLue, AvertissementLu, ChiffreLu
from paqte.domain.statuts.conventions import Dates
from tests.domain.assemblage.petit_monde import BRUNO, NOMBRES_EXACTS, bilan, export, monde, told
from tests.domain.loir_et_cher import convention, donnees, engagement, fait

S2 = "Nombre d’élèves de 3e de REP+/REP/QPV effectivement accueillis en stage"
F4 = "Bénéficiaires d’actions emploi-formation résidant en QPV (hors alternance et stages)"
P01 = "Élèves de 3e des QPV accueillis en stage"
T01 = "Stages de 3e pour les jeunes des QPV (en lien avec le PAQTE)"
NOBODY = "(aucun signataire ne s’y est engagé)"
NO_ENTERPRISE = "(aucune entreprise ne s’y est engagée)"
ONE_MISSING = "(aucune réponse sur 1 attendue)"
NOT_DUE = "(aucune réponse n’était due)"
SCHOOL = "souvent compté par année scolaire"
THREE_YEARS = "2025-01-01 | 2027-12-31"

GRID = (
    "Grille reconstruite à partir des circulaires de 2019 : la liste officielle des indicateurs clés n’est pas "
    "publique."
)
APART = (
    "Les résultats des entreprises signataires sont à part. Ceux des réseaux, des employeurs publics et des "
    "associations ont leurs lignes ; le « Total, toutes natures » les additionne. Un réseau peut répéter ce que ses "
    "membres signataires déclarent."
)
DEFINITIONS = "Ce qui est compté, indicateur par indicateur, définition reconstruite comme la grille :"


def test_R8_R38_a_thematique_counts_its_enterprises_and_says_how_many_of_them_answered() -> None:
    found = [told(t, "mesure", "semestriels") for t in bilan(monde()).thematiques if t.code in ("T01", "T06")]
    assert found == [
        f"T01 | {T01} | non | personnes | 2 | 20 | 5 | 5 | 1 | 2 | S2 : 7 personnes | entreprise"
        " | prévision connue pour 1 convention sur 2",
        f"T01 | {T01} | non | personnes | 0 | 5 | 6 | 6 | 1 | 1 | S2 : 9 personnes | reseau | 1 réseau engagé",
        f"T01 | {T01} | non | personnes | 2 | 25 | 11 | 11 | 2 | 3 | S2 : 16 personnes | ensemble"
        " | 1 autre signataire engagé ; prévision connue pour 2 conventions sur 3",
        "T06 | Partenariats renforcés avec les réseaux de l’inclusion et de l’IAE (accompagnement, formation, "
        "recrutement) | non | partenariats | 0"
        f" | {NOBODY} | {NOBODY} | {NOBODY} | 0 | 0 | — | entreprise | —",
    ]


def test_R8_R11_so_does_the_export_with_those_who_answer_by_semester() -> None:
    given = export(monde())
    assert [told(t) for t in given.thematiques if t.code == "T01"] == [
        f"T01 | {T01} | non | P01 | personnes | 2 | 20 | 0 | 5 | 1 | 2 | 0 | S2 : 4 personnes | entreprise | —",
        f"T01 | {T01} | non | P01 | personnes | 0 | 5 | 6 | 6 | 1 | 1 | 0 | S2 : 9 personnes | reseau"
        " | 1 réseau engagé",
        f"T01 | {T01} | non | P01 | personnes | 2 | 25 | 6 | 11 | 2 | 3 | 0 | S2 : 13 personnes | ensemble"
        " | 1 autre signataire engagé",
    ]
    assert [told(p) for p in given.progres if p.mesure in ("P01", "P06")] == [
        "P01 | 25.0 | entreprise",
        "P01 | 120.0 | reseau",
        "P01 | 44.0 | ensemble",
        f"P06 | {NOBODY} | entreprise",
    ]


def test_R13_R22_R38_each_cell_of_an_indicator_by_nature_is_a_figure_or_its_reason() -> None:
    head = f"SENSIBILISER | S2 | {S2} | personnes | flux | non | (sans référence)"
    two = "(aucune réponse sur 2 attendues)"
    found = [told(i, "semestriels", *NOMBRES_EXACTS) for i in bilan(monde()).indicateurs if i.code in ("S2", "F4")]
    network = (
        f"FORMER | F4 | {F4} | personnes | flux | non | (sans référence) | (sans objectif) | {ONE_MISSING} | {NOT_DUE}"
        f" | {NOT_DUE} | (aucune réponse depuis le début) | (sans objectif) | 100.0 | 0 | 1 | 0 | —"
    )
    assert found == [
        f"{head} | 60 | 7 | {two} | {two} | 7 | 11.7 | 50.0 | 1 | 2 | 0 | {SCHOOL} | entreprise",
        f"{head} | (sans objectif) | 9 | {NOT_DUE} | {NOT_DUE} | 9 | (sans objectif) | 100.0 | 1 | 1 | 0 | {SCHOOL}"
        " | reseau",
        f"{head} | 60 | 16 | {two} | {two} | 16 | 11.7 | 66.7 | 2 | 3 | 0 | {SCHOOL} ; "
        "taux sur les seules conventions en vigueur ayant un objectif (1 sur 3) : 7 sur 60 | ensemble",
        f"FORMER | F4 | {F4} | personnes | flux | non | {' | '.join([NO_ENTERPRISE] * 8)} | 0 | 0 | 0 | — | entreprise",
        f"{network} | reseau",
        f"{network} | ensemble",
    ]


def test_R11_R13_so_does_the_export_and_says_who_is_left_out() -> None:
    head = f"SENSIBILISER | S2 | {S2} | personnes | flux | non"
    assert [
        told(i, "reference", "sans_cible", *NOMBRES_EXACTS) for i in export(monde()).indicateurs if i.code == "S2"
    ] == [
        f"{head} | 60 | 4 | 3 | {ONE_MISSING} | 7 | 11.7 | 1 | 1 | 0 | 1 | {SCHOOL} ; hors 1 déclarant semestriel"
        " | entreprise",
        f"{head} | (sans objectif) | 9 | {NOT_DUE} | {NOT_DUE} | 9 | (sans objectif) | 1 | 1 | 0 | 0 | {SCHOOL}"
        " | reseau",
        f"{head} | 60 | 13 | 3 | {ONE_MISSING} | 16 | 11.7 | 2 | 2 | 0 | 1 | {SCHOOL} ; "
        "taux sur les seules conventions en vigueur ayant un objectif (1 sur 3) : 7 sur 60 ; hors 1 déclarant "
        "semestriel | ensemble",
    ]


def test_R2_R9_R34_each_row_of_the_export_says_its_axes_and_who_is_new_active_or_of_the_club() -> None:
    assert [told(e) for e in export(monde()).entreprises] == [
        "41-2025-001 | Société 01 (fictif) | 00000000100012 | Entreprise | TPE (microentreprise) | Blois"
        f" | PAQTE + Plan 10 000 | Sensibiliser | T01 | {THREE_YEARS} | En cours | Chaque trimestre"
        " | non | oui | oui | Validée | 2 | 2 | 1 | —",
        "41-2025-002 | Société 02 (fictif) | 00000000200012 | Entreprise | PME | Blois"
        " | Plan 10 000 | — | T01 | 2026-04-01 | 2029-03-31 | En cours | Chaque trimestre"
        " | oui | non | non | À saisir | 1 | 0 | 0 | P01",
        "41-2025-004 | Société 04 (fictif) | 00000000400012 | Entreprise | PME | Blois"
        f" | PAQTE | Sensibiliser | — | {THREE_YEARS} | En cours | Chaque semestre"
        " | non | non | non | Déclarant semestriel | — | — | — | —",
        "41-2025-003 | Société 03 (fictif) | 00000000300012 | Réseau d’entreprises | PME | Blois"
        " | PAQTE + Plan 10 000 | Sensibiliser, Former | T01 | 2026-05-01 | 2029-04-30 | En cours | Chaque trimestre"
        " | oui | oui | non | Validée | 3 | 2 | 0 | F4",
    ]
    assert told(export(monde()).comptes) == "3 | 1 | 1 | 1 | 2 | 2 | 1 | 0 | 0 | 0 | 3 | 2 | 1 | 1 | 1 | 0 | 0 | 0 | 0"


def test_R2_R4_the_list_of_signatories_and_their_counts_over_time() -> None:
    given = bilan(monde())
    assert [told(s) for s in given.signataires] == [
        "1 | 41-2025-001 | Société 01 (fictif) | 00000000100012 | Entreprise | TPE (microentreprise) | Blois"
        f" | Sensibiliser | 2025-01-01 | {THREE_YEARS} | En cours | — | PAQTE + Plan 10 000 | —",
        "4 | 41-2025-004 | Société 04 (fictif) | 00000000400012 | Entreprise | PME | Blois"
        f" | Sensibiliser | 2025-01-01 | {THREE_YEARS} | En cours | Agglopolys | PAQTE | —",
        "3 | 41-2025-003 | Société 03 (fictif) | 00000000300012 | Réseau d’entreprises | PME | Blois"
        " | Sensibiliser, Former | 2026-05-01 | 2026-05-01 | 2029-04-30 | En cours | — | PAQTE + Plan 10 000 | —",
    ]
    assert told(given.comptes) == "2 | 1 | 0 | 0 | 0 | 0 | 0 | 2 | 1 | 1 | 0 | 1 | 1 | 0 | 0 | 0 | 0"
    assert [told(p) for p in given.evolution] == ["2025-S1 | 2 | 0", "2025-S2 | 2 | 0", "2026-S1 | 2 | 1"]
    assert [told(a) for a in given.axes if a.code == "S2"] == [f"SENSIBILISER | S2 | {S2} | 11.7"]


def test_the_curve_of_signatories_begins_with_the_first_convention_counted_there() -> None:
    """A projet or an adhesion to the plan of years ago put zeros before it, as if the pact had had nobody."""
    draft = convention(9, dates=Dates("projet", date(2023, 1, 1), date(2026, 12, 31)))
    earlier = [convention(8, dispositif="plan_10000", debut=date(2023, 1, 1), fin=date(2026, 12, 31)), draft]
    rows = donnees([BRUNO, *earlier])
    assert [told(p) for p in bilan(rows).evolution] == ["2025-S1 | 1 | 0", "2025-S2 | 1 | 0", "2026-S1 | 1 | 0"]
    assert [told(p) for p in bilan(donnees(earlier)).evolution] == ["2026-S1 | 0 | 0"]


def test_R13_the_quality_of_a_bilan_row_by_row() -> None:
    given = bilan(monde())
    assert [told(r, "signataire") for r in given.reponses] == [
        "41-2025-001 | 1er trimestre 2026 | Validée | 2026-04-20 | 2026-07-31 | 2 | 2 | 0 | —",
        "41-2025-001 | 2e trimestre 2026 | Validée | 2026-07-31 | 2026-07-31 | 2 | 2 | 1 | —",
        "41-2025-002 | 2e trimestre 2026 | À saisir | — | — | 1 | 0 | 0 | P01",
        "41-2025-003 | 2e trimestre 2026 | Validée | 2026-07-31 | 2026-07-31 | 3 | 2 | 0 | F4",
        "41-2025-004 | 1er semestre 2026 | À saisir | — | — | 1 | 0 | 0 | S2",
    ]
    assert [told(c) for c in given.completude] == [
        "ensemble | — | Toutes les réponses | 9 | 6 | 2 | 66.7 | 22.2",
        "axe | SENSIBILISER | Sensibiliser | 4 | 3 | 1 | 75.0 | 25.0",
        "axe | FORMER | Former | 1 | 0 | 0 | 0.0 | 0.0",
        "axe | PLAN | Plan « 10 000 entreprises » | 4 | 3 | 1 | 75.0 | 25.0",
        f"indicateur | S2 | {S2} | 4 | 3 | 1 | 75.0 | 25.0",
        f"indicateur | F4 | {F4} | 1 | 0 | 0 | 0.0 | 0.0",
        f"indicateur | P01 | {P01} | 4 | 3 | 1 | 75.0 | 25.0",
        "signataire | 1 | Société 01 (fictif) | 4 | 4 | 2 | 100.0 | 50.0",
        "signataire | 2 | Société 02 (fictif) | 1 | 0 | 0 | 0.0 | 0.0",
        "signataire | 3 | Société 03 (fictif) | 3 | 2 | 0 | 66.7 | 0.0",
        "signataire | 4 | Société 04 (fictif) | 1 | 0 | 0 | 0.0 | 0.0",
    ]


def test_R11_R13_the_rows_of_data_of_an_export_say_why_there_is_nothing() -> None:
    one, two, three, four = (f"0000000{n:02}00012 | Société {n:02} (fictif) | 41-2025-{n:03}" for n in range(1, 5))
    paqte = f"paqte | SENSIBILISER | — | S2 | {S2} | personnes | 2026-T2"
    plan = f"plan_10000 | PLAN | T01 | P01 | {P01} | personnes | 2026-T2"
    assert [told(d) for d in export(monde()).donnees] == [
        f"{one} | {paqte} | nombre | 4 | — | — | entreprise",
        f"{one} | {plan} | neant | 0 | — | — | entreprise",
        f"{two} | {plan} | non_transmise | — | — | — | entreprise",
        f"{three} | {paqte} | nombre | 9 | — | — | reseau",
        f"{three} | {plan} | nombre | 6 | — | — | reseau",
        f"{three} | paqte | FORMER | — | F4 | {F4} | personnes | 2026-T2 | sans_reponse | — | — | — | reseau",
        f"{four} | {paqte} | semestriel | — | — | — | entreprise",
    ]


def test_R8b_R13_R38_the_notes_say_that_the_grid_is_reconstructed_and_what_each_line_covers() -> None:
    assert bilan(monde()).notes[:3] == (GRID, APART, DEFINITIONS)
    assert [note.split(",")[0] for note in bilan(monde()).notes[3:]] == ["S2", "F4", "P01"]
    beside = (
        "Ce qui est valorisé depuis le PAQTE est montré à côté d’une thématique, sans s’ajouter à ce qui y est déclaré."
    )
    notes = export(monde()).notes
    assert notes[:2] == (GRID, "Les mesures des quatorze thématiques du plan sont reconstruites elles aussi.")
    assert notes[2].startswith("1 déclarant semestriel : ses chiffres portent sur le semestre entier, ils n’entrent")
    assert notes[2].endswith("Son absence n’est pas un zéro.")
    assert notes[3:6] == (beside, APART, DEFINITIONS)


def test_R3_the_notes_of_a_bilan_without_signatory_and_of_one_that_signed_twice() -> None:
    nobody = "Néant : aucun signataire n’est lié par une convention PAQTE sur la période."
    assert bilan(donnees([])).notes == (nobody, GRID)
    twice = [
        convention(1, siren="111111111", fin=date(2026, 3, 31)),
        convention(2, siren="111111111", debut=date(2026, 4, 1)),
    ]
    once = "Une entreprise liée par plusieurs conventions compte une fois dans le nombre de signataires."
    assert bilan(donnees(twice)).notes == (GRID, once)
    assert bilan(donnees(twice[:1])).notes == (GRID,)
    nobody = "Néant : personne n’est engagé dans le PAQTE ni dans le plan « 10 000 entreprises » sur le trimestre."
    assert export(donnees([])).notes[:2] == (nobody, GRID)
    assert len(export(donnees([])).notes) == 4


def test_R25_R26_each_context_figure_stands_with_its_date_categories_source_and_the_share_of_the_qpv() -> None:
    march = date(2026, 3, 31)
    chiffres = (
        ChiffreLu("qpv", Decimal(6), date(2024, 1, 1), "génération 2024", "ANCT"),
        ChiffreLu("defm_qpv", Decimal(1500), march, "ABC", "France Travail"),
        ChiffreLu("defm", Decimal(12000), march, "ABC", "France Travail"),
    )
    rupture = "Rupture de série en janvier 2025 (catégories F et G) : ne pas comparer avec les mois antérieurs."
    missing = "(à renseigner dans le pilotage)"
    assert [told(c) for c in bilan(donnees([], chiffres=chiffres)).contexte] == [
        "qpv | Nombre de quartiers prioritaires (QPV) | 6 | quartiers | 2024-01-01 | génération 2024 | ANCT | —",
        f"pru | Nombre de projets de renouvellement urbain d’intérêt national | {missing} | projets | — | — | — | —",
        f"population_qpv | Population des QPV | {missing} | habitants | — | — | — | —",
        "defm_qpv | Demandeurs d’emploi en fin de mois (DEFM) dans les QPV | 1500 | personnes | 2026-03-31 | ABC"
        f" | France Travail | {rupture}",
        "defm | Demandeurs d’emploi en fin de mois (DEFM) dans le département | 12000 | personnes | 2026-03-31 | ABC"
        f" | France Travail | {rupture}",
        "part_defm_qpv | Part des DEFM du département vivant dans les QPV | 12.5 | % | 2026-03-31 | ABC"
        " | France Travail | —",
    ]
    other = replace(chiffres[2], precision="A")
    assert len(bilan(donnees([], chiffres=(*chiffres[:2], other))).contexte) == 5


def test_R17_R29_actions_and_warnings_stand_whole_in_order_of_date() -> None:
    actions = (
        ActionLue(date(2026, 5, 2), "Société 02", "INCONNU", "Une collecte", "Sans axe connu.", "Vendôme", None),
        ActionLue(date(2026, 3, 5), "Société 01", "FORMER", "Une visite", "De l’atelier.", "Blois", 12),
    )
    warned = (AvertissementLu(1, "2026-T2", "S2", "Trois fois plus.", "Une usine."),)
    given = bilan(donnees([BRUNO], actions=actions, avertissements=warned))
    assert [told(a) for a in given.actions] == [
        "2026-03-05 | Société 01 | Former | Une visite | De l’atelier. | Blois | 12",
        "2026-05-02 | Société 02 | INCONNU | Une collecte | Sans axe connu. | Vendôme | (non compté)",
    ]
    assert [told(a) for a in given.avertissements] == [
        "Société 01 (fictif) | 2e trimestre 2026 | S2 | Trois fois plus. | Une usine."
    ]


def test_R10_what_is_valued_beside_a_measure_is_of_its_own_kind() -> None:
    """T12 has two measures: euros of the SIAE and STPA stand beside euros, hours of insertion beside hours."""
    codes = ("A3", "A4", "A6", "P12", "P12h")
    firm = convention(1, *(engagement(n, code) for n, code in enumerate(codes)), is_in_plan_10000=True)
    faits = [fait(firm, e, "2026-T1", 1000 * (n + 1)) for n, e in enumerate(firm.engagements)]
    found = {t.unite: t.valorise for t in bilan(donnees([firm], faits)).thematiques if t.code == "T12"}
    assert found == {"€ HT": "A3 : 1\u202f000 € HT ; A4 : 2\u202f000 € HT", "heures": "A6 : 3\u202f000 heures"}
