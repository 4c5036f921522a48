"""Asking the same of several declarations that were sent: which can be asked, then the question."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.declarations import ETATS, RENVOYER, may
from paqte.ops import clock
from paqte.queries.declarations.lecture.declaration import read_declarations
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.services.declarations.validations import ask_declarations
from paqte.web.affichage.filters import plural
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import LongTextField, Required
from paqte.web.referent import blueprint
from paqte.web.referent.declarations.recues import name_of
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once
from paqte.web.socle.typed.refusals import tell_refusals
from paqte.web.socle.typed.ticked import CHOICE, ChoiceMade, ticked, version_of


class RetourForm(OurForm):
    question = LongTextField(
        "Votre question",
        [Required("Écrivez la question.")],
        limite=1_000,
        description="Elle porte sur l’ensemble de la déclaration, la même pour toutes. Aucun nom de bénéficiaire.",
    )
    version = None


@blueprint.route("/declarations/questions", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def declarations_questionner() -> ResponseReturnValue:
    """Which of those ticked may be sent back, which may not and why; then the question, each declaration alone."""
    choice = ticked()
    if not choice.declarations:
        flash("Cochez au moins une déclaration transmise, puis « Demander des précisions ».", "attention")
        return redirect(url_for("referent.declarations"))
    pages = read_declarations(actor=actor(), keys=choice.declarations)
    form = RetourForm()
    if form.validate_on_submit():
        with form.refusals():
            return _sent_back(form, choice, pages)
    return render_template(
        "referent/declarations_questions.html",
        form=form,
        selection=choice,
        a_questionner=[page for page in pages if may(page.etat, RENVOYER)],
        ecartees=[page for page in pages if not may(page.etat, RENVOYER)],
        sans_declaration=choice.lines - len(choice.declarations),
        etats=ETATS,
    ), form.http_status


def _sent_back(form: RetourForm, choice: ChoiceMade, pages: list[DeclarationShown]) -> ResponseReturnValue:
    """Those that were shown as to be asked, with the version that was shown."""
    versions = {page.id: version_of(page.id) for page in pages if version_of(page.id)}
    done = ask_declarations(
        actor=actor(), now=clock.now(), versions=versions, question=form.question.data, base_url=public_address()
    )
    if done.faits:
        flash(f"Question posée sur {plural(len(done.faits), 'déclaration')} : départ dans la minute.", "succes")
    tell_refusals({name_of(key): f"question non posée. {why}" for key, why in done.refuses.items()})
    again = [f"{page.signataire_id}.{page.id}" for page in pages]
    return redirect(url_for("referent.declarations_questionner", **{CHOICE: again}))
