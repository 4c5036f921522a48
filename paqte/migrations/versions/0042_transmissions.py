"""Which edition a person transmitted, to whom and when (R40).

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """One table."""
    op.create_table(
        "transmission",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("edition_id", sa.Integer, sa.ForeignKey("edition.id"), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("destinataire", sa.String(254), nullable=False),
        sa.Column("diffusion", sa.String(10), nullable=False),
        sa.Column("moyen", sa.String(10), nullable=False),
        sa.Column("par", sa.String(120), nullable=False),
        sa.Column("transmise_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("courriel_id", sa.Integer),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("diffusion IN ('interne', 'publiable')", name="diffusion"),
        sa.CheckConstraint("moyen IN ('autre', 'courriel')", name="moyen"),
        sa.CheckConstraint("destinataire <> ''", name="destinataire"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_transmission_edition_id", "transmission", ["edition_id"])
    op.create_index("ix_transmission_courriel_id", "transmission", ["courriel_id"])
