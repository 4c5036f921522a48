"""What the columns of a préfecture's tracker stand for, kept under a name and used again.

Revision ID: 0049
Revises: 0048
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """One table."""
    op.create_table(
        "correspondance",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("nom", sa.String(80), nullable=False),
        sa.Column("contenu", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("departement_code", "nom"),
        sqlite_autoincrement=True,
    )
