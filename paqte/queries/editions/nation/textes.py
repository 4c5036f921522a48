"""What every département says of a semester, side by side, as its last editions say it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import BILAN, COMPTE_RENDU, DOCUMENTS
from paqte.domain.documents.textes import SUJETS_DITS, TextIssued, texts_of
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.conventions import TRIMESTRE
from paqte.models import Edition, db
from paqte.queries.editions.nation.emises import LastEdition, last_editions

_RANKS = {sujet: rank for rank, sujet in enumerate(SUJETS_DITS)}
# Two quarters and a semester of every département, over three years.
MOST_READ = 2_048


class TextShown(NamedTuple):
    """A text, with the edition that says it; `genre` is the code of its document."""

    departement: str
    nom: str
    genre: str
    periode: Periode
    edition_id: int
    numero: int
    texte: TextIssued


def read_texts(*, actor: Acteur, periode: Periode) -> list[TextShown]:
    """The texts of the bilans of a semester and of the comptes rendus of its two quarters, by département.

    Of the départements that the actor may read; those received as workbooks keep no text. A text taken over from the
    quarter before is told once, of the first that says it (R36).
    """
    windows = [(BILAN, periode), *((COMPTE_RENDU, quarter) for quarter in periode.parts(TRIMESTRE))]
    told = [
        TextShown(e.departement, nom, genre, window, e.id, e.numero, text)
        for genre, window in windows
        for e in last_editions(actor=actor, periode=window, genre=genre)
        for nom, text in _told_by(e, genre)
    ]
    said_first = {(one.departement, one.texte): one for one in reversed(told)}
    return sorted(said_first.values(), key=_by_subject)


def _by_subject(one: TextShown) -> tuple[str, int, str, str]:
    return one.departement, _RANKS[one.texte.sujet], one.texte.date, one.periode.code


def _told_by(edition: LastEdition, genre: str) -> Iterator[tuple[str, TextIssued]]:
    nom, texts = _texts_kept(edition.id, edition.sha256, genre)
    return ((nom, text) for text in texts)


# An issued edition never changes (R19): reading it once serves every reader of this process.
@lru_cache(maxsize=MOST_READ)
def _texts_kept(edition_id: int, sha256: str, genre: str) -> tuple[str, tuple[TextIssued, ...]]:
    contenu = db.session.scalar(select(Edition.contenu).where(Edition.id == edition_id))
    document = DOCUMENTS[genre].document.from_json(contenu or "{}")
    return document.departement_nom, tuple(texts_of(document))
