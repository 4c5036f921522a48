"""Editions that what was typed since has overtaken: the next one would differ by at least one cell (R19, R44)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from sqlalchemy import bindparam, select

from paqte.domain.assemblage.donnees import DonneesBilan
from paqte.domain.assemblage.empreinte import Memo, inputs_sha256
from paqte.domain.assemblage.revision import EditionTexts, revise
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.registre import DOCUMENTS
from paqte.models import Edition, db
from paqte.queries.editions.bilans import read_several
from paqte.queries.kept import kept

MOST_KEPT = 1_000
# Put together once: that costs more than what it asks.
_EDITIONS = (
    select(
        *(Edition.periode, Edition.id, Edition.numero, Edition.created_at),
        *(Edition.sha256, Edition.entrees_sha256, Edition.genre_document),
    )
    .where(Edition.departement_code == bindparam("departement"))
    .order_by(Edition.numero, Edition.id)
)


class EditionOvertaken(NamedTuple):
    """The last edition of a period, how many cells of the next would differ and in which tables.

    `declarations` counts those that answer otherwise since.
    """

    periode: Periode
    numero: int
    edition_id: int
    cases: int
    tableaux: tuple[str, ...]
    declarations: int
    genre_document: str


class _Last(NamedTuple):
    """The last edition of a document for a period, without its content."""

    id: int
    numero: int
    created_at: datetime
    sha256: str
    entrees: str | None
    genre: str


class _Verdict(NamedTuple):
    cases: int
    tableaux: tuple[str, ...]
    declarations: int


class _Verdicts:
    """What comparisons came to: an edition and the fingerprint of what is there now give always the same."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[_Last, str], _Verdict] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[_Last, str]) -> _Verdict | None:
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: tuple[_Last, str], verdict: _Verdict) -> None:
        with self._lock:
            self._kept[key] = verdict
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


_VERDICTS = _Verdicts()


def overtaken_editions(departement: str, genre: str | None = None) -> tuple[EditionOvertaken, ...]:
    """The periods of the département whose next edition would differ from the last one, latest first.

    `genre` keeps one kind of document. A constant number of statements; an edition whose inputs stand is not even
    put together again.
    """
    return kept(db.session(), departement, ("depassees", genre), lambda: tuple(_overtaken(departement, genre)))


def _overtaken(departement: str, genre: str | None) -> list[EditionOvertaken]:
    last = _last_editions(departement, genre)
    if not last:
        return []
    memo: Memo = {}
    moved = []
    read = read_several(db.session(), departement, {periode for _, periode in last})
    for (_, periode), edition in last.items():
        now_sha256 = inputs_sha256(read[periode], memo)
        if now_sha256 != edition.entrees:
            moved.append((read[periode], (edition, now_sha256)))
    _judge(given for given in moved if _VERDICTS.get(given[1]) is None)
    found = []
    for donnees, key in moved:
        verdict = _VERDICTS.get(key)
        if verdict is not None and verdict.cases:
            found.append(EditionOvertaken(donnees.periode, key[0].numero, key[0].id, *verdict, key[0].genre))
    return sorted(found, key=lambda e: (e.periode.debut, e.periode.genre), reverse=True)


def _judge(unknown: Iterable[tuple[DonneesBilan, tuple[_Last, str]]]) -> None:
    """Put these documents together again and keep what differs."""
    asked = list(unknown)
    if not asked:
        return
    e = Edition
    query = select(e.id, e.contenu, e.faits).where(e.id.in_([key[0].id for _, key in asked]))
    frozen = {row.id: EditionTexts(*row[1:]) for row in db.session.execute(query)}
    for donnees, key in asked:
        last = key[0]
        genre = DOCUMENTS[last.genre]
        revision = revise(genre, donnees, frozen[last.id], numero=last.numero + 1, now=last.created_at)
        tables = tuple(dict.fromkeys(e.tableau for e in revision.ecarts))
        _VERDICTS.keep(key, _Verdict(len(revision.ecarts), tables, len(revision.declarations)))


def _last_editions(departement: str, genre: str | None) -> dict[tuple[str, Periode], _Last]:
    """The last edition of each document and period, of that kind alone if one is given."""
    rows = db.session.execute(_EDITIONS, {"departement": departement})
    found = {(row.genre_document, Periode.from_code(row.periode)): _Last(*row[1:]) for row in rows}
    return {key: last for key, last in found.items() if genre in (None, key[0])}
