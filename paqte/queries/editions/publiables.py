"""What a département has already published, as the next publishable edition must know it (R23)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.diffusion.apports import CHIFFREES, EditionPubliable
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.editions.editions import read_facts_about
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.models import Edition


def published(session: Session, departement: str, genre: str, periode: str) -> list[EditionPubliable]:
    """Every publishable edition of the département, whatever its period, in the order they were issued.

    That of the last one of this kind and period is whole: the next one tells what differs. Of the others, the figures.
    """
    e, secrets = Edition, catalogue().secrets
    query = select(e.id, e.genre_document, e.periode, e.publiable, e.faits)
    query = query.where(e.departement_code == departement, e.publiable.is_not(None)).order_by(e.id)
    rows = list(session.execute(query))
    last = max((row.id for row in rows if (row.genre_document, row.periode) == (genre, periode)), default=None)
    return [
        EditionPubliable(
            row.id,
            _document(row.genre_document, row.publiable or "", is_whole=row.id == last),
            tuple(read_facts_about(row.faits, secrets)),
        )
        for row in rows
    ]


def _document(genre: str, publiable: str, *, is_whole: bool) -> Document:
    document: Any = DOCUMENTS[genre].document
    read: Document = document.from_json(publiable, None if is_whole else CHIFFREES)
    return read
