"""Since when the département uses PAQTE: the first semester of which the bilan is owed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.conventions.debut import StartShown, read_start
from paqte.queries.perimetre import own_departement
from paqte.services.conventions.debut import change_start
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import BoxField, ChoiceField, Required
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor


class StartForm(OurForm):
    semestre = ChoiceField(
        "Premier semestre suivi",
        [Required("Choisissez un semestre.")],
        description="Rien n’est attendu avant ce semestre. Ce qui était terminé avant votre première convention "
        "complète est proposé, jamais produit automatiquement.",
    )
    is_owed = BoxField(
        "Demander aussi ces déclarations aux conventions déjà saisies",
        description="Pour les périodes qui deviennent suivies et dont l’échéance était passée à leur saisie. Leur "
        "délai compte à partir d’aujourd’hui.",
    )


@blueprint.route("/pilotage/debut", methods=["GET", "POST"])
@open_to(REFERENT)
def pilotage_debut() -> ResponseReturnValue:
    """Choose the first semester; an earlier one when the past was typed in."""
    departement = own_departement(actor())
    debut = read_start(actor=actor(), departement=departement, now=clock.now())
    form = _start_form(debut)
    if form.validate_on_submit():
        with form.refusals():
            change_start(
                actor=actor(),
                departement=departement,
                version=form.version.data,
                semestre=Periode.from_code(form.semestre.data),
                now=clock.now(),
                is_owed=form.is_owed.data,
            )
            flash("Le premier semestre suivi est enregistré.", "succes")
            return redirect(url_for("referent.pilotage", _anchor="reglages"))
    return render_template("referent/pilotage_debut.html", form=form, debut=debut), form.http_status


def _start_form(debut: StartShown) -> StartForm:
    form = StartForm(data={"semestre": debut.premier.code if debut.premier else ""})
    form.semestre.choices = {"": "Choisissez…"} | {periode.code: periode.libelle for periode in debut.possibles}
    if not form.is_submitted():
        form.version.data = debut.version
    return form
