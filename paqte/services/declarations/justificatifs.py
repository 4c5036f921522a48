"""Evidence handed in by a company: checked by its content, kept whole, never executed nor shown inside a page."""

from __future__ import annotations

import hashlib
import re
import warnings
import zipfile
from datetime import datetime
from io import BytesIO
from typing import NamedTuple

from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import NotFound, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.textes import clean_line
from paqte.domain.statuts.declarations import SAISIR, TransitionRefused, next_state
from paqte.models import Action, Declaration, Fichier, Justificatif
from paqte.queries.declarations.declaration import read_declaration
from paqte.queries.declarations.declaration_lue import DeclarationShown
from paqte.queries.perimetre import LIMITED, to_answer
from paqte.services.declarations.fermetures import refuse_when_closed
from paqte.services.transaction import transaction

FIELD = "fichier"
MAX_OCTETS = 8 * 1024 * 1024
MAX_PIXELS = 60_000_000
MAX_INFLATED = 100 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_NAME = 120
MOST = 5
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMAGES = {"PNG": ("image/png", ".png"), "JPEG": ("image/jpeg", ".jpg"), "WEBP": ("image/webp", ".webp")}
EXPECTED = "Joignez un PDF, une image (JPEG, PNG ou WebP) ou un classeur Excel (.xlsx)."
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\]|%0[ad]|%2f|%5c", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")


class FichierReceived(NamedTuple):
    """A file as a browser handed it in: the name it says, and its bytes."""

    nom: str
    octets: bytes


def add_evidence(
    *, actor: Acteur, now: datetime, declaration_id: int, engagement_id: int, piece: FichierReceived
) -> int:
    """Keep a file beside one answer while that answer may be typed; gives its key.

    Refused beside `fichier` when it is not what it may be, or when there are five already.
    """
    with transaction(actor=actor, now=now) as session:
        declaration = to_answer(session, Declaration, declaration_id, actor, "Cette déclaration")
        _require_open(actor, declaration_id, engagement_id, now)
        known = select(func.count()).where(
            Justificatif.declaration_id == declaration_id, Justificatif.engagement_id == engagement_id
        )
        if (session.scalar(known) or 0) >= MOST:
            raise Refused({FIELD: f"Cette réponse a déjà {MOST} justificatifs : retirez-en un d’abord."})
        fichier = keep_file(session, declaration.departement_code, piece, now)
        row = Justificatif(
            declaration_id=declaration_id,
            engagement_id=engagement_id,
            fichier_id=fichier.id,
            par=actor.nom,
            created_at=now,
        )
        session.add(row)
        session.flush()
        return row.id


def remove_evidence(*, actor: Acteur, now: datetime, justificatif_id: int) -> int:
    """Take a file away while its answer may still be typed; gives the declaration it was beside."""
    with transaction(actor=actor, now=now) as session:
        row = session.get(Justificatif, justificatif_id)
        if row is None or row.declaration_id is None or row.engagement_id is None:
            raise NotFound("Ce justificatif")
        to_answer(session, Declaration, row.declaration_id, actor, "Ce justificatif")
        _require_open(actor, row.declaration_id, row.engagement_id, now)
        found = row.declaration_id
        drop(session, row)
        return found


def keep_with_action(session: Session, action: Action, piece: FichierReceived, actor: Acteur, now: datetime) -> None:
    """Keep a photo or a document with an action told, in the caller's transaction."""
    fichier = keep_file(session, action.departement_code, piece, now)
    session.add(Justificatif(action_id=action.id, fichier_id=fichier.id, par=actor.nom, created_at=now))


def drop(session: Session, row: Justificatif) -> None:
    """Delete a piece of evidence and its file, in the caller's transaction."""
    fichier = row.fichier
    session.delete(row)
    session.flush()
    session.delete(fichier)


def keep_file(session: Session, departement: str, piece: FichierReceived, now: datetime) -> Fichier:
    """The file once checked, its key known; Refused beside `fichier` otherwise."""
    stem = _stem(piece.nom)
    media_type, extension = _kind(piece.octets)
    fichier = Fichier(
        departement_code=departement,
        nom=f"{stem}{extension}",
        media_type=media_type,
        taille=len(piece.octets),
        sha256=hashlib.sha256(piece.octets).hexdigest(),
        octets=piece.octets,
        created_at=now,
    )
    session.add(fichier)
    session.flush()
    return fichier


def _require_open(actor: Acteur, declaration_id: int, engagement_id: int, now: datetime) -> None:
    page = read_declaration(actor=actor, declaration_id=declaration_id)
    if page.ligne(engagement_id) is None:
        raise NotFound("Cet engagement")
    try:
        next_state(page.etat, SAISIR)
    except TransitionRefused as refusal:
        raise Refused(str(refusal)) from None
    refuse_when_closed(
        actor=actor,
        convention_id=page.convention_id,
        departement=page.departement,
        periode=page.periode,
        etat=page.etat,
        now=now,
    )
    if actor.role in LIMITED and not _is_open(page, engagement_id):
        raise Refused("Votre référent ne vous a pas renvoyé cette réponse : ses justificatifs restent tels quels.")


def _is_open(page: DeclarationShown, engagement_id: int) -> bool:
    return engagement_id in page.rouvertes


def _stem(given: str) -> str:
    """The name without its extension; a name that hides a path or a line break is refused, never mended."""
    if _FORBIDDEN.search(given):
        raise Refused(
            {FIELD: "Le nom de ce fichier contient des signes interdits (/, \\, retour à la ligne) : renommez-le."}
        )
    stem = _EXTENSION.sub("", clean_line(given)[0]).strip(" .")
    return re.sub(r'[<>:"|?*%;]', " ", stem)[:MAX_NAME].strip() or "Justificatif"


def _kind(octets: bytes) -> tuple[str, str]:
    """What the bytes are, whatever the name says: media type and extension."""
    if not octets:
        raise Refused({FIELD: f"Ce fichier est vide ou absent. {EXPECTED}"})
    if len(octets) > MAX_OCTETS:
        raise Refused({FIELD: "Ce fichier dépasse 8 Mo : réduisez-le, ou joignez seulement les pages utiles."})
    if octets.startswith(b"%PDF-") and b"%%EOF" in octets[-2048:]:
        return "application/pdf", ".pdf"
    found = _image(octets) or _workbook(octets)
    if found is None:
        raise Refused({FIELD: f"Ce fichier n’est pas ce que son nom dit, ou n’est pas accepté. {EXPECTED}"})
    return found


def _image(octets: bytes) -> tuple[str, str] | None:
    """Only what Pillow reads as a picture of these kinds; an SVG is a program and is not one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(octets), formats=tuple(IMAGES)) as image:
                if image.width * image.height > MAX_PIXELS:
                    return None
                kind = image.format or ""
                image.verify()
    except Exception:  # Pillow raises whatever its readers meet: none of it is a picture
        return None
    return IMAGES.get(kind)


def _workbook(octets: bytes) -> tuple[str, str] | None:
    """A workbook without macros that does not inflate beyond reason; it is not opened further."""
    try:
        with zipfile.ZipFile(BytesIO(octets)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    names = {entry.filename for entry in entries}
    is_bounded = len(entries) <= MAX_ENTRIES and sum(entry.file_size for entry in entries) <= MAX_INFLATED
    is_workbook = {"[Content_Types].xml", "xl/workbook.xml"} <= names
    has_macros = any("vbaproject" in name.lower() or "macrosheets" in name.lower() for name in names)
    return (XLSX, ".xlsx") if is_workbook and is_bounded and not has_macros else None
