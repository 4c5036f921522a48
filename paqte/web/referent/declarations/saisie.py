"""A declaration typed on a company's behalf: draft, sent, or sent and validated in one gesture (R18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.controles import ERREUR
from paqte.domain.declarations.reponses import Saisie
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.declarations import SAISIR, may
from paqte.ops import clock
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.declarations.lecture.deja_dit import with_told_before
from paqte.services.declarations.declarations import (
    open_declaration,
    save_draft,
    submit_and_validate,
    submit_declaration,
)
from paqte.web.affichage.filters import plural
from paqte.web.commun.public import public_address
from paqte.web.commun.saisie import SaisieForm, build_form, doubts, draft_answer, opening_day, tell_read_as_one
from paqte.web.referent import blueprint
from paqte.web.referent.declarations.incompletes import ask_first, is_to_confirm
from paqte.web.socle.session import actor

# Name of the button pressed: use case, and what is said once it is done. Any other, or Enter alone, keeps a draft.
GESTES: dict[str, tuple[Callable[..., None], str]] = {
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
        if (answer := _after_gesture(form, page, geste)) is not None:
            return answer
    elif not form.is_submitted() and not may(page.etat, SAISIR):
        return redirect(url_for("referent.declaration", declaration_id=declaration_id))
    is_asking = request.args.get("verifier") == "1" and not form.is_submitted()
    a_voir = doubts(page) if is_asking else []
    told = {"form": form, "page": with_told_before(page), "a_voir": a_voir, "ouvre_le": opening_day(page)}
    return render_template("referent/saisie.html", **told), form.http_status


@blueprint.post("/declarations/<int:declaration_id>/brouillon")
@open_to(REFERENT)
def declaration_brouillon(declaration_id: int) -> ResponseReturnValue:
    """The same typing, sent by the page itself when a field is left."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    return draft_answer(build_form(page), page)


def _after_gesture(form: SaisieForm, page: DeclarationShown, geste: str) -> ResponseReturnValue | None:
    """What comes after the gesture; None when it is refused, and the form bears the reasons.

    Whatever the button, what is typed is kept first: a question about a number loses nothing of the others.
    """
    here, read = (url_for(f"referent.{name}", declaration_id=page.id) for name in ("declaration_saisir", "declaration"))
    with form.refusals():
        told: dict[str, Any] = {"actor": actor(), "now": clock.now(), "declaration_id": page.id}
        version = save_draft(**told, version=form.version.data, saisie=form.saisie())
        tell_read_as_one(form)
        if geste not in GESTES:
            flash("Le brouillon est enregistré.", "succes")
            _tell_what_remains(page.id)
            return redirect(here)
        form.is_kept, form.version.data = True, version
        kept = read_declaration(actor=actor(), declaration_id=page.id)
        if (found := doubts(kept)) and not any(c.gravite == ERREUR for ligne in found for c in ligne.constats):
            return redirect(f"{here}?verifier=1")
        if (
            not found
            and geste == "valider"
            and is_to_confirm([kept], {page.id: version})
            and len(kept.manquantes) < kept.dus
        ):
            return ask_first([kept], {page.id: version}, is_typed=True)
        use_case, done = GESTES[geste]
        use_case(**told, version=version, saisie=Saisie({}), base_url=public_address() if geste == "valider" else "")
        flash(done, "succes")
        return redirect(read)
    return None


def _tell_what_remains(declaration_id: int) -> None:
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    missing = len(page.manquantes)
    doubtful = len(doubts(page))
    remains = [plural(missing, "réponse manque", "réponses manquent")] if missing else []
    remains += (
        [plural(doubtful, "point est à expliquer ou à corriger", "points sont à expliquer ou à corriger")]
        if doubtful
        else []
    )
    if remains:
        flash(f"Avant de transmettre : {' ; '.join(remains)}.", "info")


def _periode(code: str) -> Periode:
    try:
        return Periode.from_code(code)
    except ValueError as error:
        raise Refused(str(error)) from None
