"""What the provider of single sign-on calls an account, and the token that closes a session there.

Revision ID: 0057
Revises: 0056
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    """A table, and a column that is empty for every session of before."""
    op.create_table(
        "identite_fournie",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("emetteur", sa.String(255), nullable=False),
        sa.Column("sub", sa.String(255), nullable=False),
        sa.Column("connue_le", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("emetteur", "sub"),
        sa.UniqueConstraint("utilisateur_id", "emetteur"),
        sqlite_autoincrement=True,
    )
    op.add_column("session_ouverte", sa.Column("jeton_identite", sa.Text, nullable=False, server_default=""))
