"""The référent's home: what to do next."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.suivi.accueil import home
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor


@blueprint.get("/")
@open_to(REFERENT)
def accueil() -> ResponseReturnValue:
    """What to do next, then where the département stands."""
    return render_template("referent/accueil.html", a=home(actor=actor(), now=clock.now()))
