"""What a département has already published, as the next publishable edition must know it (R23)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from paqte.domain.assemblage.diffusion.apports import CHIFFREES, EditionPubliable
from paqte.domain.documents.commun.document import Document
from paqte.domain.documents.registre import DOCUMENTS
from paqte.domain.editions.editions import read_facts_about
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.models import Edition
from paqte.queries.kept import made_again

_PUBLISHED = (
    select(Edition.id, Edition.genre_document, Edition.periode, Edition.publiable, Edition.faits)
    .where(Edition.departement_code == bindparam("departement"), Edition.publiable.is_not(None))
    .order_by(Edition.id)
)


class _PubliableMade(NamedTuple):
    """A publishable edition, beside what it was read from: its texts are told by their length and hash."""

    source: tuple[object, ...]
    edition: EditionPubliable


def published(session: Session, departement: str, genre: str, periode: str) -> list[EditionPubliable]:
    """Every publishable edition of the département, whatever its period, in the order they were issued.

    That of the last one of this kind and period is whole: the next one tells what differs. Of the others, the figures.
    An edition does not move: the texts that were read for the one before are not made out again.
    """
    rows, secrets = list(session.execute(_PUBLISHED, {"departement": departement})), catalogue().secrets
    last = max((row.id for row in rows if (row.genre_document, row.periode) == (genre, periode)), default=None)

    def read(former: Mapping[int, _PubliableMade] | None) -> Mapping[int, _PubliableMade]:
        known = former or {}
        return {row.id: _read_again(row, secrets, known.get(row.id), is_whole=row.id == last) for row in rows}

    return [one.edition for one in made_again(session, departement, "publiables", read).values()]


def _read_again(row: Any, secrets: frozenset[str], known: _PubliableMade | None, *, is_whole: bool) -> _PubliableMade:
    texts = (row.publiable, row.faits)
    source = (row.genre_document, is_whole, secrets, *((len(text), hash(text)) for text in texts))
    if known is not None and known.source == source:
        return known
    document = _document(row.genre_document, row.publiable, is_whole=is_whole)
    return _PubliableMade(source, EditionPubliable(row.id, document, tuple(read_facts_about(row.faits, secrets))))


def _document(genre: str, publiable: str, *, is_whole: bool) -> Document:
    document: Any = DOCUMENTS[genre].document
    read: Document = document.from_json(publiable, None if is_whole else CHIFFREES)
    return read
