"""Editions of the sum of a région or of the nation (R19, R20).

Revision ID: 0059
Revises: 0058
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    """The table alone."""
    op.create_table(
        "edition_territoire",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("territoire", sa.String(3), nullable=False),
        sa.Column("genre_document", sa.String(20), nullable=False),
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("numero", sa.Integer, nullable=False),
        sa.Column("contenu", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("fichier", sa.LargeBinary, nullable=False),
        sa.Column("fichier_sha256", sa.String(64), nullable=False),
        sa.Column("fichier_nom", sa.String(120), nullable=False),
        sa.Column("publiable", sa.Text, nullable=False),
        sa.Column("publiable_fichier", sa.LargeBinary, nullable=False),
        sa.Column("publiable_sha256", sa.String(64), nullable=False),
        sa.Column("publiable_nom", sa.String(120), nullable=False),
        sa.Column("produite_par", sa.String(120), nullable=False),
        sa.Column("publiee_le", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("territoire", "genre_document", "periode", "numero", name="uq_edition_territoire_numero"),
        sa.CheckConstraint("genre_document <> '' AND genre_document = lower(genre_document)", name="genre_document"),
        sa.CheckConstraint("periode LIKE '____-T_' OR periode LIKE '____-S_'", name="periode"),
        sa.CheckConstraint("numero >= 1", name="numero"),
        sa.CheckConstraint(
            "length(sha256) = 64 AND length(fichier_sha256) = 64 AND length(publiable_sha256) = 64",
            name="empreintes",
        ),
        sqlite_autoincrement=True,
    )
