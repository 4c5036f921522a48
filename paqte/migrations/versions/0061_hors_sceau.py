"""A validated answer is stored once: what its seal does not say stands beside the seal, and its row goes.

What the rows hold is compared with the seal first. A declaration whose rows tell another thing keeps both, as before:
figures are made from the seal, and nothing that somebody typed is lost.

Revision ID: 0061
Revises: 0060
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"

AT_ONCE = 2_000
# Once, and together: a row each of 10,000 companies is read in the order of its index.
SEALED = "SELECT id, sceau FROM declaration WHERE sceau IS NOT NULL AND id > :last ORDER BY id LIMIT :most"
ROWS = """
    SELECT r.declaration_id, r.engagement_id, r.indicateur, r.reponse, r.valeur, r.numerateur, r.denominateur,
           r.id, r.saisie_par, r.saisie_le, r.is_on_behalf, r.origine, r.datee_du, r.commentaire
    FROM realisation r JOIN declaration d ON d.id = r.declaration_id
    WHERE d.sceau IS NOT NULL AND r.declaration_id >= :first AND r.declaration_id <= :last
    ORDER BY r.declaration_id, r.engagement_id
"""
GONE = """
    DELETE FROM realisation WHERE declaration_id >= :first AND declaration_id <= :last
    AND EXISTS (SELECT 1 FROM declaration d WHERE d.id = realisation.declaration_id AND d.hors_sceau IS NOT NULL)
"""


def upgrade() -> None:
    """One column; the rows of sealed answers go into it."""
    op.execute(
        "ALTER TABLE declaration ADD COLUMN hors_sceau TEXT "
        "CONSTRAINT ck_declaration_hors_sceau CHECK (hors_sceau IS NULL OR sceau IS NOT NULL)"
    )
    bind = op.get_bind()
    for seals in _batches(bind):
        span = {"first": min(seals), "last": max(seals)}
        rows = groupby(bind.execute(sa.text(ROWS), span), key=lambda row: row[0])
        told = {key: list(some) for key, some in rows}
        beside = [
            {"key": key, "beside": _beside(told.get(key, []))}
            for key, sceau in seals.items()
            if _same(sceau, told.get(key, []))
        ]
        if beside:
            bind.execute(sa.text("UPDATE declaration SET hors_sceau = :beside WHERE id = :key"), beside)
            bind.execute(sa.text(GONE), span)


def _batches(bind: Any) -> Iterator[dict[int, str]]:
    last = 0
    while seals := dict(bind.execute(sa.text(SEALED), {"last": last, "most": AT_ONCE}).all()):
        yield seals
        last = max(seals)


def _same(sceau: str, rows: list[Any]) -> bool:
    return bool(json.loads(sceau) == [[*row[1:4], *map(_number, row[4:7])] for row in rows])


def _number(value: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _beside(rows: list[Any]) -> str:
    signed = [(row[8], _moment(row[9]), int(row[10]), row[11]) for row in rows]
    rank = {one: place for place, one in enumerate(dict.fromkeys(signed))}
    texts = [[row[1], str(row[12])[:10] if row[12] else None, row[13]] for row in rows if row[12] or row[13]]
    told = [_number_runs(row[7] for row in rows), list(rank), _runs(rank[one] for one in signed), texts]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=10_000)
def _moment(value: Any) -> str:
    """SQLite keeps a text without its offset, in universal time."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC).isoformat()
    return str(value.astimezone(UTC).isoformat())


def _number_runs(numbers: Any) -> list[int]:
    runs: list[int] = []
    for number in numbers:
        if runs and number == runs[-2] + runs[-1]:
            runs[-1] += 1
        else:
            runs += [number, 1]
    return runs


def _runs(ranks: Any) -> list[int]:
    runs: list[int] = []
    for rank in ranks:
        if runs and runs[-2] == rank:
            runs[-1] += 1
        else:
            runs += [rank, 1]
    return runs
