"""A file about to be handed to somebody."""

from __future__ import annotations

from typing import NamedTuple

# What workbooks are, for browsers and mails.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


class Download(NamedTuple):
    """A file ready to be kept aside; `sha256` '' when it was made just now."""

    nom: str
    media_type: str
    octets: bytes
    sha256: str = ""
