"""What is due is produced once, in order, whatever stopped or failed (cases 93, 97, 99, 102)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.domain.documents.registre import BILAN
from paqte.domain.editions.editions import GABARIT_BILAN
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT
from paqte.domain.statuts.taches import BAIL, ECHOUEE, EN_COURS, FAITE
from paqte.models import Courriel, Reglage, Utilisateur
from paqte.reporting.classeurs.bilan import FORMAT as FORMAT_BILAN
from paqte.services.declarations.declarations import open_declaration, submit_and_validate
from paqte.services.planificateur import due, taches
from paqte.services.planificateur.due import produce_due, produce_last_closed
from paqte.services.planificateur.taches import Workshop
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, a_convention, a_signataire, engagement_of

Editions = Callable[[], list[tuple[str, str, int]]]
DUE_DAY = datetime(2026, 7, 30, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bilans_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Semesters are enough to show how tasks are taken; exports have their own tests (test_due_exports.py)."""
    every = due.publications
    monkeypatch.setattr(due, "publications", lambda: {BILAN: every()[BILAN]})


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def test_R12_nothing_is_due_before_its_date_and_then_once(place: Workshop, in_use: Any, editions: Editions) -> None:
    in_use("41", since="2026-S1")
    assert produce_due(place=place, clock=at(DUE_DAY - timedelta(days=1))) == []
    ((prise, done),) = produce_due(place=place, clock=at(DUE_DAY))
    assert (prise.travail, prise.departement, prise.periode.code) == ("bilan", "41", "2026-S1")
    assert done.path is not None and done.path.parent == place.reports / "41" / "2026-S1"
    assert done.path.read_bytes().startswith(b"PK")
    for days in range(1, 100, 7):
        assert produce_due(place=place, clock=at(DUE_DAY + timedelta(days=days))) == []
    assert editions() == [("41", "2026-S1", 1)]


def test_R12_a_departement_sets_its_own_delay(place: Workshop, in_use: Any, editions: Editions) -> None:
    in_use("41", since="2026-S1", delai="2")
    assert produce_due(place=place, clock=at(datetime(2026, 7, 1, 6, tzinfo=UTC))) == []
    produce_due(place=place, clock=at(datetime(2026, 7, 2, 6, tzinfo=UTC)))
    assert editions() == [("41", "2026-S1", 1)]


def test_R12_a_day_begins_where_the_departement_is(place: Workshop, in_use: Any, editions: Editions) -> None:
    """At 2 in the morning UTC on 30 July it is still the 29th in Martinique, and the 30th in Réunion."""
    in_use("972", since="2026-S1")
    in_use("974", since="2026-S1")
    produce_due(place=place, clock=at(datetime(2026, 7, 30, 2, tzinfo=UTC)))
    assert editions() == [("974", "2026-S1", 1)]


def test_each_period_missed_while_stopped_is_produced_once_in_order(
    place: Workshop, in_use: Any, editions: Editions
) -> None:
    in_use("41", since="2025-S1")
    in_use("18", since="2025-S2")
    done = produce_due(place=place, clock=at(DUE_DAY))
    made = [(prise.periode.code, prise.departement) for prise, _ in done]
    assert made == [("2025-S1", "41"), ("2025-S2", "18"), ("2025-S2", "41"), ("2026-S1", "18"), ("2026-S1", "41")]
    assert produce_due(place=place, clock=at(DUE_DAY + timedelta(days=1))) == []
    assert len(editions()) == 5


def test_a_departement_that_does_not_use_paqte_owes_nothing(place: Workshop, in_use: Any, editions: Editions) -> None:
    in_use("41", since=None)
    assert produce_due(place=place, clock=at(DUE_DAY)) == []


def test_stopping_falls_between_two_bilans(place: Workshop, in_use: Any, editions: Editions) -> None:
    in_use("41", since="2025-S1")
    asked = iter([False, True, True])
    produce_due(place=place, clock=at(DUE_DAY), is_stopping=lambda: next(asked))
    assert editions() == [("41", "2025-S1", 1)]


def test_a_folder_that_refuses_the_file_is_told_and_tried_again(
    place: Workshop, in_use: Any, editions: Editions, tasks: Any
) -> None:
    in_use("41", since="2026-S1")
    place.reports.write_text("un fichier à la place du dossier")
    assert produce_due(place=place, clock=at(DUE_DAY)) == []
    (task,) = tasks()
    assert (task.etat, task.essais) == (ECHOUEE, 1)
    assert "dossier" in task.message
    place.reports.unlink()
    assert produce_due(place=place, clock=at(DUE_DAY + timedelta(seconds=30))) == [], "too soon to try again"
    assert len(produce_due(place=place, clock=at(DUE_DAY + timedelta(minutes=2)))) == 1
    (task,) = tasks()
    assert (task.etat, task.essais) == (FAITE, 2)
    assert editions() == [("41", "2026-S1", 1)]


def test_a_failure_does_not_hold_the_others_back(
    place: Workshop, in_use: Any, tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use("18", since="2026-S1")
    in_use("41", since="2026-S1")
    make = due.freeze_edition

    def stumble(genre: Any, **given: Any) -> Any:
        if given["departement"] == "18":
            raise ZeroDivisionError
        return make(genre, **given)

    monkeypatch.setattr(due, "freeze_edition", stumble)
    produce_due(place=place, clock=at(DUE_DAY))
    assert [(t.departement_code, t.etat) for t in tasks()] == [("18", ECHOUEE), ("41", FAITE)]
    assert "ZeroDivisionError" in tasks()[0].message


def test_a_missing_template_fails_with_its_name_and_heals(
    place: Workshop, in_use: Any, editions: Editions, tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use("41", since="2026-S1")
    with monkeypatch.context() as patch:
        patch.setattr(
            "paqte.services.editions.gabarit.FORMATS",
            {GABARIT_BILAN: replace(FORMAT_BILAN, gabarit=Path("absent.xlsx"))},
        )
        produce_due(place=place, clock=at(DUE_DAY))
    assert "absent.xlsx" in tasks()[0].message
    assert not place.reports.exists()
    produce_due(place=place, clock=at(DUE_DAY + timedelta(hours=2)))
    assert editions() == [("41", "2026-S1", 1)]


@pytest.mark.parametrize("step", ["freeze_edition", "publish_edition", "_finish"])
def test_a_process_that_dies_midway_leaves_its_job_to_another_after_the_lease(
    step: str, place: Workshop, in_use: Any, editions: Editions, tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use("41", since="2026-S1")

    def die(*_arguments: object, **_given: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(taches if step == "_finish" else due, step, die)
        with pytest.raises(SystemExit):
            produce_due(place=place, clock=at(DUE_DAY))
    assert tasks()[0].etat == EN_COURS
    assert produce_due(place=place, clock=at(DUE_DAY + BAIL - timedelta(seconds=1))) == []
    assert len(produce_due(place=place, clock=at(DUE_DAY + BAIL))) == 1
    assert editions() == [("41", "2026-S1", 1)]
    assert (tasks()[0].etat, tasks()[0].essais) == (FAITE, 2)


@pytest.mark.parametrize("step", ["publish_edition", "_finish"])
def test_R19_a_job_taken_again_after_an_answer_changed_publishes_the_edition_already_made(
    step: str, place: Workshop, in_use: Any, editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first edition is the scheduler's; what changed since is for a person to issue (R44)."""
    in_use("41", since="2026-S1")
    convention = a_convention(a_signataire(), "S2", debut=date(2026, 1, 1), fin=date(2028, 12, 31))
    _answer(convention, "2026-T1", 3)

    def die(*_arguments: object, **_given: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(taches if step == "_finish" else due, step, die)
        with pytest.raises(SystemExit):
            produce_due(place=place, clock=at(DUE_DAY))
    _answer(convention, "2026-T2", 4)
    ((prise, done),) = produce_due(place=place, clock=at(DUE_DAY + BAIL))
    assert (prise.travail, done.phrase.split(" (")[0]) == ("bilan", "Édition 1")
    assert editions() == [("41", "2026-S1", 1)]


def _answer(convention: int, periode: str, value: int) -> None:
    key = open_declaration(actor=CAMILLE, now=DUE_DAY, convention_id=convention, periode=Periode.from_code(periode))
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(value))})
    submit_and_validate(actor=CAMILLE, now=DUE_DAY, declaration_id=key, version=1, saisie=saisie)


def test_whoever_must_know_is_told_once(place: Workshop, in_use: Any, session: Any, now: datetime) -> None:
    in_use("41", since="2026-S1")
    in_use("18", since="2026-S1")
    with transaction(actor=PLANIFICATEUR, now=now) as writing:
        writing.add(Reglage(departement_code="41", cle="destinataires_bilan", valeur="a@exemple.fr, b@exemple.fr"))
        account = {"nom": "R", "role": REFERENT, "departement_code": "18", "created_at": now}
        writing.add(Utilisateur(courriel="ref18@exemple.fr", is_active=True, **account))
        writing.add(Utilisateur(courriel="partie@exemple.fr", is_active=False, **account))
    for _ in range(2):
        produce_due(place=place, clock=at(DUE_DAY))
    session.rollback()
    mails = session.execute(select(Courriel.destinataire, Courriel.texte).order_by(Courriel.id)).all()
    assert [mail.destinataire for mail in mails] == ["ref18@exemple.fr"], "nobody outside by itself (R40)"
    assert "http://localhost/connexion/[lien-personnel]?next=/bilans/" in mails[0].texte
    assert session.scalars(select(Courriel.departement_code)).all() == ["18"], "the page of mails of the 18 shows it"


def test_the_last_closed_semester_can_be_asked_for_before_it_is_due(
    place: Workshop, in_use: Any, editions: Editions
) -> None:
    in_use("41", since="2026-S1")
    just_after = at(datetime(2026, 7, 1, 6, tzinfo=UTC))
    assert produce_due(place=place, clock=just_after) == []
    assert produce_last_closed(place=place, departement="41", clock=just_after) is not None
    assert produce_last_closed(place=place, departement="41", clock=just_after) is None
    assert produce_due(place=place, clock=at(DUE_DAY)) == []
    assert editions() == [("41", "2026-S1", 1)]
