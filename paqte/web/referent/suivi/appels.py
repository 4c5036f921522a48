"""Whom to call today, with the numbers."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.conventions import last_met
from paqte.queries.perimetre import own_departement
from paqte.queries.suivi.avancements import read_calls
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor


@blueprint.get("/appels")
@open_to(REFERENT)
def appels() -> ResponseReturnValue:
    """Those that never sent something due: why, whom to call, when they were last reminded and last met."""
    departement, now = own_departement(actor()), clock.now()
    found = read_calls(actor=actor(), departement=departement, now=now)
    met = last_met(actor=actor(), signataires=[one.id for one in found], now=now, departement=departement)
    return render_template("referent/appels.html", appels=found, rencontres=met)
