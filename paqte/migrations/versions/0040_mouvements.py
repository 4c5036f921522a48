"""Which state of a département's rows this is, so that what was worked out from it may serve again (R19).

The triggers that write here are put in place after the last step (ops/base/mouvements.py).

Revision ID: 0040
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0036"


def upgrade() -> None:
    """The table alone."""
    op.create_table(
        "mouvement",
        sa.Column("departement_code", sa.String(3), nullable=False),
        sa.Column("operation", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("jeton", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("departement_code", "operation", name="pk_mouvement"),
    )
