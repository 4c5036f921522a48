"""What a base of before learns from its journal: when each declaration was first sent (R12)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import select, text, update

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import AnswerTyped, Saisie
from paqte.models import Declaration
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.declarations import open_declaration, reopen_declaration, submit_and_validate
from tests.factories import CAMILLE, a_convention, a_signataire, engagement_of

pytestmark = pytest.mark.lent

FILL = import_module("paqte.migrations.versions.0006_premier_envoi").FILL
APRIL, AUGUST = datetime(2026, 4, 10, 9, tzinfo=UTC), datetime(2026, 8, 2, 9, tzinfo=UTC)


def test_the_first_sending_is_found_again_in_the_journal_and_what_was_never_sent_has_none(session: Any) -> None:
    convention = a_convention(a_signataire(), "S2")
    sent, unsent = (
        open_declaration(actor=CAMILLE, now=APRIL, convention_id=convention, periode=Periode.from_code(code))
        for code in ("2026-T1", "2025-T4")
    )
    saisie = Saisie({engagement_of(convention, "S2"): AnswerTyped(valeur=Decimal(4))})
    submit_and_validate(actor=CAMILLE, now=APRIL, declaration_id=sent, version=1, saisie=saisie)
    version = read_declaration(actor=CAMILLE, declaration_id=sent).version
    reopen_declaration(actor=CAMILLE, now=AUGUST, declaration_id=sent, version=version, motif="À revoir.")
    version = read_declaration(actor=CAMILLE, declaration_id=sent).version
    submit_and_validate(actor=CAMILLE, now=AUGUST, declaration_id=sent, version=version, saisie=saisie)
    session.execute(update(Declaration).values(premier_envoi_le=None))
    session.execute(text(FILL))
    found = dict(session.execute(select(Declaration.id, Declaration.premier_envoi_le)).all())
    assert found == {sent: APRIL, unsent: None}
