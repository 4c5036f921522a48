"""Which promises and answers a row of a file tells, column by column, before anything is written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from paqte.domain.erreurs import Refused
from paqte.importing.tracker.tables import EntryFound
from paqte.models import db
from paqte.services.imports.propres import OwnColonnesTold
from paqte.services.imports.reading import EntryGiven, ImportContext, Outcomes
from paqte.services.imports.signataires import SignatairesKnown
from paqte.services.imports.tracker import _Taking, guess_mapping
from tests.factories import CAMILLE, ZOE, a_departement, a_signataire, a_siren, a_siret
from tests.services.imports.test_lecture_des_cellules import a_row
from tests.services.imports.test_tracker import a_workbook, refusals, take

# What is said and read, whatever base keeps it: on SQLite alone.
ABOUT_PAGES = True


@pytest.fixture
def taking(session: Any, now: datetime) -> Any:
    """`taking(row, …)`: a file of these rows on its way in."""
    a_departement("41")
    a_departement("972")

    def made(*rows: EntryGiven) -> Any:
        db.session.rollback()
        return _Taking(ImportContext(CAMILLE, "41", now, "f.csv", Outcomes()), rows)

    return made


def known_by(contexte: ImportContext) -> SignatairesKnown:
    return SignatairesKnown(contexte, OwnColonnesTold(contexte, ()))


def test_a_row_promises_by_its_columns_or_by_the_indicator_it_names(taking: Any) -> None:
    def promised(row: EntryGiven, *others: EntryGiven) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = taking(row, *others)._promised(row)
        return found

    assert promised(a_row(cible_1S2="10", reference_1S2="4", valeur_1F1_22025_T1="3", cible_1F2="")) == {
        "S2": {"duree": "cible:S2", "reference": "reference:S2"}, "F1": {},
    }  # fmt: skip
    assert promised(a_row(thematiques="T01, T02", cible_1P01="3")) == {"P01": {"duree": "cible:P01"}, "P02": {}}
    assert promised(a_row(nom="Un")) == {}
    named = {"indicateur": "X1", "libelle": "Forum", "unite": "jours", "reference": "1", "cible": "2", "an1": "3",
             "an3": "5", "precision": "p"}  # fmt: skip
    whole = {name: name for name in ("libelle", "unite", "reference", "an1", "an3", "precision")} | {"duree": "cible"}
    assert promised(a_row(**named)) == {"X1": whole}
    words = {"indicateur": "X1", "libelle": "Forum", "unite": "jours"}
    assert promised(a_row(**words)) == {"X1": {"libelle": "libelle", "unite": "unite"}}
    # A row of values names what it counts, and promises nothing by it; in a tracker of conventions it does.
    of_values = a_row(**words, periode="2025-T1", valeur="3")
    assert promised(of_values) == {}
    assert promised(a_row(**words, periode="2025-T1", cible="3"))["X1"]["duree"] == "cible"
    tracker = a_row(nom="Un", debut="01/01/2025")
    assert promised(of_values, tracker) == {"X1": {"libelle": "libelle", "unite": "unite"}}
    # A name alone, or a day alone, makes no tracker.
    assert promised(of_values, a_row(nom="Un")) == promised(of_values, a_row(debut="01/01/2025")) == {}


def test_a_row_answers_by_its_columns_or_by_the_indicator_and_period_it_names(taking: Any) -> None:
    def answered(row: EntryGiven) -> list[tuple[str, str, dict[str, str]]]:
        found: list[tuple[str, str, dict[str, str]]] = taking(row)._answers(row)
        return found

    by_column = a_row(valeur_1S2_22025_T1="3", valeur_1F1="2", numerateur_1S2p_22025_T1="1", valeur_1R3="",
                      periode="2025-T2")  # fmt: skip
    assert answered(by_column) == [
        ("S2", "2025-T1", {"valeur": "valeur:S2@2025-T1"}), ("F1", "2025-T2", {"valeur": "valeur:F1"}),
        ("S2p", "2025-T1", {"numerateur": "numerateur:S2p@2025-T1"}),
    ]  # fmt: skip
    assert answered(a_row("s", 3, "2025-S1", valeur_1F1="2")) == [("F1", "2025-S1", {"valeur": "valeur:F1"})]
    by_row = a_row(indicateur="S2", valeur="4", date="x", numerateur="1", periode="2025-T1")
    assert answered(by_row) == [("S2", "2025-T1", {"valeur": "valeur", "date": "date"})]
    pair = a_row("s", 3, "2025-T3", indicateur="S2p", valeur="0,5", numerateur="1", denominateur="2")
    both = {"numerateur": "numerateur", "denominateur": "denominateur"}
    assert answered(pair) == [("S2p", "2025-T3", both)]
    assert answered(a_row(indicateur="S2p", valeur="0,5")) == [], "a quotient alone is computed, not told"
    assert answered(a_row(indicateur="S2", cible="4")) == []


def test_an_indicator_that_the_grid_has_not_is_told_once_a_row(taking: Any) -> None:
    row = a_row("s", 4, indicateur="Z9", valeur="4", cible="5")
    going = taking(row)
    assert (going._promised(row), going._answers(row), going.faulty) == ({}, [], {("s", 4)})
    (line,) = going.outcomes.lines
    told = "Écrivez le code d’un indicateur de la grille, par exemple S2, ou son libellé."
    assert (line.sujet, line.colonne, line.lu, line.attendu) == ("engagement", "A", "Z9", told)


def test_R3_a_signatory_is_known_by_its_number_a_former_one_its_siren_or_its_name(
    session: Any, now: datetime, taking: Any
) -> None:
    first, second = a_signataire("Élan (fictif)", siren=a_siren(1)), a_signataire("Rue (fictif)", siren=a_siren(2))
    a_signataire("Rhum (fictif)", "972", siren=a_siren(3))
    from paqte.domain.personnes.acteurs import PLANIFICATEUR
    from paqte.models import Signataire
    from paqte.services.transaction import transaction

    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.get_one(Signataire, second).anciens_identifiants = f"{a_siret(8)} {a_siret(9)}"
        writing.get_one(Signataire, second).identifiant = a_siret(2)
    known = known_by(ImportContext(CAMILLE, "41", now, "f", Outcomes()))
    numbers = [a_siren(1), a_siret(1), a_siret(2), a_siren(2), a_siret(8), a_siret(9), a_siren(3)]
    assert [known._of_number(number) for number in numbers] == [first, first, second, second, second, second, None]
    names = [known._of_name(a_row(nom=nom), "entreprise") for nom in ("ELAN (fictif)", "Rhum (fictif)")]
    assert names == [first, None]
    known._know(first, a_siret(1), "Élan (fictif)")
    assert known._of_name(a_row(nom="Élan (fictif)"), "entreprise") == first, "one and the same is not two"
    hers = known_by(ImportContext(ZOE, "972", now, "f", Outcomes()))
    assert hers._of_number(a_siren(1)) is None and hers._of_number(a_siren(3)) is not None


def test_two_rows_of_one_sheet_that_say_two_things_are_refused_and_a_case_alone_is_no_difference(
    session: Any, now: datetime
) -> None:
    a_departement("41")
    heads = ["SIRET", "Raison sociale", "Commune"]
    rows = [[a_siret(1), "Un (fictif)", "Blois"], [a_siret(1), "UN (fictif)", "BLOIS"], [a_siret(1), "", "Vendôme"]]
    told = "La ligne 2 dit « Blois » pour le même signataire : gardez une seule valeur."
    assert refusals(take([heads, *rows], now)) == [(4, "C", "Vendôme", told)]
    assert refusals(take([heads, *rows[:2]], now)) == []


def test_a_file_of_which_no_column_is_known_or_two_bear_one_title_is_refused() -> None:
    def refused(heads: list[str]) -> str:
        with pytest.raises(Refused) as found:
            guess_mapping(a_workbook([heads, ["x"] * len(heads), ["y"] * len(heads)]))
        return str(found.value)

    assert refused(["Un", "Deux"]) == (
        "Aucune ligne de titres n’est reconnue dans ce fichier : il faut au moins deux colonnes connues, par exemple "
        "« SIRET » et « Raison sociale »."
    )
    assert refused(["SIRET", "Raison sociale", "Été\u00a0réalisé", "Commune", " COMMUNE"]) == (
        "Deux colonnes portent le titre « Commune » : renommez celle qui ne sert pas."
    )
    twice = [["SIRET", "Raison sociale", "Divers", "Divers"], [a_siret(1), "Un", "", ""]]
    assert guess_mapping(a_workbook(twice))[0].heading_row == 1, "a title that says nothing may be twice"
    assert EntryFound("", 1, {}, False).sheet == ""


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("Début", "01/02/2025"), ("Fin", "31/12/2027"), ("Date de signature", "15/01/2025"), ("Rythme", "Semestriel"),
        ("Cosignataire", "Agglopolys"), ("Plan 10 000", "oui"), ("Dispositif", "Convention PAQTE"),
        ("Thématiques", "T01"),
    ],
)  # fmt: skip
def test_a_row_that_says_one_thing_of_a_convention_is_read_for_it_or_refused_for_what_it_lacks(
    title: str, cell: str, session: Any, now: datetime
) -> None:
    a_departement("41")
    take([["SIRET", "Nom"], [a_siret(1), "Un"]], now)
    lines = take([["SIRET", title], [a_siret(1), cell]], now)
    ((resultat, attendu),) = ((line.resultat, line.attendu) for line in lines if line.sujet == "convention")
    assert resultat == ("cree" if title in ("Début", "Date de signature") else "refuse")
    assert bool(attendu) == (resultat == "refuse"), "what is refused says what it lacks"


OF_A_YEAR = (
    "Objectif alternants 2025", "Objectif annuel alternants", "Alternants prévus S1 2025",
    "Objectif alternants année 1",
)  # fmt: skip


@pytest.mark.parametrize("of_a_year", OF_A_YEAR)
def test_R6_the_objective_of_a_year_is_not_taken_for_that_of_the_term(of_a_year: str) -> None:
    """Of « Objectif alternants 2025 », 2026 and 2027, the first was the objective of three years."""
    (sheet,) = guess_mapping(a_workbook([["SIRET", "Raison sociale", of_a_year, "Objectif stages 3e"], [a_siret(1)]]))
    assert list(sheet.targets.values()) == ["identifiant", "nom", "", "cible:S2"]
    told = [["SIRET", "Indicateur", "Objectif 2026", "Objectif année 1"], [a_siret(1)]]
    (sheet,) = guess_mapping(a_workbook(told))
    assert list(sheet.targets.values()) == ["identifiant", "indicateur", "", "an1"]
