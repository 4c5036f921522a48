"""How far the préfecture is with a company before its convention.

Revision ID: 0055
Revises: 0054
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    """One table."""
    op.create_table(
        "demarche",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("signataire_id", sa.Integer, sa.ForeignKey("signataire.id"), nullable=False, unique=True),
        sa.Column("etat", sa.String(16), nullable=False),
        sa.Column("motif", sa.String(1000), nullable=False),
        sa.Column("depuis", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("etat IN ('a_contacter', 'en_discussion', 'inscrit', 'invite', 'refuse')", name="etat"),
        sqlite_autoincrement=True,
    )
