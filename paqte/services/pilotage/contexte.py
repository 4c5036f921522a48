"""Context figures of a département, each with its date, what it covers and its source (R25, R26)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from paqte.domain.calendrier.periodes import local_date
from paqte.domain.erreurs import Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.statuts.pilotage import CHIFFRES
from paqte.models import ChiffreContexte
from paqte.queries.pilotage.pilotage import generation_on
from paqte.services.pilotage.lignes import add_line, change_line, remove_line
from paqte.services.textes import fitted_line

PRECISION, SOURCE = 200, 300
CATEGORIES = "catégories ABC"


@dataclass(frozen=True, slots=True)
class ChiffreTyped:
    """`precision` left empty takes the categories ABC and the generation of districts of that day (R25, R26)."""

    code: str
    valeur: Decimal
    date: date
    precision: str = ""
    source: str = ""


def add_chiffre(*, actor: Acteur, now: datetime, departement: str, chiffre: ChiffreTyped) -> int:
    """Add a figure on a date; Refused beside each field at fault, or when that date has one already."""
    return add_line(ChiffreContexte, chiffre, _values, actor=actor, now=now, departement=departement)


def change_chiffre(
    *, actor: Acteur, now: datetime, chiffre_id: int, version: int | None, chiffre: ChiffreTyped
) -> None:
    """Correct a figure; Conflict when somebody saved since `version`. Issued editions do not move (R19)."""
    change_line(ChiffreContexte, chiffre_id, version, chiffre, _values, actor=actor, now=now)


def remove_chiffre(*, actor: Acteur, now: datetime, chiffre_id: int, version: int | None) -> None:
    """Take a figure away; Conflict when somebody saved since `version`."""
    remove_line(ChiffreContexte, chiffre_id, version, actor=actor, now=now)


def default_precision(code: str, generation: int | None) -> str:
    """What a figure covers when nobody says otherwise: « catégories ABC, QPV génération 2024 » (R25, R26)."""
    parts = [CATEGORIES] if code.startswith("defm") else []
    if "qpv" in code and generation:
        parts.append(f"QPV génération {generation}")
    return ", ".join(parts)


def _values(
    typed: ChiffreTyped, session: Session, departement: str, now: datetime, apart: int | None
) -> dict[str, object]:
    if typed.code not in CHIFFRES:
        raise Refused({"code": "Choisissez un chiffre dans la liste."})
    if typed.valeur < 0:
        raise Refused({"valeur": "Ce nombre ne peut pas être négatif."})
    if typed.date > local_date(now, departement):
        raise Refused({"date": "Cette date est à venir : donnez la date à laquelle le chiffre a été constaté."})
    same = select(ChiffreContexte.id).where(
        ChiffreContexte.departement_code == departement,
        ChiffreContexte.code == typed.code,
        ChiffreContexte.date == typed.date,
        ChiffreContexte.id.is_distinct_from(apart),
    )
    if session.scalar(same) is not None:
        raise Refused({"date": "Ce chiffre est déjà saisi à cette date : modifiez-le plutôt."})
    precision = fitted_line(typed.precision, PRECISION, "precision")
    return {
        "code": typed.code,
        "valeur": typed.valeur,
        "date": typed.date,
        "precision": precision or default_precision(typed.code, generation_on(departement, typed.date)),
        "source": fitted_line(typed.source, SOURCE, "source"),
    }
