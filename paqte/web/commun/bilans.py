"""Downloading an issued edition, checked by right and never by name of file; and checking a file against the base."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Flask, render_template, send_file
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from paqte.domain.editions.editions import CSV, JSON, XLSX
from paqte.domain.personnes.acteurs import ADMIN, NATIONAL, OF_STATE, REGION
from paqte.domain.personnes.roles import open_to
from paqte.domain.secret import INTERNE, PUBLIABLE
from paqte.ops import clock
from paqte.queries.editions.editions import FichierEdition, read_edition_file, read_edition_piece
from paqte.services.editions.authenticite import MAX_OCTETS, verify_file
from paqte.services.editions.depots import hand_received
from paqte.services.editions.editions import record_download
from paqte.services.editions.sommes import hand_somme
from paqte.web.commun.copies import handed
from paqte.web.formulaires.base import OurForm
from paqte.web.formulaires.champs import FichierField
from paqte.web.socle.session import actor

MEDIA = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv",
    JSON: "application/json",
}
blueprint = Blueprint("bilans", __name__, url_prefix="/bilans")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


class VerifyForm(OurForm):
    fichier = FichierField("Fichier à vérifier", description="Un classeur .xlsx, un CSV ou un schéma, 10 Mo au plus.")


@blueprint.get("/verifier")
@open_to(*OF_STATE)
def verifier() -> ResponseReturnValue:
    """Whether a file is an edition of this base: hand it in."""
    return render_template("bilans/verifier.html", form=VerifyForm(), verdict=None)


@blueprint.post("/verifier")
@open_to(*OF_STATE)
def verifier_fichier() -> ResponseReturnValue:
    """What the file handed in is; it is kept nowhere."""
    form, verdict = VerifyForm(), None
    if form.validate_on_submit():
        with form.refusals():
            verdict = verify_file(actor=actor(), octets=_handed_in(form.fichier))
    return render_template("bilans/verifier.html", form=form, verdict=verdict), form.http_status


def _handed_in(field: FichierField) -> bytes:
    """The file of the form, one byte further than may be read and no more."""
    given = field.data
    return given.stream.read(MAX_OCTETS + 1) if isinstance(given, FileStorage) else b""


@blueprint.get("/<int:edition_id>")
@open_to(*OF_STATE)
def telecharger(edition_id: int) -> ResponseReturnValue:
    """The very bytes of the internal workbook that was issued; each download is journalled."""
    return _sent(read_edition_file(actor=actor(), edition_id=edition_id), edition_id, XLSX, INTERNE)


@blueprint.get("/<int:edition_id>/donnees.<format>")
@open_to(*OF_STATE)
def donnees(edition_id: int, format: str) -> ResponseReturnValue:
    """The rows of a quarterly export as CSV, or their schema."""
    return _piece(edition_id, format, INTERNE)


@blueprint.get("/<int:edition_id>/publiable")
@open_to(*OF_STATE)
def telecharger_publiable(edition_id: int) -> ResponseReturnValue:
    """The workbook without small numbers (R23)."""
    return _piece(edition_id, XLSX, PUBLIABLE)


@blueprint.get("/<int:edition_id>/publiable/donnees.<format>")
@open_to(*OF_STATE)
def donnees_publiables(edition_id: int, format: str) -> ResponseReturnValue:
    """The rows of a quarterly export without small numbers (R23), or their schema."""
    return _piece(edition_id, format, PUBLIABLE)


@blueprint.get("/recus/<int:recu_id>")
@open_to(REGION, NATIONAL, ADMIN)
def recu(recu_id: int) -> ResponseReturnValue:
    """The very bytes of a bilan received as a workbook; each download is journalled."""
    return handed(hand_received(actor=actor(), recu_id=recu_id, now=clock.now()))


@blueprint.get("/sommes/<int:somme_id>")
@open_to(REGION, NATIONAL, ADMIN)
def somme(somme_id: int) -> ResponseReturnValue:
    """The very bytes of the internal workbook of a territory's sum; each download is journalled."""
    return handed(hand_somme(actor=actor(), edition_id=somme_id, diffusion=INTERNE, now=clock.now()))


@blueprint.get("/sommes/<int:somme_id>/publiable")
@open_to(REGION, NATIONAL, ADMIN)
def somme_publiable(somme_id: int) -> ResponseReturnValue:
    """The one that may go out (R23)."""
    return handed(hand_somme(actor=actor(), edition_id=somme_id, diffusion=PUBLIABLE, now=clock.now()))


def _piece(edition_id: int, format: str, diffusion: str) -> ResponseReturnValue:
    found = read_edition_piece(actor=actor(), edition_id=edition_id, format=format, diffusion=diffusion)
    return _sent(found, edition_id, format, diffusion)


def _sent(fichier: FichierEdition, edition_id: int, format: str, diffusion: str) -> ResponseReturnValue:
    record_download(actor=actor(), edition_id=edition_id, now=clock.now(), format=format, diffusion=diffusion)
    return send_file(
        BytesIO(fichier.octets),
        mimetype=MEDIA[format],
        as_attachment=True,
        download_name=fichier.nom,
        etag=fichier.sha256,
        max_age=0,
    )
