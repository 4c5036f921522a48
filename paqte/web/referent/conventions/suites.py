"""What becomes of a convention: signed, its text attached and downloaded, ended early, renewed (R4, R7)."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT, TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.conventions.conventions import read_convention
from paqte.services.conventions.suites import attach_signed_text, end_convention, renew_convention, sign_convention
from paqte.services.editions.telechargements import hand_signed_text
from paqte.web.commun.copies import handed
from paqte.web.commun.public import antivirus_address
from paqte.web.referent import blueprint
from paqte.web.referent.conventions.conventions import convention_page, signature_periods
from paqte.web.referent.conventions.conventions_formulaires import (
    EarlyEndForm,
    GestureForm,
    SignatureForm,
    SignedTextForm,
)
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once


@blueprint.post("/conventions/<int:convention_id>/signer")
@open_to(REFERENT)
def convention_signer(convention_id: int) -> ResponseReturnValue:
    """Record the signature of a projet."""
    form = SignatureForm()
    form.offer(signature_periods(read_convention(actor=actor(), convention_id=convention_id, now=clock.now())))
    if form.validate_on_submit():
        with form.refusals():
            saved = sign_convention(
                actor=actor(),
                convention_id=convention_id,
                version=form.version.data,
                signee_le=form.signee_le.data,
                now=clock.now(),
                anterieures=form.anterieures_said(),
            )
            flash("La signature est enregistrée.", "succes")
            for sentence in saved.avertissements:
                flash(sentence, "attention")
            return redirect(url_for("referent.convention", convention_id=convention_id))
    return convention_page(convention_id, form)


@blueprint.post("/conventions/<int:convention_id>/resilier")
@open_to(REFERENT)
def convention_resilier(convention_id: int) -> ResponseReturnValue:
    """End a convention before its term, for a reason."""
    form = EarlyEndForm()
    if form.validate_on_submit():
        with form.refusals():
            end_convention(
                actor=actor(),
                convention_id=convention_id,
                version=form.version.data,
                resiliee_le=form.resiliee_le.data,
                motif=form.motif.data,
                now=clock.now(),
            )
            flash("La fin anticipée est enregistrée. Ce qui a été déclaré compte toujours.", "succes")
            return redirect(url_for("referent.convention", convention_id=convention_id))
    return convention_page(convention_id, form)


@blueprint.post("/conventions/<int:convention_id>/renouveler")
@open_to(REFERENT)
@once
def convention_renouveler(convention_id: int) -> ResponseReturnValue:
    """Open the projet that follows, and go straight to its dates."""
    form = GestureForm()
    if form.validate_on_submit():
        with form.refusals():
            saved = renew_convention(
                actor=actor(), convention_id=convention_id, version=form.version.data, now=clock.now()
            )
            flash("Le projet qui prend la suite est ouvert, avec les mêmes engagements. Vérifiez ses dates.", "succes")
            for sentence in saved.avertissements:
                flash(sentence, "attention")
            return redirect(url_for("referent.convention_modifier", convention_id=saved.convention_id))
    return convention_page(convention_id, form)


@blueprint.get("/conventions/<int:convention_id>/texte")
@open_to(*TERRITORIAL)
def convention_texte(convention_id: int) -> ResponseReturnValue:
    """Hand over the signed text; journalled."""
    return handed(hand_signed_text(actor=actor(), convention_id=convention_id, now=clock.now()))


@blueprint.post("/conventions/<int:convention_id>/texte")
@open_to(REFERENT)
@once
def convention_joindre(convention_id: int) -> ResponseReturnValue:
    """Attach the PDF of the signed text, or replace it."""
    form = SignedTextForm()
    if form.validate_on_submit():
        given = form.texte.data
        with form.refusals():
            attach_signed_text(
                actor=actor(),
                convention_id=convention_id,
                version=form.version.data,
                nom=given.filename if given else "",
                octets=given.read() if given else b"",
                now=clock.now(),
                antivirus=antivirus_address(),
            )
            flash("Le texte signé est joint.", "succes")
            return redirect(url_for("referent.convention", convention_id=convention_id))
    return convention_page(convention_id, form)
