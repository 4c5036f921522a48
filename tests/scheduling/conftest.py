"""Départements that use PAQTE, without anybody in them: their bilans say « néant », which is enough to be due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from paqte.domain.calendrier.campagnes import task_kind
from paqte.domain.documents.registre import SOMMES
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.taches import PREVUE
from paqte.models import Departement, Edition, Reglage, Tache
from paqte.services.planificateur.taches import Workshop
from paqte.services.transaction import transaction
from tests.architecture.acces.monde import two_regions
from tests.factories import a_convention, a_signataire

if TYPE_CHECKING:
    from flask import Flask

Opener = Callable[..., None]


@pytest.fixture
def place(tmp_path: Path) -> Workshop:
    return Workshop("essai", tmp_path / "reports", "http://localhost")


@pytest.fixture
def two_in_use(app: Flask, accounts: object) -> None:
    """Of two régions: the 41 and the 972 use PAQTE since 2026-S1, with a signatory each; the 37 has only a name."""
    two_regions(app)
    with app.app_context():
        for code in ("41", "972"):
            a_convention(a_signataire(f"Société {code} (fictif)", code), "S2")
        with transaction(actor=PLANIFICATEUR, now=datetime(2026, 7, 2, 9, tzinfo=UTC)) as session:
            for code in ("41", "972"):
                session.get_one(Departement, code).premier_semestre = "2026-S1"


@pytest.fixture
def in_use(session: Any, now: datetime) -> Opener:
    """`in_use("41", since="2026-S1")`: the préfecture uses PAQTE from that semester on."""

    def open_departement(code: str, since: str, delai: str = "30") -> None:
        with transaction(actor=PLANIFICATEUR, now=now) as writing:
            used = {"premier_semestre": since, "premiere_complete_le": date(2020, 1, 1)}
            writing.add(Departement(code=code, nom=f"Département {code}", prefecture="", **used))
            writing.flush()
            writing.add(Reglage(departement_code=code, cle="bilan_delai_jours", valeur=delai))
            writing.add(Reglage(departement_code=code, cle="export_delai_jours", valeur=delai))

    return open_departement


@pytest.fixture
def editions(session: Any) -> Callable[..., list[tuple[str, str, int]]]:
    """Every edition issued, or those of one kind: département, period, number; each must have been published."""

    def read(*genres: str) -> list[tuple[str, str, int]]:
        session.rollback()
        assert session.scalar(select(func.count()).where(Edition.publiee_le.is_(None))) == 0
        query = select(Edition.departement_code, Edition.periode, Edition.numero)
        query = query.where(Edition.genre_document.in_(genres)) if genres else query
        return sorted(tuple(row) for row in session.execute(query))

    return read


@pytest.fixture
def tasks(session: Any) -> Callable[[], list[Tache]]:
    """Every task of a département that was taken, whatever came of it; test_sommes looks at those of territories."""

    def read() -> list[Tache]:
        session.rollback()
        taken = select(Tache).where(Tache.etat != PREVUE)
        rows = session.scalars(taken.order_by(Tache.departement_code, Tache.periode, Tache.travail))
        return [row for row in rows if task_kind(row.travail) not in {g.travail for g in SOMMES.values()}]

    return read
