"""The attestation of a convention, as a PDF to keep or to show."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from paqte.domain.personnes.acteurs import ANSWERING
from paqte.domain.personnes.roles import open_to
from paqte.ops import clock
from paqte.services.declarations.preuves.attestations import make_attestation
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
