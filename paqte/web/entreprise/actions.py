"""A concrete action told by its company: read by the référent before it enters a bilan (R29)."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import ANSWERING
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.declarations.preuves.actions import places_of
from paqte.queries.suivi.entreprise import name_of_followed
from paqte.services.declarations.preuves.actions import PLACE, TEXT, TITLE, ActionTyped, propose_action
from paqte.web.commun.public import antivirus_address
from paqte.web.entreprise import blueprint
from paqte.web.entreprise.pieces import ACCEPT, received
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import (
    ChoiceField,
    DateField,
    FichierField,
    LongTextField,
    QuantiteField,
    Required,
    TextField,
)
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once

REMINDER = "Des faits et des nombres, jamais le nom d’un jeune ou d’un bénéficiaire."


class EntrepriseActionForm(OurForm):
    titre = TextField("En quelques mots", [Required("Donnez un titre à cette action.")], limite=TITLE)
    date = DateField("Date", [Required("Indiquez quand elle a eu lieu, par exemple 31/12/2026.")])
    axe = ChoiceField("Axe", [Required("Choisissez un axe.")])
    texte = LongTextField(
        "Ce qui a été fait", [Required("Racontez l’action en quelques lignes.")], limite=TEXT, description=REMINDER
    )
    lieu = TextField("Lieu", limite=PLACE, render_kw={"list": "lieux"})
    beneficiaires = QuantiteField("Nombre de personnes")
    fichier = FichierField(
        "Photo ou document",
        description="Facultatif. PDF, image ou classeur, 8 Mo au plus. Assurez-vous que chacun accepte d’y figurer.",
        render_kw={"accept": ACCEPT},
    )

    def typed(self) -> ActionTyped:
        """What was typed."""
        people = self.beneficiaires.data
        return ActionTyped(
            date=self.date.data,
            axe=self.axe.data,
            titre=self.titre.data,
            texte=self.texte.data,
            lieu=self.lieu.data,
            beneficiaires=None if people is None else int(people),
        )


@blueprint.route("/signataires/<int:signataire_id>/actions/nouvelle", methods=["GET", "POST"])
@open_to(*ANSWERING)
@once
def action_proposer(signataire_id: int) -> ResponseReturnValue:
    """Tell an action."""
    nom = name_of_followed(actor=actor(), signataire_id=signataire_id)
    form = EntrepriseActionForm()
    form.axe.choices = {"": "Choisissez…"} | {axe.code: axe.libelle for axe in catalogue().axes.values()}
    if form.validate_on_submit() and _proposed(form, signataire_id):
        flash("Merci : votre référent va relire cette action.", "succes")
        return redirect(url_for("entreprise.accueil"))
    lieux = places_of(signataire_id)
    return render_template("entreprise/action.html", form=form, nom=nom, lieux=lieux), form.http_status


def _proposed(form: EntrepriseActionForm, signataire_id: int) -> bool:
    piece = received(form.fichier)
    with form.refusals():
        propose_action(
            actor=actor(),
            now=clock.now(),
            signataire_id=signataire_id,
            action=form.typed(),
            piece=piece if piece.nom else None,
            antivirus=antivirus_address(),
        )
        return True
    return False
