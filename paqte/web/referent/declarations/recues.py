"""The queue of what arrived: several declarations read on one page, and validated together."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.declarations.lecture.declaration import read_declarations
from paqte.queries.declarations.listes.declarations_recues import PER_PAGE, received_declarations
from paqte.services.declarations.validations import validate_declarations
from paqte.web.affichage.filters import plural
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import BoxesField
from paqte.web.referent import blueprint
from paqte.web.referent.declarations.incompletes import ask_first, is_to_confirm
from paqte.web.socle.lists import page_asked
from paqte.web.socle.session import actor
from paqte.web.socle.typed.refusals import tell_refusals
from paqte.web.socle.typed.ticked import CHOICE, MOST, ticked, ticks_asked, whole


class ReceivedForm(OurForm):
    """What is ticked; the boxes stand on the page, one beside each declaration."""

    choix = BoxesField("À valider")
    version = None


@blueprint.get("/declarations/recues")
@open_to(REFERENT)
def declarations_recues() -> ResponseReturnValue:
    """Former and new side by side, oldest first; those ticked in a list alone, when it led here."""
    choice = ticked()
    only = choice.declarations if request.args.getlist(CHOICE) else None
    recues = received_declarations(actor=actor(), page=page_asked(), only=only)
    form = ReceivedForm()
    form.choix.choices = {str(page.id): f"{page.signataire}, {page.periode.libelle}" for page in recues.declarations}
    return render_template(
        "referent/recues.html",
        recues=recues,
        form=form,
        par_page=PER_PAGE,
        choisies=only is not None,
        ecartees=0 if only is None else choice.lines - len(recues.declarations),
        is_ticked=only is not None or bool(ticks_asked()),
    )


@blueprint.post("/declarations/recues")
@open_to(REFERENT)
def declarations_valider() -> ResponseReturnValue:
    """Validate those ticked, or the one whose button was pressed; say of the others why not."""
    alone = whole(request.form.get("seule"))
    keys = [alone] if alone else [key for key in map(whole, request.form.getlist(CHOICE)[:MOST]) if key]
    if not keys:
        flash("Cochez au moins une déclaration à valider.", "attention")
        return redirect(url_for("referent.declarations_recues"))
    versions = {key: whole(request.form.get(f"version_{key}")) for key in keys}
    pages = read_declarations(actor=actor(), keys=keys)
    if is_to_confirm(pages, versions):
        return ask_first(pages, versions)
    done = validate_declarations(actor=actor(), now=clock.now(), versions=versions, base_url=public_address())
    if done.validees:
        flash(f"{plural(len(done.validees), 'déclaration validée', 'déclarations validées')}.", "succes")
    tell_refusals({name_of(key): f"non validée. {reason}" for key, reason in done.refusees.items()})
    return redirect(url_for("referent.declarations_recues"))


def name_of(declaration_id: int) -> str:
    """A declaration as a message names it; by its key when it is not the actor's."""
    found = read_declarations(actor=actor(), keys=[declaration_id])
    return f"{found[0].signataire}, {found[0].periode.libelle}" if found else f"Déclaration {declaration_id}"
