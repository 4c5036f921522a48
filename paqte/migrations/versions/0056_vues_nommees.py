"""Lists kept under a name.

Revision ID: 0056
Revises: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    """The table alone."""
    op.create_table(
        "vue_liste",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("liste", sa.String(60), nullable=False),
        sa.Column("nom", sa.String(60), nullable=False),
        sa.Column("filtres", sa.String(1000), nullable=False),
        sa.Column("gardee_le", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("utilisateur_id", "departement_code", "liste", "nom"),
        sqlite_autoincrement=True,
    )
