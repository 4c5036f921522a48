"""The référent's home: the results, then what to do next."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.personnes.acteurs import TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.perimetre import own_departement
from paqte.queries.suivi.accueil import home
from paqte.queries.suivi.phares import read_results
from paqte.web.referent import blueprint
from paqte.web.socle.acces import home_endpoint, may_write
from paqte.web.socle.lists import as_left
from paqte.web.socle.session import actor

FIRST_STEPS, PUT_AWAY = "premiers_pas", "ranges"


@blueprint.get("/")
@open_to(*TERRITORIAL)
@as_left(FIRST_STEPS)
def accueil() -> ResponseReturnValue:
    """The results, what to do next, then where the département stands; who only reads it goes back to her own home."""
    if not may_write():
        return redirect(url_for(home_endpoint(actor().role)))
    a, place = home(actor=actor(), now=clock.now()), own_departement(actor())
    results = read_results(actor=actor(), departement=place, periode=a.semestre, today=local_date(clock.now(), place))
    are_away = request.args.get(FIRST_STEPS) == PUT_AWAY
    return render_template(
        "referent/accueil.html",
        a=a,
        r=results.phares,
        annee=results.annee,
        de_annee=results.chiffres,
        are_away=are_away,
    )
