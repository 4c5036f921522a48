"""The template workbook in force: read, checked and remembered, so that each edition knows which it used."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.models import Gabarit
from paqte.reporting import gabarit
from paqte.reporting.format_bilan import FORMAT_BILAN


class GabaritLu(NamedTuple):
    """The template of a new edition; `nom` tells versions apart for people."""

    nom: str
    sha256: str
    octets: bytes


def read_template(path: Path = FORMAT_BILAN.gabarit) -> GabaritLu:
    """The template file, checked. GabaritRefused, with the names at fault, when it cannot serve."""
    octets = gabarit.read_template(path)
    gabarit.check_template(octets)
    sha256 = hashlib.sha256(octets).hexdigest()
    return GabaritLu(f"{path.stem} ({sha256[:8]})", sha256, octets)


def remember(session: Session, used: GabaritLu, *, now: datetime) -> int:
    """Key of the row that keeps this template, added the first time it is used."""
    known = session.scalar(select(Gabarit.id).where(Gabarit.sha256 == used.sha256))
    if known is not None:
        return known
    row = Gabarit(nom=used.nom, sha256=used.sha256, octets=used.octets, en_vigueur_le=now.date(), created_at=now)
    session.add(row)
    session.flush()
    return row.id
