"""Handing somebody a file: always to be kept aside, never shown inside the site, never cached (R30)."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

from paqte.domain.saisie.fichiers import Download


def handed(file: Download) -> Response:
    """The very bytes, as a download in a sandbox of its own."""
    answer = send_file(
        BytesIO(file.octets),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.nom,
        etag=file.sha256 or False,
        max_age=0,
    )
    # A PDF may carry scripts: it is handed over, never opened as a page of ours.
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
