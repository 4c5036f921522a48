"""Passkeys of accounts, and what their sessions were given to sign.

Revision ID: 0064
Revises: 0063
"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "cle_acces",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False, index=True),
        sa.Column("nom", sa.String(60), nullable=False),
        sa.Column("identifiant", sa.String(1400), nullable=False, unique=True),
        sa.Column("cle_publique", sa.Text, nullable=False),
        sa.Column("compteur", sa.BigInteger, nullable=False),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("employee_le", sa.DateTime(timezone=True)),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "defi_cle",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False, index=True),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("usage", sa.String(10), nullable=False),
        sa.Column("defi", sa.String(64), nullable=False),
        sa.Column("expire_le", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("session", "usage"),
        sa.CheckConstraint("usage IN ('ajouter', 'donner')", name="usage"),
        sqlite_autoincrement=True,
    )
