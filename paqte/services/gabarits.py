"""The template workbook in force: read, checked and remembered, so that each edition knows which it used."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

import paqte.reporting
from paqte.domain.erreurs import Refused
from paqte.models import Gabarit
from paqte.reporting.gabarit import GabaritRefused, check_template

SHIPPED = Path(paqte.reporting.__file__).parent / "gabarits" / "bilan_semestriel.xlsx"


class GabaritLu(NamedTuple):
    """The template of a new edition; `nom` tells versions apart for people."""

    nom: str
    sha256: str
    octets: bytes


def read_template(path: Path = SHIPPED) -> GabaritLu:
    """The template file, checked. Refused with the names at fault when it cannot serve."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise Refused(
            f"Le gabarit du bilan ne se lit pas ({path.name}) : remettez-le en place puis recommencez."
        ) from error
    try:
        check_template(octets)
    except GabaritRefused as error:
        raise Refused(f"Le gabarit du bilan est refusé : {error}") from error
    sha256 = hashlib.sha256(octets).hexdigest()
    return GabaritLu(f"{path.stem} ({sha256[:8]})", sha256, octets)


def remember(session: Session, gabarit: GabaritLu, *, now: datetime) -> int:
    """Key of the row that keeps this template, added the first time it is used."""
    known = session.scalar(select(Gabarit.id).where(Gabarit.sha256 == gabarit.sha256))
    if known is not None:
        return known
    row = Gabarit(
        nom=gabarit.nom, sha256=gabarit.sha256, octets=gabarit.octets, en_vigueur_le=now.date(), created_at=now
    )
    session.add(row)
    session.flush()
    return row.id
