"""A département's own columns of its signatories, and what stands in them.

Revision ID: 0052
Revises: 0051
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "colonne_propre",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("titre", sa.String(120), nullable=False),
        sa.Column("cle", sa.String(240), nullable=False),
        sa.Column("genre", sa.String(8), nullable=False),
        sa.Column("is_listed", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("departement_code", "cle"),
        sa.CheckConstraint("genre IN ('jour', 'nombre', 'ouinon', 'texte')", name="genre"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "valeur_propre",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("colonne_id", sa.Integer, sa.ForeignKey("colonne_propre.id"), nullable=False),
        sa.Column("signataire_id", sa.Integer, sa.ForeignKey("signataire.id"), nullable=False),
        sa.Column("valeur", sa.String(1000), nullable=False),
        sa.UniqueConstraint("colonne_id", "signataire_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_valeur_propre_signataire_id", "valeur_propre", ["signataire_id"])
