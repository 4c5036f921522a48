"""A mark of the secret key with which this base is served.

Revision ID: 0065
Revises: 0064
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    """The table alone: the first machine that starts notes its own."""
    op.create_table(
        "cle_secrete",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="une_seule"),
    )
