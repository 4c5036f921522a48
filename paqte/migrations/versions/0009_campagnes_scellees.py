"""The dates of former campaigns, which settings changed later move no more (R37).

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# What applied where nobody had set anything, when this was written.
SHIPPED = {
    "declaration_ouverture_jours": "0",
    "declaration_delai_jours": "20",
    "fermeture_delai_jours": "",
    "bilan_delai_jours": "30",
    "export_delai_jours": "30",
}


def upgrade() -> None:
    """The table, then what today's settings say of the campaigns whose due day is over."""
    table = op.create_table(
        "campagne_scellee",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("ouverture", sa.Date(), nullable=False),
        sa.Column("echeance", sa.Date(), nullable=False),
        sa.Column("fermeture", sa.Date()),
        sa.Column("publication", sa.Date(), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("departement_code", "periode"),
        sa.CheckConstraint("periode LIKE '____-T_' OR periode LIKE '____-S_'", name="periode"),
        sqlite_autoincrement=True,
    )
    today = op.get_bind().execute(sa.text("SELECT CURRENT_DATE")).scalar_one()
    rows = former_campaigns(op.get_bind(), date.fromisoformat(str(today)))
    if rows:
        op.bulk_insert(table, rows)


def former_campaigns(connection: Any, today: date) -> list[dict[str, Any]]:
    """One row a followed period of each département whose due day is over."""
    given: dict[str | None, dict[str, str]] = {}
    for place, cle, valeur in connection.execute(sa.text("SELECT departement_code, cle, valeur FROM reglage")):
        given.setdefault(place, {})[cle] = valeur
    query = sa.text("SELECT code, premier_semestre FROM departement WHERE premier_semestre IS NOT NULL")
    found = []
    for place, first in connection.execute(query):
        settings = SHIPPED | given.get(None, {}) | given.get(place, {})
        for months in (3, 6):
            found += [{"departement_code": place, **row} for row in _of_kind(first, settings, months, today)]
    return found


def _of_kind(first: str, settings: dict[str, str], months: int, today: date) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    letter = "T" if months == 3 else "S"
    start = date(int(first[:4]), 6 * int(first[-1]) - 5, 1)
    closing = settings["fermeture_delai_jours"]
    published = settings["bilan_delai_jours" if letter == "S" else "export_delai_jours"]
    while True:
        rank = start.month - 1 + months
        after = date(start.year + rank // 12, rank % 12 + 1, 1)
        last = after - timedelta(days=1)
        due = last + timedelta(days=int(settings["declaration_delai_jours"]))
        if due >= today:
            return found
        shut = None if closing in ("", "jamais") else last + timedelta(days=int(closing))
        out = last + timedelta(days=int(published))
        found.append(
            {
                "periode": f"{start.year}-{letter}{rank // months}",
                "ouverture": after + timedelta(days=int(settings["declaration_ouverture_jours"])),
                "echeance": due,
                "fermeture": shut,
                "publication": out,
                "is_over": today > max(day for day in (due, shut, out) if day is not None),
            }
        )
        start = after
