"""What the policy of the pages kept browsers from, counted by the hour.

Revision ID: 0063
Revises: 0062
"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    """The table alone."""
    op.create_table(
        "violation_csp",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("heure", sa.DateTime(timezone=True), nullable=False),
        sa.Column("directive", sa.String(40), nullable=False),
        sa.Column("page", sa.String(200), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("combien", sa.Integer, nullable=False),
        sa.UniqueConstraint("heure", "directive", "page", "source"),
        sqlite_autoincrement=True,
    )
