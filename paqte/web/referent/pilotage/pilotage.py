"""Steering of the département: overview, settings, the protocole apart."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.documents.reglages import reglages, sujets
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import SEMESTRE, TRIMESTRE
from paqte.domain.statuts.pilotage import AIDES_SUJETS, CHIFFRES, COURTS, UNITES, setting_help, setting_shown
from paqte.ops import clock
from paqte.queries.conventions.debut import read_start
from paqte.queries.perimetre import own_departement
from paqte.queries.pilotage.pilotage import read_pilotage, read_protocole
from paqte.queries.reglages.reglages import ReglageApplied, version_of
from paqte.services.reglages.reglages import save_settings
from paqte.web.commun.suites_reglages import told_suites
from paqte.web.referent import blueprint
from paqte.web.referent.pilotage.formulaires import ReglagesForm, reglages_form
from paqte.web.referent.pilotage.textes import PeriodesForm, chosen_texts
from paqte.web.socle.session import actor


@blueprint.get("/pilotage")
@open_to(REFERENT)
def pilotage() -> ResponseReturnValue:
    """Everything the bilan says of how the département steers, and what is missing."""
    page = read_pilotage(actor=actor(), departement=own_departement(actor()))
    debut = read_start(actor=actor(), departement=own_departement(actor()), now=clock.now())
    form = PeriodesForm(request.args)
    texts = chosen_texts(form)
    shown = {"CHIFFRES": CHIFFRES, "REGLAGES": reglages(), "montre": setting_shown, "form": form}
    shown |= {"semestre": texts[SEMESTRE], "trimestre": texts[TRIMESTRE]}
    return render_template("referent/pilotage.html", page=page, debut=debut, **shown)


@blueprint.route("/pilotage/reglages", methods=["GET", "POST"])
@open_to(REFERENT)
def pilotage_reglages() -> ResponseReturnValue:
    """Delays and recipients of the département; what moves is told (R37)."""
    departement = own_departement(actor())
    settings = read_pilotage(actor=actor(), departement=departement).reglages
    form = reglages_form()(data={cle: setting.valeur if setting.is_own else "" for cle, setting in settings.items()})
    _explain(form, settings)
    if not form.is_submitted():
        form.version.data = version_of(settings)
    if form.validate_on_submit():
        with form.refusals():
            suites = save_settings(
                actor=actor(),
                now=clock.now(),
                departement=departement,
                version=form.version.data,
                values=form.values(),
            )
            flash("Les réglages sont enregistrés.", "succes")
            for sentence in told_suites([suites]):
                flash(sentence, "attention")
            return redirect(url_for("referent.pilotage", _anchor="reglages"))
    return (
        render_template(
            "referent/pilotage_reglages.html",
            form=form,
            sujets=sujets(),
            unites=UNITES,
            aides=AIDES_SUJETS,
            courts=COURTS,
        ),
        form.http_status,
    )


@blueprint.get("/pilotage/protocole")
@open_to(REFERENT)
def pilotage_protocole() -> ResponseReturnValue:
    """The protocole's engagements whose lever is PAQTE: apart from the CGET bilan (R31)."""
    lines = read_protocole(actor=actor(), departement=own_departement(actor()))
    return render_template("referent/pilotage_protocole.html", lignes=lines)


def _explain(form: ReglagesForm, settings: dict[str, ReglageApplied]) -> None:
    for cle, setting in settings.items():
        form[cle].description = setting_help(cle, "nationale", setting.nationale)
