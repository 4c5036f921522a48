"""Editions that answers have overtaken: validated or re-opened since, hence a next edition to issue (R19)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, cast, func, select

from paqte.domain.conventions import SEMESTRE
from paqte.domain.declarations import VALIDEE
from paqte.domain.periodes import Periode
from paqte.models import Declaration, Edition, Journal, db


class EditionDepassee(NamedTuple):
    """The last edition of a period, and how many of its declarations were validated or re-opened since."""

    periode: Periode
    numero: int
    edition_id: int
    declarations: int


def overtaken_editions(departement: str, genre: str = SEMESTRE) -> list[EditionDepassee]:
    """The semesters (or quarters) of the département whose last edition answers have overtaken, latest first.

    Whether a figure really changed is told by the page of the period, which compares. Three statements.
    """
    last = _last_editions(departement, genre)
    if not last:
        return []
    since = min(created for _, _, created in last.values())
    moves = Counter(_periods([*_validated(departement, since), *_reopened(departement, since)], last, genre))
    found = [EditionDepassee(p, last[p][1], last[p][0], count) for p, count in moves.items()]
    return sorted(found, key=lambda e: e.periode.debut, reverse=True)


def _last_editions(departement: str, genre: str) -> dict[Periode, tuple[int, int, datetime]]:
    """Key, number and moment of the last edition of each period of that genre."""
    e = Edition
    query = select(e.periode, e.id, e.numero, e.created_at).where(e.departement_code == departement)
    rows = db.session.execute(query.order_by(e.numero))
    by_periode = {Periode.from_code(code): (key, numero, created) for code, key, numero, created in rows}
    return {periode: edition for periode, edition in by_periode.items() if periode.genre == genre}


def _validated(departement: str, since: datetime) -> Iterable[tuple[str, datetime]]:
    d = Declaration
    query = select(d.periode, d.validee_le).where(d.departement_code == departement, d.etat == VALIDEE)
    return [(code, moment) for code, moment in db.session.execute(query.where(d.validee_le > since)) if moment]


def _reopened(departement: str, since: datetime) -> Iterable[tuple[str, datetime]]:
    """Declarations validated no more, with the moment they were last re-opened: the journal alone keeps it."""
    d, j = Declaration, Journal
    query = (
        select(d.periode, func.max(j.quand))
        .join(j, (j.objet == "declaration") & (j.objet_id == cast(d.id, String)))
        .where(d.departement_code == departement, d.etat != VALIDEE, d.motif_reouverture != "")
        .where(j.quand > since, j.avant.contains(f'"etat": "{VALIDEE}"', autoescape=True))
        .group_by(d.id, d.periode)
    )
    return [(code, moment) for code, moment in db.session.execute(query)]


def _periods(
    moves: Iterable[tuple[str, datetime]], last: dict[Periode, tuple[int, int, datetime]], genre: str
) -> Iterator[Periode]:
    """The period of each move made after its last edition; a semester is no part of a quarter (R11)."""
    for code, moment in moves:
        own = Periode.from_code(code)
        period = Periode.containing(own.debut, genre)
        if period.contains(own) and period in last and moment > last[period][2]:
            yield period
