"""The attestation of a convention: a PDF to keep or to show, and a page that says the same, to read or to print."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import ANSWERING
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.reporting.attestation import words_of
from paqte.services.declarations.preuves.attestations import issue_attestation, make_attestation
from paqte.web.commun.copies import handed
from paqte.web.commun.public import public_address
from paqte.web.entreprise import blueprint
from paqte.web.socle.session import actor


@blueprint.get("/conventions/<int:convention_id>/attestation")
@open_to(*ANSWERING)
def attestation(convention_id: int) -> ResponseReturnValue:
    """Made anew at each request, from what is validated now."""
    made = make_attestation(actor=actor(), now=clock.now(), convention_id=convention_id, base_url=public_address())
    return handed(made)


@blueprint.get("/conventions/<int:convention_id>/attestation/page")
@open_to(*ANSWERING)
def attestation_page(convention_id: int) -> ResponseReturnValue:
    """The same words, with a code of its own: what is printed of it is verified as the PDF is."""
    told = issue_attestation(actor=actor(), now=clock.now(), convention_id=convention_id, base_url=public_address())
    return render_template("entreprise/attestation.html", mots=words_of(told), convention_id=convention_id)
