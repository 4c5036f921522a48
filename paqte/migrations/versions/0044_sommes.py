"""What moved, subject by subject, and the sums kept until it does.

The marks of before are of no use: the triggers are put in place anew after the last step (ops/mouvements.py).

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Two tables that hold nothing of what people typed."""
    op.drop_table("mouvement")
    op.create_table(
        "mouvement",
        sa.Column("departement_code", sa.String(3), nullable=False),
        sa.Column("sujet", sa.String(7), nullable=False),
        sa.Column("operation", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("jeton", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("departement_code", "sujet", "operation", name="pk_mouvement"),
    )
    op.create_table(
        "somme",
        sa.Column("departement_code", sa.String(3), nullable=False),
        sa.Column("fenetre", sa.String(7), nullable=False),
        sa.Column("etat", sa.String(120), nullable=False),
        sa.Column("contenu", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("departement_code", "fenetre", name="pk_somme"),
    )
