"""docs/statuts.md says what the code does: its tables are those of the domain (R4, R13, R18)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from paqte.domain.conventions import demarches
from paqte.domain.statuts import conventions, courriels, declarations, recus, signalements, taches, veilles

STATUTS = Path(__file__).resolve().parents[2] / "docs" / "statuts.md"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
Table = list[list[str]]


def tables(heading: str) -> list[Table]:
    """The tables under a heading, each without its first two lines, codes without their marks."""
    section = STATUTS.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ")[0]
    found: list[Table] = [[]]
    for line in section.splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip(" `") for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [table[2:] for table in found if table]


def labels(table: Table) -> dict[str, str]:
    return {row[0]: row[1] for row in table}


def moves(table: Table) -> dict[tuple[str, str], str]:
    return {(row[0], row[1]): row[2] for row in table}


def test_R4_the_stored_states_of_a_convention_are_those_of_the_document() -> None:
    stored, acts, _ = tables("Convention")
    assert labels(stored) == conventions.STATUTS
    assert moves(acts) == conventions.TRANSITIONS


def test_R4_the_running_states_of_a_convention_are_those_of_the_document() -> None:
    running = tables("Convention")[2]
    assert labels(running) == conventions.ETATS
    assert {row[0] for row in running if row[2] == "oui"} == conventions.EN_VIGUEUR
    (soon,) = [row[3] for row in running if row[0] == conventions.A_RENOUVELER]
    assert f"{conventions.PREAVIS_JOURS} jours" in soon


def test_R18_the_states_and_acts_of_a_declaration_are_those_of_the_document() -> None:
    states, acts, answers = tables("Déclaration")
    assert labels(states) == declarations.ETATS
    assert moves(acts) == declarations.TRANSITIONS
    assert labels(answers) == declarations.REPONSES


def test_the_states_and_acts_of_a_bilan_received_are_those_of_the_document() -> None:
    states, acts, marks = tables("Bilan reçu en classeur")
    assert labels(states) == recus.ETATS
    assert moves(acts) == recus.TRANSITIONS
    assert labels(marks) == recus.MARQUES


def test_the_states_and_acts_of_a_report_are_those_of_the_document() -> None:
    states, acts = tables("Signalement")
    assert labels(states) == signalements.ETATS
    assert moves(acts) == signalements.TRANSITIONS


def test_the_states_and_acts_of_a_company_before_its_convention_are_those_of_the_document() -> None:
    states, acts = tables("Prospect")
    assert labels(states) == demarches.ETATS
    assert moves(acts) == demarches.TRANSITIONS


def test_the_states_and_acts_of_a_look_at_the_register_are_those_of_the_document() -> None:
    found, states, acts = tables("Veille")
    assert labels(found) == veilles.CONSTATS
    assert labels(states) == veilles.ETATS
    assert moves(acts) == veilles.TRANSITIONS


@pytest.mark.parametrize(
    ("heading", "etats"), [("Courriel", courriels.ETATS), ("Tâche du planificateur", taches.ETATS)]
)
def test_the_states_of_mails_and_tasks_are_those_of_the_document(heading: str, etats: dict[str, str]) -> None:
    states, happenings = tables(heading)
    assert labels(states) == etats
    assert {row[0] for row in happenings} | {row[2] for row in happenings} == set(etats)


def test_a_mail_is_given_up_after_as_many_tries_as_the_document_says() -> None:
    (given_up,) = [row[1] for row in tables("Courriel")[1] if row[2] == courriels.REFUSE]
    assert f"{courriels.MAX_ESSAIS} essais" in given_up
    assert courriels.next_try(NOW, 1) == NOW + timedelta(minutes=1)
    assert courriels.next_try(NOW, courriels.MAX_ESSAIS) == NOW + timedelta(hours=2)


def test_a_task_is_taken_again_from_the_states_the_document_says_and_when_it_says() -> None:
    taken = {row[0]: row[1] for row in tables("Tâche du planificateur")[1] if row[2] == taches.EN_COURS}
    later = NOW + timedelta(days=1)
    assert set(taken) == {etat for etat in taches.ETATS if taches.may_take(etat, NOW, NOW, 1, later)}
    assert f"{taches.BAIL // timedelta(minutes=1)} minutes" in taken[taches.EN_COURS]
    assert taches.retry_after(1) == timedelta(minutes=1)
    assert taches.retry_after(100) == timedelta(hours=1)
