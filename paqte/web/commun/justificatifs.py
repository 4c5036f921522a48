"""Handing out evidence: checked by right, always to be kept aside, never shown inside the site."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Flask, send_file
from flask.typing import ResponseReturnValue

from paqte.domain.acteurs import ANIMATEUR, ENTREPRISE, REFERENT
from paqte.domain.roles import open_to
from paqte.ops import clock
from paqte.services.editions.telechargements import hand_evidence
from paqte.web.socle.session import actor

blueprint = Blueprint("justificatifs", __name__, url_prefix="/justificatifs")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<int:justificatif_id>")
@open_to(REFERENT, ENTREPRISE, ANIMATEUR)
def telecharger(justificatif_id: int) -> ResponseReturnValue:
    """The very bytes handed in, as a download in a sandbox of its own; journalled."""
    fichier = hand_evidence(actor=actor(), justificatif_id=justificatif_id, now=clock.now())
    response = send_file(
        BytesIO(fichier.octets),
        mimetype=fichier.media_type,
        as_attachment=True,
        download_name=fichier.nom,
        etag=fichier.sha256,
        max_age=0,
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
