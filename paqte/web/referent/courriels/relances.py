"""Reminders: who will get what at each coming step, what was sent, and one company reminded or paused."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.courriels import ETATS
from paqte.ops import clock
from paqte.queries.courriels.relances import MOTIFS
from paqte.queries.courriels.relances_prevues import PER_PAGE, coming_reminders, left_out, read_ledger, step_label
from paqte.queries.perimetre import own_departement
from paqte.services.courriels.relances import pause_reminders, remind_company
from paqte.web.affichage.filters import plural
from paqte.web.commun.public import public_address
from paqte.web.referent import blueprint
from paqte.web.referent.conventions.signataires import PauseForm, signataire_page
from paqte.web.socle.lists import page_asked
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once
from paqte.web.socle.typed.refusals import refusals_told


@blueprint.get("/relances")
@open_to(REFERENT)
def relances() -> ResponseReturnValue:
    """The very decision that will be taken on each day, as the base is now; then the ledger."""
    etapes = coming_reminders(actor=actor(), departement=own_departement(actor()), now=clock.now())
    calmes = [etape for etape in etapes if etape.is_quiet]
    return render_template(
        "referent/relances.html",
        etapes=[etape for etape in etapes if not etape.is_quiet],
        calmes=calmes,
        sans_courriel=left_out(calmes),
        registre=read_ledger(actor=actor(), page=page_asked()),
        motifs=MOTIFS,
        etats=ETATS,
        nom_etape=step_label,
        page=page_asked(),
        par_page=PER_PAGE,
    )


@blueprint.post("/signataires/<int:signataire_id>/relancer")
@open_to(REFERENT)
@once
def signataire_relancer(signataire_id: int) -> ResponseReturnValue:
    """Remind one company at once, within its one mail a day."""
    with refusals_told("attention"):
        sent = remind_company(actor=actor(), signataire_id=signataire_id, now=clock.now(), base_url=public_address())
        flash(f"{plural(sent, 'relance part', 'relances partent')} dans la minute.", "succes")
    return _back(signataire_id)


@blueprint.post("/signataires/<int:signataire_id>/relances/suspendre")
@open_to(REFERENT)
def signataire_suspendre(signataire_id: int) -> ResponseReturnValue:
    """Send it no reminder until a day."""
    form = PauseForm()
    if form.validate_on_submit():
        day = form.jusquau.data
        with form.refusals():
            pause_reminders(actor=actor(), signataire_id=signataire_id, jusquau=day, now=clock.now())
            flash("Les relances sont suspendues.", "succes")
            return _back(signataire_id)
    return signataire_page(signataire_id, form)


@blueprint.post("/signataires/<int:signataire_id>/relances/reprendre")
@open_to(REFERENT)
def signataire_reprendre(signataire_id: int) -> ResponseReturnValue:
    """End the pause."""
    pause_reminders(actor=actor(), signataire_id=signataire_id, jusquau=None, now=clock.now())
    flash("Les relances reprennent.", "succes")
    return _back(signataire_id)


def _back(signataire_id: int) -> ResponseReturnValue:
    return redirect(url_for("referent.signataire", signataire_id=signataire_id, _anchor="relances"))
