"""Errors that companies told of after sending: the list of those that wait, and an answer to one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.declarations.signalements import read_report, reports_waiting
from paqte.services.declarations.signalements import LONGEST, answer_report
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import LongTextField, Required
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor


class AnswerForm(OurForm):
    """What a référent answers without giving the declaration back."""

    reponse = LongTextField(
        "Votre réponse",
        [Required("Écrivez votre réponse, en une phrase.")],
        limite=LONGEST,
        description="L’entreprise la reçoit par courriel. Sa déclaration reste comme elle est.",
        render_kw={"rows": 4, "data-limite": LONGEST},
    )


@blueprint.get("/signalements")
@open_to(REFERENT)
def signalements() -> ResponseReturnValue:
    """What waits, the first told first."""
    return render_template("referent/signalements.html", signalements=reports_waiting(actor=actor()))


@blueprint.route("/signalements/<int:signalement_id>/repondre", methods=["GET", "POST"])
@open_to(REFERENT)
def signalement_repondre(signalement_id: int) -> ResponseReturnValue:
    """Answer one without giving the declaration back."""
    told = read_report(actor=actor(), signalement_id=signalement_id)
    form = AnswerForm()
    if not form.is_submitted():
        form.version.data = told.version
    if form.validate_on_submit():
        with form.refusals():
            key = answer_report(
                actor=actor(),
                signalement_id=signalement_id,
                version=form.version.data,
                reponse=form.reponse.data,
                base_url=public_address(),
                now=clock.now(),
            )
            flash("Votre réponse part à l’entreprise. La déclaration n’a pas changé.", "succes")
            return redirect(url_for("referent.declaration", declaration_id=key))
    return render_template("referent/signalement.html", form=form, s=told), form.http_status
