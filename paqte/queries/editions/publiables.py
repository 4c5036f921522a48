"""What a département has already published, as the next publishable edition must know it (R23)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.diffusion.apports import EditionPubliable
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.editions.editions import read_all_facts
from paqte.models import Edition


def published(session: Session, departement: str) -> list[EditionPubliable]:
    """Every publishable edition of the département, whatever its period, in the order they were issued."""
    e = Edition
    query = select(e.id, e.genre_document, e.publiable, e.faits)
    rows = session.execute(query.where(e.departement_code == departement, e.publiable.is_not(None)).order_by(e.id))
    return [
        EditionPubliable(key, _document(genre, publiable or ""), tuple(read_all_facts(faits)))
        for key, genre, publiable, faits in rows
    ]


def _document(genre: str, publiable: str) -> Document:
    document: Any = DOCUMENTS[genre].document
    read: Document = document.from_json(publiable)
    return read
