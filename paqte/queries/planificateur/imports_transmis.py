"""What an import sent: the totals of its values, to be compared with those of the tracker, and what became of it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from sqlalchemy import func, select

from paqte.domain.calendrier.periodes import Periode
from paqte.domain.declarations.reponses import MANQUANTE
from paqte.domain.indicateurs.catalogue import catalogue
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.declarations import TRANSMISE, VALIDEE
from paqte.models import Avertissement, Declaration, Engagement, Importation, Realisation, db
from paqte.queries.perimetre import read
from paqte.queries.planificateur.importations import WHAT

_AT_ONCE = 500


class ImportTotal(NamedTuple):
    """The values of an indicator and a period, added up as they stand, whatever is counted; `sur` of two numbers."""

    periode: Periode
    code: str
    libelle: str
    total: Decimal
    sur: Decimal | None
    reponses: int


@dataclass
class ImportSent:
    """`waiting` is what may be validated, with its version; `moved` changed since; `missing` lacks an answer."""

    waiting: dict[int, int] = field(default_factory=dict)
    validated: int = 0
    moved: int = 0
    warned: int = 0
    missing: int = 0
    totals: list[ImportTotal] = field(default_factory=list)


def read_sent(*, actor: Acteur, importation_id: int) -> ImportSent:
    """What this import sent, as it stands now; NotFound for another département's."""
    row = read(db.session(), Importation, importation_id, actor, WHAT)
    sent = dict(json.loads(zlib.decompress(row.declarations))) if row.declarations else {}
    found = ImportSent()
    d = Declaration
    promised: dict[int, int] = {}
    for keys in _batches(sent):
        for key, version, etat, convention in db.session.execute(
            select(d.id, d.version, d.etat, d.convention_id).where(d.id.in_(keys)).order_by(d.id)
        ):
            if etat == VALIDEE:
                found.validated += 1
            elif etat == TRANSMISE and version == sent[key]:
                found.waiting[key] = version
                promised[key] = convention
            else:
                found.moved += 1
    found.warned = _counted_warned(found.waiting)
    found.missing = _counted_missing(promised)
    found.totals = _added_up(found.waiting)
    return found


def _counted_warned(keys: Iterable[int]) -> int:
    a = Avertissement
    query = select(func.count(func.distinct(a.declaration_id)))
    return sum(db.session.scalar(query.where(a.declaration_id.in_(some))) or 0 for some in _batches(keys))


def _counted_missing(promised: dict[int, int]) -> int:
    """How many answer fewer engagements than their convention promises."""
    answered: dict[int, int] = {}
    owed: dict[int, int] = {}
    r, e = Realisation, Engagement
    for keys in _batches(promised):
        query = select(r.declaration_id, func.count(r.id)).where(r.declaration_id.in_(keys), r.reponse != MANQUANTE)
        answered |= dict(db.session.execute(query.group_by(r.declaration_id)).all())
    for keys in _batches(set(promised.values())):
        query = select(e.convention_id, func.count(e.id)).where(e.convention_id.in_(keys))
        owed |= dict(db.session.execute(query.group_by(e.convention_id)).all())
    return sum(answered.get(key, 0) < owed.get(convention, 0) for key, convention in promised.items())


def _added_up(keys: Iterable[int]) -> list[ImportTotal]:
    r, d, grid = Realisation, Declaration, catalogue().indicateurs
    sums: dict[tuple[str, str], ImportTotal] = {}
    for some in _batches(keys):
        query = (
            select(d.periode, r.indicateur, r.valeur, r.numerateur, r.denominateur)
            .join(d, d.id == r.declaration_id)
            .where(d.id.in_(some), r.reponse != MANQUANTE)
        )
        for periode, code, valeur, upper, lower in db.session.execute(query):
            nothing = ImportTotal(Periode.from_code(periode), code, grid[code].libelle, Decimal(0), None, 0)
            known = sums.get((periode, code), nothing)
            sums[periode, code] = known._replace(
                total=known.total + (valeur or upper or 0),
                sur=known.sur if lower is None else (known.sur or Decimal(0)) + lower,
                reponses=known.reponses + 1,
            )
    return [sums[key] for key in sorted(sums)]


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    left = iter(sorted(keys))
    while some := list(islice(left, _AT_ONCE)):
        yield some
