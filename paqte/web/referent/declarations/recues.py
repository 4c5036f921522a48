"""The queue of what arrived: several declarations read on one page, and validated together."""

from __future__ import annotations

from contextlib import suppress

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.erreurs import NotFound
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.declarations.listes.declarations_recues import PER_PAGE, received_declarations
from paqte.services.declarations.validations import validate_declarations
from paqte.web.affichage.filters import plural
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import BoxesField
from paqte.web.referent import blueprint
from paqte.web.referent.declarations.incompletes import ask_first, is_to_confirm
from paqte.web.socle.session import actor


class ReceivedForm(OurForm):
    """What is ticked; the boxes stand on the page, one beside each declaration."""

    choix = BoxesField("À valider")
    version = None


@blueprint.get("/declarations/recues")
@open_to(REFERENT)
def declarations_recues() -> ResponseReturnValue:
    """Former and new side by side, oldest first."""
    recues = received_declarations(actor=actor(), page=_whole(request.args.get("page")) or 1)
    form = ReceivedForm()
    form.choix.choices = {str(page.id): f"{page.signataire}, {page.periode.libelle}" for page in recues.declarations}
    return render_template("referent/recues.html", recues=recues, form=form, par_page=PER_PAGE)


@blueprint.post("/declarations/recues")
@open_to(REFERENT)
def declarations_valider() -> ResponseReturnValue:
    """Validate those ticked, or the one whose button was pressed; say of the others why not."""
    alone = _whole(request.form.get("seule"))
    keys = [alone] if alone else [key for key in map(_whole, request.form.getlist("choix")[:PER_PAGE]) if key]
    if not keys:
        flash("Cochez au moins une déclaration à valider.", "attention")
        return redirect(url_for("referent.declarations_recues"))
    versions = {key: _whole(request.form.get(f"version_{key}")) for key in keys}
    pages = _read(keys)
    if is_to_confirm(pages, versions):
        return ask_first(pages, versions)
    done = validate_declarations(actor=actor(), now=clock.now(), versions=versions, base_url=public_address())
    if done.validees:
        flash(f"{plural(len(done.validees), 'déclaration validée', 'déclarations validées')}.", "succes")
    for key, reason in done.refusees.items():
        flash(f"{_name(key)} : non validée. {reason}", "danger")
    return redirect(url_for("referent.declarations_recues"))


def _read(keys: list[int]) -> list[DeclarationShown]:
    """Those that are there; of another's, the use case says why not."""
    found = []
    for key in dict.fromkeys(keys):
        with suppress(NotFound):
            found.append(read_declaration(actor=actor(), declaration_id=key))
    return found


def _name(declaration_id: int) -> str:
    try:
        page = read_declaration(actor=actor(), declaration_id=declaration_id)
    except NotFound:
        return f"Déclaration {declaration_id}"
    return f"{page.signataire}, {page.periode.libelle}"


def _whole(text: str | None) -> int | None:
    """A key or a version as a form sends it; None for anything else."""
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number and text else None
