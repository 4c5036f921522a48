"""Since when a préfecture uses PAQTE: the first semester of which a bilan is owed (R12)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select

from paqte.domain.calendrier.periodes import Periode, local_date
from paqte.domain.personnes.acteurs import Acteur
from paqte.models import Anteriorite, Convention, Departement, db
from paqte.queries.perimetre import require_readable_departement


@dataclass(frozen=True, slots=True)
class StartShown:
    """`premier` is None while nobody entered a convention; `possibles` goes from the present back to the earliest."""

    premier: Periode | None
    possibles: tuple[Periode, ...]

    @property
    def version(self) -> int:
        """A number that changes when the semester does: what its form was opened on."""
        return self.premier.annee * 10 + self.premier.numero if self.premier else 0


def first_day(departement: str) -> date:
    """Nothing is owed for the time before the préfecture used PAQTE; always when it does not say since when."""
    first = db.session.scalar(select(Departement.premier_semestre).where(Departement.code == departement))
    return Periode.from_code(first).debut if first else date.min


def complete_since(departement: str) -> date | None:
    """The day of the first complete convention of the département; None while it has none (R43)."""
    return db.session.scalar(select(Departement.premiere_complete_le).where(Departement.code == departement))


def read_former(*wanted: ColumnElement[bool]) -> dict[int, dict[str, date | None]]:
    """The periods already over when each of these conventions was typed: since when they are asked, None if not (R42).

    By key of convention, then code of period; `wanted` are conditions on conventions. One statement.
    """
    a = Anteriorite
    query = select(a.convention_id, a.periode, a.is_owed, a.depuis).join(Convention, Convention.id == a.convention_id)
    found: defaultdict[int, dict[str, date | None]] = defaultdict(dict)
    for key, periode, is_owed, depuis in db.session.execute(query.where(*wanted)):
        found[key][periode] = depuis if is_owed else None
    return dict(found)


def read_start(*, actor: Acteur, departement: str, now: datetime) -> StartShown:
    """The first semester of a département and those it may be: since its earliest convention, until today's."""
    require_readable_departement(actor, departement)
    first = db.session.scalar(select(Departement.premier_semestre).where(Departement.code == departement))
    earliest = db.session.scalar(select(func.min(Convention.debut)).where(Convention.departement_code == departement))
    present = Periode.containing(local_date(now, departement), "S")
    premier = Periode.from_code(first) if first else None
    start = min([d for d in (earliest, premier and premier.debut) if d], default=present.debut)
    possibles = [present]
    while possibles[-1].debut > start:
        possibles.append(possibles[-1].precedente)
    return StartShown(premier, tuple(possibles))
