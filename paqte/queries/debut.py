"""Since when a préfecture uses PAQTE: the first semester of which a bilan is owed (R12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from paqte.domain.acteurs import Acteur
from paqte.domain.periodes import Periode, local_date
from paqte.models import Convention, Departement, db
from paqte.queries.perimetre import require_readable_departement


@dataclass(frozen=True, slots=True)
class DebutLu:
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


def read_start(*, actor: Acteur, departement: str, now: datetime) -> DebutLu:
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
    return DebutLu(premier, tuple(possibles))
