"""What is read comes in one order, whatever the base, and whatever was written last."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import PLANIFICATEUR
from paqte.domain.statuts.declarations import VALIDEE
from paqte.domain.statuts.pilotage import CHIFFRES
from paqte.models import ChiffreContexte, Declaration, Signataire, Tache
from paqte.queries.courriels.relances import forecast
from paqte.queries.declarations.faits import validated_facts_of
from paqte.queries.editions.bilans import read_donnees
from paqte.queries.planificateur.taches import coming_tasks
from paqte.queries.sommes import read_answers
from paqte.queries.suivi.entreprise import list_followed
from paqte.services.transaction import transaction
from tests.factories import CAMILLE, LONG_AGO, a_convention, a_departement, a_signataire, bruno, engagement_of

QUARTERS = ("2025-T1", "2025-T2", "2025-T3", "2025-T4")


@pytest.fixture
def answered(session: Any) -> int:
    """A convention with four validated quarters, the first written again last: PostgreSQL then gives it last."""
    convention = a_convention(a_signataire(), "S2")
    key = engagement_of(convention, "S2")
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as writing:
        for rank, periode in enumerate(QUARTERS, start=1):
            writing.add(
                Declaration(
                    convention_id=convention,
                    departement_code="41",
                    periode=periode,
                    etat=VALIDEE,
                    validee_le=LONG_AGO,
                    created_at=LONG_AGO,
                    sceau=f'[[{key},"S2","nombre",{rank},null,null]]',
                )
            )
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as writing:
        writing.execute(update(Declaration).where(Declaration.periode == QUARTERS[0]).values(texte_libre="Corrigé."))
    return convention


def test_R19_the_answers_that_an_edition_freezes_come_in_one_order(answered: int, session: Any) -> None:
    """The same answers must give the same bytes."""
    assert [f.periode for f in read_answers(session, "41")] == list(QUARTERS)
    assert [f.periode for f in validated_facts_of(session, answered)] == list(QUARTERS)
    donnees = read_donnees(session, "41", Periode.from_code("2025-S1"))
    assert [d.periode for d in donnees.declarations] == ["2025-T1", "2025-T2"]


@pytest.fixture
def namesakes(session: Any) -> tuple[int, int]:
    """Two shops of one name, the elder written again last."""
    elder, younger = a_signataire("Boulangerie Martin"), a_signataire("Boulangerie Martin")
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as writing:
        writing.execute(update(Signataire).where(Signataire.id == elder).values(commune="Blois"))
    return elder, younger


def test_two_signatories_of_one_name_stand_in_the_order_they_came(
    namesakes: tuple[int, int], session: Any, now: datetime
) -> None:
    followed = list_followed(actor=bruno(*namesakes), now=now)
    assert [s.id for s in followed] == list(namesakes)
    for key in namesakes:
        a_convention(key, "S2")
    left_out = forecast(departement="41", periode=None, etape="manuelle", day=now.date()).ecartes
    assert [one.signataire_id for one in left_out] == list(namesakes), "nobody answers for either"


def test_two_figures_of_one_day_keep_their_places(session: Any) -> None:
    first, second = list(CHIFFRES)[:2]
    a_departement()
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as writing:
        for code in (first, second):
            writing.add(
                ChiffreContexte(
                    departement_code="41",
                    code=code,
                    valeur=1,
                    date=date(2025, 6, 30),
                    source="",
                    precision="",
                    created_at=LONG_AGO,
                )
            )
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as writing:
        writing.execute(update(ChiffreContexte).where(ChiffreContexte.code == first).values(source="Insee"))
    assert [c.code for c in read_donnees(session, "41", Periode.from_code("2025-S1")).chiffres] == [first, second]


def test_two_tasks_of_one_moment_keep_their_places(session: Any, now: datetime) -> None:
    a_departement()
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as writing:
        for periode in ("2025-T1", "2025-T2", "2025-T3"):
            writing.add(
                Tache(travail="export", departement_code="41", periode=periode, etat="prevue", due_le=now, essais=0)
            )
    with transaction(actor=PLANIFICATEUR, now=LONG_AGO) as writing:
        writing.execute(update(Tache).where(Tache.periode == "2025-T1").values(message="Replanifiée."))
    assert [str(t.periode) for t in coming_tasks(actor=CAMILLE)] == ["2025-T1", "2025-T2", "2025-T3"]
