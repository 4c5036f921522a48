"""Meetings with signatories, and who was there.

Revision ID: 0051
Revises: 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "rencontre",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("signataire_id", sa.Integer, sa.ForeignKey("signataire.id")),
        sa.Column("date", sa.Date, nullable=False),
        sa.Column("genre", sa.String(12), nullable=False),
        sa.Column("objet", sa.String(200), nullable=False),
        sa.Column("decisions", sa.String(4000), nullable=False),
        sa.Column("promesses", sa.String(4000), nullable=False),
        sa.Column("prochaine_le", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("genre IN ('appel', 'comite', 'etape', 'evenement', 'visite')", name="genre"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rencontre_departement_date", "rencontre", ["departement_code", "date"])
    op.create_index("ix_rencontre_signataire_id", "rencontre", ["signataire_id"])
    op.create_table(
        "presence",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("rencontre_id", sa.Integer, sa.ForeignKey("rencontre.id"), nullable=False),
        sa.Column("contact_id", sa.Integer),
        sa.Column("nom", sa.String(120), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_presence_rencontre_id", "presence", ["rencontre_id"])
    op.create_index("ix_presence_contact_id", "presence", ["contact_id"])
