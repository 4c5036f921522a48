"""Lists: a signatory's conventions read from one index.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The wider index serves wherever the former did."""
    op.create_index(
        "ix_convention_signataire_vie",
        "convention",
        ["signataire_id", "departement_code", "fin", "debut", "statut", "resiliee_le"],
    )
    op.drop_index("ix_convention_signataire_id", "convention")
