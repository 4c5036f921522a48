"""Collèges of priority education, from the ministry's list (R25).

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """The table."""
    op.create_table(
        "college",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(8), nullable=False, unique=True),
        sa.Column("nom", sa.String(120), nullable=False),
        sa.Column("classement", sa.String(4), nullable=False),
        sa.Column("commune", sa.String(100), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("au", sa.Date),
        sa.CheckConstraint("classement IN ('REP', 'REP+')", name="classement"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_college_departement_code", "college", ["departement_code"])
