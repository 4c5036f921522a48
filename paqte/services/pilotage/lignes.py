"""One line of a département's steering, whatever its table: added, corrected, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.saisies import as_typed
from paqte.models import ChiffreContexte, Departement, EngagementProtocole, Partenaire, Referent
from paqte.queries.perimetre import to_change

Line = TypeVar("Line", Referent, Partenaire, ChiffreContexte, EngagementProtocole)
MEANWHILE = "Quelqu’un d’autre a modifié cette ligne pendant votre saisie : comparez, puis enregistrez à nouveau."
LAST_RANK = 999


def hold(session: Session, departement: str) -> None:
    """Hold the département until the commit, so that two additions at once come one after the other."""
    session.execute(select(Departement.code).where(Departement.code == departement).with_for_update())


def line_to_change(session: Session, model: type[Line], key: int, version: int | None, actor: Acteur) -> Line:
    """The line, or NotFound when it is another's, or Conflict with what it holds when it changed since `version`."""
    line = to_change(session, model, key, actor, "Cette ligne")
    if line.version != version:
        raise Conflict(MEANWHILE, as_shown(line))
    return line


def fill(line: object, values: Mapping[str, object]) -> None:
    """Put these values into the columns of the line."""
    for name, value in values.items():
        setattr(line, name, value)


def rank(
    session: Session,
    model: type[Referent] | type[Partenaire] | type[EngagementProtocole],
    departement: str,
    asked: int | None,
) -> int:
    """The place asked for in the list, else the last one."""
    if asked is not None:
        if not 1 <= asked <= LAST_RANK:
            raise Refused({"rang": f"Écrivez une place de 1 à {LAST_RANK}."})
        return asked
    highest = session.scalar(select(func.max(model.rang)).where(model.departement_code == departement)) or 0
    return min(highest + 1, LAST_RANK)


def as_shown(line: Referent | Partenaire | ChiffreContexte | EngagementProtocole) -> dict[str, str]:
    """What the base holds, by field, as texts."""
    shown = {column.key: as_typed(getattr(line, column.key)) for column in line.__mapper__.column_attrs}
    return shown | {"version": str(line.version)}
