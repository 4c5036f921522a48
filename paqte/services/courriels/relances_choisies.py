"""Reminding a selection of signatories: each as `remind_company` reminds one, in the same ledger (R12)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from paqte.domain.personnes.acteurs import Acteur
from paqte.models import db
from paqte.queries.courriels.relances_choisies import forecast_selection
from paqte.services.courriels.relances import remind_company
from paqte.services.envois import BatchDone, one_by_one, open_batch


def remind_companies(*, actor: Acteur, signataires: Collection[int], now: datetime, base_url: str) -> BatchDone:
    """Remind each of these signatories that something waits for, one mail a person a day; say of the others why not.

    A person in charge of several gets one mail with all of it: her other signatories are done with it. Of the rest,
    refused as `remind_company`.
    """
    found = forecast_selection(actor=actor, signataires=signataires, now=now)
    db.session.rollback()
    open_batch(actor=actor, now=now, geste="relancer", nombre=len(found.signataires))
    written: set[int] = set()

    def remind(key: int) -> None:
        people = found.people_of(key)
        if people and people <= written:
            return
        remind_company(actor=actor, signataire_id=key, now=now, base_url=base_url)
        written.update(people)

    return one_by_one(signataires, remind)
