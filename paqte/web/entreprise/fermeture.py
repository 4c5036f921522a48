"""Whether the typing of a declaration is closed to its company (R12)."""

from __future__ import annotations

from datetime import date

from paqte.domain.calendrier.periodes import local_date
from paqte.ops import clock
from paqte.queries.declarations.attendus import closed_on
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown


def closed_day(page: DeclarationShown) -> date | None:
    """The last day on which it could be answered, once over; None while it can."""
    today = local_date(clock.now(), page.departement)
    return closed_on(
        convention_id=page.convention_id,
        departement=page.departement,
        periode=page.periode,
        etat=page.etat,
        today=today,
    )
