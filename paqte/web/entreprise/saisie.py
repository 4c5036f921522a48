"""The declaration as its company types it: kept at each step, read again whole before it is sent (R13, R17, R18)."""

from __future__ import annotations

import re

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import ANSWERING
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.declarations import A_SAISIR, SAISIR, may
from paqte.queries.declarations.lecture.declaration import read_declaration
from paqte.queries.declarations.lecture.declaration_lue import DeclarationShown
from paqte.queries.declarations.lecture.deja_dit import with_told_before
from paqte.queries.declarations.preuves.justificatifs import evidence_of
from paqte.web.commun.saisie import (
    SaisieForm,
    answered,
    build_form,
    doubts,
    draft_answer,
    draft_kept,
    opening_day,
    tell_read_as_one,
)
from paqte.web.entreprise import blueprint
from paqte.web.entreprise.fermeture import closed_day
from paqte.web.socle.session import actor

# The button that leads on; any other, or Enter alone, keeps a draft.
RELIRE = "relire"
_PIECE = re.compile(r"piece-([0-9]{1,9})", re.ASCII)


@blueprint.route("/declarations/<int:declaration_id>/saisir", methods=["GET", "POST"])
@open_to(*ANSWERING)
def declaration_saisir(declaration_id: int) -> ResponseReturnValue:
    """The typing page. Whatever the button, what is typed is kept first."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    form = _typing_form(page)
    if form.validate_on_submit() and draft_kept(form, page):
        tell_read_as_one(form)
        return _go_on(declaration_id)
    if not form.is_submitted() and (not may(page.etat, SAISIR) or closed_day(page)):
        return redirect(url_for("entreprise.declaration", declaration_id=declaration_id))
    is_asking = request.args.get("verifier") == "1" and not form.is_submitted()
    return render_template(
        "entreprise/saisie.html",
        form=form,
        page=with_told_before(page),
        ouvre_le=opening_day(page),
        a_voir=doubts(page) if is_asking else [],
        justificatifs=evidence_of(actor=actor(), declaration_id=declaration_id),
    ), form.http_status


@blueprint.post("/declarations/<int:declaration_id>/brouillon")
@open_to(*ANSWERING)
def declaration_brouillon(declaration_id: int) -> ResponseReturnValue:
    """The same typing, sent by the page itself when a field is left: kept as by the button, told in one sentence."""
    page = read_declaration(actor=actor(), declaration_id=declaration_id)
    return draft_answer(_typing_form(page), page)


def _typing_form(page: DeclarationShown) -> SaisieForm:
    asked = frozenset(ligne.engagement_id for ligne in page.lignes if ligne.is_owed or ligne.actuelle)
    form = build_form(page, only=page.rouvertes & asked, has_text=page.is_text_open)
    if page.etat == A_SAISIR and not form.is_submitted():
        _focus_first(form)
    return form


def _focus_first(form: SaisieForm) -> None:
    """A page opened to be typed is ready to be: one gesture less."""
    first = next((f for f in form.leaves() if f.name.startswith(("valeur_", "numerateur_"))), None)
    if first is not None and first.render_kw:
        first.render_kw = {**first.render_kw, "autofocus": True}


def _go_on(declaration_id: int) -> ResponseReturnValue:
    geste = request.form.get("geste", "")
    kept = read_declaration(actor=actor(), declaration_id=declaration_id)
    if geste == RELIRE and doubts(kept):
        return redirect(url_for("entreprise.declaration_saisir", declaration_id=declaration_id, verifier=1))
    if geste == RELIRE:
        return redirect(url_for("entreprise.declaration_relire", declaration_id=declaration_id))
    piece = _PIECE.fullmatch(geste)
    if piece and kept.ligne(int(piece[1])):
        return redirect(url_for("entreprise.pieces", declaration_id=declaration_id, engagement_id=int(piece[1])))
    flash(f"Votre brouillon est enregistré, {answered(kept)}. Vous pouvez revenir quand vous voulez.", "succes")
    return redirect(url_for("entreprise.accueil"))
