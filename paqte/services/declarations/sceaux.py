"""Where the answers of a declaration stand: its rows, then its seal once it is validated, and its rows again (R18).

None of it is a change of what was answered: the journal has no line of it, and no figure moves.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from paqte.domain.declarations.hors_sceau import AnswerKept, put_apart, put_together
from paqte.models import Declaration, Realisation
from paqte.queries.reponses import read_kept


def seal_answers(session: Session, declaration: Declaration) -> None:
    """Write the seal and what stands beside it; `drop_rows` follows once the declaration is validated."""
    kept = read_kept(session, Declaration.id == declaration.id).values()
    declaration.sceau, declaration.hors_sceau = put_apart(answer for answers in kept for answer in answers)


def drop_rows(session: Session, declaration: Declaration) -> None:
    """Take away the rows that the seal now holds."""
    # The seal is written first: a row that goes then changes nothing that anybody reads.
    session.flush()
    mine = delete(Realisation).where(Realisation.declaration_id == declaration.id)
    session.execute(mine.execution_options(synchronize_session=False))
    session.expire(declaration, ["realisations"])


def give_rows_back(session: Session, declaration: Declaration) -> None:
    """Put the rows of a sealed declaration back, under the numbers that the journal knows; its seal goes."""
    d = Declaration
    # Asked beside the row, whose change the journal tells: it would tell the seal too.
    sceau, beside = session.execute(select(d.sceau, d.hors_sceau).where(d.id == declaration.id)).one()
    if sceau is not None and beside is not None:
        answers = put_together(sceau, beside)
        rows = [_row(declaration.id, answer) for answer in answers]
        table = cast(Table, Realisation.__table__)
        for some in ([row for row in rows if row["id"]], [_without_number(row) for row in rows if not row["id"]]):
            if some:
                session.execute(insert(table), some)
        session.expire(declaration, ["realisations"])
    declaration.sceau = declaration.hors_sceau = None


def _row(declaration: int, answer: AnswerKept) -> dict[str, Any]:
    told = answer._asdict()
    return {
        "id": told.pop("numero"),
        "engagement_id": told.pop("engagement"),
        "declaration_id": declaration,
        **told,
    }


def _without_number(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}
