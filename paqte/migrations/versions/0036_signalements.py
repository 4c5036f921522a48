"""Errors that companies tell of after sending.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """The table."""
    op.create_table(
        "signalement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("declaration_id", sa.Integer, sa.ForeignKey("declaration.id"), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("etat", sa.String(12), nullable=False),
        sa.Column("motif", sa.String(1000), nullable=False),
        sa.Column("par", sa.String(120), nullable=False),
        sa.Column("reponse", sa.String(1000), nullable=False),
        sa.Column("traite_par", sa.String(120), nullable=False),
        sa.Column("traite_le", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("etat IN ('ouvert', 'rendu', 'repondu')", name="etat"),
        sqlite_autoincrement=True,
    )
    still_open = sa.text("etat = 'ouvert'")
    op.create_index(
        "ix_signalement_ouvert",
        "signalement",
        ["declaration_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index("ix_signalement_departement_etat", "signalement", ["departement_code", "etat"])
