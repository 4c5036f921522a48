"""What each kind of cell says, what a row becomes of it, and what a mapping kept under a name makes of another file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.conventions.engagements import EngagementSaisi
from paqte.domain.conventions.signataires import ContactTyped
from paqte.domain.declarations.reponses import AnswerTyped
from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.importing.door.cells import ERROR, NUMBER, CellGiven
from paqte.importing.tracker.tables import EntryFound
from paqte.models import Importation, Journal
from paqte.services.imports import importations
from paqte.services.imports.conventions import _promise_over, _targets_of, thematiques_in
from paqte.services.imports.importations import (
    annotated_file,
    ask_application,
    ask_rehearsal,
    ask_validation,
    cancel_import,
    deposit_file,
    purge_imports,
    run_imports,
)
from paqte.services.imports.reading import EntryGiven, EntryReader, FaultyRow, Outcomes, OutcomeSaid, shown_at
from paqte.services.imports.realisations import _adds_words, _as_typed, _numbers_of
from paqte.services.imports.signataires import _with_contact
from paqte.services.imports.tracker import _last_day, _rhythm, subjects_of
from paqte.services.transaction import transaction
from tests.factories import ZOE, a_convention, a_departement, a_signataire, a_siren, a_siret
from tests.importing.door.tableurs import a_csv
from tests.services.imports.test_depots import ROWS, SAID, camille, deposited, held, version_of
from tests.services.imports.test_tracker import refusals, take

# What is said and read, whatever base keeps it: on SQLite alone.
ABOUT_PAGES = True

__all__ = ["camille"]
SECOND = timedelta(seconds=1)


def _target(name: str) -> str:
    for mark, sign in {"_1": ":", "_2": "@", "_T": "-T", "_S": "-S"}.items():
        name = name.replace(mark, sign)
    return name


def a_row(sheet: str = "", numero: int = 7, periode: str = "", is_hidden: bool = False, /, **cells: Any) -> EntryGiven:
    """A row whose cells stand in the columns A, B, C… ; in a target `_1` for « : », `_2` for « @ », `_T` for « -T »."""
    named = {_target(name): cell for name, cell in cells.items()}
    found = {
        name: (place, cell if isinstance(cell, CellGiven) else CellGiven(cell))
        for place, (name, cell) in enumerate(named.items())
    }
    return EntryGiven(EntryFound(sheet, numero, found, is_hidden), periode)


# --- a cell ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "answer"),
    [(("oui", "O", " x ", "1", "Vrai", "TRUE"), True), (("non", "N", "0", "faux", "False"), False), ((" ", ""), None)],
)
def test_yes_and_no_are_read_in_every_way_they_are_written(words: tuple[str, ...], answer: bool | None) -> None:
    assert [EntryReader(a_row(plan=word), "convention", Outcomes()).yes("plan") for word in words] == (
        [answer] * len(words)
    )


def test_a_cell_that_cannot_be_read_is_said_with_its_place_and_holds_the_row() -> None:
    outcomes = Outcomes()
    row = a_row("2025", 9, nom="Un", plan="peut-être " * 20, effectif=CellGiven("#REF!", ERROR))
    reader = EntryReader(row, "convention", outcomes)
    assert (reader.text("nom"), reader.text("absent"), reader.yes("absent")) == ("Un", "", None)
    reader.require_sound()
    assert reader.yes("plan") is None and reader.get("effectif", int) is None
    with pytest.raises(FaultyRow):
        reader.require_sound()
    first, second = outcomes.lines
    assert first[:6] == ("convention", "refuse", "", "2025", 9, "B")
    assert len(first.lu) <= 60 and first.lu.startswith("peut-être") and first.attendu == "Écrivez oui ou non."
    error = "Cette cellule est en erreur : corrigez-la, ou videz-la."
    assert second == OutcomeSaid("convention", "refuse", "", "2025", 9, "C", "#REF!", error)
    assert not outcomes.is_sound and Outcomes().is_sound
    outcomes.refuse(row, "entreprise", "absent", "Dites-le.", "Un")
    assert outcomes.lines[-1] == OutcomeSaid("entreprise", "refuse", "Un", "2025", 9, "", "", "Dites-le.")
    outcomes.refuse_all(row, "entreprise", {"a": "A.", "nom": "B."}, {"a": "plan"}, "Deux")
    assert [(line.colonne, line.attendu, line.quoi) for line in outcomes.lines[-2:]] == [
        ("B", "A.", "Deux"), ("A", "B.", "Deux"),
    ]  # fmt: skip


def test_a_word_is_read_by_its_label_or_its_code_and_the_list_is_told_otherwise() -> None:
    words = {"T": "Chaque trimestre", "S": "Chaque semestre", "": ""}
    outcomes = Outcomes()
    said = [EntryReader(a_row(rythme=text), "convention", outcomes).word("rythme", words)
            for text in ("chaque TRIMESTRE", "s", "", "mois")]  # fmt: skip
    assert said == ["T", "S", "", ""]
    assert [line.attendu for line in outcomes.lines] == [
        "Écrivez l’un de ces mots : Chaque trimestre, Chaque semestre."
    ]


def test_a_row_says_where_it_stands_and_what_of_it_is_not_seen() -> None:
    outcomes = Outcomes()
    formula = CellGiven("12", NUMBER, True)
    for row in (a_row(), a_row("", 7, "", True), a_row(a=formula), a_row("", 7, "", True, a="x", b=formula)):
        outcomes.say(row, "entreprise", "cree", "Un")
    assert [line.quoi for line in outcomes.lines] == [
        "Un", "Un (ligne masquée)", "Un (avec des formules)", "Un (ligne masquée, avec des formules)",
    ]  # fmt: skip
    assert [shown_at(row) for row in (a_row("2025", 3), a_row("", 3))] == ["La ligne 3 de « 2025 »", "La ligne 3"]
    row = a_row(nom=CellGiven("12", NUMBER), vide=" ", faute=CellGiven("#N/A", ERROR))
    assert [row.is_number(name) for name in ("nom", "vide", "absent")] == [True, False, False]
    assert [row.has(name) for name in ("nom", "vide", "faute", "absent")] == [True, False, True, False]
    assert (row.raw("vide"), row.text("vide"), row.raw("absent"), row.fault("absent")) == (" ", "", "", "")


# --- a row -------------------------------------------------------------------------------------------------


def test_R5_what_is_given_of_a_promise_goes_over_what_is_known_and_blank_cells_change_nothing() -> None:
    known: Any = type("E", (), {"indicateur": "X1", "rang": 2, "libelle": "Forum", "unite": "jours", "precision": "P",
                                "reference": Decimal(3), "objectifs": []})()  # fmt: skip
    target = type("O", (), {"annee": 0, "cible": Decimal(9)})
    known.objectifs = [target]
    before = EngagementSaisi("X1", True, 2, "Forum", "jours", Decimal(3), Decimal(9), {}, "P")
    key = ("X1", 2)
    assert _promise_over(known, key, {}) == before
    words = {"libelle": "L", "unite": "u", "precision": "Q", "reference": Decimal(4)}
    assert _promise_over(known, key, words) == replace(before, **words)
    assert _promise_over(known, key, {"an2": Decimal(5)}) == replace(before, annees={2: Decimal(5)}, duree=None)
    of_years = {"an1": Decimal(1), "an3": Decimal(0), "duree": Decimal(7)}
    assert _promise_over(known, key, of_years) == replace(
        before, annees={1: Decimal(1), 3: Decimal(0)}, duree=Decimal(7)
    )
    target.annee = 2
    assert _promise_over(known, key, {"an1": Decimal(1)}).annees == {1: Decimal(1), 2: Decimal(9)}
    assert _promise_over(known, key, {"duree": Decimal(8)}) == replace(before, duree=Decimal(8), annees={})
    fresh = EngagementSaisi("S2", is_kept=True, rang=1, duree=Decimal(2))
    assert _promise_over(None, ("S2", 1), {"duree": Decimal(2)}) == fresh
    targets = _targets_of([before], {"X1": {"duree": "cible", "libelle": "libelle"}})
    assert set(targets.values()) == {"cible", "libelle"} and all("X1" in name and "2" in name for name in targets)


def test_R8b_the_thematiques_of_a_cell_are_those_of_the_grid_once_each_in_order() -> None:
    assert thematiques_in("T04, t01 et T14 ; T01, T15, T00, XT02 T1") == [
        *thematiques_in("T01"), *thematiques_in("T02"), *thematiques_in("T04"), *thematiques_in("T14"),
    ]  # fmt: skip
    assert thematiques_in("T01") == ["P01"] and thematiques_in("rien") == []


def test_how_results_come_is_told_by_their_periods_semester_first() -> None:
    by_cell = [a_row(periode="2025-T1"), a_row(valeur_1S2_22025_T1="1")]
    told = {
        (): "", ("2025-T1",): "T", ("2025-S1",): "S", ("1er semestre 2025",): "S", ("2025-T1", "2025-S1"): "S",
        ("3e trimestre 2025",): "T",
    }  # fmt: skip
    assert {codes: _rhythm([a_row(periode=code) for code in codes]) for codes in told} == told
    assert {codes: _rhythm([a_row("x", 1, code) for code in codes]) for codes in told} == told
    assert _rhythm(by_cell[:1]) == "T" and _rhythm([a_row(valeur_1S2_22025_S1="1")]) == "S"
    assert _rhythm([a_row(nom="Un")]) == ""
    assert [_last_day(code) for code in ("2025-S1", "2025-T4", "")] == [date(2025, 6, 30), date(2025, 12, 31), date.max]


def test_what_a_mapping_takes_in_is_told_by_its_columns() -> None:
    told: dict[tuple[str, ...], set[str]] = {
        (): set(), ("",): set(), ("nom",): {"entreprise"}, ("contact_nom",): {"entreprise"}, ("debut",): {"convention"},
        ("cible:S2",): {"engagement"}, ("valeur",): {"realisation"},
        ("valeur:S2@2025-S1",): {"engagement", "realisation"},
        ("numerateur",): {"realisation"}, ("identifiant", "fin"): {"entreprise", "convention"},
    }  # fmt: skip
    assert {targets: set(subjects_of(targets)) for targets in told} == told


def test_the_same_person_is_completed_by_her_address_or_her_name_and_another_is_added() -> None:
    marie = ContactTyped("Marie Roux", "gérante", "marie@val.test", "0254000001", 5)
    bare = ContactTyped("c@val.test", "", "c@val.test", "", 6)
    assert _with_contact([marie, bare], None) == [marie, bare]
    other = ContactTyped("Zoé", "", "z@val.test", "")
    assert _with_contact([marie, bare], other) == [marie, bare, other]
    named = _with_contact([marie, bare], ContactTyped("Carl", "DRH", "c@val.test", ""))
    assert named == [marie, ContactTyped("Carl", "DRH", "c@val.test", "", 6)]
    by_name = _with_contact([bare, marie], ContactTyped("MARIE  ROUX", "", "m.roux@val.test", "0254000002"))
    assert by_name == [bare, ContactTyped("Marie Roux", "gérante", "m.roux@val.test", "0254000002", 5)]
    by_address = _with_contact([marie], ContactTyped("marie@val.test", "", "marie@val.test", ""))
    assert by_address == [marie]
    phone = ContactTyped("0254000009", "", "", "0254000009")
    assert _with_contact([ContactTyped("Autre", "", "", "", 7)], phone) == [ContactTyped("Autre", "", "", "", 7), phone]


@pytest.mark.parametrize(
    "word", ["néant", "Aucun", "AUCUNE", "zéro", "zéro confirmé", "néant.", "(néant)", "0 : néant"]
)
def test_R13_a_word_that_confirms_a_zero_is_the_tick(word: str) -> None:
    row = a_row(valeur=word)
    assert _as_typed("valeur_3", (row, "valeur"), {"valeur_3", "neant_3"}) == ("neant_3", "x")
    assert _as_typed("numerateur_3", (row, "valeur"), {"neant_3"}) == ("neant_3", "x")
    assert _as_typed("valeur_3", (row, "valeur"), {"valeur_3", "neant_4"}) == ("valeur_3", word)
    assert _as_typed("denominateur_3", (row, "valeur"), {"neant_3"}) == ("denominateur_3", word)


def test_R13_a_dash_or_a_zero_confirms_nothing() -> None:
    for word in ("n.c.", "-", "0", "12"):
        assert _as_typed("valeur_3", (a_row(valeur=word), "valeur"), {"neant_3"}) == ("valeur_3", word)
    assert _numbers_of(Decimal("5.0"), None) == _numbers_of(Decimal(5), None) != _numbers_of(Decimal(5), Decimal(0))
    day = date(2025, 1, 1)
    cases = [("", None, False), ("a", None, False), ("b", None, True), ("", day, False), ("", date(2025, 1, 2), True)]
    found = [_adds_words(AnswerTyped(commentaire=words, datee_du=when), "a", day) for words, when, _ in cases]
    assert found == [is_more for *_, is_more in cases]


# --- a row, taken in whole ---------------------------------------------------------------------------------


def test_a_row_of_another_departement_is_refused_and_hers_is_known_by_number_or_name(
    session: Any, now: datetime
) -> None:
    a_departement("41")
    heads = ["SIRET", "Raison sociale", "Département"]
    said = ["41", "041", "loir-et-cher", "Loir et Cher", "", "972", "Martinique"]
    rows = [[a_siret(rank), f"Un {rank}", place] for rank, place in enumerate(said, 1)]
    other = "Cette ligne est d’un autre département que le vôtre (41)."
    found = refusals(take([heads, *rows], now, is_seen=True))
    assert [(ligne, attendu) for ligne, _, _, attendu in found if ligne in (7, 8)] == [(7, other), (8, other)]
    assert [ligne for ligne, *_ in found if ligne in (2, 4, 6)] == []


def test_R1_a_convention_is_found_by_its_beginning_its_signature_or_its_number(session: Any, now: datetime) -> None:
    one = a_signataire(siren=a_siren(1))
    a_convention(one, debut=date(2022, 1, 1), fin=date(2024, 12, 31))
    a_convention(one, debut=date(2025, 1, 1), signee_le=date(2024, 12, 1))
    heads = ["SIRET", "Numéro de convention", "Début", "Date de signature", "Fin"]
    rows = [
        [a_siret(1), "", "01/01/2022", "", "30/12/2024"], [a_siret(1), "", "", "01/12/2024", "30/12/2027"],
        [a_siret(1), "41-2025-001", "", "", "29/12/2024"],
    ]  # fmt: skip
    lines = take([heads, *rows], now)
    assert refusals(lines) == []
    assert [(line.ligne, line.resultat, line.quoi) for line in lines if line.sujet == "convention"] == [
        (2, "modifie", "convention 41-2025-001"), (3, "modifie", "convention 41-2025-002"),
        (4, "modifie", "convention 41-2025-001"),
    ]  # fmt: skip


# --- a file on its way -------------------------------------------------------------------------------------


def lines_of(session: Any, key: int) -> list[tuple[str, str | None, dict[str, Any]]]:
    session.rollback()
    j = Journal
    rows = session.execute(
        select(j.acte, j.departement_code, j.apres)
        .where(j.objet == "importation", j.objet_id == str(key))
        .order_by(j.id)
    ).all()
    session.rollback()
    return [(row[0], row[1], json.loads(row[2])) for row in rows if row[0] not in ("creer", "modifier")]


def test_R30_each_step_of_a_file_is_a_line_with_its_name(camille: Acteur, session: Any, now: datetime) -> None:
    key, given_up = deposited(camille, now), deposited(camille, now)
    told: dict[str, Any] = {"actor": camille, "now": now}
    of_it = {**told, "importation_id": key}
    ask_rehearsal(**of_it, version=version_of(key), mapping=[SAID])
    run_imports(clock=lambda: now)
    annotated = annotated_file(**of_it)
    ask_application(**of_it, version=version_of(key))
    run_imports(clock=lambda: now)
    ask_validation(**of_it, version=version_of(key))
    run_imports(clock=lambda: now)
    cancel_import(**told, importation_id=given_up, version=version_of(given_up))
    name = {"nom": "suivi.csv"}
    assert lines_of(session, key) == [
        ("deposer", "41", name), ("telecharger", "41", {}), ("appliquer", "41", name), ("valider", "41", name),
    ]  # fmt: skip
    assert lines_of(session, given_up) == [("deposer", "41", name), ("annuler", "41", name)]
    assert annotated.nom == "suivi-annote.xlsx"
    assert held(given_up, "etat", "octets", "lignes", "finie_le") == ("annule", None, None, now)
    with pytest.raises(Refused, match="Ce fichier n’est plus conservé : déposez-le de nouveau"):
        annotated_file(**of_it)
    for act in (ask_application, ask_validation, cancel_import):
        with pytest.raises(NotFound, match="Cet import n’existe pas"):
            act(actor=ZOE, now=now, importation_id=key, version=1)


def test_a_file_is_kept_under_the_name_it_had_or_as_a_file(camille: Acteur, now: datetime) -> None:
    def kept(nom: str) -> str:
        octets = a_csv(ROWS)
        key = deposit_file(actor=camille, departement="41", nom=nom, octets=octets, now=now)
        return str(held(key, "nom")[0])

    assert [kept(nom) for nom in ("a" * 201 + ".csv", " ", "suivi\n2025.csv")] == [
        "a" * 200,
        "fichier",
        "suivi 2025.csv",
    ]


def test_so_many_files_are_taken_in_twenty_four_hours(
    camille: Acteur, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"import_jour_fichiers": 2, "import_lignes": 7, "import_colonnes": 4}
    monkeypatch.setattr(importations, "read_limits", lambda: limits)
    deposited(camille, now)
    deposited(camille, now + SECOND)

    def refused(moment: datetime) -> dict[str, str]:
        with pytest.raises(Refused) as found:
            deposited(camille, moment)
        return found.value.errors

    told = {"fichier": "Votre département a déposé 2 tableaux en vingt-quatre heures : réessayez demain."}
    assert refused(now + timedelta(days=1) - SECOND) == told
    assert deposited(camille, now + timedelta(days=1))
    limits["import_jour_fichiers"] = 1
    one = {"fichier": "Votre département a déposé 1 tableau en vingt-quatre heures : réessayez demain."}
    assert refused(now + timedelta(days=1)) == one
    limits["import_lignes"] = 6
    assert refused(now) == {
        "fichier": "Ce tableau compte 7 lignes, et 6 sont acceptées : partagez-le en plusieurs fichiers."
    }
    limits |= {"import_lignes": 7, "import_colonnes": 3}
    assert refused(now) == {
        "fichier": "Ce tableau compte 4 colonnes, et 3 sont acceptées : gardez les colonnes utiles."
    }


def test_what_is_forgotten_or_taken_again_stops_at_its_very_limit(camille: Acteur, session: Any, now: datetime) -> None:
    assert timedelta(minutes=15) == importations.LEASE
    keys = [deposited(camille, now) for _ in range(3)]
    assert purge_imports(now=now + timedelta(days=30)) == 0
    with transaction(actor=camille, now=now) as writing:
        for key, etat in zip(keys, ("a_essayer", "annule", "depose"), strict=True):
            row = writing.get_one(Importation, key)
            row.etat = etat
            row.octets = None if etat == "annule" else row.octets
            row.lignes = b"x" if etat == "annule" else None
    assert purge_imports(now=now + timedelta(days=30) + SECOND) == 2, "what the scheduler works on stays"
    assert [held(key, "octets", "lignes") != (None, None) for key in keys] == [True, False, False]
    assert importations._claim(now) == keys[0]
    assert importations._claim(now + timedelta(minutes=15)) is None
    assert importations._claim(now + timedelta(minutes=15) + SECOND) == keys[0]
