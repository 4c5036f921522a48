"""What lists of last editions ask of an edition stands in an index, apart from the documents.

Revision ID: 0066
Revises: 0065
"""

from alembic import op

revision = "0066"
down_revision = "0065"

COLUMNS = ["genre_document", "periode", "departement_code", "numero", "sha256", "created_at"]


def upgrade() -> None:
    """An index, and no row changed."""
    op.create_index("ix_edition_derniere", "edition", COLUMNS)
