"""A task asks its reason again as it is done: it may have gone since the task was planned, or since it failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, DOCUMENTS
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.taches import ECHOUEE, FAITE, PREVUE
from paqte.models import Courriel, Departement, Reglage, Tache
from paqte.services.editions import produce_edition
from paqte.services.planificateur import due
from paqte.services.planificateur.due import use_cases
from paqte.services.planificateur.taches import Workshop, run_due
from paqte.services.reglages.planification import plan_all
from paqte.services.transaction import transaction
from tests.factories import CAMILLE

S1 = Periode.from_code("2026-S1")
DUE_DAY = datetime(2026, 7, 30, 6, tzinfo=UTC)
NEXT = DUE_DAY + timedelta(hours=3)


@pytest.fixture
def failed(place: Workshop, in_use: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bilan of 2026-S1 came due on 30 July, and the disk was full."""
    in_use("41", since="2026-S1")
    with monkeypatch.context() as patch:
        patch.setattr(due, "freeze_edition", full_disk)
        passes(place, DUE_DAY)


def full_disk(*_given: object, **_more: object) -> None:
    raise OSError(28, "No space left on device")


def passes(place: Workshop, moment: datetime) -> dict[str, str]:
    """What each task of 2026-S1 that is done says, after one pass of the scheduler."""
    plan_all(now=moment)
    done = run_due(use_cases={BILAN: use_cases()[BILAN]}, place=place, clock=lambda: moment)
    return {prise.travail: said.phrase for prise, said in done if prise.periode == S1}


def bilan_task(session: Any) -> Tache:
    session.rollback()
    return session.scalars(select(Tache).where(Tache.travail == "bilan", Tache.periode == "2026-S1")).one()


def moved(delai: str) -> None:
    with transaction(actor=PLANIFICATEUR, now=NEXT) as writing:
        late = update(Reglage).where(Reglage.cle == "bilan_delai_jours")
        writing.execute(late.values(valeur=delai))


def test_a_task_that_failed_before_its_date_moved_waits_for_the_new_one(
    place: Workshop, failed: None, session: Any, editions: Callable[[], list[Any]]
) -> None:
    assert bilan_task(session).etat == ECHOUEE
    moved("45")
    assert passes(place, NEXT) == {"bilan": "Sans objet : La date de cette tâche a changé : elle attend la nouvelle."}
    assert editions() == []
    task = bilan_task(session)
    assert (task.etat, task.due_le, task.essais) == (PREVUE, datetime(2026, 8, 13, 22, tzinfo=UTC), 0)
    passes(place, datetime(2026, 8, 13, 21, tzinfo=UTC))
    assert editions() == []
    passes(place, datetime(2026, 8, 14, 6, tzinfo=UTC))
    assert editions() == [("41", "2026-S1", 1)] and bilan_task(session).etat == FAITE


def test_R43_a_task_that_failed_is_left_once_the_period_is_the_referents_to_produce(
    place: Workshop, failed: None, session: Any, editions: Callable[[], list[Any]]
) -> None:
    with transaction(actor=PLANIFICATEUR, now=NEXT) as writing:
        writing.execute(update(Departement).values(premiere_complete_le=None))
    said = passes(place, NEXT)["bilan"]
    assert said.startswith("Sans objet : Aucune convention complète") and editions() == []


def test_R42_a_task_of_a_period_no_longer_followed_does_nothing(
    place: Workshop, failed: None, editions: Callable[[], list[Any]]
) -> None:
    with transaction(actor=PLANIFICATEUR, now=NEXT) as writing:
        writing.execute(update(Departement).values(premier_semestre="2026-S2"))
    assert passes(place, NEXT)["bilan"] == "Sans objet : Le département ne suit plus cette période."
    assert editions() == []


def test_what_a_referent_produced_before_its_day_is_not_produced_nor_told_again(
    place: Workshop, in_use: Any, session: Any, editions: Callable[[], list[Any]]
) -> None:
    in_use("41", since="2026-S1")
    early = DUE_DAY - timedelta(days=9)
    produce_edition(DOCUMENTS[BILAN], actor=CAMILLE, departement="41", periode=S1, reports=place.reports, now=early)
    assert passes(place, DUE_DAY)["bilan"] == "Sans objet : Le bilan ou l’export de cette période est déjà produit."
    assert editions() == [("41", "2026-S1", 1)]
    session.rollback()
    assert session.scalars(select(Courriel.motif)).all() == []
    assert passes(place, DUE_DAY + timedelta(days=1)) == {}, "once"


def test_a_task_on_its_day_is_done_as_ever(place: Workshop, failed: None, editions: Callable[[], list[Any]]) -> None:
    assert passes(place, NEXT)["bilan"].startswith("Édition 1 (")
    assert editions() == [("41", "2026-S1", 1)]
