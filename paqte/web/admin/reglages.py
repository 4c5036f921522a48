"""National value of each setting: what applies where a département has none of its own."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.documents.reglages import reglages as documents_reglages
from paqte.domain.documents.reglages import sujets
from paqte.domain.personnes.acteurs import ADMIN
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.pilotage import (
    AIDES_SUJETS,
    COURTS,
    LIMITES,
    LIMITES_PAR_SUJET,
    UNITES,
    setting_help,
    setting_shown,
)
from paqte.ops import clock
from paqte.queries.reglages.reglages import read_national, version_of
from paqte.services.reglages.reglages import save_national_settings
from paqte.web.admin import blueprint
from paqte.web.commun.suites_reglages import told_suites
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import TextField
from paqte.web.socle.session import actor


class NationalForm(OurForm):
    """One line of text for each setting, read by the use case."""

    def values(self) -> dict[str, str]:
        return {cle: self[cle].data for cle in documents_reglages() | LIMITES}


def national_form() -> type[NationalForm]:
    """The form of the settings that there are."""
    fields = {
        cle: TextField(libelle, limite=2_000, description=setting_help(cle, "livrée", shipped))
        for cle, (shipped, libelle) in (documents_reglages() | LIMITES).items()
    }
    return type("NationalSettingsForm", (NationalForm,), fields)


@blueprint.route("/reglages", methods=["GET", "POST"])
@open_to(ADMIN)
def reglages() -> ResponseReturnValue:
    """Delays, reminders and recipients of the whole country."""
    settings = read_national()
    own = {cle: setting_shown(cle, setting.valeur) if setting.is_own else "" for cle, setting in settings.items()}
    form = national_form()(data=own)
    if not form.is_submitted():
        form.version.data = version_of(settings)
    if form.validate_on_submit():
        with form.refusals():
            suites = save_national_settings(
                actor=actor(), now=clock.now(), version=form.version.data, values=form.values()
            )
            flash("Les réglages nationaux sont enregistrés ; le calendrier de chaque département suit.", "succes")
            for sentence in told_suites(suites.values()):
                flash(sentence, "attention")
            return redirect(url_for("admin.reglages"))
    limites = {sujet: tuple(group) for sujet, group in LIMITES_PAR_SUJET.items()}
    shown = {"unites": UNITES, "aides": AIDES_SUJETS, "courts": COURTS}
    return render_template("admin/reglages.html", form=form, sujets=sujets() | limites, **shown), form.http_status
