"""Files people hand in: checked by their content, kept in the base."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from sqlalchemy.orm import Session

from paqte.domain.erreurs import Refused
from paqte.domain.saisie.textes import clean_line
from paqte.models import Fichier
from paqte.services.pieces import examine_pdf

PDF = "application/pdf"
MAX_PDF = 10 * 1024 * 1024
MAX_NAME = 120
_SIGNATURE = b"%PDF-"
_UNFIT = re.compile(r'[<>:"|?*\\/%;]')


def keep_pdf(session: Session, *, departement: str, nom: str, octets: bytes, default: str, now: datetime) -> Fichier:
    """Keep a PDF in the caller's transaction; its key is known once flushed.

    `nom` is the name the browser gave, `default` the one it bears when nothing of it can be kept. What it is was
    asked before (examine_signed).
    """
    fichier = Fichier(
        departement_code=departement,
        nom=safe_name(nom, default),
        media_type=PDF,
        taille=len(octets),
        sha256=hashlib.sha256(octets).hexdigest(),
        octets=octets,
        created_at=now,
    )
    session.add(fichier)
    return fichier


def examine_signed(octets: bytes, *, field: str, antivirus: str) -> None:
    """Look at a PDF before anything is written.

    Refused beside `field` when it is empty, over 10 MB, not a PDF whatever its name says, or one that acts.
    """
    fault = _fault(octets)
    if fault:
        raise Refused({field: fault})
    examine_pdf(octets, field=field, antivirus=antivirus)


def safe_name(given: str, default: str) -> str:
    """A file name without folders, quotes or invisible marks, ending in .pdf."""
    last = clean_line(given)[0].replace("\\", "/").rpartition("/")[2]
    stem = _UNFIT.sub(" ", re.sub(r"\.pdf$", "", last, flags=re.IGNORECASE)).strip(" .")
    return f"{' '.join(stem.split())[:MAX_NAME] or default}.pdf"


def _fault(octets: bytes) -> str:
    if not octets:
        return "Ce fichier est vide : choisissez le PDF du texte signé."
    if len(octets) > MAX_PDF:
        return "Ce fichier dépasse 10 Mo : numérisez-le en moins fin, ou en plusieurs pages plus légères."
    if not octets.startswith(_SIGNATURE):
        return "Ce fichier n’est pas un PDF, même si son nom le dit : enregistrez le texte signé au format PDF."
    return ""
