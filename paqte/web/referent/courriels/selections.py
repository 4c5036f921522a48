"""Reminding the signatories ticked in a list: who would be written to, then the reminder itself."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import REFERENT
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.queries.conventions.signataires import names_of
from paqte.queries.courriels.relances import MOTIFS
from paqte.queries.courriels.relances_choisies import forecast_selection
from paqte.queries.perimetre import own_departement
from paqte.services.courriels.relances_choisies import remind_companies
from paqte.web.affichage.filters import plural
from paqte.web.commun.public import public_address
from paqte.web.formulaires.base import OurForm
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor
from paqte.web.socle.typed.once import once
from paqte.web.socle.typed.refusals import tell_refusals
from paqte.web.socle.typed.ticked import CHOICE, ticked

LISTES = ("referent.signataires", "referent.declarations")


@blueprint.route("/relances/selection", methods=["GET", "POST"])
@open_to(REFERENT)
@once
def relances_selection() -> ResponseReturnValue:
    """The very decision of the reminder, as the base is now; then the reminder, each signatory alone."""
    choice = ticked()
    if not choice.signataires:
        flash("Aucune ligne n’est cochée. Cochez celles des signataires à relancer, puis « Relancer ».", "attention")
        return redirect(url_for(_list_left()))
    if request.method == "POST":
        return _reminded(choice.signataires)
    return render_template(
        "referent/relances_selection.html",
        prevision=forecast_selection(actor=actor(), signataires=choice.signataires, now=clock.now()),
        selection=choice,
        form=OurForm(),
        motifs=MOTIFS,
        departement=own_departement(actor()),
    )


def _list_left() -> str:
    """The list from which the page was asked, which opens with its filters again; that of signatories otherwise."""
    asked = request.values.get("liste", "")
    return asked if asked in LISTES else LISTES[0]


def _reminded(signataires: tuple[int, ...]) -> ResponseReturnValue:
    done = remind_companies(actor=actor(), signataires=signataires, now=clock.now(), base_url=public_address())
    if done.faits:
        flash(
            f"{plural(len(done.faits), 'signataire relancé', 'signataires relancés')} : départ dans la minute.",
            "succes",
        )
    names = names_of(actor=actor(), signataires=done.refuses)
    tell_refusals({names.get(key, f"Signataire {key}"): f"non relancé. {why}" for key, why in done.refuses.items()})
    return redirect(url_for("referent.relances_selection", **{CHOICE: signataires}))
