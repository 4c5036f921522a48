"""The mails of the département: queued, sent, refused and why."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.documents.reglages import motifs
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.courriels import ETATS
from paqte.ops import clock
from paqte.queries.courriels.courriels import PER_PAGE, follow_mails
from paqte.queries.perimetre import own_departement
from paqte.services.courriels.courriels import send_again
from paqte.web.referent import blueprint
from paqte.web.socle.lists import page_asked
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once
from paqte.web.socle.typed.refusals import refusals_told


@blueprint.get("/courriels")
@open_to(REFERENT)
def courriels() -> ResponseReturnValue:
    """What was sent to whom, and what did not arrive."""
    etat = request.args.get("etat", "")
    etat = etat if etat in ETATS else ""
    return render_template(
        "referent/courriels.html",
        suivi=follow_mails(actor=actor(), etat=etat, page=page_asked()),
        etat=etat,
        etats=ETATS,
        motifs=motifs(),
        departement=own_departement(actor()),
        page=page_asked(),
        par_page=PER_PAGE,
    )


@blueprint.post("/courriels/<int:courriel_id>/renvoyer")
@open_to(REFERENT)
@once
def courriel_renvoyer(courriel_id: int) -> ResponseReturnValue:
    """Try a refused mail again."""
    with refusals_told():
        send_again(actor=actor(), courriel_id=courriel_id, now=clock.now())
        flash("Le courriel repart dans la minute.", "succes")
    return redirect(url_for("referent.courriels"))
