"""The quarter's export comes at its own date, with its rows and their schema, to its own recipients (R8, R11, R12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from paqte.domain.documents.registre import BILAN, COMPTE_RENDU
from paqte.domain.personnes.acteurs import PLANIFICATEUR, REFERENT
from paqte.models import Courriel, Reglage, Utilisateur
from paqte.services.planificateur.due import produce_due
from paqte.services.planificateur.taches import Workshop
from paqte.services.transaction import transaction

DUE_DAY = datetime(2026, 10, 30, 6, tzinfo=UTC)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


@pytest.fixture
def third_quarter(in_use: Any, place: Workshop) -> None:
    """Everything before the third quarter of 2026 is done."""
    in_use("41", since="2026-S1")
    produce_due(place=place, clock=at(datetime(2026, 8, 15, tzinfo=UTC)))


def test_R12_an_export_comes_at_its_date_and_once(third_quarter: None, place: Workshop, editions: Any) -> None:
    before = editions(BILAN, COMPTE_RENDU)
    assert [periode for _, periode, _ in before] == ["2026-S1", "2026-T1", "2026-T2"]
    assert produce_due(place=place, clock=at(DUE_DAY - timedelta(days=1))) == []
    ((prise, done),) = [one for one in produce_due(place=place, clock=at(DUE_DAY)) if one[0].travail == "export"]
    assert prise.periode.code == "2026-T3"
    assert produce_due(place=place, clock=at(DUE_DAY + timedelta(days=30))) == []
    assert editions(BILAN, COMPTE_RENDU) == [*before, ("41", "2026-T3", 1)]
    assert done.path is not None
    assert {path.suffix for path in done.path.parent.iterdir() if "publiable" not in path.name} == {
        ".xlsx",
        ".csv",
        ".json",
    }


def test_R40_what_is_produced_goes_to_no_outside_address_by_itself(
    third_quarter: None, place: Workshop, session: Any
) -> None:
    with transaction(actor=PLANIFICATEUR, now=DUE_DAY) as writing:
        writing.add(Reglage(departement_code="41", cle="destinataires_export", valeur="export@exemple.fr"))
        account = {"nom": "R", "role": REFERENT, "departement_code": "41", "created_at": DUE_DAY}
        writing.add(Utilisateur(courriel="ref41@exemple.fr", is_active=True, **account))
    produce_due(place=place, clock=at(DUE_DAY))
    session.rollback()
    mails = session.execute(select(Courriel.destinataire, Courriel.motif, Courriel.texte)).all()
    assert {mail.destinataire for mail in mails} == {"ref41@exemple.fr"}
    (texte,) = [mail.texte for mail in mails if mail.motif == "export"]
    assert "http://localhost/connexion/[lien-personnel]?next=/bilans/" in texte
