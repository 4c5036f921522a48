"""What somebody of the State may ask of what is kept of her (R30)."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import ADMIN
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.comptes.effacements import preview_user
from paqte.services.comptes.personnes import erase_user, export_user
from paqte.web.admin import blueprint
from paqte.web.commun.copies import handed
from paqte.web.commun.effacement import EffacementForm
from paqte.web.socle.session import actor


@blueprint.get("/comptes/<int:compte_id>/donnees")
@open_to(ADMIN)
def compte_donnees(compte_id: int) -> ResponseReturnValue:
    """All that is kept of her."""
    return handed(export_user(actor=actor(), now=clock.now(), utilisateur_id=compte_id))


@blueprint.route("/comptes/<int:compte_id>/effacer", methods=["GET", "POST"])
@open_to(ADMIN)
def compte_effacer(compte_id: int) -> ResponseReturnValue:
    """Say what erasing an account does, then do it."""
    apercu, form = preview_user(actor=actor(), utilisateur_id=compte_id), EffacementForm()
    if form.validate_on_submit():
        with form.refusals():
            erase_user(actor=actor(), now=clock.now(), utilisateur_id=compte_id)
            flash("La personne est effacée. Les déclarations et les bilans n’ont pas changé.", "succes")
            return redirect(url_for("admin.comptes"))
    return render_template("admin/compte_effacer.html", form=form, apercu=apercu, compte_id=compte_id), form.http_status
