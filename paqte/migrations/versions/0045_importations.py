"""Files taken in by préfectures: what each is to become, what it said.

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """One table."""
    op.create_table(
        "importation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("etat", sa.String(12), nullable=False),
        sa.Column("correspondance", sa.Text, nullable=False),
        sa.Column("octets", sa.LargeBinary),
        sa.Column("lignes", sa.LargeBinary),
        sa.Column("message", sa.String(1000), nullable=False),
        sa.Column("prise_le", sa.DateTime(timezone=True)),
        sa.Column("finie_le", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "etat IN ('a_appliquer', 'a_essayer', 'annule', 'applique', 'depose', 'essaye')", name="etat"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_importation_departement_code", "importation", ["departement_code"])
    op.create_index("ix_importation_etat", "importation", ["etat"])
