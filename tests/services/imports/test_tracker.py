"""A préfecture's tracker taken in: seen first, then whole or not at all, by the use cases of the forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.erreurs import NotFound, Refused
from paqte.importing.door import WorkbookGiven
from paqte.importing.door.apart import sheets_of
from paqte.importing.tracker.targets import CONVENTION, ENGAGEMENT, ENTREPRISE, REALISATION
from paqte.models import (
    ContactSignataire,
    Convention,
    Declaration,
    Engagement,
    Journal,
    Objectif,
    Realisation,
    Signataire,
    db,
)
from paqte.services.imports import (
    CHANGED,
    CREATED,
    LEFT,
    REFUSED,
    OutcomeSaid,
    TrackerRefused,
    apply_tracker,
    guess_mapping,
    rehearse_tracker,
)
from tests.factories import CAMILLE, ZOE, a_convention, a_departement, a_signataire, a_siren, a_siret
from tests.importing.door.tableurs import Value, a_csv, an_xlsx

Rows = Sequence[Sequence[Value]]
pytestmark = pytest.mark.usefixtures("session")

WIDE: list[list[Value]] = [
    ["Suivi du PAQTE 2025", None, None, None, None, None, None, None],
    ["Raison sociale", "N° SIRET", "Commune", "E-mail", "Date de signature", "Objectif stages 3e",
     "Stages de 3e réalisés S1 2025", "Alternants S1 2025"],
    ["Élan (fictif)", a_siret(1), "Blois", "marie@exemple.fr", "03/01/2025", 30, "12", "4"],
    ["Œuvre (fictif)", " ".join(a_siret(2)), "Vendôme", "", "05/01/2025", "", "7", ""],
    ["TOTAL", None, None, None, None, 30, 19, 4],
]  # fmt: skip
LONG: list[list[Value]] = [
    ["SIRET", "Signataire", "Indicateur", "Période", "Valeur", "Numérateur", "Dénominateur"],
    [a_siret(1), "Élan (fictif)", "S2", "2025-S2", "5", None, None],
    [a_siret(1), "Élan (fictif)", "F1", "2e semestre 2025", "0", None, None],
]


@pytest.fixture(autouse=True)
def departements(session: Any) -> None:
    a_departement("41")
    a_departement("972")


def a_workbook(rows: Rows) -> WorkbookGiven:
    return WorkbookGiven("csv", tuple(sheets_of("csv", a_csv(rows))))


def take(rows: Rows, now: datetime, *, is_seen: bool = False, **more: Any) -> list[OutcomeSaid]:
    """What is said of each row, refused or kept."""
    workbook = a_workbook(rows)
    use_case = rehearse_tracker if is_seen else apply_tracker
    given = {"actor": CAMILLE, "departement": "41", "nom": "suivi.csv", "mapping": guess_mapping(workbook), **more}
    try:
        return list(use_case(workbook=workbook, now=now, **given))
    except TrackerRefused as refused:
        assert str(refused) == "Des lignes sont refusées : rien n’a été enregistré."
        return list(refused.lines)


def counted(lines: Sequence[OutcomeSaid]) -> dict[tuple[str, str], int]:
    return dict(Counter((line.sujet, line.resultat) for line in lines))


def refusals(lines: Sequence[OutcomeSaid]) -> list[tuple[int, str, str, str]]:
    return [(line.ligne, line.colonne, line.lu, line.attendu) for line in lines if line.resultat == REFUSED]


def everything() -> tuple[int, ...]:
    tables = (Signataire, ContactSignataire, Convention, Engagement, Declaration, Realisation, Journal)
    found = tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
    db.session.rollback()
    return found


def kept() -> set[tuple[str, str, str, Decimal | None, str, str]]:
    r, d, c, s = Realisation, Declaration, Convention, Signataire
    query = (
        select(s.nom, r.indicateur, d.periode, r.valeur, r.origine, d.etat)
        .join(d, d.id == r.declaration_id).join(c, c.id == d.convention_id).join(s, s.id == c.signataire_id)
    )  # fmt: skip
    return {tuple(row) for row in db.session.execute(query)}


def test_a_wide_tracker_goes_in_whole_and_its_values_wait_for_their_validation(now: datetime) -> None:
    lines = take(WIDE, now)
    assert refusals(lines) == []
    assert counted(lines) == {
        (ENTREPRISE, CREATED): 2, (CONVENTION, CREATED): 2, (ENGAGEMENT, CREATED): 3, (REALISATION, CREATED): 2,
    }  # fmt: skip
    assert kept() == {
        ("Élan (fictif)", "S2", "2025-S1", Decimal(12), "import", "transmise"),
        ("Élan (fictif)", "F1", "2025-S1", Decimal(4), "import", "transmise"),
        ("Œuvre (fictif)", "S2", "2025-S1", Decimal(7), "import", "transmise"),
    }
    assert set(db.session.execute(select(ContactSignataire.courriel))) == {("marie@exemple.fr",)}


NAMED_LIKE_TOTALS = (
    ("Ensemble Formation (fictif)", a_siret(21)), ("Totaux et Fils (fictif)", a_siren(22)),
    ("Somme Toute (fictif)", "732 829 320 00074"), ("Sommeliers de la Loire (fictif)", a_siret(23)),
)  # fmt: skip


def test_a_company_whose_name_begins_like_a_total_is_no_total_and_a_total_is_no_company(now: datetime) -> None:
    """Seen red: such a row was left aside as a total, and its company never entered."""
    rows: Rows = [["Raison sociale", "SIRET", "Signée le", "Stages de 3e réalisés S1 2025"]]
    rows += [[nom, number, "03/01/2025", "2"] for nom, number in [("Élan (fictif)", a_siret(1)), *NAMED_LIKE_TOTALS]]
    rows += [["Ensemble", "", "", "9"], ["Total général", "", "", "123456789"], ["Sous-total", "123456788", "", "9"]]
    lines = take(rows, now)
    assert refusals(lines) == []
    assert {nom for nom, *_ in kept()} == {"Élan (fictif)", *(nom for nom, _ in NAMED_LIKE_TOTALS)}
    mistyped = take([rows[0], ["Ensemble Formation (fictif)", "73282932000075", "", "2"]], now)
    assert "erreur de frappe" in str(refusals(mistyped))


def test_a_name_that_only_begins_with_the_letters_of_a_total_needs_no_siret_to_be_read(now: datetime) -> None:
    """Seen red: rows of names alone, or whose SIREN was typed as a number, were left aside with their figures."""
    named = [("Sommeliers de la Loire (fictif)", a_siret(23)), ("Totalgaz Val (fictif)", a_siret(24))]
    numbered = ("Ensemble Formation (fictif)", int(a_siren(21)))
    heads = ["Raison sociale", "SIRET", "Signée le", "Stages de 3e réalisés S1 2025"]
    rows = [heads, *([*one, "03/01/2025", "2"] for one in (*named, numbered)), ["TOTAL :", "", "", "6"]]
    workbook = WorkbookGiven("xlsx", tuple(sheets_of("xlsx", an_xlsx(rows))))
    given: dict[str, Any] = {"workbook": workbook, "mapping": guess_mapping(workbook), "nom": "suivi.xlsx"}
    apply_tracker(actor=CAMILLE, departement="41", now=now, **given)
    later: Rows = [["Raison sociale", "Stages de 3e réalisés S2 2025"], *([nom, "5"] for nom, _ in named)]
    assert refusals(take([*later, ["Moyennes", "5"], ["Sous-totaux", "10"], ["Sommes", "10"]], now)) == []
    assert {(nom, valeur) for nom, _, periode, valeur, *_ in kept() if periode == "2025-S1"} == {
        (nom, 2) for nom, _ in (*named, numbered)
    }
    assert {nom for nom, _, periode, *_ in kept() if periode == "2025-S2"} == {nom for nom, _ in named}


def test_the_same_file_twice_changes_nothing_not_even_the_journal(now: datetime) -> None:
    take(WIDE, now)
    before = everything()
    assert {line.resultat for line in take(WIDE, now)} == {LEFT}
    assert everything() == before


def test_a_row_or_a_cell_of_no_break_spaces_alone_says_nothing(now: datetime) -> None:
    """A CSV loses such blanks as it is read; a workbook keeps them."""
    heads: list[Value] = ["Raison sociale", "SIRET", "Commune"]
    named: list[list[Value]] = [["Élan (fictif)", a_siret(1), "Blois"], ["Œuvre (fictif)", a_siret(2), "\u202f"]]
    octets = an_xlsx([heads, named[0], ["\u00a0", " \u00a0", "\u00a0"], named[1]])
    workbook = WorkbookGiven("xlsx", tuple(sheets_of("xlsx", octets)))
    given: dict[str, Any] = {"workbook": workbook, "mapping": guess_mapping(workbook), "nom": "suivi.xlsx"}
    lines = apply_tracker(actor=CAMILLE, departement="41", now=now, **given)
    assert [(line.ligne, line.resultat) for line in lines] == [(2, CREATED), (4, CREATED)]
    assert set(db.session.scalars(select(Signataire.commune))) == {"Blois", ""}


def test_what_is_only_seen_says_the_same_and_keeps_nothing(now: datetime) -> None:
    before = everything()
    seen = take(WIDE, now, is_seen=True)
    assert everything() == before
    assert seen == take(WIDE, now)


def test_a_row_of_values_goes_in_like_a_column_of_values_and_zero_is_a_confirmed_zero(now: datetime) -> None:
    take(WIDE, now)
    lines = take(LONG, now, subjects={REALISATION})
    assert refusals(lines) == []
    fresh = {row for row in kept() if row[2] == "2025-S2"}
    assert fresh == {
        ("Élan (fictif)", "S2", "2025-S2", Decimal(5), "import", "transmise"),
        ("Élan (fictif)", "F1", "2025-S2", Decimal(0), "import", "transmise"),
    }


def test_one_row_refused_keeps_nothing_of_the_file_and_names_its_cell(now: datetime) -> None:
    before = everything()
    rows = [*WIDE[:3], [*WIDE[3][:6], "douze", ""]]
    assert refusals(take(rows, now)) == [
        (4, "G", "douze", "« douze » n’est pas un nombre : écrivez par exemple 12."),
    ]
    assert everything() == before


@pytest.mark.parametrize(
    ("column", "written", "letter", "expected"),
    [
        (1, "73282932000075", "B", "clé de contrôle"),
        (3, "pas une adresse", "D", "prenom.nom@exemple.fr"),
        (4, "31/02/2025", "E", "calendrier"),
        (4, "03/01/2030", "E", "à venir"),
        (5, "1.234,5", "F", "deux façons"),
        (6, "1,5", "G", "entier"),
        (7, "-4", "H", "négatif"),
    ],
)
def test_R16_R24_what_a_form_refuses_a_tracker_refuses_at_its_cell(
    now: datetime, column: int, written: str, letter: str, expected: str
) -> None:
    row = list(WIDE[2])
    row[column] = written
    (found,) = refusals(take([*WIDE[:2], row], now, is_seen=True))
    assert found[:3] == (3, letter, written)
    assert expected in found[3]


def test_two_values_for_one_answer_are_refused_and_both_rows_named(now: datetime) -> None:
    take(WIDE, now)
    rows = [*LONG[:2], [*LONG[1][:4], "6", None, None]]
    found = refusals(take(rows, now))
    assert [(ligne, lu) for ligne, _, lu, _ in found] == [(2, "5"), (3, "6")]
    assert ["La ligne 3" in found[0][3], "La ligne 2" in found[1][3]] == [True, True]


def test_two_tales_of_one_company_are_refused_and_a_blank_cell_empties_nothing(now: datetime) -> None:
    rows = [["SIRET", "Nom", "Commune"], [a_siret(1), "Élan", "Blois"], [a_siret(1), "Élan", "Vendôme"]]
    ((ligne, colonne, lu, attendu),) = refusals(take(rows, now, subjects={ENTREPRISE}))
    assert (ligne, colonne, lu) == (3, "C", "Vendôme")
    assert "La ligne 2 dit « Blois »" in attendu
    take(rows[:2], now, subjects={ENTREPRISE})
    lines = take([rows[0], [a_siret(1), "Élan SA", ""]], now, subjects={ENTREPRISE})
    assert counted(lines) == {(ENTREPRISE, CHANGED): 1}
    assert db.session.execute(select(Signataire.nom, Signataire.commune)).one() == ("Élan SA", "Blois")


def test_R18_a_declaration_already_sent_is_not_changed_by_a_file(now: datetime) -> None:
    take(WIDE, now)
    changed = [*WIDE[:2], [*WIDE[2][:6], "13", "4"]]
    ((_, _, _, attendu),) = refusals(take(changed, now))
    assert attendu == "Cette déclaration est déjà transmise et dit autre chose : demandez d’abord des précisions."


def test_R42_a_period_that_the_convention_does_not_cover_or_not_at_its_rhythm_is_refused(now: datetime) -> None:
    a_convention(a_signataire("Élan (fictif)", siren=a_siren(1)), "S2", rythme="T")
    rows = [
        LONG[0],
        [a_siren(1), None, "S2", "2025-S1", "5", None, None],
        [a_siren(1), None, "S2", "2019-T1", "5", None, None],
    ]
    found = [attendu for *_, attendu in refusals(take(rows, now, subjects={REALISATION}))]
    assert "déclare chaque trimestre, pas le 1er semestre 2025" in found[0]
    assert "ne couvre pas le 1er trimestre 2019" in found[1]


def test_the_figures_of_a_year_are_borne_by_its_last_period_and_this_is_said(now: datetime) -> None:
    rows = [["SIRET", "Nom", "Date de signature", "Stages de 3e réalisés 2025"], [a_siret(1), "Élan", "03/01/2025", 12]]
    lines = take(rows, now)
    assert refusals(lines) == []
    assert [line.quoi for line in lines if line.sujet == REALISATION] == [
        "2e semestre 2025, convention 41-2025-001 (année 2025, portée par le 2e semestre 2025)"
    ]


def test_rows_of_another_departement_and_people_of_another_departement_are_refused(now: datetime) -> None:
    rows = [["Département", "SIRET", "Nom"], ["972", a_siret(1), "Élan"]]
    ((_, colonne, lu, attendu),) = refusals(take(rows, now))
    assert (colonne, lu) == ("A", "972")
    assert "autre département" in attendu
    for use_case in (rehearse_tracker, apply_tracker):
        workbook = a_workbook(WIDE)
        told: dict[str, Any] = {"workbook": workbook, "mapping": guess_mapping(workbook), "nom": "x", "now": now}
        with pytest.raises(NotFound):
            use_case(actor=ZOE, departement="41", **told)


def test_a_file_without_rows_without_known_headings_or_with_one_heading_twice_is_refused(now: datetime) -> None:
    for rows, said in (
        ([["SIRET", "Nom"]], "^Aucune ligne n’est à importer sous les titres de ce fichier.$"),
        ([["bleu", "vert"], ["1", "2"]], "Aucune ligne de titres"),
        ([["SIRET", "Nom", "Valeur", "valeur "], [a_siret(1), "Élan", "1", "2"]], "Deux colonnes"),
    ):
        with pytest.raises(Refused, match=said):
            take(rows, now)


def test_the_list_of_signatories_that_the_product_exports_comes_back_without_changing_anything(now: datetime) -> None:
    take(WIDE, now)
    first = a_convention(db.session.scalars(select(Signataire.id).where(Signataire.nom.startswith("Élan"))).one(), "S2")
    with_two = db.session.get_one(Convention, first).numero
    db.session.rollback()
    before = everything()
    listed: list[list[Value]] = [
        ["Nom", "SIRET ou SIREN", "Nature", "Taille", "Adresse", "Code postal", "Commune", "Convention", "Dispositif",
         "État", "Début", "Fin", "Axes", "Plan 10 000", "Contact connu"],
        ["Élan (fictif)", " ".join(a_siret(1)), "Entreprise", "Non précisée", "", "", "Blois",
         f"41-2025-001\n{with_two}",
         "Convention PAQTE\nConvention PAQTE", "En cours\nEn cours", "03/01/2025\n01/01/2025", "02/01/2028\n31/12/2027",
         "Sensibiliser\nSensibiliser", "non", "oui"],
        ["Œuvre (fictif)", a_siret(2), "Entreprise", "Non précisée", "", "", "Vendôme", "41-2025-002",
         "Convention PAQTE",
         "En cours", "05/01/2025", "04/01/2028", "Sensibiliser", "non", "oui"],
    ]  # fmt: skip
    lines = take(listed, now)
    assert (refusals(lines), {line.resultat for line in lines}) == ([], {LEFT})
    assert everything() == before


def of_words(*words: str) -> Rows:
    """A company a word, which stands where a number is expected."""
    return [*WIDE[:2], *([f"Élan {n} (fictif)", a_siret(n), *WIDE[2][2:6], word, "4"] for n, word in enumerate(words))]


def test_R13_a_word_that_confirms_a_zero_is_a_zero(now: datetime) -> None:
    words = ("néant", "Néant.", "NEANT", "aucun", "Aucun (0)", "zéro")
    assert refusals(take(of_words(*words), now)) == []
    assert [valeur for _, code, _, valeur, _, _ in kept() if code == "S2"] == [Decimal(0)] * 6


def test_R13_a_word_that_confirms_nothing_is_refused_at_its_cell(now: datetime) -> None:
    words = ["-", "n.c.", "nc", "?", "rien", "néant ou presque"]
    assert [(c, lu) for _, c, lu, _ in refusals(take(of_words(*words), now))] == [("G", word) for word in words]


def test_R13_one_row_says_none_and_another_five_both_are_named(now: datetime) -> None:
    take(WIDE, now)
    found = refusals(take([*LONG[:2], [*LONG[1][:4], "néant", None, None]], now))
    assert [(ligne, lu) for ligne, _, lu, _ in found] == [(2, "5"), (3, "néant")]


def test_R24_a_siret_that_lost_its_first_zeros_is_found_again_and_this_is_said(now: datetime) -> None:
    whole = "00552013500020"
    rows = [["SIRET", "Nom"], [whole[2:], "Élan (fictif)"], ["5520135000", "Œuvre (fictif)"]]
    lines = take(rows, now, is_seen=True)
    assert [line.quoi for line in lines if line.resultat == CREATED] == [
        "Élan (fictif), 005 520 135 00020 (zéro initial remis)"
    ]
    assert refusals(lines) == [(3, "A", "5520135000", "Un SIRET a 14 chiffres : vous en avez écrit 10.")]


def test_notes_under_a_table_are_no_companies_and_a_company_without_its_number_is_still_refused(now: datetime) -> None:
    notes: list[list[Value]] = [
        [None] * 8,
        ["* chiffres provisoires"] + [None] * 7,
        ["Source :", None, "DDETS"] + [None] * 5,
    ]
    assert refusals(take([*WIDE, *notes], now, is_seen=True)) == []
    assert refusals(take([*WIDE[:4], *notes[:2]], now, is_seen=True)) == []
    assert [
        r[0] for r in refusals(take([*WIDE[:4], ["Atelier sans numéro (fictif)"] + [None] * 7], now, is_seen=True))
    ] == [5]


def test_of_two_sheets_that_give_two_objectives_the_later_is_right_and_the_same_file_twice_changes_nothing(
    now: datetime,
) -> None:
    last_year = [*WIDE[:2], [*WIDE[2][:5], 20, "8", "2"]]
    book = WorkbookGiven(
        "csv",
        tuple(
            s._replace(titre=titre)
            for titre, rows in (("2024", last_year), ("2026-S1", WIDE))
            for s in sheets_of("csv", a_csv([[str(v or "").replace(" S1 2025", "") for v in row] for row in rows]))
        ),
    )
    told: dict[str, Any] = {"actor": CAMILLE, "departement": "41", "nom": "x", "mapping": guess_mapping(book)}
    told["mapping"] = [m._replace(periode={"2024": "2025-S1"}.get(m.periode, m.periode)) for m in told["mapping"]]
    apply_tracker(workbook=book, now=now, **told)
    engagement = select(Objectif.cible).join(Engagement).where(Engagement.indicateur == "S2")
    assert list(db.session.scalars(engagement)) == [Decimal(30)]
    before = everything()
    assert {line.resultat for line in apply_tracker(workbook=book, now=now, **told)} == {LEFT}
    assert everything() == before


def test_two_objectives_for_one_engagement_in_one_sheet_are_refused(now: datetime) -> None:
    rows = [["SIRET", "Nom", "Date de signature", "Indicateur", "Objectif"]]
    rows += [[a_siret(1), "Élan (fictif)", "03/01/2025", "S2", aimed] for aimed in ("30", "31")]
    ((ligne, colonne, lu, attendu),) = refusals(take(rows, now))
    assert (ligne, colonne, lu) == (3, "E", "31")
    assert "La ligne 2" in attendu
