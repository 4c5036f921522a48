"""Two machines on one PostgreSQL base, and what is due there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.taches import FAITE
from paqte.models import Departement, Reglage, Tache
from paqte.ops import clock
from paqte.services.reglages.planification import plan_all
from paqte.services.transaction import transaction
from tests.fixtures_acteurs import Personne, invitation_of
from tests.ops.machines.machine import Machine, free_ports, machines, wait_until_ready

SEMESTERS = 4
PUBLISHED = sorted(genre.travail for genre in DOCUMENTS.values())


@pytest.fixture
def database_url(emptied_postgres: str) -> str:
    return emptied_postgres


@pytest.fixture
def two(tmp_path: Path, database_url: str, mailbox: Any) -> Iterator[list[Machine]]:
    with machines(tmp_path, database_url, PAQTE_SMTP_URL=mailbox.url) as made:
        yield made


@pytest.fixture
def serve(two: list[Machine]) -> Callable[[], list[int]]:
    """`serve()` gives the ports of four web processes, two a machine."""

    def start() -> list[int]:
        ports = free_ports(4)
        for rank, port in enumerate(ports):
            two[rank % 2].serve(port)
        wait_until_ready(*ports)
        return ports

    return start


@pytest.fixture
def owe(session: Any) -> Callable[[int], int]:
    """`owe(200)`: départements, with a référent each, that owe so many documents at least; gives how many."""

    def open_departements(least: int) -> int:
        first = last_closed(local_date(clock.now(), "41"), "S")
        for _ in range(SEMESTERS - 1):
            first = first.precedente
        for rank in range(10, 10 + -(-least // (3 * SEMESTERS))):
            _open(f"{rank}", first.code)
            invitation_of(Personne("Référente", f"ref{rank}@prefecture.test", "referent", f"{rank}"))
        plan_all(now=clock.now())
        count: int = session.scalar(
            select(func.count()).where(Tache.travail.in_(PUBLISHED), Tache.due_le <= clock.now())
        )
        session.rollback()
        assert count >= least
        return count

    return open_departements


def _open(code: str, since: str) -> None:
    with transaction(actor=PLANIFICATEUR, now=clock.now()) as writing:
        used = {"premier_semestre": since, "premiere_complete_le": date(2020, 1, 1)}
        writing.add(Departement(code=code, nom=f"Département {code}", prefecture="", **used))
        writing.flush()
        for delay in ("bilan_delai_jours", "export_delai_jours"):
            writing.add(Reglage(departement_code=code, cle=delay, valeur="0"))


@pytest.fixture
def left(session: Any) -> Callable[[], int]:
    """How many documents are still to be issued."""

    def count() -> int:
        session.rollback()
        waiting = (Tache.travail.in_(PUBLISHED), Tache.due_le <= clock.now(), Tache.etat != FAITE)
        found: int = session.scalar(select(func.count()).where(*waiting))
        return found

    return count
