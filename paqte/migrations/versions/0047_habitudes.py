"""How each person last looked at a list: its filters and its sort, for her alone.

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """The table alone."""
    op.create_table(
        "habitude_liste",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("liste", sa.String(60), nullable=False),
        sa.Column("filtres", sa.String(1000), nullable=False),
        sa.Column("gardee_le", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("utilisateur_id", "liste"),
        sqlite_autoincrement=True,
    )
