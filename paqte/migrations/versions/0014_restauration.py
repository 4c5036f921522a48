"""Restorations to confirm, and the numbers of editions that are never given again.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two tables that nothing refers to."""
    op.create_table(
        "restauration",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("quand", MOMENT, nullable=False),
        sa.Column("sauvegarde", sa.String(255), nullable=False),
        sa.Column("precedente", sa.String(255), nullable=False),
        sa.Column("constat", sa.Text, nullable=False),
        sa.Column("confirmee_le", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restauration")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "numero_edition",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("departement_code", sa.String(3), nullable=False),
        sa.Column("periode", sa.String(7), nullable=False),
        sa.Column("numero", sa.Integer, nullable=False),
        sa.CheckConstraint("periode LIKE '____-T_' OR periode LIKE '____-S_'", name=op.f("ck_numero_edition_periode")),
        sa.CheckConstraint("numero >= 1", name=op.f("ck_numero_edition_numero")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numero_edition")),
        sa.UniqueConstraint(
            "departement_code", "periode", "numero", name=op.f("uq_numero_edition_departement_code_periode_numero")
        ),
        sqlite_autoincrement=True,
    )
