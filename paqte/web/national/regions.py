"""Opening the régions to their préfectures: the national team invites them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import NATIONAL, REGION
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.comptes.utilisateurs import list_regions
from paqte.services.comptes.comptes import invite_user
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import ChoiceField, CourrielField, Required, TextField
from paqte.web.national import blueprint
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once


class RegionForm(OurForm):
    nom = TextField("Prénom et nom", [Required("Écrivez le nom de la personne.")], limite=120)
    courriel = CourrielField(
        "Adresse électronique professionnelle",
        [Required("Écrivez l’adresse où envoyer l’invitation.")],
        render_kw={"autocomplete": "off", "inputmode": "email", "autocapitalize": "none"},
    )
    region = ChoiceField("Région", [Required("Choisissez la région.")])
    version = None


@blueprint.route("/regions/inviter", methods=["GET", "POST"])
@open_to(NATIONAL)
@once
def region_inviter() -> ResponseReturnValue:
    """Invite somebody of a préfecture de région: she reads the départements of her région and writes nothing."""
    form = RegionForm()
    form.region.choices = {"": "Choisissez…", **list_regions()}
    if form.validate_on_submit() and _region_opened(form):
        return redirect(url_for("national.accueil"))
    return render_template("national/region_inviter.html", form=form), form.http_status


def _region_opened(form: RegionForm) -> bool:
    """Whether the invitation left; otherwise the form bears the reasons."""
    with form.refusals():
        invite_user(
            actor=actor(),
            role=REGION,
            courriel=form.courriel.data,
            nom=form.nom.data,
            region=form.region.data,
            base_url=public_address(),
            now=clock.now(),
        )
        flash(f"L’invitation part dans la minute à {form.courriel.data}.", "succes")
        return True
    return False
