"""Validated answers of a département, straight from the base to consolidation: no sum is made here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from paqte.domain.consolidation import Fait
from paqte.domain.periodes import Periode
from paqte.models.base import exact

# Columns in the order of Fait. A charter is not a PAQTE convention: its figures stay out (R7).
_VALIDATED = text(
    """
    SELECT d.departement_code, c.signataire_id, d.convention_id, r.engagement_id, r.indicateur, d.id, d.periode,
           r.reponse, r.valeur, r.numerateur, r.denominateur
      FROM declaration d
      JOIN convention c ON c.id = d.convention_id
      JOIN realisation r ON r.declaration_id = d.id
     WHERE d.departement_code = :departement AND d.etat = 'validee' AND c.dispositif <> 'charte'
       AND substr(d.periode, 1, 4) <= :annee
    """
)


def validated(session: Session, departement: str, until: Periode) -> tuple[Fait, ...]:
    """Every validated answer of the département whose period ends at the latest with `until` (R11)."""
    rows = session.execute(_VALIDATED, {"departement": departement, "annee": f"{until.annee:04d}"}).all()
    ended: dict[str, bool] = {}
    return tuple(_fait(row) for row in rows if _is_over(row[6], until, ended))


def _is_over(periode: str, until: Periode, known: dict[str, bool]) -> bool:
    is_over = known.get(periode)
    if is_over is None:
        is_over = known[periode] = Periode.from_code(periode).fin <= until.fin
    return is_over


def _fait(row: Any) -> Fait:
    if type(row[8]) in _INEXACT or type(row[9]) in _INEXACT or type(row[10]) in _INEXACT:
        return Fait(*row[:8], *(None if v is None else exact(v) for v in row[8:]))
    return Fait._make(row)


# SQLite gives whole figures as int and others as float; PostgreSQL gives Decimals with two decimals.
_INEXACT = (float, Decimal)
