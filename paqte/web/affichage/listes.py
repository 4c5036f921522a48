"""A list taken away as a file: a workbook or a CSV."""

from __future__ import annotations

import io
from datetime import datetime

from flask import Response, send_file

from paqte.domain.erreurs import NotFound
from paqte.reporting.dessin.listes import ListSheet, draw_list
from paqte.reporting.liste_csv import write_csv

CSV, XLSX = "csv", "xlsx"
MEDIA = {CSV: "text/csv", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def require_format(format: str) -> None:
    """NotFound for a file of another kind."""
    if format not in MEDIA:
        raise NotFound("Ce fichier")


def list_file(nom: str, format: str, listed: ListSheet, *, par: str, now: datetime) -> Response:
    """The file `nom`.`format`."""
    is_csv = format == CSV
    made = write_csv(listed.titres, listed.lignes) if is_csv else draw_list(listed, par=par, fait_le=now)
    return send_file(io.BytesIO(made), MEDIA[format], as_attachment=True, download_name=f"{nom}.{format}")
