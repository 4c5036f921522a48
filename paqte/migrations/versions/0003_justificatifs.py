"""Evidence handed in beside answers and with actions.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table of evidence."""
    op.create_table(
        "justificatif",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("declaration_id", sa.Integer, sa.ForeignKey("declaration.id")),
        sa.Column("engagement_id", sa.Integer, sa.ForeignKey("engagement.id")),
        sa.Column("action_id", sa.Integer, sa.ForeignKey("action.id")),
        sa.Column("fichier_id", sa.Integer, sa.ForeignKey("fichier.id"), nullable=False, unique=True),
        sa.Column("par", sa.String(120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(declaration_id IS NULL) = (engagement_id IS NULL)", name="reponse"),
        sa.CheckConstraint("(declaration_id IS NULL) <> (action_id IS NULL)", name="une_chose"),
    )
    op.create_index("ix_justificatif_declaration_id", "justificatif", ["declaration_id"])
    op.create_index("ix_justificatif_action_id", "justificatif", ["action_id"])
