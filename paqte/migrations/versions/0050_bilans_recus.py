"""Bilans received as workbooks, from départements that do not use this base (R20).

Revision ID: 0050
Revises: 0049
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

RETENU = "etat = 'retenu'"


def upgrade() -> None:
    """One table."""
    op.create_table(
        "bilan_recu",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("numero", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("octets", sa.LargeBinary, nullable=False),
        sa.Column("fichier_sha256", sa.String(64), nullable=False),
        sa.Column("contenu", sa.Text, nullable=False),
        sa.Column("etat", sa.String(10), nullable=False),
        sa.Column("marque", sa.String(10), nullable=False),
        sa.Column("raison", sa.String(500), nullable=False),
        sa.Column("motif", sa.String(500), nullable=False),
        sa.Column("constats", sa.Text, nullable=False),
        sa.Column("recu_par", sa.String(120), nullable=False),
        sa.Column("decide_par", sa.String(120), nullable=False),
        sa.Column("decide_le", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("etat IN ('a_decider', 'ecarte', 'remplace', 'retenu', 'retire')", name="etat"),
        sa.CheckConstraint("marque IN ('contredit', 'intact', 'modifie', 'rempli')", name="marque"),
        sa.CheckConstraint("periode LIKE '____-T_' OR periode LIKE '____-S_'", name="periode"),
        sa.CheckConstraint("length(fichier_sha256) = 64", name="empreinte"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_bilan_recu_retenu", "bilan_recu", ["departement_code", "periode"], unique=True,
        sqlite_where=sa.text(RETENU), postgresql_where=sa.text(RETENU),
    )  # fmt: skip
