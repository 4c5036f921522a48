"""Which periods already over are asked of a convention typed late, and since when (R42).

A convention of before keeps what it owed: no row, nothing changes.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """The table, empty."""
    op.create_table(
        "anteriorite",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("convention_id", sa.Integer(), sa.ForeignKey("convention.id"), nullable=False),
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("is_owed", sa.Boolean(), nullable=False),
        sa.Column("depuis", sa.Date(), nullable=False),
        sa.UniqueConstraint("convention_id", "periode"),
        sa.CheckConstraint("periode LIKE '____-T_' OR periode LIKE '____-S_'", name="periode"),
        sqlite_autoincrement=True,
    )
