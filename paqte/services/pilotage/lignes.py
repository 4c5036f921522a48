"""One line of a département's steering, whatever its table: added, corrected, taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paqte.domain.erreurs import Conflict, Refused
from paqte.domain.personnes.acteurs import Acteur
from paqte.domain.saisie.saisies import as_typed
from paqte.models import ChiffreContexte, Departement, EngagementProtocole, Partenaire, Referent
from paqte.queries.perimetre import require_departement, to_change
from paqte.services.transaction import transaction

Line = TypeVar("Line", Referent, Partenaire, ChiffreContexte, EngagementProtocole)
# The columns of what was typed, in this département, at this moment; the key is that of the line corrected, else None.
Values = Callable[[Any, Session, str, datetime, int | None], Mapping[str, object]]
MEANWHILE = "Quelqu’un d’autre a modifié cette ligne pendant votre saisie : comparez, puis enregistrez à nouveau."
LAST_RANK = 999


def add_line(model: type[Line], typed: Any, values: Values, *, actor: Acteur, now: datetime, departement: str) -> int:
    """Add a line and give its key; NotFound for another's département, Refused beside each field at fault."""
    require_departement(actor, departement)
    with transaction(actor=actor, now=now) as session:
        hold(session, departement)
        line = model(departement_code=departement)
        if isinstance(line, ChiffreContexte):
            line.created_at = now
        else:
            line.rang = rank(session, type(line), departement, typed.rang)
        fill(line, values(typed, session, departement, now, None))
        session.add(line)
        session.flush()
        return line.id


def change_line(
    model: type[Line], key: int, version: int | None, typed: Any, values: Values, *, actor: Acteur, now: datetime
) -> None:
    """Correct a line; Conflict when somebody saved since `version`. Issued editions do not move (R19)."""
    with transaction(actor=actor, now=now) as session:
        line = line_to_change(session, model, key, version, actor)
        hold(session, line.departement_code)
        fill(line, values(typed, session, line.departement_code, now, line.id))
        if not isinstance(line, ChiffreContexte):
            line.rang = rank(session, type(line), line.departement_code, typed.rang or line.rang)


def remove_line(model: type[Line], key: int, version: int | None, *, actor: Acteur, now: datetime) -> None:
    """Take a line away; Conflict when somebody saved since `version`."""
    with transaction(actor=actor, now=now) as session:
        session.delete(line_to_change(session, model, key, version, actor))


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
