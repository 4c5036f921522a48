"""Editions that answers have overtaken: other than when it was issued, hence a next edition to issue (R19)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, cast, func, select

from paqte.domain.consolidation import Fait
from paqte.domain.conventions import SEMESTRE
from paqte.domain.declarations import VALIDEE
from paqte.domain.editions import changed_declarations
from paqte.domain.periodes import Periode
from paqte.domain.sceau import Sceau, read_facts
from paqte.models import Convention, Declaration, Edition, Journal, db


class EditionDepassee(NamedTuple):
    """The last edition of a period, and how many of its declarations answer otherwise since."""

    periode: Periode
    numero: int
    edition_id: int
    declarations: int


def overtaken_editions(departement: str, genre: str = SEMESTRE) -> list[EditionDepassee]:
    """The semesters (or quarters) of the département whose last edition answers have overtaken, latest first.

    A declaration validated again with the same answers overtakes nothing. Three statements, five when declarations
    moved: their answers are then held against those that the editions keep.
    """
    last = _last_editions(departement, genre)
    if not last:
        return []
    since = min(created for _, _, created in last.values())
    moves = _by_period([*_validated(departement, since), *_reopened(departement, since)], last, genre)
    counts = _changed(departement, moves, {p: last[p][0] for p in moves}) if moves else {}
    found = [EditionDepassee(p, last[p][1], last[p][0], count) for p, count in counts.items() if count]
    return sorted(found, key=lambda e: e.periode.debut, reverse=True)


def _changed(
    departement: str, moves: Mapping[Periode, set[int]], editions: Mapping[Periode, int]
) -> dict[Periode, int]:
    """How many of the declarations that moved answer otherwise than the edition of their period keeps."""
    c, d, e = Convention, Declaration, Edition
    query = (
        select(c.signataire_id, d.convention_id, d.id, d.periode, d.sceau)
        .join(c, c.id == d.convention_id)
        .where(d.id.in_([key for keys in moves.values() for key in keys]), d.sceau.is_not(None))
    )
    seals = [Sceau._make(row) for row in db.session.execute(query)]
    kept = dict(db.session.execute(select(e.id, e.faits).where(e.id.in_(editions.values()))).all())
    return {
        p: len(changed_declarations(kept[editions[p]], _facts(departement, seals, keys), keys))
        for p, keys in moves.items()
    }


def _facts(departement: str, seals: Iterable[Sceau], keys: set[int]) -> list[Fait]:
    return read_facts(departement, [one for one in seals if one.declaration in keys])


def _last_editions(departement: str, genre: str) -> dict[Periode, tuple[int, int, datetime]]:
    """Key, number and moment of the last edition of each period of that genre."""
    e = Edition
    query = select(e.periode, e.id, e.numero, e.created_at).where(e.departement_code == departement)
    rows = db.session.execute(query.order_by(e.numero))
    by_periode = {Periode.from_code(code): (key, numero, created) for code, key, numero, created in rows}
    return {periode: edition for periode, edition in by_periode.items() if periode.genre == genre}


class _Move(NamedTuple):
    declaration: int
    periode: str
    moment: datetime


def _validated(departement: str, since: datetime) -> list[_Move]:
    d = Declaration
    query = select(d.id, d.periode, d.validee_le).where(d.departement_code == departement, d.etat == VALIDEE)
    rows = db.session.execute(query.where(d.validee_le > since))
    return [_Move(key, code, moment) for key, code, moment in rows if moment]


def _reopened(departement: str, since: datetime) -> list[_Move]:
    """Declarations validated no more, with the moment they were last re-opened: the journal alone keeps it."""
    d, j = Declaration, Journal
    query = (
        select(d.id, d.periode, func.max(j.quand))
        .join(j, (j.objet == "declaration") & (j.objet_id == cast(d.id, String)))
        .where(d.departement_code == departement, d.etat != VALIDEE, d.motif_reouverture != "")
        .where(j.quand > since, j.avant.contains(f'"etat": "{VALIDEE}"', autoescape=True))
        .group_by(d.id, d.periode)
    )
    return [_Move(*row) for row in db.session.execute(query)]


def _by_period(
    moves: Iterable[_Move], last: dict[Periode, tuple[int, int, datetime]], genre: str
) -> dict[Periode, set[int]]:
    """The declarations that moved after the last edition of their period; a semester is no part of a quarter (R11)."""
    found: dict[Periode, set[int]] = {}
    for move in moves:
        own = Periode.from_code(move.periode)
        period = Periode.containing(own.debut, genre)
        if period.contains(own) and period in last and move.moment > last[period][2]:
            found.setdefault(period, set()).add(move.declaration)
    return found
