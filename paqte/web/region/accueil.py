"""The home of a préfecture de région: its départements, what each issued, how far each is, who is late."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import last_closed, local_date
from paqte.domain.editions.territoires import PARIS
from paqte.domain.personnes.acteurs import REGION
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import TRIMESTRE
from paqte.ops import clock
from paqte.queries.suivi.region import read_region
from paqte.web.region import blueprint
from paqte.web.socle.session import actor


@blueprint.get("/")
@open_to(REGION)
def accueil() -> ResponseReturnValue:
    """One line a département, each leading to its pages."""
    now = clock.now()
    quarter = last_closed(local_date(now, PARIS), TRIMESTRE)
    return render_template("region/accueil.html", page=read_region(actor=actor(), now=now), trimestre=quarter)
