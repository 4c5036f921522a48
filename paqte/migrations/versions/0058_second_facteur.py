"""The second factor of accounts, their recovery codes, and when a session last gave a code.

Revision ID: 0058
Revises: 0057
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    """Two tables, and a column that is empty for every session of before."""
    op.create_table(
        "second_facteur",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False, unique=True),
        sa.Column("secret_chiffre", sa.Text, nullable=False),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actif_le", sa.DateTime(timezone=True)),
        sa.Column("dernier_pas", sa.BigInteger, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "code_secours",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("employe_le", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("utilisateur_id", "empreinte"),
        sqlite_autoincrement=True,
    )
    op.add_column("session_ouverte", sa.Column("facteur_le", sa.DateTime(timezone=True)))
