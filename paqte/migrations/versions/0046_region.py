"""A référent may hold several départements, and a préfecture de région reads those of its région.

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

# A rebuilt table goes on giving no number twice.
KEEPING = {"sqlite_autoincrement": True}
ROLES = "role IN ('admin', 'animateur', 'entreprise', 'national', 'referent', 'region')"


def upgrade() -> None:
    """One table, one column, one role more."""
    op.create_table(
        "affectation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("utilisateur_id", sa.Integer, sa.ForeignKey("utilisateur.id"), nullable=False),
        sa.Column("departement_code", sa.String(3), sa.ForeignKey("departement.code"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("utilisateur_id", "departement_code"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_affectation_departement_code", "affectation", ["departement_code"])
    with op.batch_alter_table("utilisateur", table_kwargs=KEEPING) as table:
        table.add_column(sa.Column("region_code", sa.String(2), nullable=True))
        table.create_foreign_key("fk_utilisateur_region_code_region", "region", ["region_code"], ["code"])
        table.drop_constraint("role", type_="check")
        table.create_check_constraint("role", ROLES)
        table.create_check_constraint("region", "role <> 'region' OR region_code IS NOT NULL")
