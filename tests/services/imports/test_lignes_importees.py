"""What each row of a tracker becomes and what is said of it, cell by cell, in literal words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.models import (
    Avertissement,
    ContactSignataire,
    Convention,
    Declaration,
    Engagement,
    Objectif,
    Realisation,
    Signataire,
    db,
)
from paqte.services.declarations import validate_declaration
from paqte.services.declarations.declarations import open_declaration, save_draft
from paqte.services.imports import OutcomeSaid
from tests.factories import CAMILLE, a_convention, a_departement, a_signataire, a_siren, a_siret, engagement_of
from tests.importing.door.tableurs import Value
from tests.services.imports.test_tracker import refusals, take

pytestmark = pytest.mark.usefixtures("session")
PROMISES = ["SIRET", "Indicateur", "Libellé", "Unité", "Précision", "Référence", "Objectif", "Objectif année 1",
            "Objectif année 2", "Objectif année 3"]  # fmt: skip
RESULTS = ["SIRET", "Convention", "Indicateur", "Période", "Valeur", "Numérateur", "Dénominateur"]


@pytest.fixture(autouse=True)
def departement(session: Any) -> None:
    a_departement("41")


def told(lines: Sequence[OutcomeSaid], *sujets: str) -> list[tuple[int, str, str]]:
    return [(line.ligne, line.resultat, line.quoi) for line in lines if line.sujet in sujets]


def found(query: Any) -> list[tuple[Any, ...]]:
    rows = [tuple(row) for row in db.session.execute(query)]
    db.session.rollback()
    return rows


def row_of(heads: list[str], **cells: Value) -> list[Value]:
    """A row with these cells, the others blank; `_` for a space of a heading."""
    given = {name.replace("_", " "): value for name, value in cells.items()}
    return [given.get(head, "") for head in heads]


CONVENTIONS = ["SIRET", "Nom", "Dispositif", "Début", "Fin", "Date de signature", "Rythme", "Cosignataire",
               "Plan 10 000", "Thématiques"]  # fmt: skip


def conventions() -> list[tuple[Any, ...]]:
    c = Convention
    terms = (c.numero, c.statut, c.rythme, c.debut, c.fin, c.signee_le, c.cosignataire, c.is_in_plan_10000)
    return found(select(*terms).order_by(c.id))


def test_R1_each_cell_of_a_convention_is_kept_and_what_is_blank_is_as_the_form_would_propose(now: datetime) -> None:
    rows: list[list[Value]] = [
        CONVENTIONS,
        [a_siret(1), "Un", "Convention PAQTE", "01/02/2025", "31/01/2027", "15/01/2025", "Semestriel", "Agglopolys",
         "oui", ""],
        [a_siret(2), "Deux", "", "", "", "16/01/2025", "", "", "", ""],
        [a_siret(3), "Trois", "paqte", "02/02/2025", "", "", "Chaque trimestre", "", "non", "T01, t04 et T15"],
        [a_siret(4), "Quatre", "", "03/02/2025", "", "", "trimestriel", "", "X", ""],
        [a_siret(5), "Cinq", "", "04/02/2025", "", "", "", "", "", "T02"],
    ]  # fmt: skip
    lines = take(rows, now)
    first = ("41-2025-001", "signee", "S", date(2025, 2, 1))
    others = [
        ("41-2025-003", "projet", "T", date(2025, 2, 2), date(2028, 2, 1), None, "", True),
        ("41-2025-004", "projet", "T", date(2025, 2, 3), date(2028, 2, 2), None, "", True),
        ("41-2025-005", "projet", "T", date(2025, 2, 4), date(2028, 2, 3), None, "", True),
    ]
    second = ("41-2025-002", "signee", "T", date(2025, 1, 16), date(2028, 1, 15), date(2025, 1, 16), "")
    assert conventions() == [
        (*first, date(2027, 1, 31), date(2025, 1, 15), "Agglopolys", True), (*second, False), *others,
    ]  # fmt: skip
    assert told(lines, "convention", "engagement") == [
        (2, "cree",
         "convention 41-2025-001 (Une convention PAQTE dure trois ans : la fin attendue est le 31/01/2028.)"),
        (3, "cree", "convention 41-2025-002"),
        (4, "cree", "convention 41-2025-003"), (5, "cree", "convention 41-2025-004"),
        (6, "cree", "convention 41-2025-005"),
        (4, "cree", "engagement P01, convention 41-2025-003"), (4, "cree", "engagement P04, convention 41-2025-003"),
        (6, "cree", "engagement P02, convention 41-2025-005"),
    ]  # fmt: skip
    # Again with another end and a tick: only what is said changes, found by its signature alone or by its beginning.
    rows[1][3:9] = ["", "31/12/2027", "15/01/2025", "", "", ""]
    rows[2][8] = "o"
    again = told(take(rows, now), "convention", "engagement")
    assert [resultat for _, resultat, _ in again] == [*["modifie"] * 2, *["inchange"] * 6]
    assert conventions() == [
        (*first, date(2027, 12, 31), date(2025, 1, 15), "Agglopolys", True), (*second, True), *others,
    ]  # fmt: skip


def test_each_cell_of_a_convention_that_says_nothing_known_is_refused_with_what_may_be_said(now: datetime) -> None:
    rows = [CONVENTIONS, [a_siret(1), "Un", "Contrat", "01/02/2025", "", "", "mensuel", "", "peut-être", ""],
            [a_siret(2), "Deux", "", "16/01/2025", "15/01/2025", "", "", "", "", ""]]  # fmt: skip
    assert refusals(take(rows, now)) == [
        (2, "C", "Contrat", "Écrivez l’un de ces mots : Convention PAQTE, Charte « Entreprises et quartiers », "
         "Adhésion au plan « 10 000 entreprises »."),
        (2, "G", "mensuel", "Écrivez l’un de ces mots : Chaque trimestre, Chaque semestre, Trimestre, Semestre."),
        (2, "I", "peut-être", "Écrivez oui ou non."),
        (3, "E", "15/01/2025", "La fin précède le début : vérifiez les deux dates."),
    ]  # fmt: skip
    assert conventions() == []


def promises() -> list[tuple[Any, ...]]:
    e, o = Engagement, Objectif
    words = (e.indicateur, e.rang, e.libelle, e.unite, e.precision, e.reference)
    query = select(*words, o.annee, o.cible).outerjoin(o, o.engagement_id == e.id)
    return found(query.order_by(e.indicateur, e.rang, o.annee))


def test_R5_free_engagements_are_told_apart_by_their_words_and_yearly_targets_take_the_place_of_one(
    now: datetime,
) -> None:
    a_convention(a_signataire(siren=a_siren(1)), "S2", cibles={"S2": 10})
    rows: list[list[Value]] = [
        PROMISES,
        [a_siret(1), "X1", "Forum des métiers", "forums", "à Blois", "1", "6", "", "", ""],
        [a_siret(1), "X1", "Visites", "visites", "", "", "", "1", "2", ""],
        [a_siret(1), "F1", "sans objet", "sans objet", "", "2", "", "3", "", "5"],
        [a_siret(1), "S2", "", "", "", "", "", "4", "", ""],
    ]
    assert told(take(rows, now), "engagement") == [
        (2, "cree", "engagement X1, convention 41-2025-001"), (3, "cree", "engagement X1, convention 41-2025-001"),
        (4, "cree", "engagement F1, convention 41-2025-001"), (5, "modifie", "engagement S2, convention 41-2025-001"),
    ]  # fmt: skip
    free = ("X1", 1, "Forum des métiers", "forums", "à Blois", Decimal(1), 0, Decimal(6))
    assert promises() == [
        ("F1", 1, "", "", "", Decimal(2), 1, Decimal(3)), ("F1", 1, "", "", "", Decimal(2), 3, Decimal(5)),
        ("S2", 1, "", "", "", None, 1, Decimal(4)), free,
        ("X1", 2, "Visites", "visites", "", None, 1, Decimal(1)),
        ("X1", 2, "Visites", "visites", "", None, 2, Decimal(2)),
    ]  # fmt: skip
    assert {resultat for _, resultat, _ in told(take(rows, now), "engagement")} == {"inchange"}
    # One objective takes the place of the years; one year said again leaves the others.
    whole = row_of(PROMISES, SIRET=a_siret(1), Indicateur="F1", Objectif="9")
    year = {"Objectif année 2": "5", "Libellé": "Visites", "Précision": "au lycée"}
    take([PROMISES, whole, row_of(PROMISES, SIRET=a_siret(1), Indicateur="X1", **year)], now)
    assert promises() == [
        ("F1", 1, "", "", "", Decimal(2), 0, Decimal(9)), ("S2", 1, "", "", "", None, 1, Decimal(4)), free,
        ("X1", 2, "Visites", "visites", "au lycée", None, 1, Decimal(1)),
        ("X1", 2, "Visites", "visites", "au lycée", None, 2, Decimal(5)),
    ]  # fmt: skip


def test_R5_objective_and_reference_of_an_indicator_may_each_have_a_column(now: datetime) -> None:
    heads = ["SIRET", "Nom", "Date de signature", "Objectif stages 3e", "Référence stages 3e", "Référence alternants"]
    rows: list[list[Value]] = [heads, [a_siret(1), "Un (fictif)", "03/01/2025", "30", "12", "4"]]
    assert refusals(take(rows, now)) == []
    assert promises() == [
        ("F1", 1, "", "", "", Decimal(4), None, None), ("S2", 1, "", "", "", Decimal(12), 0, Decimal(30)),
    ]  # fmt: skip


def test_R5_an_engagement_that_cannot_be_read_is_refused_at_its_cell(now: datetime) -> None:
    a_convention(a_signataire(siren=a_siren(1)), "S2")
    given: list[dict[str, Value]] = [
        {"Indicateur": "Z9", "Objectif": "9"}, {"Indicateur": "X1", "Objectif": "1"},
        {"Indicateur": "S2", "Objectif": "un"},
    ]  # fmt: skip
    lines = take([PROMISES, *(row_of(PROMISES, SIRET=a_siret(1), **cells) for cells in given)], now)
    assert refusals(lines) == [
        (2, "B", "Z9", "Écrivez le code d’un indicateur de la grille, par exemple S2, ou son libellé."),
        (3, "", "", "Expliquez en quelques mots à quoi le signataire s’engage."),
        (3, "", "", "Indiquez dans quelle unité cela se compte : heures, personnes, actions…"),
        (4, "G", "un", "« un » n’est pas un nombre : écrivez par exemple 12."),
    ]
    assert [line.quoi for line in lines if line.ligne == 3 and line.resultat == "refuse"] == ["X1", "X1"]


IDENTITY = ["SIRET", "Nom", "Nature", "Taille", "Code NAF", "Secteur", "Effectif", "Adresse", "Code postal", "Commune",
            "Notes", "Courriel", "Téléphone"]  # fmt: skip


def test_each_cell_of_a_signatory_is_kept_and_a_row_finds_it_by_number_siren_or_name(now: datetime) -> None:
    whole: list[Value] = [a_siret(1), "Un\n(fictif)", "Association", "PME", "62.01Z", "Numérique", "12",
                          "1 rue du Pont", "1000", "Blois", "à revoir\nen mai", "c@exemple.fr", ""]  # fmt: skip
    number = row_of(IDENTITY, SIRET=a_siren(2), Nom="Deux (fictif)", Téléphone="02 54 00 00 01")
    take([IDENTITY, whole, number], now)
    again = told(take([IDENTITY, whole, number], now), "entreprise")
    assert [line[1] for line in again] == ["inchange", "inchange"]
    s, c = Signataire, ContactSignataire
    identity = select(s.identifiant, s.nom, s.nature, s.categorie, s.naf, s.secteur, s.effectif, s.adresse,
                      s.code_postal, s.commune, s.notes).order_by(s.id)  # fmt: skip
    assert found(identity) == [
        (a_siret(1), "Un (fictif)", "association", "PME", "62.01Z", "Numérique", 12, "1 rue du Pont", "01000", "Blois",
         "à revoir\nen mai"),
        (a_siren(2), "Deux (fictif)", "entreprise", "", "", "", None, "", "", "", ""),
    ]  # fmt: skip
    contacts = select(c.nom, c.courriel, c.telephone).order_by(c.id)
    assert found(contacts) == [("c@exemple.fr", "c@exemple.fr", ""), ("02 54 00 00 01", "", "02 54 00 00 01")]
    heads = ["SIRET", "Nom", "Commune", "Contact", "Courriel"]
    rows: list[list[Value]] = [
        [f"SIREN : {a_siren(1)}", "", "Vendôme", "Marie Roux", "c@exemple.fr"],
        [a_siret(2), "Deux (fictif)", "", "", ""],
        ["", "Un (fictif)", "", "", ""],
    ]
    assert told(take([heads, *rows], now), "entreprise") == [
        (2, "modifie", a_siren(1)), (3, "inchange", "Deux (fictif)"), (4, "inchange", "Un (fictif)"),
    ]  # fmt: skip
    assert [(row[0], row[9]) for row in found(identity)] == [(a_siret(1), "Vendôme"), (a_siren(2), "")]
    assert found(contacts)[0] == ("Marie Roux", "c@exemple.fr", "")


def test_a_row_that_names_nobody_or_two_is_refused_by_the_sentence_of_its_case(now: datetime) -> None:
    for rank in (7, 8):
        a_signataire("Un (fictif)", siren=a_siren(rank))
    rows: list[list[Value]] = [["Un (fictif)", "", "S2", "1"], ["Cinq (fictif)", a_siret(9), "S2", "1"],
                               ["Huit", "", "S2", "1"]]  # fmt: skip
    heads = ["Nom", "SIRET", "Indicateur", "Objectif"]
    two = "Plusieurs signataires portent ce nom : indiquez le SIRET."
    assert refusals(take([heads, *rows], now, subjects={"engagement"})) == [
        (2, "A", "Un (fictif)", two),
        (3, "B", a_siret(9), "Aucun signataire de votre département ne porte ce numéro : ajoutez-le d’abord."),
        (4, "A", "Huit", "Indiquez le SIRET de ce signataire."),
    ]
    assert refusals(take([heads, *rows], now, subjects={"entreprise"})) == [
        (2, "A", "Un (fictif)", two),
        (4, "A", "Huit", "Indiquez le SIRET ou le SIREN de ce signataire."),
    ]


def test_what_the_form_refuses_of_a_contact_stands_at_its_cell(now: datetime) -> None:
    heads = ["SIRET", "Nom", "Contact", "Fonction", "Courriel", "Téléphone"]
    rows: list[list[Value]] = [
        [a_siret(1), "Un (fictif)", "n" * 121, "", "", ""],
        [a_siret(2), "Deux (fictif)", "Marie", "f" * 121, "", ""],
        [a_siret(3), "Trois (fictif)", "Marie", "", "marie", ""],
        [a_siret(4), "Quatre (fictif)", "Marie", "", "", "02 54"],
    ]
    found = refusals(take([heads, *rows], now))
    assert [(ligne, colonne) for ligne, colonne, _, _ in found] == [(2, "C"), (3, "D"), (4, "E"), (5, "F")]
    assert found[3][3] == "Écrivez un numéro comme 02 54 00 00 00 ou +596 596 00 00 00."


def values() -> list[tuple[Any, ...]]:
    r, d = Realisation, Declaration
    query = select(d.periode, r.indicateur, r.valeur, r.numerateur, r.denominateur).join(d, d.id == r.declaration_id)
    return found(query.order_by(d.periode, r.indicateur))


def test_R17_a_value_that_needs_an_explanation_is_sent_with_the_place_where_it_stands(now: datetime) -> None:
    a_convention(a_signataire(siren=a_siren(1)), "S2", "S2p", "P01")
    take([RESULTS, [a_siret(1), "", "S2", "2025-T1", "5", "", ""], [a_siret(1), "", "S2p", "T1 2025", "0,5", "1", "2"]],
         now, subjects={"realisation"})  # fmt: skip
    take([RESULTS, [a_siret(1), "", "S2", "2025-T2", "60", "", ""]], now, subjects={"realisation"})
    assert values() == [
        ("2025-T1", "P01", Decimal(5), None, None), ("2025-T1", "S2", Decimal(5), None, None),
        ("2025-T1", "S2p", None, Decimal(1), Decimal(2)), ("2025-T2", "P01", Decimal(60), None, None),
        ("2025-T2", "S2", Decimal(60), None, None),
    ]  # fmt: skip
    a = Avertissement
    assert found(select(a.code, a.commentaire).order_by(a.code)) == [
        ("ratio_discordant", "Valeur importée de « suivi.csv », ligne 2 : à vérifier avant validation."),
        ("saut", "Valeur importée de « suivi.csv », ligne 2 : à vérifier avant validation."),
    ]


def test_a_value_of_a_period_begun_by_hand_changes_it_and_of_another_creates_it(now: datetime) -> None:
    convention = a_convention(a_signataire(siren=a_siren(1)), "S2")
    begun = open_declaration(actor=CAMILLE, now=now, convention_id=convention, periode=Periode.from_code("2025-T1"))
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(4))})
    save_draft(actor=CAMILLE, now=now, declaration_id=begun, version=1, saisie=saisie)
    rows: list[list[Value]] = [[a_siret(1), "", "S2", periode, "5", "", ""] for periode in ("2025-T1", "2025-T2")]
    lines = take([RESULTS, *rows], now, subjects={"realisation"})
    assert [line.resultat for line in lines if line.sujet == "realisation"] == ["modifie", "cree"]


def test_R17_periods_told_in_any_order_are_sent_the_oldest_first_so_that_each_is_compared_to_the_one_before(
    now: datetime,
) -> None:
    for number in (1, 2):
        a_convention(a_signataire(siren=a_siren(number)), "S2")
    rows: list[list[Value]] = [
        [a_siret(1), "", "S2", "2025-T2", "60", "", ""], [a_siret(1), "", "S2", "2025-T1", "5", "", ""],
        [a_siret(2), "", "S2", "2025-T1", "5", "", ""], [a_siret(2), "", "S2", "2025-T2", "60", "", ""],
    ]  # fmt: skip
    take([RESULTS, *rows], now, subjects={"realisation"})
    c, d, w = Convention, Declaration, Avertissement
    sent = select(d.periode).order_by(d.id)
    assert [code for (code,) in found(sent)] == ["2025-T1", "2025-T1", "2025-T2", "2025-T2"]
    told = select(c.numero, d.periode, w.code).join(d, d.convention_id == c.id).join(w, w.declaration_id == d.id)
    assert found(told.order_by(c.id, w.id)) == [("41-2025-001", "2025-T2", "saut"), ("41-2025-002", "2025-T2", "saut")]


def test_each_value_that_no_declaration_can_bear_is_refused_by_the_sentence_of_its_case(now: datetime) -> None:
    a_convention(a_signataire(siren=a_siren(1)), "S2", "S2p")
    take([RESULTS, [a_siret(1), "", "S2", "2025-T2", "60", "", ""]], now, subjects={"realisation"})
    cells: list[list[Value]] = [
        ["", "S2", "2025-T2", "61", "", ""], ["", "S2", "T9 2025", "61", "", ""], ["", "S2", "", "61", "", ""],
        ["", "F2", "2025-T1", "61", "", ""], ["41-2025-001", "S2", "2025-S1", "61", "", ""],
        ["", "S2", "2024-T1", "61", "", ""], ["", "S2p", "2025-T3", "", "5", ""], ["", "S2p", "2025-T4", "", "5", "2"],
    ]  # fmt: skip
    lines = take([RESULTS, *([a_siret(1), *row] for row in cells)], now, subjects={"realisation"})
    said = "Cette déclaration est déjà transmise et dit autre chose : demandez d’abord des précisions."
    assert sorted(refusals(lines)) == [
        (2, "", "", said),
        (3, "D", "T9 2025", "« T9 2025 » n’est pas une période : écrivez par exemple 2026-S1 (semestre) ou 2026-T3 "
         "(trimestre)."),
        (4, "E", "61", "Indiquez la période de cette valeur."),
        (5, "E", "61", "Aucune convention de ce signataire ne promet F2 (Nombre de stagiaires de "
         "longue durée résidant en QPV)."),
        (6, "E", "61", "La convention 41-2025-001 déclare chaque trimestre, pas le 1er semestre 2025."),
        (7, "E", "61", "La convention 41-2025-001 ne couvre pas le 1er trimestre 2024 (ou n’est pas signée)."),
        (8, "F", "5", "Une part se donne en deux nombres. Saisissez aussi l’autre."),
        (9, "F", "5", "La partie dépasse le total. Vérifiez les deux nombres."),
    ]  # fmt: skip
    (key, version) = found(select(Declaration.id, Declaration.version).where(Declaration.periode == "2025-T2"))[0]
    validate_declaration(actor=CAMILLE, now=now, declaration_id=key, version=version)
    ((*_, attendu),) = refusals(take([RESULTS, [a_siret(1), *cells[0]]], now, subjects={"realisation"}))
    assert attendu == "Cette déclaration est déjà validée et dit autre chose : rouvrez-la d’abord."


def test_the_progress_of_a_file_goes_step_by_step_to_its_end(now: datetime) -> None:
    seen: list[tuple[int, int]] = []
    rows: list[list[Value]] = [["SIRET", "Nom"], [a_siret(1), "Un (fictif)"], [a_siret(2), "Deux (fictif)"]]
    take(rows, now, is_seen=True, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (6, 8), (7, 8), (8, 8)]


def test_R16_a_row_that_only_names_its_company_is_said_too_and_left(now: datetime) -> None:
    """Seen red: such a row was read, brought nothing, and no line said so."""
    a_signataire("Un", siren=a_siren(1))
    rows: list[list[Value]] = [
        ["SIRET", "Raison sociale", "Début", "Fin", "Indicateur", "Objectif"],
        [a_siret(1), "", "", "", "", ""],
        [a_siret(2), "", "", "", "", ""],
    ]
    assert told(take(rows[:2], now), "entreprise") == [
        (2, "inchange", f"{a_siret(1)} : cette ligne ne dit que son numéro")
    ]
    assert [(line, cell) for line, cell, _, _ in refusals(take(rows, now))] == [(3, "")]
    for sujet in ("convention", "engagement"):
        said = told(take(rows, now, subjects={sujet}), sujet)
        assert said == [(n, "inchange", f"{a_siret(n - 1)} : rien à importer sous les autres titres") for n in (2, 3)]
    named = take([[*rows[0], "Période", "Réalisé"], [a_siret(1), "Un", *[""] * 6]], now, subjects={"realisation"})
    assert told(named, "realisation") == [(2, "inchange", "Un : rien à importer sous les autres titres")]
