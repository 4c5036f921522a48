"""A text of the bilan belongs to a semester, one of the quarterly account to a quarter (R36).

What was issued is the truth for its period; today's text is that of every other period followed since the start, and of
the open one.

Revision ID: 0008
Revises: 0007
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# A rebuilt table goes on giving no number twice.
KEEPING = {"sqlite_autoincrement": True}
OF_THE_PLAN = ("efficacite", "propositions")
CODES = ("organisation", "strategie", "obstacles", *OF_THE_PLAN)
MONTHS = {"S": 6, "T": 3}


class Ligne(NamedTuple):
    """A text for a period. `repris_de` is "" when it was written for it, as far as the base knows."""

    periode: str
    texte: str
    is_confirmed: bool
    repris_de: str = ""


def upgrade() -> None:
    """The columns, then a line for each period, then what holds them."""
    op.add_column("rubrique", sa.Column("periode", sa.String(7)))
    op.add_column("rubrique", sa.Column("is_confirmed", sa.Boolean))
    op.add_column("rubrique", sa.Column("repris_de", sa.String(7)))
    with op.batch_alter_table("rubrique", table_kwargs=KEEPING) as table:
        table.drop_constraint("uq_rubrique_departement_code_code", type_="unique")
    spread(op.get_bind(), op.get_bind().scalars(sa.select(sa.func.current_date())).one())
    with op.batch_alter_table("rubrique", table_kwargs=KEEPING) as table:
        table.alter_column("periode", existing_type=sa.String(7), nullable=False)
        table.alter_column("is_confirmed", existing_type=sa.Boolean, nullable=False)
        table.alter_column("repris_de", existing_type=sa.String(7), nullable=False)
        table.create_unique_constraint(
            "uq_rubrique_departement_code_code_periode", ["departement_code", "code", "periode"]
        )
        table.create_check_constraint("periode", "periode LIKE '____-T_' OR periode LIKE '____-S_'")


def spread(connection: sa.Connection, today: date) -> None:
    """Give each period its lines; the line that was there becomes that of the last period."""
    rubrique = sa.table("rubrique", *(sa.column(n) for n in ("id", "departement_code", "code", "texte", "version")),
                        *(sa.column(n) for n in Ligne._fields if n != "texte"))  # fmt: skip
    starts = dict(connection.execute(sa.text("SELECT code, premier_semestre FROM departement")).all())
    kept = {(row.departement_code, row.code): row for row in connection.execute(sa.select(rubrique)).all()}
    for departement, first in starts.items():
        issued = _issued(connection, departement)
        for code in CODES:
            row = kept.get((departement, code))
            frozen = {periode: texts[code] for periode, texts in issued.items() if code in texts}
            if row is None and not any(frozen.values()):
                continue
            lines = list(lines_of("T" if code in OF_THE_PLAN else "S", row.texte if row else "", frozen, first, today))
            for line in lines[: -1 if row else None]:
                values = {"departement_code": departement, "code": code, "version": 1, **line._asdict()}
                connection.execute(sa.insert(rubrique).values(values))
            if row:
                connection.execute(sa.update(rubrique).where(rubrique.c.id == row.id).values(lines[-1]._asdict()))


def lines_of(genre: str, texte: str, frozen: dict[str, str], first: str | None, today: date) -> Iterator[Ligne]:
    """The lines of one heading, in order of their periods; at least one when there is a text.

    The open period has its own line only when its text is not that of the period before: it is « repris » then.
    """
    present = _code(today.year, (today.month - 1) // MONTHS[genre], genre)
    followed = set(_since(first, genre, present)) if first else set()
    before, origin = None, ""
    for periode in sorted(followed | set(frozen) | {present}):
        text = frozen.get(periode, texte)
        is_told = periode in frozen
        is_new = text != before
        if is_told or is_new or periode != present:
            yield Ligne(periode, text, is_told or (is_new and bool(text)), "" if is_told or is_new else origin)
        origin = periode if is_told or is_new else origin
        before = text


def _issued(connection: sa.Connection, departement: str) -> dict[str, dict[str, Any]]:
    """What the last edition of each period froze."""
    query = sa.text("SELECT periode, contenu FROM edition WHERE departement_code = :d ORDER BY periode, numero")
    return {periode: json.loads(text) for periode, text in connection.execute(query, {"d": departement})}


def _since(first: str, genre: str, last: str) -> Iterator[str]:
    year, rank = int(first[:4]), (int(first[-1]) - 1) * (1 if genre == "S" else 2)
    while (code := _code(year, rank, genre)) <= last:
        yield code
        year, rank = (year, rank + 1) if rank + 1 < 12 // MONTHS[genre] else (year + 1, 0)


def _code(year: int, rank: int, genre: str) -> str:
    return f"{year}-{genre}{rank + 1}"
