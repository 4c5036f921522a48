"""Handing somebody the file of what is kept of her: to be kept aside, never cached (R30)."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue

from paqte.services.comptes.personnes import Copie


def handed(copie: Copie) -> ResponseReturnValue:
    """The file as a download."""
    return send_file(
        BytesIO(copie.octets), mimetype="application/json", as_attachment=True, download_name=copie.nom, max_age=0
    )
