"""The secret address at which a référent's own programs read the dates of her département."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.reglages.flux import own_feed
from paqte.services.reglages.flux import renew_feed, withdraw_feed
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor


@blueprint.route("/calendrier/abonnement", methods=["GET", "POST"])
@open_to(REFERENT)
def abonnement() -> ResponseReturnValue:
    """Whether there is an address; posted to, a new one, shown on this answer alone: its secret is kept nowhere."""
    form, address, before = OurForm(), "", own_feed(actor=actor())
    if request.method == "POST" and form.validate_on_submit():
        secret = renew_feed(actor=actor(), now=clock.now())
        address = public_address() + url_for("public.agenda", secret=secret)
    feed = own_feed(actor=actor()) if address else before
    page = render_template("referent/abonnement.html", form=form, adresse=address, flux=feed, remplace=bool(before))
    return page, form.http_status


@blueprint.post("/calendrier/abonnement/retirer")
@open_to(REFERENT)
def abonnement_retirer() -> ResponseReturnValue:
    """Take the address back: it opens nothing any more."""
    if withdraw_feed(actor=actor(), now=clock.now()):
        flash("L’adresse est retirée : aucun agenda ne peut plus la lire.", "succes")
    else:
        flash("Il n’y a pas d’adresse à retirer : aucun agenda ne lit vos dates.", "info")
    return redirect(url_for("referent.abonnement"))
