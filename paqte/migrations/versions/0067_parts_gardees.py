"""What each edition brings to the sum of a territory, kept beside it: no opening adds up its answers again.

Revision ID: 0067
Revises: 0066
"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"


def upgrade() -> None:
    """A table that holds nothing of what people typed."""
    op.create_table(
        "part_edition",
        sa.Column("edition_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("etat", sa.String(140), nullable=False),
        sa.Column("contenu", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", name="pk_part_edition"),
    )
