"""The secret addresses of agendas, and what each gave of each date.

Revision ID: 0053
Revises: 0052
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "flux_agenda",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False, unique=True),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lu_le", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("utilisateur_id", "departement_code"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "flux_date",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("flux_id", sa.Integer, sa.ForeignKey("flux_agenda.id"), nullable=False),
        sa.Column("cle", sa.String(60), nullable=False),
        sa.Column("jour", sa.Date, nullable=False),
        sa.Column("rang", sa.Integer, nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("change_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("annule_le", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("flux_id", "cle"),
        sa.CheckConstraint("rang >= 0", name="rang"),
        sqlite_autoincrement=True,
    )
