"""Handing out evidence: checked by right, always to be kept aside, never shown inside the site."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import WITHIN
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.services.editions.telechargements import hand_evidence
from paqte.web.commun.copies import handed
from paqte.web.socle.session import actor

blueprint = Blueprint("justificatifs", __name__, url_prefix="/justificatifs")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<int:justificatif_id>")
@open_to(*WITHIN)
def telecharger(justificatif_id: int) -> ResponseReturnValue:
    """The very bytes handed in; journalled."""
    return handed(hand_evidence(actor=actor(), justificatif_id=justificatif_id, now=clock.now()))
