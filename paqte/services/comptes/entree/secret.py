"""The key of a machine becomes that of the base: the former is lost, and what it closed opens no more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert

from paqte.domain.personnes.acteurs import Acteur
from paqte.models import SecretKnown
from paqte.services.transaction import note, transaction


def adopt_secret(*, actor: Acteur, empreinte: str, now: datetime) -> None:
    """Keep this mark in place of whatever the base holds; the journal says who ordered it.

    `empreinte` is the mark of the machine's secret key (ops.base.garde.secret_mark).
    """
    with transaction(actor=actor, now=now) as session:
        session.execute(delete(SecretKnown))
        session.execute(insert(SecretKnown).values(id=1, empreinte=empreinte))
        note(session, "adopter", "cle_secrete", 1)
