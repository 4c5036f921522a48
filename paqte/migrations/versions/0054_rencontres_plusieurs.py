"""A meeting gathers several signatories; what was decided with one of them, and what it promised, stands beside it.

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

# A rebuilt table goes on giving no number twice.
KEEPING = {"sqlite_autoincrement": True}
MOVE = """
    INSERT INTO rencontre_signataire (rencontre_id, signataire_id, decisions, promesses)
    SELECT id, signataire_id, '', '' FROM rencontre WHERE signataire_id IS NOT NULL ORDER BY id
"""


def upgrade() -> None:
    """One table, which takes the only signatory that a meeting could have; one column less."""
    op.create_table(
        "rencontre_signataire",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("rencontre_id", sa.Integer, sa.ForeignKey("rencontre.id"), nullable=False),
        sa.Column("signataire_id", sa.Integer, sa.ForeignKey("signataire.id"), nullable=False),
        sa.Column("decisions", sa.String(4000), nullable=False),
        sa.Column("promesses", sa.String(4000), nullable=False),
        sa.UniqueConstraint("rencontre_id", "signataire_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rencontre_signataire_signataire_id", "rencontre_signataire", ["signataire_id"])
    op.execute(MOVE)
    op.drop_index("ix_rencontre_signataire_id", "rencontre")
    with op.batch_alter_table("rencontre", table_kwargs=KEEPING) as table:
        table.drop_constraint("fk_rencontre_signataire_id_signataire", type_="foreignkey")
        table.drop_column("signataire_id")
