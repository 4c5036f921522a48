"""Downloading an issued edition: checked by right, never by name of file."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Flask, send_file
from flask.typing import ResponseReturnValue

from paqte.auth.roles import open_to
from paqte.domain.acteurs import ADMIN, NATIONAL, REFERENT
from paqte.ops import clock
from paqte.queries.editions import read_edition_file
from paqte.services.editions import record_download
from paqte.web.session import actor

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
blueprint = Blueprint("bilans", __name__, url_prefix="/bilans")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<int:edition_id>")
@open_to(REFERENT, NATIONAL, ADMIN)
def telecharger(edition_id: int) -> ResponseReturnValue:
    """The very bytes that were issued; each download is journalled."""
    fichier = read_edition_file(actor=actor(), edition_id=edition_id)
    record_download(actor=actor(), edition_id=edition_id, now=clock.now())
    return send_file(
        BytesIO(fichier.octets),
        mimetype=XLSX,
        as_attachment=True,
        download_name=fichier.nom,
        etag=fichier.sha256,
        max_age=0,
    )
