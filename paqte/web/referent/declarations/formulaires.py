"""Offline forms that companies sent back by mail: several at once, each told by its own line (R16–R18)."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.services.declarations.formulaires.envois_formulaires import send_form
from paqte.services.declarations.formulaires.formulaires import EXTENSIONS, MAX_OCTETS, FormKept, form_of, take_form
from paqte.web.affichage.filters import plural
from paqte.web.commun.copies import handed
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import FichiersField
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once
from paqte.web.socle.typed.refusals import refusals_told

MOST = 30


class IntakeListForm(OurForm):
    fichiers = FichiersField(
        "Formulaires remplis", description=f"{MOST} fichiers au plus à la fois.", render_kw={"accept": EXTENSIONS}
    )
    version = None


@blueprint.get("/declarations/<int:declaration_id>/formulaire.xlsx")
@open_to(REFERENT)
def formulaire_telecharger(declaration_id: int) -> ResponseReturnValue:
    """The form to send to a company."""
    return handed(form_of(actor=actor(), now=clock.now(), declaration_id=declaration_id))


@blueprint.post("/declarations/<int:declaration_id>/formulaire/envoyer")
@open_to(REFERENT)
@once
def formulaire_envoyer(declaration_id: int) -> ResponseReturnValue:
    """Send the form to the contacts of the card."""
    with refusals_told("attention"):
        sent = send_form(actor=actor(), now=clock.now(), declaration_id=declaration_id)
        flash(f"Le formulaire part par courriel à {plural(sent, 'contact')} ; la réponse vous revient.", "succes")
    return redirect(url_for("referent.declaration", declaration_id=declaration_id))


@blueprint.route("/declarations/formulaires", methods=["GET", "POST"])
@open_to(REFERENT)
def formulaires() -> ResponseReturnValue:
    """Take forms in: each is read, kept and sent on behalf of its company, or says why not."""
    form = IntakeListForm()
    handled: list[FormKept] = []
    if form.validate_on_submit():
        files = [one for one in request.files.getlist("fichiers") if one.filename]
        if not files:
            form.fichiers.errors = ["Choisissez au moins un fichier."]
        elif len(files) > MOST:
            form.fichiers.errors = [f"{len(files)} fichiers : déposez-en {MOST} au plus à la fois."]
        else:
            handled = [_taken(one) for one in files]
    return render_template("referent/formulaires.html", form=form, lots=handled), form.http_status


def _taken(file: FileStorage) -> FormKept:
    return take_form(
        actor=actor(),
        now=clock.now(),
        octets=file.stream.read(MAX_OCTETS + 1),
        nom=file.filename or "",
        base_url=current_app.extensions["paqte"].base_url,
    )
