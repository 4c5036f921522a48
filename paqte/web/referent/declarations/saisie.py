"""A declaration typed on a company's behalf: draft, sent, or sent and validated in one gesture (R18)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.declarations import SAISIR, may
from paqte.ops import clock
from paqte.queries.declarations.declaration import read_declaration
from paqte.queries.declarations.declaration_lue import DeclarationShown
from paqte.services.declarations.declarations import (
    open_declaration,
    save_draft,
    submit_and_validate,
    submit_declaration,
)
from paqte.web.affichage.filters import plural
from paqte.web.commun.public import public_address
from paqte.web.commun.saisie import SaisieForm, build_form
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor

# Name of the button pressed: use case, and what is said once it is done. Enter alone keeps a draft.
GESTES = {
    "brouillon": (save_draft, "Le brouillon est enregistré."),
    "transmettre": (submit_declaration, "La déclaration est transmise : il reste à la valider."),
    "valider": (submit_and_validate, "La déclaration est validée : elle compte désormais dans le bilan."),
}


@blueprint.post("/conventions/<int:convention_id>/declarations/<periode>")
@open_to(REFERENT)
def declaration_ouvrir(convention_id: int, periode: str) -> ResponseReturnValue:
    """Open the declaration of a period, or find it again."""
    window = _periode(periode)
    key = open_declaration(actor=actor(), now=clock.now(), convention_id=convention_id, periode=window)
    return redirect(url_for("referent.declaration_saisir", declaration_id=key))


@blueprint.route("/declarations/<int:declaration_id>/saisir", methods=["GET", "POST"])
@open_to(REFERENT)
def declaration_saisir(declaration_id: int) -> ResponseReturnValue:
    """The typing page."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    form = build_form(page)
    if form.validate_on_submit():
        geste = request.form.get("geste", "")
        if _saved(form, page, geste if geste in GESTES else "brouillon"):
            endpoint = "referent.declaration" if geste in ("transmettre", "valider") else "referent.declaration_saisir"
            return redirect(url_for(endpoint, declaration_id=declaration_id))
    elif not form.is_submitted() and not may(page.etat, SAISIR):
        return redirect(url_for("referent.declaration", declaration_id=declaration_id))
    return render_template("referent/saisie.html", form=form, page=page), form.http_status


def _saved(form: SaisieForm, page: DeclarationShown, geste: str) -> bool:
    """Whether the gesture succeeded; otherwise the form bears the reasons."""
    use_case, done = GESTES[geste]
    with form.refusals():
        use_case(
            actor=actor(),
            now=clock.now(),
            declaration_id=page.id,
            version=form.version.data,
            saisie=form.saisie(),
            **({"base_url": public_address()} if geste == "valider" else {}),
        )
        flash(done, "succes")
        if geste == "brouillon":
            _tell_what_remains(page.id)
        return True
    return False


def _tell_what_remains(declaration_id: int) -> None:
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    missing = len(page.manquantes)
    doubtful = sum(bool(ligne.constats) for ligne in page.lignes)
    remains = [plural(missing, "réponse manque", "réponses manquent")] if missing else []
    remains += [plural(doubtful, "point est à vérifier", "points sont à vérifier")] if doubtful else []
    if remains:
        flash(f"Avant de transmettre : {' ; '.join(remains)}.", "info")


def _periode(code: str) -> Periode:
    try:
        return Periode.from_code(code)
    except ValueError as error:
        raise Refused(str(error)) from None
