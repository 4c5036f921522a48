"""The calendar of the département: what happens on which day, what is done, what comes."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.taches import ETATS
from paqte.ops import clock
from paqte.queries.suivi.calendrier import read_calendar
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor


@blueprint.get("/calendrier")
@open_to(REFERENT)
def calendrier() -> ResponseReturnValue:
    """Month by month, then one line a campaign."""
    return render_template(
        "referent/calendrier.html",
        calendrier=read_calendar(actor=actor(), now=clock.now()),
        etats=ETATS,
        documents={genre.travail: genre for genre in DOCUMENTS.values()},
    )
