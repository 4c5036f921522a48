"""Where a signatory stands: promised, achieved, whom to call; printed, the sheet of a meeting."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import TERRITORIAL
from paqte.domain.personnes.roles import open_to
from paqte.domain.statuts.conventions import ETATS, NATURES
from paqte.domain.statuts.declarations import ETATS as ETATS_DECLARATION
from paqte.ops import clock
from paqte.queries.courriels.relances_prevues import read_ledger, step_label
from paqte.queries.suivi.avancement import read_progress
from paqte.web.referent import blueprint
from paqte.web.socle.session import actor

SENT_SHOWN = 3


@blueprint.get("/signataires/<int:signataire_id>/avancement")
@open_to(*TERRITORIAL)
def signataire_avancement(signataire_id: int) -> ResponseReturnValue:
    """What a signatory achieved of what it promised, what it still owes, its contacts and the last reminders."""
    return render_template(
        "referent/signataire_avancement.html",
        avancement=read_progress(actor=actor(), signataire_id=signataire_id, now=clock.now()),
        envois=read_ledger(actor=actor(), signataire_id=signataire_id).envois[:SENT_SHOWN],
        etapes=step_label,
        etats=ETATS,
        etats_declaration=ETATS_DECLARATION,
        natures=NATURES,
    )
