"""The référent's home: what to do next."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT, REGION
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.suivi.accueil import home
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor


@blueprint.get("/")
@open_to(REFERENT, REGION)
def accueil() -> ResponseReturnValue:
    """What to do next, then where the département stands; who only reads it goes back to her own home."""
    if actor().role == REGION:
        return redirect(url_for("region.accueil"))
    return render_template("referent/accueil.html", a=home(actor=actor(), now=clock.now()))
