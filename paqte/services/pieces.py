"""Files people hand in: looked at before anything is written, then kept as they were found sound.

Looking takes seconds at times: it is done outside the transaction, whose lock everybody waits for.
"""

from __future__ import annotations

import hashlib
import logging
import re
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from paqte.domain.erreurs import Refused
from paqte.domain.saisie.textes import clean_line
from paqte.models import Fichier
from paqte.ops.antivirus import AntivirusRefused, scan
from paqte.reporting.intake.apart import examine_apart
from paqte.reporting.intake.refus import PieceRefused

MAX_OCTETS = 8 * 1024 * 1024
MAX_NAME = 120
EXPECTED = "Joignez un PDF, une image (JPEG, PNG ou WebP) ou un classeur Excel (.xlsx)."
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\]|%0[ad]|%2f|%5c", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_KNOWN = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
_log = logging.getLogger(__name__)


class FichierReceived(NamedTuple):
    """A file as a browser handed it in: the name it says, and its bytes."""

    nom: str
    octets: bytes


class FichierReady(NamedTuple):
    """A file that may be kept: its name with the extension of what it is, and its bytes."""

    nom: str
    media_type: str
    octets: bytes


def examine(piece: FichierReceived, *, field: str, antivirus: str) -> FichierReady:
    """What is kept of evidence: its bytes as they are, a picture drawn again. Refused beside `field` otherwise."""
    stem = _stem(piece.nom, field)
    if not piece.octets:
        raise Refused({field: f"Ce fichier est vide ou absent. {EXPECTED}"})
    if len(piece.octets) > MAX_OCTETS:
        raise Refused({field: "Ce fichier dépasse 8 Mo : réduisez-le, ou joignez seulement les pages utiles."})
    if not piece.octets.startswith(_KNOWN):
        raise Refused({field: f"Ce fichier n’est pas ce que son nom dit, ou n’est pas accepté. {EXPECTED}"})
    octets, media_type, extension = _sound(piece.octets, "", field, antivirus)
    return FichierReady(f"{stem}{extension}", media_type, octets)


def examine_pdf(octets: bytes, *, field: str, antivirus: str) -> None:
    """Return for a PDF that may be kept as it is; Refused beside `field` otherwise."""
    _sound(octets, "application/pdf", field, antivirus)


def keep_file(session: Session, departement: str, piece: FichierReady, now: datetime) -> Fichier:
    """The file of something just examined, its key known, in the caller's transaction."""
    fichier = Fichier(
        departement_code=departement,
        nom=piece.nom,
        media_type=piece.media_type,
        taille=len(piece.octets),
        sha256=hashlib.sha256(piece.octets).hexdigest(),
        octets=piece.octets,
        created_at=now,
    )
    session.add(fichier)
    session.flush()
    return fichier


def _sound(octets: bytes, accepted: str, field: str, antivirus: str) -> tuple[bytes, str, str]:
    try:
        scan(antivirus, octets)
        return examine_apart(octets, accepted)
    except AntivirusRefused as refused:
        _log.warning("antivirus: %s", refused.cause)
        raise Refused({field: str(refused)}) from refused
    except PieceRefused as refused:
        raise Refused({field: str(refused)}) from refused


def _stem(given: str, field: str) -> str:
    """The name without its extension; a name that hides a path or a line break is refused, never mended."""
    if _FORBIDDEN.search(given):
        raise Refused(
            {field: "Le nom de ce fichier contient des signes interdits (/, \\, retour à la ligne) : renommez-le."}
        )
    stem = _EXTENSION.sub("", clean_line(given)[0]).strip(" .")
    return re.sub(r'[<>:"|?*%;]', " ", stem)[:MAX_NAME].strip() or "Justificatif"
