"""The last edition of each département for a period, and what it holds."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from paqte.domain.assemblage.nation import EditionScellee
from paqte.domain.calendrier.periodes import Periode
from paqte.domain.documents.bilan import Bilan
from paqte.domain.documents.registre import BILAN
from paqte.domain.editions.editions import XLSX, read_facts
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.secret import PUBLIABLE
from paqte.models import Edition, EditionFichier, db
from paqte.queries.editions.recus import counted_by_semester
from paqte.queries.perimetre import readable

_Later = aliased(Edition)
# Of a row of Edition: no other edition of the same document followed. Put together once, which costs more than asking.
IS_LAST: ColumnElement[bool] = (
    ~select(_Later.id)
    .where(
        _Later.departement_code == Edition.departement_code,
        _Later.genre_document == Edition.genre_document,
        _Later.periode == Edition.periode,
        _Later.numero > Edition.numero,
    )
    .exists()
)


class LastEdition(NamedTuple):
    """The last edition of one département for a period."""

    id: int
    departement: str
    numero: int
    sha256: str
    created_at: datetime
    has_publishable: bool


class NationalSemestre(NamedTuple):
    """A semester, and how many départements have issued its bilan; `recus`, how many more sent theirs as a workbook."""

    periode: Periode
    editions: int
    recus: int = 0


def last_editions(*, actor: Acteur, periode: Periode, genre: str = BILAN) -> list[LastEdition]:
    """The last edition of a document of each département that the actor may read, in order of code.

    Asked of the index `ix_edition_derniere` alone: on SQLite, what stands in a row behind a whole document costs the
    reading of that document, and of every other of the table.
    """
    e, f = Edition, EditionFichier
    has_publishable = select(f.id).where(f.edition_id == e.id, f.diffusion == PUBLIABLE, f.format == XLSX).exists()
    query = (
        select(e.id, e.departement_code, e.numero, e.sha256, e.created_at, has_publishable)
        .where(e.genre_document == genre, e.periode == periode.code, IS_LAST, readable(e, actor))
        .order_by(e.departement_code)
    )
    return [LastEdition(*row) for row in db.session.execute(query)]


def is_issued(*, actor: Acteur, periode: Periode, genre: str) -> bool:
    """Whether a département that the actor may read issued that document."""
    e = Edition
    query = select(e.id).where(e.genre_document == genre, e.periode == periode.code, readable(e, actor))
    return db.session.scalar(query.limit(1)) is not None


def sealed_edition(key: int) -> EditionScellee:
    """What one edition holds; last_editions has said that it may be read."""
    contenu, faits = db.session.execute(select(Edition.contenu, Edition.faits).where(Edition.id == key)).one()
    return EditionScellee(Bilan.from_json(contenu), tuple(read_facts(faits)), key)


def issued_semesters(*, actor: Acteur) -> list[NationalSemestre]:
    """Semesters of which somebody issued the bilan, or sent it as a workbook; the latest first."""
    e = Edition
    query = (
        select(e.periode, func.count(e.departement_code.distinct()))
        .where(e.genre_document == BILAN, readable(e, actor))
        .group_by(e.periode)
        .order_by(e.periode.desc())
    )
    issued = {row[0]: row[1] for row in db.session.execute(query)}
    sent = counted_by_semester(actor=actor)
    codes = sorted(issued.keys() | sent.keys(), reverse=True)
    return [NationalSemestre(Periode.from_code(code), issued.get(code, 0), sent.get(code, 0)) for code in codes]
