"""The declaration filled in a spreadsheet: taken, filled anywhere, brought back (R13, R16–R18)."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import ANSWERING
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.declarations import SAISIR, may
from paqte.ops import clock
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.services.declarations.formulaires.formulaires import EXTENSIONS, FormGiven, form_of, keep_form
from paqte.web.affichage.filters import plural
from paqte.web.commun.copies import handed
from paqte.web.entreprise import blueprint
from paqte.web.entreprise.fermeture import closed_day
from paqte.web.entreprise.pieces import received
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import FichierField
from paqte.web.socle.session import actor


class IntakeForm(OurForm):
    fichier = FichierField(
        "Formulaire rempli",
        description="Le classeur Excel (.xlsx) ou LibreOffice (.ods).",
        render_kw={"accept": EXTENSIONS},
    )


@blueprint.get("/declarations/<int:declaration_id>/formulaire.xlsx")
@open_to(*ANSWERING)
def formulaire_telecharger(declaration_id: int) -> ResponseReturnValue:
    """The form, made anew from what the declaration holds now."""
    return handed(form_of(actor=actor(), now=clock.now(), declaration_id=declaration_id))


@blueprint.route("/declarations/<int:declaration_id>/formulaire", methods=["GET", "POST"])
@open_to(*ANSWERING)
def formulaire(declaration_id: int) -> ResponseReturnValue:
    """Take the form, or bring it back; what it holds becomes the draft, to be read before it is sent."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    if not may(page.etat, SAISIR) or closed_day(page):
        return redirect(url_for("entreprise.declaration", declaration_id=declaration_id))
    form = IntakeForm()
    if form.validate_on_submit() and (read := _form_kept(form, declaration_id)):
        tell_read(read)
        return redirect(url_for("entreprise.declaration_saisir", declaration_id=declaration_id, verifier=1))
    return render_template("entreprise/formulaire.html", form=form, page=page), form.http_status


def tell_read(read: FormGiven) -> None:
    """Say what was read, then what was repaired on the way."""
    brought = [plural(len(read.changements), "réponse lue", "réponses lues")] if read.changements else []
    brought += [plural(len(read.actions), "action lue", "actions lues")] if read.actions else []
    told = " et ".join(brought) or "Rien à changer : la déclaration contient déjà tout ce que dit ce formulaire"
    flash(f"{told}. Relisez, puis transmettez.", "succes")
    for phrase in read.phrases:
        flash(phrase, "attention")


def _form_kept(form: IntakeForm, declaration_id: int) -> FormGiven | None:
    with form.refusals():
        given = received(form.fichier)
        return keep_form(
            actor=actor(), now=clock.now(), octets=given.octets, nom=given.nom, declaration_id=declaration_id
        )
    return None
